"""Reads an answer that a model wrote: its first line, and the label in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import fsum, isfinite
from typing import Any, TypeGuard

__all__ = ["are_numbers", "are_texts", "first_line", "read_label"]

_EDGES = " \t\r\n\"'`*_.,;:!?()[]{}<>“”‘’"


def are_texts(values: Any) -> TypeGuard[list[str]]:
    """Whether an endpoint gave a list of texts, as it should of tokens."""
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def are_numbers(values: Any) -> TypeGuard[list[float]]:
    """Whether an endpoint gave a list of numbers, as it should of log-probabilities.

    >>> are_numbers([-0.5, -1]), are_numbers([-0.5, None]), are_numbers("x")
    (True, False, False)
    """
    return isinstance(values, list) and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in values
    )


def first_line(tokens: Sequence[str], logs: Sequence[float]) -> tuple[str, float | None]:
    """The first line that holds something, and the mean log-probability of the tokens up to its end.

    `tokens`: as generated, in order; `logs`: of each, natural logarithm. A token in which the line ends counts if it
    holds some of the line. Without such a line: "" and None.
    A mean that is no finite number is None.

    >>> first_line(["\\n", " re", "fund", "\\n", "Text"], [-1.0, -0.5, -0.3, -0.1, -9.0])
    ('refund', -0.6)
    """
    written, used = "", 0
    for token in tokens:
        if written.strip() and token.lstrip(" \t").startswith("\n"):
            break
        written += token
        used += 1
        if "\n" in written.lstrip():
            break
    line = written.strip().partition("\n")[0].strip()
    if not line:
        return "", None
    mean = fsum(logs[:used]) / used if len(logs) >= used else None
    return line, mean if mean is not None and isfinite(mean) else None


def read_label(text: str, labels: Sequence[str]) -> str | None:
    """The label that an answer gives; None where it gives none or several.

    The answer is the label (case, white space and marks around it aside), begins with it, or holds it as whole
    words while it holds no other. Of labels that are part of one another the longest counts.

    >>> read_label("The label is: Card-Lost.", ["card-lost", "card"])
    'card-lost'
    >>> read_label("refund or delivery", ["refund", "delivery"]) is None
    True
    """
    answer = _plain(text)
    plain = {label: _plain(label) for label in labels}
    for label, form in plain.items():
        if label == text.strip() or (form and form == answer):
            return label
    found = {label: _places(form, answer) for label, form in plain.items() if form}
    longest = sorted((label for label in found if found[label]), key=lambda label: -len(plain[label]))
    kept: dict[str, list[tuple[int, int]]] = {}
    for label in longest:
        free = [
            span for span in found[label] if not any(_within(span, other) for seen in kept.values() for other in seen)
        ]
        if free:
            kept[label] = free
    if len(kept) == 1:
        return next(iter(kept))
    return None


def _plain(text: str) -> str:
    return " ".join(text.strip(_EDGES).casefold().split())


def _places(form: str, answer: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", answer)]


def _within(span: tuple[int, int], other: tuple[int, int]) -> bool:
    return other[0] <= span[0] and span[1] <= other[1]
