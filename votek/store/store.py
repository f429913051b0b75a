"""The database and the folders of one installation, together."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from votek.store.cache import StageCache
from votek.store.database import Database, Transaction
from votek.store.files import remove, storage_error

__all__ = ["SAMPLE_MARKER", "Store"]

SAMPLE_MARKER = "sample.made"
"""A file that says the sample project was made once: whoever deleted it does not want it back."""


class Store:
    """Where everything lies: `url` for rows, `folder` for arrays and data sets."""

    def __init__(self, url: str, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(folder, error) from error
        self.database = Database(url)
        self.cache = StageCache(folder / "stages")

    def migrate(self) -> None:
        """Create the tables, or bring them up to date."""
        self.database.migrate(self.folder)

    def read(self) -> AbstractContextManager[Transaction]:
        """One consistent view of the rows."""
        return self.database.read()

    def write(self) -> AbstractContextManager[Transaction]:
        """A transaction that writes; what it did is durable when it ends."""
        return self.database.write()

    def dataset_path(self, file: str) -> Path:
        """Where the data set whose stored bytes have this digest lies."""
        return self.folder / "datasets" / f"{file}.parquet"

    def embedding_folder(self, digest: str) -> Path:
        """Where the parts of a data set's embedding are kept while it is computed."""
        return self.folder / "embedding" / digest

    @property
    def scores_folder(self) -> Path:
        """Where models' answers are kept, one file for each model and way of asking."""
        return self.folder / "scores"

    def remove_files(self, files: Iterable[str], digests: Iterable[str], keys: Collection[str]) -> None:
        """Delete data sets and stored stages that nothing refers to any more."""
        for file in files:
            remove(self.dataset_path(file))
        for digest in digests:
            shutil.rmtree(self.embedding_folder(digest), ignore_errors=True)
        self.cache.drop(keys)

    def close(self) -> None:
        """Let go of all connections."""
        self.database.close()
