"""Any order of taking, labelling, skipping, undoing, leaving and leases running out, against a plain model."""

import itertools
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from votek.annotation import fold
from votek.datasets import make_dataset
from votek.datatypes import HandoutSettings, LabelSpec, TaskSpec
from votek.settings import Settings
from votek.workspace import NewEvent, Workspace, handout

TEXTS, LEASE, GRACE = 4, 60.0, 30.0
PEOPLE = ("ann", "bob", "cem")
TASK = TaskSpec("single", (LabelSpec("x", "#0072B2"), LabelSpec("y", "#E69F00")))
WHO, TEXT = st.sampled_from(PEOPLE), st.integers(0, TEXTS - 1)
STEP = st.one_of(
    st.tuples(st.just("hand"), WHO),
    st.tuples(st.just("hand"), WHO),
    st.tuples(st.sampled_from(["label", "label", "skip"]), WHO, TEXT),
    st.tuples(st.sampled_from(["undo", "leave"]), WHO),
    st.tuples(st.just("wait"), st.sampled_from([20.0, 31.0, 61.0])),
)


class Clock:
    """Time for the hand-out, as the test says."""

    now = 1_000_000.0

    def time(self):
        return self.now


class Model:
    """The rules once more, as plainly as can be: for each text its places, [person, lease, decided]."""

    def __init__(self, overlap, clock):
        self.places = [[[None, 0.0, False] for _ in range(overlap)] for _ in range(TEXTS)]
        self.given = defaultdict(set)
        self.log = defaultdict(list)
        self.clock = clock

    def mine(self, who, text):
        return next((place for place in self.places[text] if place[0] == who), None)

    def free(self, text):
        free = (one for one in self.places[text] if not one[2] and (one[0] is None or one[1] < self.clock.now))
        return next(free, None)

    def held(self, who):
        mine = [self.mine(who, text) for text in range(TEXTS)]
        return [text for text in range(TEXTS) if mine[text] is not None and not mine[text][2]]

    def hand(self, who):
        for text in self.held(who):
            self.mine(who, text)[1] = self.clock.now + LEASE
        held = self.held(who)
        for text in range(TEXTS):
            if len(held) >= 2:
                break
            if self.mine(who, text) is None and self.free(text) is not None:
                self.free(text)[:] = [who, self.clock.now + LEASE, False]
                self.given[who].add(text)
                held.append(text)
        return held

    def decide(self, who, text, event_id):
        place = self.mine(who, text)
        if place is None and text in self.given[who]:
            place = self.free(text)
        if place is None:
            return False
        place[:] = [who, 0.0, True]
        self.log[who].append((event_id, text))
        return True

    def undo(self, who):
        event_id, text = self.log[who].pop()
        if all(other != text for _, other in self.log[who]):
            self.mine(who, text)[:] = [who, self.clock.now + LEASE, False]
        return event_id, text

    def leave(self, who):
        for text in self.held(who):
            place = self.mine(who, text)
            place[1] = min(place[1], self.clock.now + GRACE)


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    opened = Workspace.open(Settings(data=tmp_path_factory.mktemp("sequences"), model="votek-hash"), accounts=True)
    yield opened
    opened.close()


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(handout, "time", made)
    return made


@pytest.fixture
def begin(space, clock):
    """`begin(overlap)`: a fresh project and the model of it."""

    def make(overlap):
        project = space.create_project("Sequences", task=TASK)
        data = make_dataset([f"a{place}" for place in range(TEXTS)], [f"text {place}" for place in range(TEXTS)], {})
        space.import_dataset(project.id, data, role="pool", name="file.csv")
        space.add_to_queue(project.id, range(TEXTS))
        space.set_handout(project.id, HandoutSettings(overlap=overlap, minutes=1))
        return project.id, Model(overlap, clock)

    return make


def hand(space, project, model, who):
    rows = [int(item.id[1:]) for item in space.hand(project, who).items]
    assert sorted(rows) == sorted(model.hand(who))


def record(space, project, who, kind, text, value, event_id):
    (ack,) = space.record_events(project, who, [NewEvent(event_id, f"a{text}", kind, value, 1, 1)])
    return ack


def take(space, project, model, step, event_id):
    """Do one step in both, and hold what came of it to be the same."""
    kind, *rest = step
    if kind == "wait":
        model.clock.now += rest[0]
    elif kind == "hand":
        hand(space, project, model, rest[0])
    elif kind == "leave":
        space.leave(project, rest[0])
        model.leave(rest[0])
    elif kind == "undo":
        if model.log[rest[0]]:
            undone, text = model.undo(rest[0])
            assert record(space, project, rest[0], "undo", text, {"event": undone}, event_id).accepted
    else:
        who, text = rest
        ack = record(space, project, who, kind, text, "x" if kind == "label" else None, event_id)
        assert ack.accepted == model.decide(who, text, event_id), ack.reason


@pytest.mark.parametrize("overlap", [1, 2])
def test_any_sequence_goes_as_the_rules_say(space, begin, overlap):
    numbers = itertools.count()

    @settings(max_examples=20, deadline=None, database=None)
    @given(st.lists(STEP, min_size=10, max_size=50))
    def check(steps):
        project, model = begin(overlap)
        for step in steps:
            take(space, project, model, step, f"e{next(numbers)}")
        model.clock.now += 2 * LEASE
        for who in (*PEOPLE, "dan"):
            while held := space.hand(project, who).items:
                for item in held:
                    assert record(space, project, who, "label", item.id[1:], "x", f"e{next(numbers)}").accepted
        state = fold(space.events(project))
        people = {text: len(state.deciders(f"a{text}")) for text in range(TEXTS)}
        assert people == dict.fromkeys(range(TEXTS), overlap)

    check()
