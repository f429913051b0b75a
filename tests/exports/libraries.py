"""A labelled set of all hostile texts with vectors, and its prompts for all of them as the app writes them."""

import dataclasses
import functools
import importlib
import io
import warnings

import numpy as np

from tests.exports.hostile import HOSTILE
from votek.datatypes import LabelSpec, PromptSet, PromptSettings, TaskSpec
from votek.exports.files import ExportRequest, LabelledVectors
from votek.prompts import LabelledRow, QueryRow, build_prompts, in_pick_order

SETTINGS = PromptSettings(
    instruction="Use {braces}, 100% of {labels} and $5.",
    demonstration="Text: {text}\nCity: {field:the city}\nLabel: {label}\n",
    n=3,
    tokenizer="characters/4",
)
DISTANCE = 31
"""The text that is nearest to a hostile text asked about stands this many places after it."""


def imported(name):
    """A library, whose own warnings at import are none of ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(name)


def exported(format, request):
    out = io.BytesIO()
    format.write(request, out)
    return out.getvalue()


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def hostile_request(settings=SETTINGS, kind="single", copies_of=1, centred=True):
    """(request, embed): prompts for every hostile text from all the others; `embed` gives the vector of each.

    `copies_of`: how many texts in a row count as copies of each other. `centred`: whether a mean is subtracted.
    """
    rows, prompts, vectors, asked = _prompts(settings, kind, copies_of, centred)
    manifest = {"prompts": {"settings": dataclasses.asdict(settings), "order": "as said"}}
    request = ExportRequest(rows, PromptSet(prompts, manifest), _task(kind), vectors=vectors)
    return request, asked.__getitem__


def _task(kind):
    return TaskSpec(kind, (LabelSpec("a", "#000000"), LabelSpec("b {c}", "#ffffff")), 2)


@functools.lru_cache(maxsize=4)
def _prompts(settings, kind, copies_of, centred):
    size = len(HOSTILE)
    rows = []
    for at, text in enumerate(HOSTILE):
        label, city = HOSTILE[-1 - at], HOSTILE[(at + 7) % size]
        value = (label, "b, c") if kind == "multi" else label
        rank = size - at if at % 5 else None
        rows.append(LabelledRow(f"id {at}", at, text, value, fields={"the city": city}, rank=rank))
    rng = np.random.default_rng(9)
    vectors = unit(rng.normal(size=(size, 24)) + 0.2)
    near, other = np.roll(vectors, -DISTANCE, axis=0), rng.normal(size=(size, 24))
    asked = unit(near + 0.5 * unit(other - near * (other * near).sum(axis=1, keepdims=True)))
    mean, groups = vectors.mean(axis=0) * centred, np.arange(size) // copies_of
    queries = [QueryRow(f"q{at}", text, fields={"the city": f"{text} city"}) for at, text in enumerate(HOSTILE)]
    prompts = build_prompts(
        settings,
        pool=rows,
        pool_vectors=vectors,
        queries=queries,
        query_vectors=asked,
        mean=mean,
        copies=groups,
        task=_task(kind),
    )
    ordered = in_pick_order(rows)
    places = [row.row for row in ordered]
    known = LabelledVectors(vectors[places], mean, groups[places], "model", "digest", 0.95)
    return ordered, prompts, known, dict(zip(HOSTILE, asked, strict=True))


def shown_everywhere(request):
    """Whether each labelled text stands in some prompt."""
    return {row for prompt in request.prompts.prompts for row in prompt.demonstrations} == set(range(len(HOSTILE)))
