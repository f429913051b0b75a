"""Draws what each analysis says about the sample: `.venv/bin/python examples/analysis_figures.py [FOLDER]`.

One image per analysis, written to docs/images/analyses unless a folder is named, with the charts of the app. To add
one, write a function that gives a figure, and a line in FIGURES.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
from method_figures import image
from numpy.typing import NDArray

import votek
from ui.charts_failure import interval_chart, right_models_chart
from ui.evaluate_charts import curve_chart, spread_chart, strip_chart
from ui.palette import MUTED, OKABE_ITO
from votek.datasets import make_dataset
from votek.datatypes import Dataset
from votek.duplicates import find_copies
from votek.evaluation import (
    Against,
    LabelledItems,
    against_random,
    answer_each_in_turn,
    difficulty,
    pool_health,
    try_pruning,
    worst_group,
)
from votek.evaluation.against import MEASURES

HERE = Path(__file__).parent
IMAGES = HERE.parent / "docs" / "images" / "analyses"
INK = "#545B64"
PICKS = 40
FEW = 18
FRACTION = 0.5


@cache
def sample() -> tuple[Dataset, NDArray[np.float32], list[str]]:
    """The sample's distinct texts: the data set, their vectors, their labels."""
    whole = votek.read_dataset(HERE / "helpdesk.csv", id="id", label="intent")
    found = votek.embed(whole.texts)
    rows = np.unique(find_copies(whole.texts, found.vectors, threshold=0.95))
    names = [whole.ids[row] for row in rows.tolist()]
    columns = {name: whole.fields[name].iloc[rows].tolist() for name in ("intent", "channel")}
    distinct = make_dataset(names, [whole.texts[row] for row in rows.tolist()], columns)
    return distinct, found.vectors[rows], columns["intent"]


def draw_difficulty() -> go.Figure:
    """Texts by how many of four simple models are right, beside chance."""
    _, vectors, labels = sample()
    _, right = answer_each_in_turn(vectors, labels).decisions()
    found = difficulty(right)
    return right_models_chart(found.observed.tolist(), found.expected.tolist(), ink=INK)


def draw_pruning() -> go.Figure:
    """A probe trained on all texts, and on the easy, the hard and a random half."""
    _, vectors, labels = sample()
    colors = {"easy": OKABE_ITO[2], "hard": OKABE_ITO[5]}
    rows = [
        {"name": f"{row.way} ({row.kept} texts)", "color": colors.get(row.way, MUTED), **vars(row.accuracy)}
        for row in try_pruning(vectors, labels, fraction=FRACTION).rows
    ]
    return interval_chart(rows, title="share of held-out texts answered rightly", ink=INK)


def draw_worst_group() -> go.Figure:
    """Share of right answers by channel, each text being answered by the most similar of 40 picks."""
    dataset, vectors, labels = sample()
    picks = votek.select(vectors, budget=PICKS).indices
    others = np.setdiff1d(np.arange(len(labels)), picks)
    nearest = votek.retrieve(vectors[picks], vectors[others], n=1, mean=vectors.mean(axis=0))[:, 0]
    right = [labels[picks[place]] == labels[row] for place, row in zip(nearest, others, strict=True)]
    found = worst_group(right, [str(dataset.fields["channel"].iloc[row]) for row in others])
    rows = [
        {"name": f"{one.group} ({one.n})", "color": OKABE_ITO[5 if one is found.worst else 0], **vars(one.accuracy)}
        for one in found.groups
    ]
    overall = found.overall.value
    return interval_chart(rows, title="right answers", ink=INK, line=overall, line_name=f"all items {overall:.0%}")


@cache
def against() -> Against:
    """18 picks of the sample against random pools, on its test items."""
    _, vectors, labels = sample()
    asked = votek.read_dataset(HERE / "helpdesk_test.csv", id="id", label="intent")
    tests = LabelledItems(votek.embed(asked.texts).vectors, asked.fields["intent"].tolist())
    picks = votek.select(vectors, budget=FEW).indices
    others = {"fast vote-k": votek.select(vectors, budget=FEW, method="fast-vote-k").indices}
    return against_random(vectors, labels, picks, tests=tests, others=others, probe=True)


def draw_against_random() -> go.Figure:
    """The picks among random pools, by each measure."""
    found = against()
    rows = [
        {"name": MEASURES[one.measure], "value": one.accuracy, "random": one.random, "others": one.others}
        for one in (found.main, *found.more)
    ]
    return strip_chart(rows, ink=INK)


def draw_learning_curve() -> go.Figure:
    """Accuracy by number of labelled texts."""
    return curve_chart(vars(against().curve), ink=INK)


def draw_pool_health() -> go.Figure:
    """The same picks among random pools, without any label."""
    dataset, vectors, _ = sample()
    picks = votek.select(vectors, budget=FEW).indices
    found = pool_health(vectors, picks, groups=dataset.fields["channel"].tolist())
    return spread_chart([vars(one) for one in found.measures], ink=INK)


FIGURES = {
    "against-random": draw_against_random,
    "learning-curve": draw_learning_curve,
    "pool-health": draw_pool_health,
    "difficulty": draw_difficulty,
    "pruning": draw_pruning,
    "worst-group": draw_worst_group,
}


def main(folder: Path = IMAGES) -> None:
    """Draw every analysis."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in FIGURES.items():
        figure = draw()
        figure.update_layout(
            width=760, template="plotly_white", font={"family": "DejaVu Sans, Arial, sans-serif", "color": INK}
        )
        (folder / f"{name}.png").write_bytes(image(figure))
        print(folder / f"{name}.png")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
