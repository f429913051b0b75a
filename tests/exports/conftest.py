"""The hostile texts and a small labelled project made of them."""

import datetime as dt

import numpy as np
import pytest

from tests.exports.hostile import HOSTILE
from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, PromptSet, PromptSettings, Round, TaskSpec
from votek.exports import LabelledVectors, build_manifest
from votek.exports.labelled_xlsx import why_not
from votek.prompts import LabelledRow, QueryRow, build_prompts, in_pick_order

TIME = dt.datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=dt.UTC)
SETTINGS = PromptSettings(
    instruction="Use {braces}, 100% and $5.", demonstration="Text: {text}\nCity: {field:city}\nLabel: {label}\n", n=3
)


def task(kind="single"):
    return TaskSpec(kind, (LabelSpec("a", "#000000"), LabelSpec("b", "#ffffff")), 2)


@pytest.fixture(scope="session")
def hostile():
    assert len(HOSTILE) == len(set(HOSTILE)) >= 200
    return HOSTILE


@pytest.fixture(scope="session")
def make_project():
    """`make_project(kind)` -> (dataset, labelled rows, prompt set, task); the labels are hostile texts too."""

    def make(kind="single", settings=SETTINGS, tests=4):
        size = len(HOSTILE)
        cities = [HOSTILE[(at + 7) % size] for at in range(size)]
        data = make_dataset(
            [f"id {at}" for at in range(size)], HOSTILE, {"text": HOSTILE, "city": cities}, details={"name": "h.csv"}
        )
        values = [HOSTILE[-1 - at] for at in range(size)]

        def suggested(at):
            return [values[at], "a"] if kind == "multi" else values[at]

        rows = [
            LabelledRow(
                f"id {at}",
                at,
                HOSTILE[at],
                (values[at], "b, c") if kind == "multi" else values[at],
                who=f"ann {at % 2}",
                fields={"text": HOSTILE[at], "city": cities[at]},
                rank=size - at if at % 5 else None,
                time=TIME if at % 3 else None,
                guideline_version=1 + at % 2,
                suggestion=None if at % 4 else {"value": suggested(at), "confidence": 0.7, "source": "knn"},
            )
            for at in range(size)
        ]
        vectors = np.random.default_rng(5).normal(size=(size + tests, 8)).astype(np.float32)
        queries = [QueryRow(f"test {at}", HOSTILE[-1 - at] + " new") for at in range(tests)]
        asked = task(kind)
        prompts = build_prompts(
            settings, pool=rows, pool_vectors=vectors[:size], queries=queries, query_vectors=vectors[size:], task=asked
        )
        indices = tuple(row.row for row in rows if row.rank is not None)
        first = Round(
            "r1", "p", 1, "select", "fast-vote-k", {"k": np.int64(10), "rho": 10.0, "seed": 0, "budget": len(indices)},
            (), (3,), indices, tuple(float(at) for at in indices), TIME,
        )  # fmt: skip
        manifest = build_manifest(
            data=data, tests=None, test_ids=[query.id for query in queries], model="m", model_digest="d",
            near_copy_threshold=0.95, rounds=[first], task=asked, guidelines="Read\u2028all.", guidelines_version=2,
            labelled=rows, settings=settings, prompts=prompts, created=TIME,
        )  # fmt: skip
        return data, rows, PromptSet(prompts, manifest), asked

    return make


@pytest.fixture(scope="session")
def project(make_project):
    return make_project()


@pytest.fixture(scope="session")
def own_prompts(project):
    """A prompt for each labelled text of the project, from the other ones."""
    _, rows, prompts, asked = project
    vectors = np.random.default_rng(6).normal(size=(len(rows), 8)).astype(np.float32)
    queries = [QueryRow(row.id, row.text, fields=row.fields, row=row.row) for row in rows]
    made = build_prompts(SETTINGS, pool=rows, pool_vectors=vectors, queries=queries, query_vectors=vectors, task=asked)
    return PromptSet(made, prompts.manifest)


@pytest.fixture(scope="session")
def material(project, own_prompts):
    """`material(format)`: all that any format is written from; for a workbook, without the rows it cannot hold."""
    _, rows, prompts, asked = project
    ordered = in_pick_order(rows)
    vectors = np.random.default_rng(7).normal(size=(len(rows), 8)).astype(np.float32)
    around = LabelledVectors(
        rows=vectors, mean=vectors.mean(0), copies=np.array([row.row for row in ordered]), model="m", model_digest="d",
        near_copy_threshold=0.95,
    )  # fmt: skip

    def made(format):
        kept = [row for row in rows if not any(map(why_not, (row.text, row.value, *row.fields.values())))]
        return {
            "labelled": kept if format == "labelled-xlsx" else rows,
            "prompts": prompts, "task": asked, "own": own_prompts, "vectors": around,
        }  # fmt: skip

    return made
