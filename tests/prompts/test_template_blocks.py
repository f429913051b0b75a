"""Blocks of a template: which words stand depends on a field being filled in, and on nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from votek.datatypes import PromptSettings
from votek.errors import InputError
from votek.prompts import DemonstrationWriter, LabelledRow, parse_template

hostile = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["", " ", "\n\n", "{if label}", "{else}", "{end}", "{text}", "{field:x}", "{{", "}", "{if field:x}{end}", "%s"]
)
literal = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{}"), max_size=8)


def test_the_words_depend_on_what_the_row_has():
    template = parse_template("{if field:x}[{field:x}]{else}none{end} {text}", fields=["x"])
    assert template.render("T", fields={"x": "1"}) == "[1] T"
    assert template.render("T", fields={"x": ""}) == template.render("T", fields={"x": " \n"}) == "none T"
    assert template.render("T", fields={}) == "none T"
    assert parse_template("{if label}yes{end}").render("T") == ""
    assert parse_template("{if text}yes{end}").render("T", label="") == "yes"


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [("1", "1", "xy."), ("1", "", "x-."), ("", "1", "+y."), ("", "", "+n.")],
)
def test_blocks_may_stand_in_both_halves_of_a_block(x, y, expected):
    source = "{if field:x}x{if field:y}y{else}-{end}{else}+{if field:y}y{else}n{end}{end}."
    assert parse_template(source, fields=["x", "y"]).render("T", fields={"x": x, "y": y}) == expected


def test_a_column_that_is_missing_matters_only_where_it_would_stand():
    template = parse_template("{if field:x}{field:y}{else}{text}{end}", fields=None)
    assert template.fields == ("x", "y")
    assert template.render("T") == "T"
    assert template.missing("T") == ()
    assert template.missing("T", fields={"x": "1"}) == ("y",)
    with pytest.raises(InputError, match=r"\{field:y\} is not a field"):
        template.render("T", fields={"x": "1"})


def test_a_template_knows_what_it_writes_and_how_it_always_ends():
    template = parse_template("a{if label}{text}{end}!\n")
    assert (template.uses("text"), template.uses("label"), template.tail) == (True, False, "!\n")
    assert parse_template("a{if label}b{end}").tail == ""
    assert parse_template("{if label}b{end}").render_with_tail("T", label="L") == ("b", "b")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("a {if field:x} b", "opens {if field:x} at character 3 and does not close it"),
        ("{if label}{if field:x}{end}", "opens {if label} at character 1"),
        ("ab{end}", "{end} at character 3 closes no block"),
        ("{else}", "{else} at character 1 belongs to no block"),
        ("{if label}{else}{else}{end}", "{else} at character 17 is the second one"),
        ("{if label}" * 4 + "{end}" * 4, "at character 31 inside 3 blocks"),
        ("{if field:nope}{end}", "at character 1, {field:nope} is not a field. Allowed: {text}, {label}, {field:x}"),
        ("{if label.__class__}{end}", "{label.__class__} is not a field"),
        ("{if not label}{end}", "{not label} is not a field"),
        ("{if  label}{end}", "{ label} is not a field"),
        ("{if field:x == '1'}{end}", "is not a field"),
        ("{if}{end}", "{if} is not a field"),
        ("{if label}{elif field:x}{end}", "A block is written {if field:NAME}"),
        ("{if label}{endif}", "at character 11, {endif} is not a field"),
        ("{#if label}{/if}", "A block is written"),
        ("{if {label}}", "lone '{' at character 1"),
    ],
)
def test_faults_are_told_with_the_character_where_they_are(source, words):
    with pytest.raises(InputError) as caught:
        parse_template(source, fields=["x"], name="query template")
    assert words in str(caught.value)
    assert "query template" in str(caught.value)


def test_a_query_cannot_ask_for_a_label():
    with pytest.raises(InputError, match=r"\{label\} is not a field\. Allowed: \{text\}"):
        parse_template("{if label}{end}", label=False)


def test_the_words_of_a_block_can_be_written_in_doubled_braces():
    assert parse_template("{{if label}}{{else}}{{end}}").render("T") == "{if label}{else}{end}"


@given(hostile, hostile, hostile)
def test_data_never_decides_more_than_whether_it_is_there(text, label, column):
    template = parse_template(
        "<{if field:x}{text}|{if label}{label}{else}no{end}{else}{field:x}~{end}>{text}", fields=["x"]
    )
    inner = (f"{text}|" + (label if label.strip() else "no")) if column.strip() else f"{column}~"
    assert template.render(text, label=label, fields={"x": column}) == f"<{inner}>{text}"


@given(st.lists(literal | st.sampled_from(["{text}", "{label}", "{field:x}", "{{", "}}"])), hostile, hostile, hostile)
def test_without_a_block_a_template_is_plain_substitution(pieces, text, label, column):
    source = "".join(pieces)
    values = {"{text}": text, "{label}": label, "{field:x}": column, "{{": "{", "}}": "}"}
    found = re.split(r"(\{\{|\}\}|\{text\}|\{label\}|\{field:x\})", source)
    template = parse_template(source, fields=["x"])
    rendered = template.render(text, label=label, fields={"x": column})
    assert rendered == "".join(values.get(piece, piece) for piece in found)
    assert rendered.endswith(template.tail)


@given(hostile, hostile, st.sampled_from(["\n\n", "\n", "\n\n---\n\n", "", " "]), literal, literal)
def test_of_the_separator_only_the_words_of_the_template_are_dropped(text, label, separator, one, other):
    source = "{text}{if label} {label}" + one + "{else}" + other + "{end}"
    writer = DemonstrationWriter(PromptSettings(demonstration=source, separator=separator), None)
    written = writer.render(LabelledRow("1", 0, text, label))
    whole = f"{text} {label}{one}" if label.strip() else f"{text}{other}"
    data = f"{text} {label}" if label.strip() else text
    assert written.startswith(data)
    assert (written + separator).startswith(whole)
