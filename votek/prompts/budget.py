"""Which demonstrations a prompt takes: the best that may, one after the other, until there are enough or no room.

One that does not fit is passed over for good, and the best of the rest is tried: a prompt only grows.

Where texts meet without white space, a tokenizer may join more than is allowed for here (WordPiece counts a word of
over 100 characters as one token): then one that would just fit may be passed over. No prompt is over its limit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from votek.prompts.label_counts import LabelCounts
from votek.prompts.retrievers import Preference

__all__ = ["Choice", "Limits", "choose"]

_JOIN = 2
"""Tokens by which joining two texts may change their sum; nearer to the limit the joint text is counted."""

Joint = Callable[[Sequence[int], Sequence[list[int]]], NDArray[np.int64]]
"""Tokens of the rendered prompts of some queries (m,) with the positions given, best first: int64 (m,)."""


@dataclass(frozen=True, eq=False)
class Limits:
    """What limits a prompt: `n` demonstrations, `available` tokens, `label_cap` of one label (None: no limit).

    `sizes`: int64 (p,), tokens of each demonstration by itself. `adds_up`: whether the tokens of a prompt are
    exactly the sum over its parts. `always_joint`: count the rendered prompt with every candidate.
    """

    n: int
    available: int | None
    sizes: NDArray[np.int64]
    adds_up: bool = False
    label_cap: int | None = None
    always_joint: bool = False


@dataclass(frozen=True, eq=False)
class Choice:
    """For each query: the positions `chosen`, best first; `totals`: int64 (q,), tokens by the sums that decided.

    `short_of_room`: bool (q,), whether a candidate was passed over for its tokens.
    """

    chosen: tuple[list[int], ...]
    totals: NDArray[np.int64]
    short_of_room: NDArray[np.bool_]


def choose(
    preference: Preference,
    allowed: NDArray[np.bool_],
    limits: Limits,
    *,
    bare: NDArray[np.int64],
    joint: Joint,
    counts: LabelCounts | None = None,
) -> Choice:
    """What each query takes of the rows `allowed` (q, p), in the order of `preference`.

    `bare`: int64 (q,), tokens of the prompts without demonstrations. `counts`: needed with a label cap. Sums of parts
    decide where they are clear of the limit, `joint` near it.
    """
    state = _State(preference, allowed.copy(), limits, bare.astype(np.int64), joint, counts)
    while len(state.active):
        state.step()
    chosen = zip(state.chosen.tolist(), state.number.tolist(), strict=True)
    return Choice(tuple(places[:number] for places, number in chosen), state.total, state.short)


class _State:
    """The choices of a block of queries so far."""

    def __init__(
        self,
        preference: Preference,
        open: NDArray[np.bool_],
        limits: Limits,
        bare: NDArray[np.int64],
        joint: Joint,
        counts: LabelCounts | None,
    ) -> None:
        self.preference, self.open, self.limits, self.joint, self.counts = preference, open, limits, joint, counts
        self.total = bare
        self.chosen = np.zeros((len(bare), min(limits.n, open.shape[1])), dtype=np.int64)
        self.number = np.zeros(len(bare), dtype=np.int64)
        self.short = np.zeros(len(bare), dtype=bool)
        self.active = np.arange(len(bare)) if limits.n else np.empty(0, dtype=np.int64)
        if limits.available is not None:
            self.short = (bare > limits.available) & open.any(axis=1)
            self.active = self.active[bare[self.active] <= limits.available]

    def step(self) -> None:
        """One candidate for every query that has room: take it, or pass it over."""
        self._close()
        best = self.preference.best(self.active, self.open[self.active])
        at, positions = self.active[best >= 0], best[best >= 0]
        self.open[at, positions] = False
        fits, totals = self._fits(at, positions)
        self.short[at[~fits]] = True
        taken, taken_positions = at[fits], positions[fits]
        self.total[taken] = totals[fits]
        self.chosen[taken, self.number[taken]] = taken_positions
        self.number[taken] += 1
        self.preference.take(taken, taken_positions)
        if self.counts is not None:
            self.counts.add(taken, taken_positions)
        self.active = at[self.number[at] < self.limits.n]

    def _close(self) -> None:
        """Close what cannot fit any more, and labels that have reached their cap."""
        limits, at = self.limits, self.active
        if self.counts is not None and limits.label_cap is not None:
            self.open[at] &= self.counts.most(at) < limits.label_cap
        if limits.available is not None and not limits.always_joint:
            room = limits.available - self.total[at] + self._slack(at)
            too_long = self.open[at] & (limits.sizes > room[:, None])
            self.short[at] |= too_long.any(axis=1)
            self.open[at] &= ~too_long

    def _slack(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.zeros(len(at), dtype=np.int64) if self.limits.adds_up else _JOIN * (self.number[at] + 2)

    def _fits(self, at: NDArray[np.int64], positions: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        limits = self.limits
        totals = self.total[at] + limits.sizes[positions]
        if limits.available is None:
            return np.ones(len(at), dtype=bool), totals
        if limits.always_joint:
            unsure = np.arange(len(at))
        elif limits.adds_up:
            unsure = np.empty(0, dtype=np.int64)
        else:
            unsure = np.flatnonzero(np.abs(totals - limits.available) <= self._slack(at))
        if len(unsure):
            tried = [
                [*self.chosen[query, : self.number[query]].tolist(), place]
                for query, place in zip(at[unsure].tolist(), positions[unsure].tolist(), strict=True)
            ]
            totals[unsure] = self.joint(at[unsure].tolist(), tried)
        return totals <= limits.available, totals
