"""The log alone is the state: after ten thousand random events, replaying it from nothing gives what was kept."""

import json
import random
from collections import defaultdict

import pytest

from votek.annotation import Overlap, fold
from votek.datatypes import HandoutSettings, LabelSpec, TaskSpec
from votek.store import projects as project_rows
from votek.workspace import NewEvent, Workspace

EVENTS = 10_000
PEOPLE = ["ann", "bob", "cem", "dee", "eve"]
ITEMS = [f"a{row}" for row in range(60)]
LABELS = ["x", "y", "z"]
OVERLAP = {"a0": 1, "a1": 3, "a2": 5}


@pytest.fixture
def team(workspace, dataset, load):
    """A project of sixty texts that two people each decide about, a few texts more or fewer."""
    made = workspace.create_project("Team", task=TaskSpec("single", tuple(LabelSpec(n, "#0072B2") for n in LABELS)))
    load(made, dataset(len(ITEMS)))
    workspace.add_to_queue(made.id, range(len(ITEMS)))
    with workspace.store.write() as tx:
        project_rows.lock(tx, made.id)
        value = {**vars(HandoutSettings(overlap=2, items=OVERLAP))}
        project_rows.add_revision(tx, made.id, "handout", value, time=made.created)
    return made


def random_event(rng, number, mine, items):
    """One thing a person may do, mostly with `items`; undo is about something of their own, often undone already."""
    kind = rng.choices(["label", "skip", "flag", "comment", "undo", "adjudicate"], [50, 10, 8, 8, 16, 8])[0]
    item, value = rng.choice(items if items and kind != "adjudicate" else ITEMS), None
    if kind == "label":
        value = rng.choice(LABELS)
    elif kind == "flag":
        value = rng.random() < 0.6
    elif kind == "comment":
        value = rng.choice(["", f"note {number}", "ä “quoted” 🙂"])
    elif kind == "adjudicate":
        value = {"label": rng.choice([*LABELS, None]), "why": rng.choice(["", "as the guidelines say"])}
    elif kind == "undo" and mine:
        event_id, item = mine[-1] if rng.random() < 0.5 else rng.choice(mine)
        value = {"event": event_id}
    else:
        kind = "skip"
    return NewEvent(f"e{number}", item, kind, value, 1, 1)


def plain_reading(events):
    """item -> (status, value), read off the standing events without any of the program's code."""
    undone = {event.value["event"] for event in events if event.kind == "undo"}
    standing = [event for event in events if event.kind != "undo" and event.event_id not in undone]
    decisions, rulings = defaultdict(dict), {}
    for event in standing:
        if event.kind in ("label", "skip"):
            decisions[event.item].pop(event.who, None)
            decisions[event.item][event.who] = event
        elif event.kind == "adjudicate":
            rulings[event.item] = event.value["label"]
    found = {}
    for item in {*decisions, *rulings}:
        if item in rulings:
            found[item] = ("skipped" if rulings[item] is None else "adjudicated", rulings[item])
            continue
        given = list(decisions[item].values())
        labels = [event.value for event in given if event.kind == "label"]
        counts = {label: labels.count(label) for label in labels}
        best = max(counts, key=counts.__getitem__, default=None)
        if len(given) < OVERLAP.get(item, 2):
            found[item] = ("open", None)
        elif not labels:
            found[item] = ("skipped", None)
        elif 2 * counts[best] <= len(labels):
            found[item] = ("disputed", None)
        else:
            found[item] = ("single" if len(labels) == 1 else "unanimous" if len(counts) == 1 else "majority", best)
    return found


def check(space, project_id, overlap):
    events = space.events(project_id)
    replayed = fold(events, overlap=overlap)
    with space.labelling_lock, space.store.read() as tx:
        kept = space.labelling(tx, project_id)
        assert kept == replayed
        assert kept.resolutions() == replayed.resolutions()
    assert {item: (r.status, r.value) for item, r in replayed.resolutions().items()} == plain_reading(events)
    return events, replayed


class Crowd:
    """Five people at work: each labels what was handed to them, and changes their minds about what they decided."""

    def __init__(self, seed, project_id):
        self.rng, self.project_id, self.number = random.Random(seed), project_id, 0
        self.acted, self.items = defaultdict(list), defaultdict(dict)

    def work(self, space, size):
        """One person's next batch; returns how many events were accepted."""
        rng = self.rng
        who, batch = rng.choice(PEOPLE), []
        for _ in range(size):
            self.number += 1
            batch.append(random_event(rng, self.number, self.acted[who], list(self.items[who])))
        acks, hand = space.label_and_hand(self.project_id, who, batch)
        taken = [event for ack, event in zip(acks, batch, strict=True) if ack.accepted]
        self.acted[who] += [(event.event_id, event.item) for event in taken if event.kind != "undo"]
        if hand is not None:
            self.items[who] |= dict.fromkeys(item.id for item in hand.items)
        return len(taken)


def test_ten_thousand_random_events_replayed_from_nothing(workspace, settings, team):
    overlap, other = Overlap(2, OVERLAP), Workspace.open(settings)
    crowd, accepted, cuts = Crowd(20, team.id), 0, 0
    rng = crowd.rng
    while accepted < EVENTS:
        accepted += crowd.work(rng.choice([workspace, other]), rng.randint(1, 200))
        if rng.random() < 0.3:
            cuts += 1
            check(rng.choice([workspace, other]), team.id, overlap)
    assert cuts > 15
    other.close()

    anew = Workspace.open(settings)
    events, replayed = check(anew, team.id, overlap)
    assert check(workspace, team.id, overlap)[1] == replayed
    assert anew.labels(team.id) == workspace.labels(team.id) == replayed.labels()
    for who in PEOPLE:
        assert anew.annotation_state(team.id, who) == workspace.annotation_state(team.id, who)
    anew.close()
    assert [event.sequence for event in events] == list(range(1, accepted + 1))
    kinds = {event.kind for event in events}
    assert kinds == {"label", "skip", "flag", "comment", "undo", "adjudicate"}
    undone = {event.value["event"] for event in events if event.kind == "undo"}
    assert sum(event.kind == "adjudicate" and event.event_id in undone for event in events) > 50
    statuses = {found.status for found in fold(events[:500], overlap=overlap).resolutions().values()}
    assert len(statuses) >= 4, json.dumps(sorted(statuses))


def test_any_part_of_the_log_is_a_state_of_its_own(workspace, team):
    workspace.accounts = True  # texts come by seats
    crowd = Crowd(21, team.id)
    for _ in range(60):
        crowd.work(workspace, 8)
    events = workspace.events(team.id)
    assert len(events) > 200
    kept = fold([], overlap=Overlap(2, OVERLAP))
    for cut, event in enumerate(events, start=1):
        kept.apply(event)
        if cut % 7 == 0:
            assert kept == fold(events[:cut], overlap=Overlap(2, OVERLAP))
            found = {item: (r.status, r.value) for item, r in kept.resolutions().items()}
            assert found == plain_reading(events[:cut])
