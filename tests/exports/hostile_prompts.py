"""A project in which each hostile text is a test item, a demonstration, a label and an answer, in a known order.

Test item i is closest to labelled text i + STEP, then to i + 2 STEP (counted in a circle): its prompt shows these two,
the closest last. STEP keeps texts apart that the leak guard takes for copies of each other.
"""

import dataclasses
import functools
import io
import unicodedata
import zipfile

import numpy as np

from tests.exports.hostile import HOSTILE
from votek.datatypes import LabelSpec, PromptSet, PromptSettings, TaskSpec
from votek.exports import write
from votek.prompts import LabelledRow, QueryRow, build_prompts

INSTRUCTION = "Use {braces}, {{ 7*7 }}, 100% and $5."
SETTINGS = PromptSettings(instruction=INSTRUCTION, n=2, tokenizer="characters/4")
SIZE = len(HOSTILE)
LABELS = HOSTILE[::-1]
_SEEN = ["".join(unicodedata.normalize("NFKC", text).casefold().split()) for text in HOSTILE]
STEP = next(
    step
    for step in range(1, SIZE)
    if all(_SEEN[at] not in (_SEEN[(at + step) % SIZE], _SEEN[(at + 2 * step) % SIZE]) for at in range(SIZE))
)


@functools.cache
def material(kind="single"):
    """What `write` takes: labels and answers are hostile too."""
    task = TaskSpec(kind, (LabelSpec("a", "#000000"), LabelSpec("b", "#ffffff")))
    rows = [
        LabelledRow(f"id {at}", at, text, (LABELS[at], "b") if kind == "multi" else LABELS[at], rank=at)
        for at, text in enumerate(HOSTILE)
    ]
    pool = np.eye(SIZE, dtype=np.float32)
    closest = np.roll(pool, STEP, axis=1) + 0.5 * np.roll(pool, 2 * STEP, axis=1)
    manifest = {"prompts": {"settings": dataclasses.asdict(SETTINGS), "order": "most similar last"}}

    def prompts(queries):
        made = build_prompts(SETTINGS, pool=rows, pool_vectors=pool, queries=queries, query_vectors=closest, task=task)
        return PromptSet(made, manifest)

    return {
        "labelled": rows,
        "task": task,
        "prompts": prompts([QueryRow(f"test {text}", text) for text in HOSTILE]),
        "own": prompts([QueryRow(row.id, row.text, row=row.row) for row in rows]),
    }


def answers():
    """A right answer for every second test item."""
    return {f"test {HOSTILE[at]}": LABELS[at] for at in range(0, SIZE, 2)}


def shown(at):
    """Positions of the demonstrations of test item and labelled text `at`, in the order of the prompt."""
    return [(at + 2 * STEP) % SIZE, (at + STEP) % SIZE]


def chat(at):
    """The turns of test item `at` as (role, content)."""
    turns = [("system", INSTRUCTION)]
    for place in shown(at):
        turns += [("user", HOSTILE[place]), ("assistant", LABELS[place])]
    return [*turns, ("user", HOSTILE[at])]


def literal(at):
    """The literal prompt of test item `at`."""
    parts = [f"Text: {HOSTILE[place]}\nLabel: {LABELS[place]}\n\n" for place in shown(at)]
    return f"{INSTRUCTION}\n\n{''.join(parts)}Text: {HOSTILE[at]}\nLabel:"


def content(format, kind="single", **more):
    return write(format, **material(kind), **more).content


def unpack(raw, folder):
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        archive.extractall(folder)
    return folder
