"""Files to datasets: readers (one per format), columns, ids, refusals."""

from __future__ import annotations

from votek.datasets.formats import formats
from votek.datasets.limits import Limits
from votek.datasets.reading import read_dataset, read_table
from votek.datasets.refused import refusals_csv
from votek.datasets.schema import dataset_digest, make_dataset, map_columns
from votek.datasets.suggest import Suggestion, default_role, label_values, suggest_columns, task_type
from votek.datasets.table import Table

__all__ = [
    "Limits",
    "Suggestion",
    "Table",
    "dataset_digest",
    "default_role",
    "formats",
    "label_values",
    "make_dataset",
    "map_columns",
    "read_dataset",
    "read_table",
    "refusals_csv",
    "suggest_columns",
    "task_type",
]
