"""A usual file needs no choice: its columns are told by name and by what they hold."""

import pytest

from votek.datasets import default_role, label_values, read_table, suggest_columns, task_type


def table(text):
    return read_table(text.encode(), name="file.csv")


def rows(header, *lines, times=1):
    return table("\n".join([header, *(line for _ in range(times) for line in lines)]) + "\n")


def test_names_decide():
    found = suggest_columns(rows("id,intent,text", "1,card,Where is my card?", "2,cash,Where is my cash?"))
    assert (found.text, found.id, found.labels) == ("text", "id", ("intent",))


def test_the_long_and_varied_column_is_the_text():
    found = suggest_columns(
        rows("a,b", "x,A long sentence about a thing", "x,Another quite different sentence", times=3)
    )
    assert found.text == "b"


def test_a_short_repeating_column_is_a_label():
    found = suggest_columns(rows("words,kind", "one thing,a", "another thing,b", times=5))
    assert (found.text, found.labels) == ("words", ("kind",))


def test_ids_that_repeat_are_no_ids():
    assert suggest_columns(rows("id,text", "1,One thing", "1,Another thing")).id is None


def test_two_label_columns_come_with_the_named_one_first():
    found = suggest_columns(rows("text,area,intent", "one,money,cash", "two,travel,train", "three,money,card", times=3))
    assert found.labels == ("intent", "area")


@pytest.mark.parametrize(
    ("cells", "role"),
    [(["a"] * 6 + [""] * 4, "gold"), (["a"] * 5 + [""] * 5, "labelled"), ([], "labelled")],
    ids=["over half", "half", "none"],
)
def test_a_column_over_half_filled_is_hidden_gold(cells, role):
    assert default_role(cells) == role


def test_long_answers_make_a_writing_task():
    queries = [f"SELECT name FROM city WHERE population > {i} AND state = 'arizona' ORDER BY name" for i in range(40)]
    assert label_values(queries) == []
    assert task_type(queries) == "text"


def test_few_short_answers_make_a_choosing_task():
    assert task_type(["yes", "no", "yes", "no"] * 10) == "single"
    assert task_type([]) == "single"


def test_labels_are_trimmed_and_sorted():
    assert label_values([" b", "a", "b ", ""] * 4) == ["a", "b"]
