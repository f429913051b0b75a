"""Draws what each selection method picks on one small pool: `.venv/bin/python examples/method_figures.py [FOLDER]`.

One image per method, written to docs/images/methods unless a folder is named. All show the same pool: groups of
different size and density, and a few odd ones out. The numbers are the order of the picks.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from PIL import Image

import votek
from ui.palette import ACCENT, MUTED, OKABE_ITO
from votek.selection.registry import METHODS

IMAGES = Path(__file__).parents[1] / "docs" / "images" / "methods"
PICKS = 12
SEED = 7
WIDTH, HEIGHT, SCALE = 560, 400, 2

GROUPS = (((0.0, 0.0), 0.62, 60), ((3.2, 0.5), 0.48, 34), ((1.4, 2.6), 0.62, 26), ((4.8, 2.7), 0.32, 16))
"""Centre, spread and number of texts of each group."""

OUTLIERS = ((-1.9, 2.6), (6.0, 0.1), (3.1, 4.0), (-1.9, -1.6), (1.9, -1.6))


def pool() -> NDArray[np.float64]:
    """float64 (n, 2): where each text of the pool is drawn."""
    rng = np.random.default_rng(SEED)
    groups = [np.array(centre) + spread * rng.normal(size=(count, 2)) for centre, spread, count in GROUPS]
    return np.concatenate([*groups, np.array(OUTLIERS)])


def vectors(points: NDArray[np.float64], *, reach: float = 0.7, width: int = 256) -> NDArray[np.float64]:
    """float64 (n, width): vectors whose cosine falls with the distance of the points, to 0.6 at `reach`.

    Methods compare directions, of which a plane has few. Random Fourier features (Rahimi and Recht 2007) give each
    point a direction of its own that is like those of the points near it.
    """
    rng = np.random.default_rng(SEED)
    turns = points @ rng.normal(size=(2, width // 2)) / reach
    return np.concatenate([np.cos(turns), np.sin(turns)], axis=1)


def confidence(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """float64 (n,): a model that is sure on the left and less so towards the right."""
    return -0.15 - 0.35 * (points[:, 0] - points[:, 0].min()) / np.ptp(points[:, 0]) * 6


def picks(method: str) -> NDArray[np.int64]:
    """int64 (PICKS,): what the method picks of the pool, in pick order."""
    points = pool()
    sure = confidence(points) if METHODS[method].confidence == "needed" else None
    return votek.select(vectors(points), budget=PICKS, method=method, confidence=sure).indices


def draw(method: str) -> go.Figure:
    """The pool in grey, or where the method reads a confidence by how unsure the model is; the picks numbered."""
    points, chosen = pool(), picks(method)
    reads = METHODS[method].confidence == "needed"
    colors = {"color": -confidence(points), "colorscale": [[0, "#E3E5E8"], [1, OKABE_ITO[1]]]} if reads else {}
    texts = go.Scatter(
        x=points[:, 0],
        y=points[:, 1],
        mode="markers",
        marker={"size": 8, "color": MUTED, "opacity": 0.9 if reads else 0.55, **colors},
    )
    numbered = go.Scatter(
        x=points[chosen, 0],
        y=points[chosen, 1],
        mode="markers+text",
        text=[str(rank) for rank in range(1, len(chosen) + 1)],
        textfont={"color": "white", "size": 11},
        marker={"size": 18, "color": ACCENT, "line": {"color": "white", "width": 1}},
    )
    figure = go.Figure([texts, numbered])
    figure.update_layout(
        width=WIDTH,
        height=HEIGHT,
        margin={"l": 4, "r": 4, "t": 4, "b": 4},
        showlegend=False,
        template="plotly_white",
        font={"family": "DejaVu Sans, Arial, sans-serif"},
    )
    figure.update_xaxes(visible=False, range=[-2.3, 6.4])
    figure.update_yaxes(visible=False, range=[-2.0, 4.3], scaleanchor="x")
    return figure


def image(figure: go.Figure) -> bytes:
    """The figure as a small PNG."""
    _find_browser()
    drawn = Image.open(io.BytesIO(figure.to_image("png", scale=SCALE))).convert("RGB")
    # 48 colours are plenty for dots, and keep the repository small.
    small, buffer = drawn.quantize(48, dither=Image.Dither.NONE), io.BytesIO()
    small.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _find_browser() -> None:
    """Name the tests' Chromium where the system has none of its own."""
    if "BROWSER_PATH" in os.environ or any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        os.environ["BROWSER_PATH"] = playwright.chromium.executable_path


def main(folder: Path = IMAGES) -> None:
    """Draw every registered method."""
    folder.mkdir(parents=True, exist_ok=True)
    for method in METHODS:
        (folder / f"{method}.png").write_bytes(image(draw(method)))
        print(folder / f"{method}.png")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
