"""What stands in an exported file, whatever its form: every text in it, for tests that look for what people typed."""

import io
import json
import zipfile
from pathlib import PurePosixPath

import pandas as pd

__all__ = ["holds", "texts_in"]

VECTORS = (".npy", ".npz", ".safetensors")


def texts_in(name, content):
    """Every text in the file called `name`; of a folder, those of all its files."""
    ending = PurePosixPath(name).suffix
    if ending == ".zip":
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = [one for one in archive.namelist() if not one.endswith((*VECTORS, ".manifest.json"))]
        return [text for one in members for text in texts_in(one, archive.read(one))]
    if ending == ".jsonl":
        return [text for line in content.decode("utf-8").split("\n") if line for text in _strings(json.loads(line))]
    if ending == ".json":
        return list(_strings(json.loads(content)))
    if ending == ".csv":
        return _cells(pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False))
    if ending == ".parquet":
        return _cells(pd.read_parquet(io.BytesIO(content)))
    if ending == ".xlsx":
        return _cells(pd.read_excel(io.BytesIO(content), dtype=str, keep_default_na=False))
    return [content.decode("utf-8")]


def holds(texts, wanted):
    """The wanted texts that stand in none of `texts`."""
    exact = set(texts)  # most stand alone; only the others are looked for inside longer ones
    together = "\0".join(texts)
    return [one for one in wanted if one not in exact and one not in together]


def _cells(frame):
    return [cell for name in frame.columns for cell in frame[name].tolist() if isinstance(cell, str)]


def _strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
