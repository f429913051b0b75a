"""The texts that embedding and map are measured on."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np

__all__ = ["described", "messages"]

FILES = ("banking77_train.csv", "banking77_test.csv", "clinc150_train.csv", "clinc150_test.csv")
THINGS = ("my order", "the parcel", "a refund", "the invoice", "my account", "the blue jacket", "a gift card")
PROBLEMS = ("has not arrived", "is wrong", "was charged twice", "cannot be opened", "does not fit", "got lost")
WISHES = (
    "please help",
    "what can I do",
    "who do I talk to",
    "I want to send it back",
    "could you look into this before the weekend",
    "I have written three times already and nobody answered, which is not what I expect of a shop of your size",
)


def messages(n: int) -> list[str]:
    """`n` short messages: real ones where VOTEK_TEST_DATA has them, made-up ones of varied length otherwise."""
    found = _real()
    rng = np.random.default_rng(0)
    if not found:
        return [_made_up(rng) for _ in range(n)]
    texts = [found[i] for i in rng.permutation(len(found))][:n]
    while len(texts) < n:  # two messages in one, once each has stood alone
        texts.append(f"{found[rng.integers(len(found))]} {found[rng.integers(len(found))]}")
    return texts


def described() -> str:
    """Which texts `messages` gives."""
    return "messages of Banking77 and CLINC150" if _real() else "made-up messages of 6 to 130 words"


def _real() -> list[str]:
    folder = Path(os.environ.get("VOTEK_TEST_DATA", ""))
    texts: list[str] = []
    for name in FILES:
        if os.environ.get("VOTEK_TEST_DATA") and (folder / name).is_file():
            with (folder / name).open(encoding="utf-8", newline="") as file:
                texts += [row["text"] for row in csv.DictReader(file)]
    return texts


def _made_up(rng: np.random.Generator) -> str:
    sentences = []
    for _ in range(rng.integers(1, 5)):
        thing, problem, wish = (str(rng.choice(words)) for words in (THINGS, PROBLEMS, WISHES))
        sentences.append(f"{thing} {problem} (number {rng.integers(10_000)}), {wish}.")
    return " ".join(sentences)
