"""Substitution is plain, in one pass, and says what is allowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from votek.errors import InputError
from votek.prompts import LabelledRow, label_text, parse_template

anything = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["{text}", "{label}", "{{", "}}", "{", "}", "%s", "%(text)s", "$text", "${label}", "{0}", "{text.__class__}", "\\1"]
)


@given(anything, anything, anything)
def test_data_is_never_read_as_a_field(text, label, column):
    template = parse_template("a {text}|{label}|{field:x} z", fields=["x"])
    assert template.render(text, label=label, fields={"x": column}) == f"a {text}|{label}|{column} z"


@given(anything)
def test_doubled_braces_make_any_literal(literal):
    source = literal.replace("{", "{{").replace("}", "}}")
    assert parse_template(source + "{text}").render("T") == literal + "T"


def test_literal_signs_stay():
    assert parse_template("100% $5 {{text}} {{{text}}} \\n {text}").render("T") == "100% $5 {text} {T} \\n T"


def test_columns_may_have_any_name_without_braces():
    template = parse_template("{field:a:b c}{field:text}", fields=["a:b c", "text"])
    assert template.fields == ("a:b c", "text")
    assert template.render("no", fields={"a:b c": "1", "text": "2"}) == "12"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{texts}", "{texts} is not a field. Allowed: {text}, {label}, {field:a}"),
        ("{field:b}", "{field:b} is not a field"),
        ("{text.__class__}", "{text.__class__} is not a field"),
        ("{text!r}", "is not a field"),
        ("{0}", "{0} is not a field"),
        ("{}", "{} is not a field"),
        ("{ text }", "is not a field"),
        ("x { y", "lone '{' at character 3"),
        ("x } y", "lone '}' at character 3"),
        ("{text}}", "lone '}' at character 7"),
    ],
)
def test_faults_are_named_with_what_is_allowed(source, words):
    with pytest.raises(InputError) as caught:
        parse_template(source, fields=["a"], name="query template")
    assert words in str(caught.value)
    assert "query template" in str(caught.value)


def test_a_query_has_no_label():
    with pytest.raises(InputError, match=r"\{label\} is not a field\. Allowed: \{text\}"):
        parse_template("{text} {label}", label=False)


def test_columns_are_not_checked_before_they_are_known():
    assert parse_template("{field:later}", fields=None).fields == ("later",)


def test_a_row_without_the_column_is_an_error():
    with pytest.raises(InputError, match=r"\{field:x\} is not a field"):
        parse_template("{field:x}", fields=["x"]).render("T", fields={"y": "1"})


def test_many_columns_are_listed_in_part():
    with pytest.raises(InputError, match="and 82 more"):
        parse_template("{field:none}", fields=[f"c{i}" for i in range(100)])


def test_several_labels_are_joined():
    assert label_text(("a", "b")) == "a, b"
    assert label_text(()) == ""
    assert LabelledRow("1", 0, "t", ["a", "b"]).value == ("a", "b")


@pytest.mark.parametrize("value", [None, 3, ["a", 1]])
def test_a_label_is_text(value):
    with pytest.raises(InputError, match="a text or a list of texts"):
        LabelledRow("1", 0, "t", value)
