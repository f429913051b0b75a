"""Where a selection in two rounds stands: derived from the rounds and the queue, never stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from votek.annotation.queue import Queue
from votek.datatypes import Round

__all__ = ["TwoRounds", "two_rounds"]


@dataclass(frozen=True)
class TwoRounds:
    """A selection of `total` texts of which a first part is labelled before the rest is chosen.

    `number`: the round under way. `size` texts of it are in the queue (skipped ones replaced), `labelled` of
    them have a label, `waiting` are undecided: of these, `begun` wait for more people, `disputed` to be settled.
    `to_come`: picks of round two that are still to be made.
    """

    number: Literal[1, 2]
    total: int
    size: int
    labelled: int
    waiting: int
    to_come: int
    begun: int = 0
    disputed: int = 0

    @property
    def ready(self) -> bool:
        """Whether round two can be opened: everything in round one is decided, and something has a label."""
        return self.number == 1 and self.waiting == 0 and self.labelled > 0

    def missing(self) -> str:
        """What a team still owes this round, in words; empty where nobody has decided about a text that is open."""
        parts = []
        if self.begun:
            parts.append(f"{self.begun:,} {'is' if self.begun == 1 else 'are'} decided by some, not by all who are to")
        if self.disputed:
            parts.append(f"{self.disputed:,} without a majority {'is' if self.disputed == 1 else 'are'} to be settled")
        return " and ".join(parts)


def two_rounds(rounds: Sequence[Round], queue: Queue) -> TwoRounds | None:
    """Where the selection stands; None when it is not one in two rounds (any more).

    A first round that was gone on with by another method is no longer part of two.
    """
    picked = [made for made in rounds if made.kind != "repair"]
    plans = [made.parameters.get("plan") for made in picked]
    if not picked or not plans[0] or not plans[-1]:
        return None
    total = int(plans[0]["total"])
    if plans[-1]["round"] == 1:
        return _stand(1, total, set(), queue, to_come=total - queue.budget)
    second = next(made for made, plan in zip(picked, plans, strict=True) if plan and plan["round"] == 2)
    earlier = {*second.labeled, *(row for made in picked[: picked.index(second)] for row in made.indices)}
    return _stand(2, max(total, queue.budget), earlier, queue, to_come=0)


def _stand(number: Literal[1, 2], total: int, earlier: set[int], queue: Queue, *, to_come: int) -> TwoRounds:
    """Counts over what the rounds brought into the queue, without the rows of an `earlier` round."""
    asked = [item for item in queue.items if item.origin != "added" and item.row not in queue.skipped | earlier]
    labelled = sum(item.row in queue.labelled for item in asked)
    decided = queue.labelled | queue.begun | queue.disputed
    found = sum(item.origin == "replacement" and item.row not in decided for item in asked)
    size = len(asked) + max(0, queue.needed - found)
    begun = sum(item.row in queue.begun for item in asked)
    disputed = sum(item.row in queue.disputed for item in asked)
    return TwoRounds(number, total, size, labelled, size - labelled, to_come, begun, disputed)
