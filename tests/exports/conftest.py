"""Sixty hostile texts and a small labelled project made of them."""

import datetime as dt

import numpy as np
import pytest

from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, PromptSet, PromptSettings, Round, TaskSpec
from votek.exports import build_manifest
from votek.prompts import LabelledRow, QueryRow, build_prompts

HOSTILE = [
    "{text}", "{label}", "{field:city}", "{{text}}", "{", "}", "{}", "{0}", "}{", "{{", "}}", "{{{x}}}",
    "{a.b[0]!r:>9}", "%s", "%(text)s", "100%", "%%", "%n", "$text", "${label}", "$$", "$5 and $6", "$x^2$", '"', "'",
    '""', "'''", '"quoted", with comma', "`code`", "\\", "\\n", "\\u2028", "C:\\new\\table", "\\\\", '\\"',
    "line\nbreak", "\nleading break", "trailing break\n", "lone\rreturn", "\rlone first", "end\r", "dos\r\nend",
    "\r\n", "a\ttab", "\tfirst", "tab last\t", " leading space", "trailing space ", "   ", "\u00a0nbsp\u00a0",
    "\u3000wide\u3000", "\U0001f600", "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f1eb\U0001f1f7", "e\u0301",
    "\u00e9", "\u1e9b\u0323", "\u0645\u0631\u062d\u0628\u0627", "\u05e9\u05dc\u05d5\u05dd {text}",
    "\u202eright to left\u202c", "\u200f", "\u4f60\u597d", "para\u2029graph", "line\u2028separator",
    "\u0085next line", "\x0bvertical", "\x0cform feed", "\x1cfile\x1dgroup\x1e", "=1+1", "+1", "-1", "@SUM(A1)",
    "=cmd|'/c calc'!A0", "\uff1d1+1", "'=1", "-", "=", "<script>alert(1)</script>", "&amp; &lt;", "# heading",
    "* item", "a,b;c|d", "null", "NaN", "NA", "None", "true", "1", "007", "1e5", "2024-01-01", "2024-01-01T00:00:00Z",
    "[1]", '{"a": 1}', "{% raw %}", "{{ 7*7 }}", "{# c #}", "\ufeffbom", "\ufffd", "\U0010ffff", "\x7f", "\x01",
    "long " * 20_000, "x" * 99_999, "{" * 500, "mixed {a} %s $b \"c\" 'd' \\ \r \n \u2028",
]  # fmt: skip
TIME = dt.datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=dt.UTC)
SETTINGS = PromptSettings(
    instruction="Use {braces}, 100% and $5.", demonstration="Text: {text}\nCity: {field:city}\nLabel: {label}\n", n=3
)


def task(kind="single"):
    return TaskSpec(kind, (LabelSpec("a", "#000000"), LabelSpec("b", "#ffffff")), 2)


@pytest.fixture(scope="session")
def hostile():
    assert len(HOSTILE) == len(set(HOSTILE)) >= 60
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
