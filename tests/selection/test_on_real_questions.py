"""Every method on 3,000 real questions, from Python and from the command line."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import votek
from votek.cli import app, files, selecting  # noqa: F401  (each adds its commands)
from votek.datatypes import Embeddings
from votek.selection.registry import METHODS

pytestmark = pytest.mark.real_data

COUNT = 3000
BUDGET = 100


@pytest.fixture(scope="session")
def questions(
    real_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[str], list[str], Path]:
    """(texts, intents, file): 3,000 of Banking77's training questions, with a made-up confidence per row."""
    with real_data("banking77_train.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    rng = np.random.default_rng(0)
    drawn = [rows[i] for i in rng.permutation(len(rows))[:COUNT]]
    sure = -rng.exponential(size=COUNT)
    file = tmp_path_factory.mktemp("questions") / "questions.csv"
    with file.open("w", encoding="utf-8", newline="") as target:
        lines = csv.writer(target)
        lines.writerow(["text", "sure"])
        lines.writerows([row["text"], value] for row, value in zip(drawn, sure, strict=True))
    return [row["text"] for row in drawn], [row["intent"] for row in drawn], file


@pytest.fixture(scope="session")
def embedded(questions: tuple[list[str], list[str], Path], request: pytest.FixtureRequest) -> Embeddings:
    """Their vectors; finished chunks outlast the test run."""
    assert request.config.cache is not None
    return votek.embed(questions[0], cache=request.config.cache.mkdir("embeddings"))


@pytest.mark.parametrize("method", METHODS)
def test_from_python(method: str, questions: tuple[list[str], list[str], Path], embedded: Embeddings) -> None:
    needed = METHODS[method].confidence == "needed"
    confidence = -np.random.default_rng(1).exponential(size=COUNT) if needed else None
    found = votek.select(embedded, budget=BUDGET, method=method, confidence=confidence)
    assert len(set(found.indices.tolist())) == BUDGET
    assert np.isfinite(found.gains).all()
    kinds = {questions[1][row] for row in found.indices}
    assert len(kinds) > 20, f"{len(kinds)} of 77 intents"


@pytest.mark.parametrize("method", METHODS)
def test_from_the_command_line(method: str, questions: tuple[list[str], list[str], Path], tmp_path: Path) -> None:
    out = tmp_path / "picks.jsonl"
    command = ["select", str(questions[2]), "--text", "text", "--budget", str(BUDGET), "--method", method]
    command += ["--model", "votek-hash", "--out", str(out)]
    if METHODS[method].confidence == "needed":
        command += ["--confidence", "sure"]
    done = CliRunner().invoke(app, command, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    picks = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert len({pick["id"] for pick in picks}) == BUDGET
    assert [pick["rank"] for pick in picks] == list(range(1, BUDGET + 1))
    assert all(pick["text"] == questions[0][pick["index"]] for pick in picks)
