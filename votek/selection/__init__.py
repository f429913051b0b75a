"""Which texts to label: the methods, their one front door, and the reasons for each pick."""

from __future__ import annotations

from votek.selection.evidence import remap
from votek.selection.front import select, select_linked
from votek.selection.registry import methods

__all__ = ["methods", "remap", "select", "select_linked"]
