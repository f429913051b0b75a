"""Labels are read from what models really write, and never guessed."""

import pytest

from votek.scoring.reading import first_line, read_label

LABELS = ("card_lost", "card", "refund", "Refund request", "yes", "no", "C++")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("refund", "refund"),
        (" Refund. ", "refund"),
        ("REFUND REQUEST", "Refund request"),
        ("The label is “refund   request”.", "Refund request"),
        ("Label: card_lost", "card_lost"),
        ("**card**", "card"),
        ("C++", "C++"),
        ("the answer is C++!", "C++"),
        ("I would say yes", "yes"),
        ("yes or no", None),
        ("nothing", None),
        ("cardinal", None),
        ("", None),
        ("card_lost and card", None),
        ("notes", None),
    ],
)
def test_labels_in_answers(text, label):
    assert read_label(text, LABELS) == label


def test_labels_without_words_are_never_read():
    assert read_label("...", ["...", "a"]) == "..."
    assert read_label("b", ["", "a"]) is None


@pytest.mark.parametrize(
    ("tokens", "logs", "line", "mean"),
    [
        ([" a", "b", "\n", "c"], [-1.0, -2.0, -9.0, -9.0], "ab", -1.5),
        (["\n\n", "a", "b\nc", "d"], [-1.0, -2.0, -3.0, -9.0], "ab", -2.0),
        (["a"], [], "a", None),
        (["\n", " "], [-1.0, -1.0], "", None),
        ([], [], "", None),
    ],
)
def test_the_first_line_and_its_mean(tokens, logs, line, mean):
    assert first_line(tokens, logs) == (line, mean)
