"""Does the pool beat random? The section of the Evaluate page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.evaluate_run import run_analysis

if TYPE_CHECKING:
    from ui.frame import OpenPage

__all__ = ["draw_against_random"]

ANALYSIS = "against-random"


def draw_against_random(page: OpenPage) -> None:
    """Draw the section: the one button, the verdict, and what it rests on."""
    run_analysis(page, ANALYSIS, button="Check against random", options={})
