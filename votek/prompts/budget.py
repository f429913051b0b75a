"""Which demonstrations fit: best first, an over-long one is passed over, the next one may still fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Fit", "admit"]

_JOIN = 2
"""Tokens by which joining two texts may change their sum; nearer to the limit the joint text is counted."""


@dataclass(frozen=True, eq=False)
class Fit:
    """What limits a prompt: `n` demonstrations, and `available` tokens (None: no token limit).

    `sizes`: int64 (p,), tokens of each demonstration by itself. `adds_up`: whether the tokens of a prompt are
    exactly the sum over its parts.
    """

    n: int
    available: int | None
    sizes: NDArray[np.int64]
    adds_up: bool = False


def admit(
    ranked: Iterable[int], fit: Fit, *, bare: int, joint: Callable[[list[int]], int], always_joint: bool = False
) -> list[int]:
    """Positions of `ranked` that fit together, best first.

    `bare`: tokens of the prompt without demonstrations. `joint`: tokens of the rendered prompt with the
    positions given. Sums of parts decide where they are clear of the limit, `joint` near it;
    `always_joint` counts every time.
    """
    chosen: list[int] = []
    if fit.available is not None and bare > fit.available:
        return chosen
    total = bare
    smallest = int(fit.sizes.min()) if len(fit.sizes) else 0
    for position in ranked:
        if len(chosen) == fit.n:
            break
        if fit.available is None:
            chosen.append(position)
            continue
        slack = -1 if fit.adds_up else _JOIN * (len(chosen) + 2)
        if not always_joint and total + smallest > fit.available + max(slack, 0):
            break
        estimate = total + int(fit.sizes[position])
        if always_joint or abs(estimate - fit.available) <= slack:
            estimate = joint([*chosen, position])
        if estimate <= fit.available:
            chosen.append(position)
            total = estimate
    return chosen
