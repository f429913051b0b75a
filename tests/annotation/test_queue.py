"""The queue: picks, then replacements, then rows added by hand; derived anew from what happened."""

import datetime as dt
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from votek.annotation import Overlap, build_queue, fold
from votek.datatypes import Round

IDS = [f"i{row}" for row in range(40)]
ROW_OF = {item: row for row, item in enumerate(IDS)}


@dataclass(frozen=True)
class Act:
    kind: str
    rows: tuple[int, ...]


def made(number, kind, *rows):
    time = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return Round(f"r{number}", "p", number, kind, "fast-vote-k", {}, (), (), rows, tuple(float(r) for r in rows), time)


@pytest.fixture(scope="session")
def queue(event):
    def build(rounds, acts=(), **decided):
        """`decided`: item -> "label" or "skip"."""
        numbered = enumerate(decided.items(), start=1)
        log = [event(n, kind, item, "x" if kind == "label" else None) for n, (item, kind) in numbered]
        return build_queue(ids=IDS, row_of=ROW_OF, rounds=rounds, actions=acts, state=fold(log))

    return build


def shown(found):
    return [(item.row, item.origin) for item in found.items]


def test_picks_keep_their_order_and_ranks(queue):
    found = queue([made(1, "select", 7, 3, 9), made(2, "raise", 1)])
    assert shown(found) == [(7, "pick"), (3, "pick"), (9, "pick"), (1, "pick")]
    assert [item.rank for item in found.items] == [1, 2, 3, 4]
    assert [item.round for item in found.items] == ["r1", "r1", "r1", "r2"]
    assert (found.budget, found.needed, found.kept) == (4, 0, (7, 3, 9, 1))


def test_nothing_is_nothing(queue):
    found = queue([])
    assert (found.items, found.budget, found.needed) == ((), 0, 0)


def test_a_skipped_pick_needs_a_replacement(queue):
    found = queue([made(1, "select", 7, 3)], i7="skip")
    assert (found.needed, found.kept, found.barred) == (1, (3,), (7,))
    found = queue([made(1, "select", 7, 3), made(2, "repair", 20)], i7="skip")
    assert shown(found) == [(7, "pick"), (3, "pick"), (20, "replacement")]


def test_undoing_the_skip_drops_the_undecided_replacement(queue):
    assert shown(queue([made(1, "select", 7, 3), made(2, "repair", 20)])) == [(7, "pick"), (3, "pick")]


def test_a_labelled_replacement_stays_even_when_the_skip_is_undone(queue):
    found = queue([made(1, "select", 7, 3), made(2, "repair", 20)], i20="label")
    assert shown(found) == [(7, "pick"), (3, "pick"), (20, "replacement")]
    assert (found.needed, found.replaced, found.warm_start) == (0, (20,), (7, 3, 20))


def test_only_the_last_repair_counts_but_labels_of_earlier_ones_stay(queue):
    rounds = [made(1, "select", 7, 3, 5), made(2, "repair", 20, 21), made(3, "repair", 22)]
    found = queue(rounds, i7="skip", i3="skip", i20="label")
    assert shown(found) == [(7, "pick"), (3, "pick"), (5, "pick"), (20, "replacement"), (22, "replacement")]
    assert found.needed == 1
    assert found.warm_start == (5, 20)


@pytest.mark.parametrize("others", [[], ["y"]])
def test_a_replacement_that_one_of_several_people_decided_about_stays(event, others):
    log = [event(n, "skip", item, who=who) for n, (item, who) in enumerate([("i7", "ann"), ("i7", "bob")], start=1)]
    log += [event(3 + n, "label", "i20", value, who=f"p{n}") for n, value in enumerate(["x", *others])]
    state = fold(log, overlap=Overlap(2))
    rounds = [made(1, "select", 7, 3), made(2, "repair", 20), made(3, "repair", 21)]
    found = build_queue(ids=IDS, row_of=ROW_OF, rounds=rounds, actions=(), state=state)
    assert shown(found) == [(7, "pick"), (3, "pick"), (20, "replacement")]
    assert (found.needed, found.replaced, found.labelled) == (0, (20,), frozenset())
    found = build_queue(ids=IDS, row_of=ROW_OF, rounds=rounds, actions=[Act("exclude", (20,))], state=state)
    assert shown(found) == [(7, "pick"), (3, "pick"), (21, "replacement")]


def test_a_skipped_replacement_is_shown_and_replaced(queue):
    found = queue([made(1, "select", 7, 3), made(2, "repair", 20), made(3, "repair", 21)], i7="skip", i20="skip")
    assert shown(found) == [(7, "pick"), (3, "pick"), (20, "replacement"), (21, "replacement")]
    assert (found.needed, found.barred) == (1, (7, 20))


def test_an_outdated_repair_gives_no_row_twice_and_no_more_than_needed(queue):
    found = queue([made(1, "select", 7, 3), made(2, "repair", 3, 20, 21)], i7="skip")
    assert shown(found) == [(7, "pick"), (3, "pick"), (20, "replacement")]


def test_adding_excluding_and_letting_in_again(queue):
    rounds = [made(1, "select", 7, 3)]
    found = queue(rounds, [Act("add", (30, 7)), Act("exclude", (3, 31))])
    assert shown(found) == [(7, "pick"), (30, "added")]
    assert (found.needed, found.excluded, found.kept) == (1, frozenset({3, 31}), (7,))
    found = queue(rounds, [Act("exclude", (3,)), Act("include", (3,)), Act("exclude", (30,)), Act("add", (30,))])
    assert shown(found) == [(7, "pick"), (3, "pick"), (30, "added")]
    assert found.needed == 0
    assert shown(queue(rounds, [Act("add", (30,)), Act("exclude", (30,))])) == [(7, "pick"), (3, "pick")]


def test_a_labelled_row_cannot_be_excluded(queue):
    found = queue([made(1, "select", 7, 3)], [Act("exclude", (3,))], i3="label")
    assert shown(found) == [(7, "pick"), (3, "pick")]
    assert (found.excluded, found.barred, found.needed) == (frozenset(), (), 0)


def test_skipping_an_added_row_needs_no_replacement(queue):
    found = queue([made(1, "select", 7)], [Act("add", (30,))], i30="skip")
    assert (found.needed, found.barred) == (0, (30,))


def test_labels_of_the_file_count_for_the_warm_start_and_are_not_queued(queue):
    found = queue([made(1, "select", 7)], i33="label", i12="label")
    assert shown(found) == [(7, "pick")]
    assert found.warm_start == (7, 12, 33)


rows = st.integers(0, 39)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(rows, unique=True, max_size=12),
    st.lists(st.lists(rows, unique=True, max_size=8), max_size=3),
    st.lists(st.tuples(st.sampled_from(["add", "exclude", "include"]), st.lists(rows, max_size=4)), max_size=4),
    st.dictionaries(st.sampled_from(IDS), st.sampled_from(["label", "skip"]), max_size=12),
)
def test_what_always_holds(queue, picks, repairs, acts, decided):
    rounds = [made(1, "select", *picks)] + [made(n, "repair", *found) for n, found in enumerate(repairs, 2)]
    found = queue(rounds, [Act(kind, tuple(which)) for kind, which in acts], **decided)
    listed = [item.row for item in found.items]
    assert len(set(listed)) == len(listed)
    assert [item.rank for item in found.items] == list(range(1, len(listed) + 1))
    assert not set(listed) & found.excluded
    assert set(found.warm_start).isdisjoint(found.barred)
    due = [
        item.row
        for item in found.items
        if item.origin == "replacement" and item.row not in found.labelled and item.row not in found.skipped
    ]
    assert len(due) <= found.needed
    assert found.needed == max(0, len(picks) - len(found.kept) - len(found.replaced))
    for item in found.items:
        assert (item.row in found.labelled) == (decided.get(item.item) == "label")
