"""The labelling queue: derived from the rounds, the changes by hand and the labels, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from votek.annotation.state import Labelling
from votek.datatypes import QueueItem, Round

__all__ = ["Queue", "build_queue"]


Origin = Literal["pick", "added", "replacement"]


class Action(Protocol):
    """A change of the queue by hand: kind "add", "exclude" or "include", and the rows concerned."""

    @property
    def kind(self) -> str:
        """What was done."""

    @property
    def rows(self) -> Sequence[int]:
        """To which rows."""


@dataclass(frozen=True)
class Queue:
    """The queue and all that a repair of it needs to know, as row positions.

    `items`: picks in pick order, then replacements, then rows added by hand; skipped ones included,
    excluded ones not (unless labelled). `skipped`: rows of the data set whose decision is a skip.
    `excluded`: undecided rows that may not be picked. `labelled`: all rows with a label. `kept`: picks
    that were not skipped or excluded. `needed`: how many undecided replacements are due. `begun`: rows that
    some of those asked have decided about; `disputed`: rows that all have, without a majority.
    """

    items: tuple[QueueItem, ...]
    budget: int
    kept: tuple[int, ...]
    replaced: tuple[int, ...]
    skipped: frozenset[int]
    excluded: frozenset[int]
    labelled: frozenset[int]
    needed: int
    begun: frozenset[int] = frozenset()
    disputed: frozenset[int] = frozenset()

    @property
    def warm_start(self) -> tuple[int, ...]:
        """Rows that stand for labelled ones when more is picked: kept picks, decided replacements, labels."""
        return tuple(dict.fromkeys([*self.kept, *self.replaced, *sorted(self.labelled)]))

    @property
    def barred(self) -> tuple[int, ...]:
        """Rows that may not be picked: skipped or excluded, and not labelled."""
        return tuple(sorted((self.skipped | self.excluded) - self.labelled))


def build_queue(
    *, ids: Sequence[str], row_of: dict[str, int], rounds: Sequence[Round], actions: Iterable[Action], state: Labelling
) -> Queue:
    """Put the queue together.

    Args:
        ids: item id of each row; `row_of` is its inverse.
        rounds: the rounds in force, in order; of the repairs the last one counts, and of the earlier
            ones what somebody has decided about since.
        actions: changes by hand, oldest first.
        state: what was labelled and skipped.
    """
    labelled = frozenset(row_of[item] for item in state.labels() if item in row_of)
    skipped = frozenset(row_of[item] for item in state.skipped() if item in row_of)
    added, barred = _by_hand(actions)
    excluded = frozenset(barred - labelled)
    picks = {row: (made, gain) for made in rounds if made.kind != "repair" for row, gain in _pairs(made)}
    kept = tuple(row for row in picks if row not in skipped and row not in excluded)
    repairs = [made for made in rounds if made.kind == "repair"]
    standing = {row_of[item]: found.status for item, found in state.resolutions().items() if item in row_of}
    begun = frozenset(row for row, status in standing.items() if status == "open")
    disputed = frozenset(row for row, status in standing.items() if status == "disputed")
    # What somebody has decided about stays, so that the others asked about it are asked: no decision is in vain.
    stays = (labelled | begun | disputed) - excluded
    replaced = {
        row: (made, gain) for made in repairs for row, gain in _pairs(made) if row in stays and row not in picks
    }
    needed = max(0, len(picks) - len(kept) - len(replaced))
    taken = set(picks) | set(replaced) | skipped | excluded | labelled
    due = [(row, gain) for row, gain in _pairs(repairs[-1]) if row not in taken][:needed] if repairs else []
    shown = _in_order_of_appearance(repairs, {*replaced, *(row for row, _ in due), *skipped} - set(picks) - excluded)
    entries: list[tuple[int, Origin, float | None, str | None]] = [
        *((row, "pick", gain, made.id) for row, (made, gain) in picks.items() if row not in excluded),
        *((row, "replacement", gain, made.id) for row, (made, gain) in shown.items()),
    ]
    present = {row for row, *_ in entries}
    entries.extend((row, "added", None, None) for row in added if row not in present and row not in excluded)
    present |= {row for row, *_ in entries}
    # Picks that were made anew leave nothing half decided behind.
    entries.extend((row, "added", None, None) for row in sorted((begun | disputed) - excluded - present))
    items = tuple(
        QueueItem(row=row, item=ids[row], rank=rank, origin=origin, gain=gain, round=made)
        for rank, (row, origin, gain, made) in enumerate(entries, start=1)
    )
    return Queue(items, len(picks), kept, tuple(replaced), skipped, excluded, labelled, needed, begun, disputed)


def _pairs(made: Round) -> Iterable[tuple[int, float]]:
    return zip(made.indices, made.gains, strict=True)


def _in_order_of_appearance(repairs: Sequence[Round], rows: set[int]) -> dict[int, tuple[Round, float]]:
    """Replacements in the order in which they first came up, so that nothing jumps while somebody works."""
    return {row: (made, gain) for made in repairs for row, gain in _pairs(made) if row in rows}


def _by_hand(actions: Iterable[Action]) -> tuple[list[int], set[int]]:
    """(rows added, in order; rows excluded): the latest action on a row counts."""
    added: dict[int, None] = {}
    excluded: set[int] = set()
    for action in actions:
        for row in action.rows:
            if action.kind == "add":
                added[row] = None
                excluded.discard(row)
            elif action.kind == "exclude":
                added.pop(row, None)
                excluded.add(row)
            else:
                excluded.discard(row)
    return list(added), excluded
