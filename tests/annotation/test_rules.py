"""Which events are accepted, and what is stored of them."""

import datetime as dt
import re
from dataclasses import replace

import pytest

from votek.annotation import NewEvent, check_event, check_value, fold
from votek.datatypes import Project, PromptSettings

GOOD = NewEvent("id-1", "a", "label", "x", 1, 1)


@pytest.fixture
def check(task, event):
    created = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    project = Project("p", "P", created, False, task("single", "x", "y"), "", 2, PromptSettings())
    state = fold([event(1, "label", "b", "x"), event(2, "label", "b", "y", who="bob")])

    def run(**changes):
        given = replace(GOOD, **changes)
        return check_event(given, project=project, items={"a", "b"}, state=state, who="ann", max_chars=20)

    return run


def test_a_good_event(check):
    assert check() == ("x", "")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"item": "zzz"}, "no text with the id 'zzz'"),
        ({"item": 7}, "no text with the id 7"),
        ({"value": "z"}, "'z' is not one of the labels"),
        ({"value": None}, "None is not one of the labels"),
        ({"value": ["x"]}, r"\['x'\] is not one of the labels"),
        ({"kind": "delete"}, "not a kind of event"),
        ({"kind": ["label"]}, "not a kind of event"),
        ({"event_id": ""}, "event id"),
        ({"event_id": "x" * 101}, "event id"),
        ({"event_id": 5}, "event id"),
        ({"event_id": "\ud83d"}, "event id"),
        ({"source": ""}, "source"),
        ({"source": "x" * 33}, "source"),
        ({"task_version": 2}, "no task version 2; the newest is 1"),
        ({"task_version": 0}, "no task version 0"),
        ({"task_version": True}, "no task version True"),
        ({"task_version": "1"}, "no task version '1'"),
        ({"guideline_version": 3}, "no guideline version 3; the newest is 2"),
        ({"kind": "skip"}, "a skip has no value"),
        ({"kind": "flag", "value": "yes"}, "true or false"),
        ({"kind": "flag", "value": 1}, "true or false"),
        ({"kind": "comment", "value": "x" * 10_001}, r"10,001 characters; 10,000 are allowed"),
        ({"kind": "comment", "value": 3}, "the comment is empty"),
        ({"kind": "comment", "value": "\ud83d"}, "half an emoji"),
        ({"kind": "adjudicate", "value": "y"}, "an adjudication is"),
        ({"kind": "adjudicate", "value": {"label": "z", "why": ""}}, "'z' is not one of the labels"),
        ({"kind": "adjudicate", "value": {"label": "y", "why": "x" * 10_001}}, "10,001 characters"),
        ({"kind": "undo", "value": {"event": "e2"}}, "nothing of yours to undo"),
        ({"kind": "undo", "value": {"event": "none"}}, "nothing of yours to undo"),
        ({"kind": "undo", "value": {"event": ["e1"]}}, "nothing of yours to undo"),
        ({"kind": "undo", "value": "e1"}, "nothing of yours to undo"),
        ({"kind": "undo", "value": {"event": "e1"}}, "belongs to the text 'b'"),
    ],
)
def test_refused_with_the_reason(check, changes, reason):
    value, why = check(**changes)
    assert value is None
    assert re.search(reason, why)


@pytest.mark.parametrize(
    ("changes", "stored"),
    [
        ({"kind": "skip", "value": None}, None),
        ({"kind": "flag", "value": False}, False),
        ({"kind": "comment", "value": ""}, ""),
        ({"kind": "comment", "value": " keeps its blanks \r "}, " keeps its blanks \r "),
        ({"kind": "undo", "item": "b", "value": {"event": "e1", "more": 1}}, {"event": "e1"}),
        ({"kind": "adjudicate", "value": {"label": "y", "why": "see 2"}}, {"label": "y", "why": "see 2"}),
        ({"kind": "adjudicate", "value": {"label": None, "why": ""}}, {"label": None, "why": ""}),
        ({"guideline_version": 1}, "x"),
    ],
)
def test_accepted_and_what_is_stored(check, changes, stored):
    assert check(**changes) == (stored, "")


def test_several_labels_are_stored_in_the_order_of_the_task(task):
    labels = task("multi", "x", "y", "z")
    assert check_value(labels, ["z", "x"], max_chars=10) == (["x", "z"], "")
    for value, reason in [
        ([], "at least one"),
        ("x", "at least one"),
        (None, "at least one"),
        (["x", "x"], "only once"),
    ]:
        assert reason in check_value(labels, value, max_chars=10)[1]
    for value in (["x", "q"], ["x", 3], [["x"]], [None]):
        assert "not one of the labels" in check_value(labels, value, max_chars=10)[1]


def test_free_text_is_stored_verbatim(task):
    answer = ' {braces} "quotes"\n\u202eright to left\r 👩‍👩‍👧 '
    assert check_value(task("text"), answer, max_chars=100) == (answer, "")
    for value, reason in [
        ("", "empty"),
        (" \n", "empty"),
        (None, "empty"),
        ("x" * 101, "101 characters"),
        ("a\0", "NUL"),
    ]:
        assert reason in check_value(task("text"), value, max_chars=100)[1]


def test_reasons_stay_short_whatever_was_sent(check):
    assert len(check(value="x" * 100_000)[1]) < 200
    assert len(check(item="x" * 100_000)[1]) < 200
