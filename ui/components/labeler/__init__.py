"""The labeler: holds the whole queue in the browser, paints the next text at once, saves behind it."""

from __future__ import annotations

from ui.components.labeler.labeler import LabelerAnswer, labeler

__all__ = ["LabelerAnswer", "labeler"]
