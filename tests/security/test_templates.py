"""A template is plain substitution: no attribute, no format, no code, and data is never read as a template."""

import pytest

from tests.security.xss_corpus import PAYLOADS
from votek.datatypes import LabelSpec, PromptSettings, TaskSpec
from votek.errors import InputError
from votek.prompts.instruction import instruction_text
from votek.prompts.templates import parse_template

ATTACKS = [
    "{text.__class__}",
    "{text.__class__.__mro__}",
    "{text.__init__.__globals__}",
    "{text[0]}",
    "{text!r}",
    "{text:>1000000000}",
    "{text:{text}}",
    "{label.__format__}",
    "{0}",
    "{}",
    "{self}",
    "{__builtins__}",
    "{field:city.__class__}",
    "{field:city!r}",
    "{field:city:>9}",
    "{field:{text}}",
    "{field:__class__}",
    "{field:../secret}",
    "{ text }",
    "{TEXT}",
    "{{text}",
    "{text}}",
    "{",
    "}",
    "{%raw%}",
    "{text|upper}",
    "{if text.__class__}{end}",
    "{if text == ''}{end}",
    "{if label or text}{end}",
    "{if field:city.__class__}{end}",
    "{if {text}}{end}",
    "{if 1}{end}",
    "{for x in text}{end}",
    "{end}",
]
LITERAL = ["${text}"[1:] + "$", "%(text)s", "%s", "$text", "<%= 7*7 %>", "\\x7btext\\x7d", "`id`", "$(id)"]


@pytest.mark.parametrize("source", ATTACKS)
def test_anything_but_a_field_is_refused(source):
    with pytest.raises(InputError):
        parse_template(source, fields=["city"])


@pytest.mark.parametrize("source", LITERAL[1:])
def test_other_languages_of_templates_are_plain_text(source):
    assert parse_template(source).render("T", label="L") == source


@pytest.mark.parametrize("data", [*ATTACKS, *LITERAL, *PAYLOADS, "{{text}}", "{label}", "{field:city}"])
def test_data_is_never_read_as_a_template(data):
    template = parse_template("{text}|{label}|{field:city}|{{text}}", fields=["city"])
    assert template.render(data, label=data, fields={"city": data}) == f"{data}|{data}|{data}|{{text}}"


@pytest.mark.parametrize("attack", [*ATTACKS, "{labels.__class__}", "{labels!r}", "{labels:>9}"])
def test_an_instruction_knows_the_labels_and_nothing_else(attack):
    task = TaskSpec("single", (LabelSpec("a", "#0072B2"), LabelSpec("{labels}", "#E69F00")))
    written = instruction_text(PromptSettings(instruction=attack), task)
    assert written.replace("{{", "{").replace("}}", "}") == attack.replace("{{", "{").replace("}}", "}")
    assert instruction_text(PromptSettings(instruction="{labels}"), task) == "a, {labels}"


def test_a_template_of_a_thousand_fields_stays_as_long_as_its_data():
    template = parse_template("{text}" * 1000)
    assert len(template.render("x" * 10)) == 10_000
