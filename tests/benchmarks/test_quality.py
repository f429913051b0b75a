"""The quality table: what counts as right, what random is, and the intervals, on small planted pools."""

from __future__ import annotations

import numpy as np
import pytest

import votek
from benchmarks import tables
from benchmarks.quality import __main__ as report
from benchmarks.quality.measure import Cell, Measured, measure, usual_methods
from benchmarks.quality.pools import LabelledPool
from benchmarks.quality.statistics import cell_result, gains, mean_gain_interval
from votek.graph import unit_vectors

CLUSTERS, EACH = 12, 10


def planted(seed: int) -> LabelledPool:
    """Clusters that are labels: one pick in each answers everything, two picks in one waste one."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(0).normal(size=(CLUSTERS, 16))
    labels = np.repeat(np.arange(CLUSTERS), EACH)
    vectors = (centres[labels] + 0.05 * rng.normal(size=(len(labels), 16))).astype(np.float32)
    unit = unit_vectors(vectors, centre=True)
    asked = unit_vectors((centres - vectors.mean(axis=0)).astype(np.float32), centre=False)
    graph = votek.build_graph(vectors, k=40)
    return LabelledPool("planted", seed, vectors, graph, asked @ unit.T, {"kind": (labels, np.arange(CLUSTERS))})


@pytest.fixture(scope="module")
def measured() -> Measured:
    pools = [planted(seed) for seed in range(3)]
    return measure(pools, [CLUSTERS], methods=["weighted-coverage", "vote-k", "random"])


def test_one_pick_for_each_cluster_answers_everything(measured: Measured) -> None:
    result = cell_result(measured, "weighted-coverage", Cell("kind", CLUSTERS))
    assert result.accuracy == 1.0
    assert result.won
    random = np.mean([right.mean() for right in measured.right["random", Cell("kind", CLUSTERS)]])
    assert result.gain == pytest.approx(1 / random - 1)
    # 1 - (1 - 1/12)^12 of the clusters hold one of 12 random picks, a little more without replacement.
    assert random == pytest.approx(0.66, abs=0.05)


def test_a_method_that_needs_a_confidence_gets_it_from_labels_of_a_first_round(measured: Measured) -> None:
    assert cell_result(measured, "vote-k", Cell("kind", CLUSTERS)).accuracy > 0.6


def test_the_interval_of_a_gain_holds_it_and_that_of_random_is_nothing(measured: Measured) -> None:
    found = gains(measured, seed=1)
    low, high = found["weighted-coverage"].interval()
    assert low <= found["weighted-coverage"].mean <= high
    assert found["random"].mean == 0
    assert (found["random"].resampled == 0).all()
    difference, least, most = mean_gain_interval(found["weighted-coverage"], found["vote-k"])
    assert least <= difference <= most
    assert gains(measured, seed=1)["vote-k"].resampled.tolist() == found["vote-k"].resampled.tolist()


def test_every_registered_method_is_in_the_table() -> None:
    assert set(votek.methods()) <= set(usual_methods())
    assert usual_methods()[-1] == "random"


def test_the_tables_are_printed_and_written_between_the_marks(tmp_path, monkeypatch, capsys) -> None:
    page = tmp_path / "quality.md"
    page.write_text(f"before\n{tables.BEGIN}\nold\n{tables.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(report, "PAGE", page)
    monkeypatch.setattr(report, "pools", lambda size, seeds, cache: [planted(seed) for seed in range(seeds)])
    arguments = ["--seeds", "2", "--budgets", "6", "12", "--methods", "weighted-coverage", "fast-vote-k", "--write"]
    assert report.main(arguments) == 0
    written = page.read_text(encoding="utf-8")
    assert written.startswith("before\n")
    assert written.endswith("after\n")
    assert "old" not in written
    for text in (written, capsys.readouterr().out):
        assert "weighted-coverage (auto)" in text
        assert "kind, M = 12" in text


def test_it_says_what_data_are_missing(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("VOTEK_TEST_DATA", str(tmp_path))
    with pytest.raises(SystemExit, match=r"clinc150_train\.csv is needed: set VOTEK_TEST_DATA"):
        report.main(["--cache", str(tmp_path)])
