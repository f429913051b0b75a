"""Verdicts in words: what was found, how sure it is, and what it does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from votek.evaluation.comparison import ENOUGH_POOLS, LEAST_ITEMS

if TYPE_CHECKING:
    from votek.evaluation.comparison import Comparison
    from votek.evaluation.health import Health
    from votek.evaluation.judge import NextPicks

__all__ = ["PAIR", "following_sentence", "health_sentence", "verdict_sentence"]

PAIR = (
    "The proxy says nothing for sentence pairs: the text is made of several columns, and whether one follows from "
    "another is not told by what they are about. Ask a language model instead (in-context accuracy)."
)


def verdict_sentence(found: Comparison, *, size: int) -> str:
    """The verdict of a comparison of pools of `size` texts, with its numbers."""
    pools = len(found.random)
    what = f"{pools} random pools of {size}" if pools > 1 else f"one random pool of {size}"
    average = f"{found.mean_random:.1%}" + (" on average" if pools > 1 else "")
    numbers = (
        f"{found.accuracy:.1%} of {found.n:,} test items right, against {average} with {what}: "
        f"a gain of {100 * found.gain.value:+.1f} points (95% interval {100 * found.gain.low:+.1f} to "
        f"{100 * found.gain.high:+.1f})"
    )
    place = f", better than {found.worse} of the {pools} random pools" if pools > 1 else ""
    return f"{_VERDICTS[found.verdict].format(n=found.n)} {numbers}{place}.{_caution(found)}"


_VERDICTS = {
    "beats": "Beats random.",
    "beats-average": "Beats the average random pool, but not the lucky ones.",
    "does-not-beat": "Does not beat random.",
    "cannot-tell": "Cannot tell with n = {n}.",
}


def _caution(found: Comparison) -> str:
    if found.n < LEAST_ITEMS:
        return f" With fewer than {LEAST_ITEMS} test items nothing can be told; label more of them."
    if found.verdict == "cannot-tell":
        return " The interval includes 0: more test items would narrow it."
    if len(found.random) < ENOUGH_POOLS:
        return f" How lucky a draw can be is only known from {ENOUGH_POOLS} random pools on."
    return ""


def health_sentence(found: Health) -> str:
    """What a pool covers, beside random pools."""
    by_name = {measure.name: measure for measure in found.measures}
    within, coverage = by_name["within"], by_name["coverage"]
    mean = sum(within.random) / len(within.random)
    return (
        f"{within.value:.0%} of {found.texts:,} distinct texts have one of the {found.size:,} picks close by, against "
        f"{mean:.0%} with random picks. By mean similarity to the nearest pick this pool is at percentile "
        f"{coverage.percentile:.0f} of {found.pools} random pools."
    )


def following_sentence(found: NextPicks) -> str:
    """What more labels would add."""
    count = len(found.rows)
    before = "" if found.last_gain is None else f" The latest {count} picks had added {100 * found.last_gain:.1f}."
    return (
        f"The next {count} labels would add {100 * found.gain:.1f} points of coverage, {found.relative:.0f}% of what "
        f"is still missing; {count} random ones {100 * found.random_gain:.1f}.{before}"
    )
