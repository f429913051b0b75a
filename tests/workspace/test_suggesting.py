"""Suggestions through the workspace: on record before anybody decides, never a label by themselves, off by default."""

import datetime as dt
import json
from dataclasses import asdict, replace

import pytest
import sqlalchemy as sa

from tests.scoring.language_model import build_language_model
from votek.annotation.suggest import held_back
from votek.datatypes import LOCAL, HandoutSettings, SuggestionSettings, TaskSpec
from votek.errors import InputError, NotFoundError
from votek.exports.lineage import labelled_rows
from votek.jobs.context import now
from votek.jobs.inline import finish_job
from votek.scoring import ModelSettings
from votek.store import projects as project_rows
from votek.store import suggestions as suggestion_rows
from votek.store.suggestions import Suggested
from votek.workspace import NewEvent, Workspace
from votek.workspace.suggesting import AHEAD

ON = SuggestionSettings(on=True, blind_share=0.3)
ME = LOCAL.id


@pytest.fixture
def many(workspace, project, finish):
    """Forty picks, none labelled."""
    workspace.request_selection(project.id, budget=40)
    finish(project.id)
    return project


@pytest.fixture
def label(workspace, act):
    """`label(project, n)`: this person labels the next n texts x and y in turn."""

    def run(project, n):
        todo = [item.id for item in workspace.annotation_state(project.id, ME).items if item.state == "todo"]
        for at, item in enumerate(todo[:n]):
            assert act(project, "label", item, "xy"[at % 2], who=ME).accepted

    return run


@pytest.fixture
def team(workspace):
    """The same folder where people sign in, so that texts come by seats."""
    opened = Workspace.open(workspace.settings, accounts=True)
    yield opened
    opened.close()


def listed(workspace, project):
    with workspace.store.read() as tx:
        return {one.item: one for one in suggestion_rows.listed(tx, project.id)}


def shown(workspace, project, who=ME):
    return {i.id: i.suggestion for i in workspace.annotation_state(project.id, who).items if i.suggestion is not None}


def record(workspace, project, *rows):
    with workspace.writing() as tx:
        suggestion_rows.add(tx, project.id, rows)


def test_off_by_default_nothing_is_shown_or_recorded(workspace, many, label):
    label(many, 12)
    assert workspace.project(many.id).suggestions == SuggestionSettings(on=False)
    state = workspace.annotation_state(many.id, ME)
    assert not state.suggesting
    assert all(item.suggestion is None for item in state.items)
    assert listed(workspace, many) == {}


def test_too_few_labels_suggest_nothing(workspace, many, label):
    workspace.set_suggestions(many.id, ON)
    label(many, 7)
    assert shown(workspace, many) == {}
    assert listed(workspace, many) == {}


def test_the_next_texts_get_one_outside_the_blind_share(workspace, many, label):
    label(many, 9)
    workspace.set_suggestions(many.id, ON)
    state = workspace.annotation_state(many.id, ME)
    assert state.suggesting
    todo = [item.id for item in state.items if item.state == "todo"]
    recorded = listed(workspace, many)
    assert 0 < len(recorded) <= AHEAD
    assert set(recorded) <= set(todo[:AHEAD])
    blind = {item for item in recorded if held_back(many.id, item, ME, 0.3)}
    assert blind
    assert {item for item, one in recorded.items() if not one.shown} == blind
    assert set(shown(workspace, many)) == set(recorded) - blind
    one = next(item for item in state.items if item.suggestion is not None)
    assert one.suggestion == {
        "value": recorded[one.id].value,
        "confidence": recorded[one.id].confidence,
        "source": "knn",
    }
    assert 0.5 < one.suggestion["confidence"] < 1
    held = [item for item in state.to_json()["items"] if item["id"] in blind]
    assert all(item["suggestion"] is None for item in held)


def test_a_suggestion_writes_no_label(workspace, many, label):
    label(many, 9)
    workspace.set_suggestions(many.id, ON)
    before = workspace.events(many.id)
    assert shown(workspace, many)
    assert workspace.events(many.id) == before
    assert len(workspace.labels(many.id)) == 9


def test_the_first_one_stays_whatever_is_labelled_later(workspace, many, act, label):
    label(many, 9)
    workspace.set_suggestions(many.id, ON)
    first = shown(workspace, many)
    recorded = listed(workspace, many)
    others = [item.id for item in workspace.annotation_state(many.id, ME).items if item.state == "todo"][AHEAD:]
    for item in others[:15]:
        act(many, "label", item, "x", who=ME)
    assert {item: shown(workspace, many)[item] for item in first} == first
    later = listed(workspace, many)
    assert {item: later[item] for item in recorded} == recorded
    workspace.set_suggestions(many.id, replace(ON, on=False))
    assert shown(workspace, many) == {}
    workspace.set_suggestions(many.id, replace(ON, blind_share=0.0))
    assert set(first) <= set(shown(workspace, many))
    assert not set(shown(workspace, many)) & {item for item, one in recorded.items() if not one.shown}


def test_two_servers_record_one_proposal(workspace, many):
    one = Suggested("a1", ME, "x", 0.8, "knn", True, now())
    record(workspace, many, one)
    record(workspace, many, replace(one, value="y", shown=False), replace(one, who="ann"))
    with workspace.store.read() as tx:
        assert suggestion_rows.of_person(tx, many.id, ME) == {"a1": one}
        assert len(suggestion_rows.listed(tx, many.id)) == 2


def test_what_is_no_label_any_more_is_not_shown(workspace, many):
    workspace.set_suggestions(many.id, ON)
    first, second = (item.item for item in workspace.queue(many.id)[:2])
    record(
        workspace,
        many,
        Suggested(first, ME, "gone", 0.8, "knn", True, now()),
        Suggested(second, ME, "y", 0.8, "model: tiny", True, now()),
    )
    assert shown(workspace, many) == {second: {"value": "y", "confidence": 0.8, "source": "model"}}


def say(team, project, who, item, value):
    (ack,) = team.record_events(project.id, who, [NewEvent(f"{who} {item}", item, "label", value, 1, 1)])
    assert ack.accepted, ack.reason


def test_what_one_person_said_reaches_nobody_before_a_text_closes(team, many):
    """Two people decide about every text; ann has labelled many, and none of it may be told to bob."""
    with team.store.write() as tx:
        project_rows.add_revision(tx, many.id, "handout", asdict(HandoutSettings(overlap=2)), time=now())
    team.set_suggestions(many.id, replace(ON, blind_share=0.0))
    done = []
    for at in range(16):
        item = next(i for i in team.annotation_state(many.id, "ann").items if i.state == "todo")
        say(team, many, "ann", item.id, "xy"[at % 2])
        done.append((item.id, "xy"[at % 2]))
    team.annotation_state(many.id, "ann")
    assert shown(team, many, "bob") == {}
    assert listed(team, many) == {}
    values = dict(done)
    for _ in range(12):
        item = next(i for i in team.annotation_state(many.id, "bob").items if i.state == "todo")
        say(team, many, "bob", item.id, values[item.id])
    assert shown(team, many, "bob")


def test_a_person_of_a_team_is_handed_texts_with_what_is_suggested(team, many):
    team.set_suggestions(many.id, ON)
    told = {}
    hand = team.hand(many.id, "ann")
    for at in range(30):
        event = NewEvent(f"ann-{at}", hand.items[0].id, "label", "xy"[at % 2], 1, 1)
        (ack,), hand = team.label_and_hand(many.id, "ann", [event])
        assert ack.accepted
        told |= {item["id"]: item["suggestion"] for item in hand.to_json()["items"] if item["suggestion"]}
    recorded = listed(team, many)
    assert set(told) == {item for item, one in recorded.items() if one.shown}
    assert told
    assert {item for item, one in recorded.items() if not one.shown}
    report = team.suggestion_report(many.id)
    assert report.people["ann"].shown.n + report.people["ann"].blind.n + report.undecided == len(recorded)


def test_provenance_counts_only_what_came_before_the_decision(workspace, many, act):
    early, late = now() - dt.timedelta(hours=1), now() + dt.timedelta(hours=1)
    items = [item.item for item in workspace.queue(many.id)]
    record(
        workspace,
        many,
        *(Suggested(item, ME, "x", 0.8, "knn", True, early) for item in items[:14]),
        *(Suggested(item, ME, "x", 0.8, "knn", False, early) for item in items[14:26]),
        Suggested(items[26], ME, "x", 0.8, "knn", True, late),
    )
    for at, item in enumerate(items[:27]):
        value = "y" if at in (0, 1, 14, 15, 16, 17) else "x"
        act(many, "label", item, value, who=ME)
    act(many, "skip", items[2], None, who=ME)
    report = workspace.suggestion_report(many.id)
    assert (report.total.shown.agreed, report.total.shown.n) == (11, 13)
    assert (report.total.blind.agreed, report.total.blind.n) == (8, 12)
    assert report.undecided == 2
    assert report.total.difference.value == pytest.approx(11 / 13 - 8 / 12)
    assert report.people == {ME: report.total}
    assert report.to_json()["total"]["shown"]["share"]["value"] == pytest.approx(11 / 13)


def test_a_report_of_nothing_and_by_person(workspace, many, act):
    empty = workspace.suggestion_report(many.id)
    assert (empty.total.shown.n, empty.total.difference, empty.people) == (0, None, {})
    with pytest.raises(NotFoundError):
        workspace.suggestion_report("nowhere")


@pytest.mark.parametrize(
    ("wished", "said"),
    [
        (SuggestionSettings(True, "knn", 1.5), "from 0"),
        (SuggestionSettings(True, "knn", float("nan")), "from 0"),
        (SuggestionSettings(True, "knn", True), "from 0"),
        (SuggestionSettings(True, "moon"), "choose knn"),
    ],
)
def test_settings_that_cannot_be_used(workspace, project, wished, said):
    with pytest.raises(InputError, match=said):
        workspace.set_suggestions(project.id, wished)


def test_written_answers_are_never_suggested(workspace, many):
    workspace.set_suggestions(many.id, ON)
    workspace.set_task(many.id, TaskSpec("text"))
    assert not workspace.annotation_state(many.id, ME).suggesting
    workspace.set_suggestions(many.id, replace(ON, on=False))
    with pytest.raises(InputError, match="Written answers are not suggested"):
        workspace.set_suggestions(many.id, ON)
    assert "Written answers are not suggested" in ask(workspace, many, written=True).message


def test_equal_settings_make_no_new_version_and_say_who(workspace, project):
    for _ in range(2):
        assert workspace.set_suggestions(project.id, ON, who="olga").suggestions == ON
    with workspace.store.read() as tx:
        rows = tx.execute(sa.text("select version, who from revision where kind = 'suggestions'")).all()
    assert rows == [(1, "olga")]


# ---------------------------------------------------------------- the project's model


def ask(workspace, project, name="suggestions", written=False):
    if written:
        workspace.save_model_settings(project.id, ModelSettings("transformers", "somewhere"))
    return finish_job(workspace, workspace.request_analysis(project.id, name))


def test_the_stand_in_is_no_model(workspace, many, label):
    label(many, 2)
    job = ask(workspace, many)
    assert job.state == "failed"
    assert "No model was chosen" in job.message


def test_a_model_is_priced_then_asked_and_its_answers_are_suggested(workspace, many, label, tmp_path):
    label(many, 4)
    model = ModelSettings("transformers", str(build_language_model(tmp_path / "model")))
    workspace.save_model_settings(many.id, model)
    workspace.set_suggestions(many.id, SuggestionSettings(on=True, source="model", blind_share=0.3))
    assert shown(workspace, many) == {}
    assert ask(workspace, many, "suggestions-cost").state == "done"
    _, cost = workspace.analysis(many.id, "suggestions-cost")
    assert (cost["calls"], cost["kept"], cost["labels"]) == (36, 0, 4)
    assert ask(workspace, many).state == "done"
    _, table = workspace.analysis(many.id, "suggestions")
    assert (table["asked"], table["unread"]) == (36, 0)
    todo = {item.id for item in workspace.annotation_state(many.id, ME).items if item.state == "todo"}
    assert set(table["answers"]) == todo
    for item, one in shown(workspace, many).items():
        assert one == {**table["answers"][item], "source": "model"}
        assert 0.5 <= one["confidence"] <= 1
    assert all(one.source.startswith("model: ") for one in listed(workspace, many).values())
    assert any(not one.shown for one in listed(workspace, many).values())
    assert ask(workspace, many, "suggestions-cost").state == "done"
    assert workspace.analysis(many.id, "suggestions-cost")[1]["kept"] == 36


# ---------------------------------------------------------------- what is exported


def test_an_export_says_which_labels_had_a_shown_suggestion(workspace, many, act):
    early, late = now() - dt.timedelta(hours=1), now() + dt.timedelta(hours=1)
    items = [item.item for item in workspace.queue(many.id)]
    record(
        workspace,
        many,
        Suggested(items[0], ME, "x", 0.8, "knn", True, early),
        Suggested(items[1], ME, "x", 0.7, "model: tiny", True, early),
        Suggested(items[2], ME, "x", 0.8, "knn", False, early),
        Suggested(items[3], ME, "x", 0.8, "knn", True, late),
        Suggested(items[4], "ann", "x", 0.8, "knn", True, early),
    )
    for at, item in enumerate(items[:6]):
        act(many, "label", item, "xy"[at % 2], who=ME)
    expected = {
        items[0]: {"value": "x", "confidence": 0.8, "source": "knn"},
        items[1]: {"value": "x", "confidence": 0.7, "source": "model: tiny"},
    }
    manifest = workspace.export_manifest(many.id)
    assert {one["id"]: one["suggestion"] for one in manifest["labels"] if one["suggestion"]} == expected
    lines = [json.loads(line) for line in workspace.export(many.id, "labelled-jsonl").content.splitlines()]
    assert {line["id"]: (line["label"], line["suggested"]) for line in lines} == {
        item: ("xy"[at % 2], "x" if item in expected else None) for at, item in enumerate(items[:6])
    }
    rows = labelled_rows(manifest, workspace.dataset(many.id))
    assert {row.id: row.suggestion for row in rows if row.suggestion} == expected
