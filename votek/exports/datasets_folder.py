"""Labelled set as a folder that Hugging Face `datasets` loads: a Parquet file and a card that says what is in it."""

from __future__ import annotations

import tempfile
from typing import BinaryIO, cast

from votek.exports.bundle import ZipWriter
from votek.exports.files import ExportRequest
from votek.exports.format import ZIP, Format
from votek.exports.labelled import TABLE
from votek.exports.labelled_parquet import write_parquet

__all__ = ["FORMAT"]

_DATA = "data/train-00000-of-00001.parquet"
_IN_MEMORY = 8 << 20
_SIZES = {1_000: "n<1K", 10_000: "1K<n<10K", 100_000: "10K<n<100K", 1_000_000: "100K<n<1M"}
_KINDS = {"single": "one label a text", "multi": "a list of labels a text", "text": "an answer in words a text"}

# What people typed stays out of the card: its YAML is read by programs, its Markdown is drawn.
_CARD = """\
---
configs:
- config_name: default
  data_files:
  - split: train
    path: data/train-*.parquet
size_categories:
- {size}
tags:
- votek
---

# Labelled set

{count:,} texts chosen by votek and labelled by people: {kind}, in the column `label`. They stand in pick order,
the most telling first, in the split `train`.

Columns: {columns}. The columns of the file that the texts came from follow as `field:NAME`.

    import datasets
    labelled = datasets.load_dataset("FOLDER", split="train")
"""


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """`README.md` and `data/train-00000-of-00001.parquet`, in a zip file."""
    count = len(request.labelled)
    card = _CARD.format(
        size=next((name for most, name in _SIZES.items() if count < most), "1M<n<10M"),
        count=count,
        kind=_KINDS[request.task.type],
        columns=", ".join(f"`{name}`" for name in TABLE),
    )
    with ZipWriter(out) as archive, tempfile.SpooledTemporaryFile(_IN_MEMORY) as table:
        archive.add("README.md", card.encode("utf-8"))
        write_parquet(request, cast(BinaryIO, table))
        table.seek(0)
        archive.add(_DATA, cast(BinaryIO, table))


FORMAT = Format(
    name="labelled-datasets",
    title="Labelled set, Hugging Face folder",
    sentence="Labelled set as a folder that Hugging Face datasets loads, with a data set card: texts verbatim.",
    file="labelled-datasets.zip",
    mime=ZIP,
    group="labelled",
    needs="labels",
    order="pick order",
    load='unzip FILE -d FOLDER, then datasets.load_dataset("FOLDER", split="train")',
    write=_write,
)
