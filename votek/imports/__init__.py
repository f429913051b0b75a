"""Labels that were made elsewhere: one file per format, each with a report of what could not be kept."""

from __future__ import annotations

from votek.imports.format import LabelFormat
from votek.imports.labels import Example, ImportedAnswer, ImportedLabels, Loss, losses_json
from votek.imports.registry import label_formats, read_labels

__all__ = [
    "Example",
    "ImportedAnswer",
    "ImportedLabels",
    "LabelFormat",
    "Loss",
    "label_formats",
    "losses_json",
    "read_labels",
]
