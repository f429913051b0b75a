"""Files to datasets: readers (one per format), columns, ids, refusals."""

from __future__ import annotations

from votek.datasets.formats import formats
from votek.datasets.limits import Limits
from votek.datasets.reading import read_dataset, read_table
from votek.datasets.refused import refusals_csv
from votek.datasets.schema import dataset_digest, make_dataset, map_columns
from votek.datasets.suggest import Suggestions, suggest_columns
from votek.datasets.table import Table

__all__ = [
    "Limits",
    "Suggestions",
    "Table",
    "dataset_digest",
    "formats",
    "make_dataset",
    "map_columns",
    "read_dataset",
    "read_table",
    "refusals_csv",
    "suggest_columns",
]
