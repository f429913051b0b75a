"""A clean help-desk set as people make them, in which faults can be planted."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

import numpy as np
import pytest

from votek.datatypes import LabelSpec, PromptSettings, TaskSpec
from votek.prompts import LabelledRow, QueryRow, build_prompts
from votek.prompts.linter import lint

POOL = {
    "delivery": [
        "Where is my parcel? It was due on 2024-05-03.",
        "Tracking says delivered, but nothing is here. Order 4021 8837 1120.",
        "The courier came at 10:30-12:00 and nobody rang.",
        "Wann kommt meine Bestellung Nr. 100 200 300 400 an?",
        "Order #202-5521987-3310012 is three days late",
        "Kept waiting since 12/03/2024, order no. 20240312-0017",
    ],
    "refund": [
        "I sent the shoes back two weeks ago, where is my 59.90 €?",
        "How long does a refund take? You said 5-7 days.",
        "Money back please: invoice 2024-118834, customer 7766554433",
        "Ich möchte die Größe 42 zurückschicken – geht das?",
        "Returned it on 01.02.2024; the receipt number is 0049 1187 2231 9",
        "My return DE-88213-44 was received, but I was not paid.",
    ],
    "payment": [
        "I was charged twice, 1,299.00 and 1,299.00.",
        "Do you take Apple Pay, or only cards?",
        "The payment failed with error 0x80070057",
        "Reference 4111 1111 1111 1112 was declined",
        "Pay in 12 instalments of 24,99?",
        "Why does the naïve café voucher not count as payment?",
    ],
    "account": [
        "I can't sign in: the code 483 920 never comes.",
        "Please delete my account @ your shop",
        "How do I change my name?\nThe form has no field for it.",
        "Password reset mail lands in spam 😀",
        "用户名怎么改?",
        "Two-step login asks for a number I no longer have",
    ],
}
STARTS = ("Hello, where is", "I want to know about", "Help with", "Is there news on", "Question about", "Trouble with")
THINGS = ("my parcel", "my refund", "my payment", "my login", "an offer")
QUERIES = [f"{start} {thing}" for start in STARTS for thing in THINGS]
DIMENSIONS = 64


@dataclass
class Case:
    """A set that is still being made: change it, then `report()`."""

    pool: list[LabelledRow]
    vectors: list[np.ndarray]
    queries: list[QueryRow]
    asked: list[np.ndarray]
    settings: PromptSettings
    task: TaskSpec
    target: str | None = None
    after: list = field(default_factory=list)
    """Changes of the finished prompts: functions of a list of prompts."""

    def add(self, text, value, vector, *, channel="mail"):
        """One more labelled text; gives its row."""
        row = len(self.pool)
        self.pool.append(LabelledRow(f"p{row}", row, text, value, fields={"channel": channel}, rank=row + 1))
        self.vectors.append(vector)
        return row

    def change(self, row, **changes):
        self.pool[row] = dataclasses.replace(self.pool[row], **changes)

    def set(self, **changes):
        self.settings = dataclasses.replace(self.settings, **changes)

    def label(self, name):
        self.task = dataclasses.replace(self.task, labels=(*self.task.labels, LabelSpec(name, "#333333")))

    def prompts(self):
        vectors = {"pool_vectors": np.array(self.vectors), "query_vectors": np.array(self.asked)}
        made = list(build_prompts(self.settings, pool=self.pool, queries=self.queries, task=self.task, **vectors))
        for change in self.after:
            change(made)
        return made

    def report(self, **options):
        given = {
            "prompts": self.prompts(), "pool": self.pool, "queries": self.queries, "settings": self.settings,
            "task": self.task, "pool_vectors": np.array(self.vectors), "query_vectors": np.array(self.asked),
            "target": self.target,
        }  # fmt: skip
        return lint(**(given | options))


def noise(rng):
    return rng.normal(scale=0.7 / np.sqrt(DIMENSIONS), size=DIMENSIONS)


def axis(place):
    return np.eye(DIMENSIONS)[place]


@pytest.fixture
def case():
    """Six texts of each of four labels and thirty test items, nothing wrong with any."""
    rng = np.random.default_rng(3)
    task = TaskSpec("single", tuple(LabelSpec(name, "#333333") for name in POOL))
    settings = PromptSettings(
        demonstration="{field:channel}: {text}\nLabel: {label}", query="{field:channel}: {text}\nLabel:", n=4,
        token_budget=400, answer_reserve=16, tokenizer="characters/4",
    )  # fmt: skip
    made = Case([], [], [], [], settings, task)
    for place in range(6):
        for at, (name, texts) in enumerate(POOL.items()):
            made.add(texts[place], name, axis(at) + noise(rng))
    for at, text in enumerate(QUERIES):
        made.queries.append(QueryRow(f"q{at}", text, fields={"channel": "chat"}))
        made.asked.append(axis(at % 4) + 1.2 * axis(10) + noise(rng))
    return made
