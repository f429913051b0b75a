"""The figures of the methods show what the methods pick."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from votek.selection.registry import METHODS

SCRIPT = Path(__file__).parents[2] / "examples" / "method_figures.py"


@pytest.fixture(scope="module")
def figures() -> ModuleType:
    """The script, as a module."""
    spec = importlib.util.spec_from_file_location("method_figures", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("method", METHODS)
def test_a_figure_numbers_the_picks_in_their_order(figures: ModuleType, method: str) -> None:
    texts, numbered = figures.draw(method).data
    points, picks = figures.pool(), figures.picks(method)
    assert len(texts.x) == len(points)
    assert len(set(picks.tolist())) == figures.PICKS
    assert list(numbered.text) == [str(rank) for rank in range(1, figures.PICKS + 1)]
    assert np.array_equal(np.column_stack([numbered.x, numbered.y]), points[picks])


def test_points_near_each_other_have_similar_vectors(figures: ModuleType) -> None:
    points = np.array([[0.0, 0.0], [0.1, 0.0], [0.7, 0.0], [6.0, 0.0]])
    vectors = figures.vectors(points)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    near, at_reach, far = (unit @ unit[0])[1:]
    assert near > 0.95
    assert at_reach == pytest.approx(0.6, abs=0.08)
    assert abs(far) < 0.2


@pytest.mark.browser
def test_the_script_draws_every_method(
    figures: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(figures, "METHODS", {name: METHODS[name] for name in ("random", "vote-k")})
    figures.main(tmp_path / "new")
    assert capsys.readouterr().out.split() == [str(tmp_path / "new" / f"{name}.png") for name in ("random", "vote-k")]
    for name in ("random", "vote-k"):
        drawn = Image.open(io.BytesIO((tmp_path / "new" / f"{name}.png").read_bytes()))
        assert drawn.size == (figures.WIDTH * figures.SCALE, figures.HEIGHT * figures.SCALE)
