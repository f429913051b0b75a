"""How well do the picks stand for all texts? The section of the Evaluate page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.evaluate_run import run_analysis

if TYPE_CHECKING:
    from ui.frame import OpenPage

__all__ = ["draw_health"]

ANALYSIS = "health"


def draw_health(page: OpenPage) -> None:
    """Draw the section: what the picks cover beside random picks, and what more labels would add."""
    run_analysis(page, ANALYSIS, button="Check the picks", options={})
