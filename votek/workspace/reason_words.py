"""Why a text was picked, in one or two plain sentences that are true of the method that picked it."""

from __future__ import annotations

from collections.abc import Callable

from votek.datatypes import Explanation, Round
from votek.selection.registry import METHODS

__all__ = ["reason_words", "votes_sentence"]


def reason_words(made: Round, place: int, told: Explanation | None) -> str:
    """The reason for pick number `place` (from 0) of a round; `told` None: its evidence is not there."""
    if made.method == "random":
        return "Drawn at random."
    if made.method == "least-confidence":
        return _least_sure(made, place)
    if told is None:
        return f"Picked by {made.method}."
    words = _WORDS.get(made.method)
    if words is not None:
        return words(made, told)
    label = METHODS[made.method].label if made.method in METHODS else made.method
    return f"Picked by {label}. {_votes(told)}"


def votes_sentence(votes: int, fresh: int) -> str:
    """How many texts have a pick among their nearest neighbours, and how many of them are new.

    >>> votes_sentence(23, 18)
    '23 texts have this one among their nearest neighbours; 18 of them were not covered by an earlier pick.'
    >>> votes_sentence(1, 1)
    '1 text has this one among its nearest neighbours; it was not covered by an earlier pick.'
    """
    if votes == 0:
        return "No other text has this one among its nearest neighbours; it stands for itself."
    if votes == 1:
        state = "was not" if fresh else "was already"
        return f"1 text has this one among its nearest neighbours; it {state} covered by an earlier pick."
    verb = "was" if fresh == 1 else "were"
    return (
        f"{votes} texts have this one among their nearest neighbours; {fresh} of them {verb} not covered by "
        "an earlier pick."
    )


def _votes(told: Explanation) -> str:
    return votes_sentence(len(told.voters), len(set(told.newly_covered) - {told.index}))


def _least_sure(made: Round, place: int) -> str:
    # A gain is the confidence, negated; with floors the picks need not come in that order.
    number = 1 + sum(gain > made.gains[place] for gain in made.gains)
    if number == 1:
        return f"Of the {len(made.gains)} picks, the model was least sure of this one."
    return f"The model was unsure here: number {number} of {len(made.gains)}, from the least sure."


def _unlike(lead: str) -> Callable[[Round, Explanation], str]:
    """For methods that look at what is picked already and go away from it."""

    def words(made: Round, told: Explanation) -> str:
        if told.similarity is None:
            return "The first pick; those after it are chosen to be unlike it."
        return f"{lead}: the most similar earlier pick has a similarity of {told.similarity:.2f} (1: the same)."

    return words


def _central(lead: str) -> Callable[[Round, Explanation], str]:
    """For methods whose reason is not a count of votes, followed by the count."""
    return lambda made, told: f"{lead} {_votes(told)}"


def _hard(made: Round, told: Explanation) -> str:
    count = round(told.gain)
    if count == 0:
        return f"The texts that the model is unsure of were all covered when this one was picked. {_votes(told)}"
    which = "1 text that the model is" if count == 1 else f"{count} texts that the model is"
    return f"Near {which} unsure of, and that had no pick near."


_WORDS: dict[str, Callable[[Round, Explanation], str]] = {
    "weighted-coverage": lambda made, told: _votes(told),
    "fast-vote-k": lambda made, told: _votes(told),
    "vote-k": _central("Has the most votes among texts that the model is about equally sure of."),
    "covericl": _hard,
    "lm-dpp": _unlike("Unlike the earlier picks, and not strange to the model"),
    "dpp": _unlike("Points in another direction than the earlier picks"),
    "k-center": _unlike("Far from the earlier picks"),
    "diversity": _unlike("Unlike the earlier picks taken together"),
    "k-means-medoid": _central("The most central text of its cluster."),
    "typiclust": _central("Typical of its cluster: others lie closest around it."),
}
