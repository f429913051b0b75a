"""Which seats a queue needs, and for whom they are reserved: worked out anew whenever something has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from votek.annotation.queue import Queue
from votek.annotation.state import Labelling
from votek.datatypes import HandoutSettings

__all__ = ["Asked", "Sitting", "asked_of", "seating"]


@dataclass(frozen=True)
class Sitting:
    """Somebody at a place of a text: `lease` (seconds since 1970) while they hold it, None once they have decided."""

    person: str
    slot: int
    lease: float | None


@dataclass(frozen=True)
class Asked:
    """One text and the decisions that are wanted about it.

    `needed`: how many people in all; `done`: those who have decided, in the order in which they did.
    """

    row: int
    item: str
    rank: int
    needed: int
    done: tuple[str, ...]


Place = tuple[int, int, int, str | None, str | None, float | None, bool]
"""Row, slot, rank, reserved, person, lease, done: the fields of a stored seat."""


def asked_of(queue: Queue, state: Labelling, row_of: Mapping[str, int]) -> list[Asked]:
    """What is wanted of the team: every text of the queue, and all others that somebody has decided about.

    Texts that are settled without (more) people, by the file or by an adjudication, are not asked for.
    """
    asked, listed = [], set()
    for entry in queue.items:
        found = state.resolution(entry.item)
        settled = found is not None and (found.closed or not found.decisions)
        open_to_all = entry.row not in queue.skipped and entry.row not in queue.excluded and not settled
        needed = state.overlap.needed(entry.item) if open_to_all else 0
        asked.append(Asked(entry.row, entry.item, entry.rank, needed, state.deciders(entry.item)))
        listed.add(entry.item)
    others = [item for item in state.items() if item not in listed and item in row_of]
    decided = ((item, state.deciders(item)) for item in others)
    return asked + [Asked(row_of[item], item, 0, 0, done) for item, done in decided if done]


def seating(
    asked: Iterable[Asked],
    settings: HandoutSettings,
    *,
    sitting: Mapping[int, Sequence[Sitting]],
    members: Collection[str] | None = None,
    moment: float,
) -> list[Place]:
    """Every seat there is to be, in the order of the texts.

    Args:
        asked: the texts.
        settings: for whom seats are reserved.
        sitting: row -> who sits there now; people keep what they hold as far as it is still wanted.
        members: who may sit; what somebody who was removed holds is free again. None: anybody.
        moment: seconds since 1970; those whose lease has run out give way first.
    """
    dealer = _Dealer(settings, members)
    places: list[Place] = []
    for text in asked:
        here = {one.person: one for one in sitting.get(text.row, ()) if dealer.is_there(one.person, text.done)}
        free = max(0, text.needed - len(text.done))
        named = [person for person in dealer.named(text.item) if person not in text.done][:free]
        holding = _holding(here, text, named, free, moment)
        reserved = [person for person in named if person not in holding]
        dealer.count([*text.done, *holding])
        reserved += dealer.deal(free - len(holding) - len(reserved), {*text.done, *holding, *reserved})
        open_seats = free - len(holding) - len(reserved)
        people = [*text.done, *holding, *([None] * (len(reserved) + open_seats))]
        for person, slot in zip(people, _slots(people, here), strict=True):
            if person is None:
                places.append((text.row, slot, text.rank, reserved.pop(0) if reserved else None, None, None, False))
            elif person in holding:
                kept_for = person if dealer.deals_to(person, named) else None
                places.append((text.row, slot, text.rank, kept_for, person, holding[person].lease, False))
            else:
                places.append((text.row, slot, text.rank, None, person, None, True))
    return places


def _holding(
    here: Mapping[str, Sitting], text: Asked, named: Sequence[str], free: int, moment: float
) -> dict[str, Sitting]:
    """Who may keep the text: those it is named to, then those whose lease still runs, in the order of their seats."""
    holders = [one for one in here.values() if one.lease is not None and one.person not in text.done]
    holders.sort(key=lambda one: (one.person not in named, (one.lease or 0) < moment, one.slot))
    others = free - len(named)
    kept: dict[str, Sitting] = {}
    for one in holders:
        if one.person in named or others > 0:
            kept[one.person] = one
            others -= one.person not in named
    return kept


def _slots(people: Sequence[str | None], here: Mapping[str, Sitting]) -> Sequence[int]:
    """A place for each: people stay where they sit if that place is still there, the rest fill the gaps."""
    size = len(people)
    if not here:
        return range(size)
    known = [person for person in people if person is not None and person in here]
    fixed = {person: here[person].slot for person in known if here[person].slot < size}
    gaps = iter(sorted(set(range(size)) - set(fixed.values())))
    return [fixed[person] if person is not None and person in fixed else next(gaps) for person in people]


class _Dealer:
    """Deals seats out in proportion to the shares, and names the people of some texts."""

    def __init__(self, settings: HandoutSettings, members: Collection[str] | None) -> None:
        self._members = members
        shares = settings.shares if settings.assignment == "shares" else {}
        names = settings.named if settings.assignment == "named" else {}
        self._shares = {person: part for person, part in sorted(shares.items()) if part > 0 and self.is_there(person)}
        self._named = {
            item: tuple(person for person in people if self.is_there(person)) for item, people in names.items()
        }
        self._dealt: Counter[str] = Counter()

    def is_there(self, person: str, done: Collection[str] = ()) -> bool:
        """Whether this person can sit here: a member, or somebody who has decided while they were one."""
        return self._members is None or person in self._members or person in done

    def named(self, item: str) -> tuple[str, ...]:
        """The people that this text is named to."""
        return self._named.get(item, ())

    def count(self, people: Iterable[str]) -> None:
        """These people have a seat already."""
        self._dealt.update(person for person in people if person in self._shares)

    def deal(self, seats: int, sitting: Collection[str]) -> list[str]:
        """The people for so many seats of one text: those furthest behind their share, by id where two are equal."""
        ready = [person for person in self._shares if person not in sitting]
        ready.sort(key=lambda person: (Fraction(self._dealt[person] + 1, self._shares[person]), person))
        chosen = ready[: max(0, seats)]
        self._dealt.update(chosen)
        return chosen

    def deals_to(self, person: str, named: Sequence[str]) -> bool:
        """Whether the seat that this person holds stays reserved for them once their lease has run out."""
        return person in self._shares or person in named
