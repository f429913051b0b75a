"""What the worker and the workspace share: settings, the store, and what is derived from its rows."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from votek.annotation import Labelling, Overlap, Queue, build_queue
from votek.errors import CorruptFileError, InputError, StorageError
from votek.pipeline import load_prepared
from votek.settings import Settings
from votek.store import Store, Transaction
from votek.store import data as data_rows
from votek.store import events as event_rows
from votek.store import projects as project_rows
from votek.store import rounds as round_rows
from votek.store.data import Role
from votek.store.files import storage_error, write_whole

if TYPE_CHECKING:
    from votek.datatypes import Dataset, Round
    from votek.pipeline import Prepared

__all__ = ["Context", "Pool", "now"]

KEPT_DATASETS = 6


def now() -> dt.datetime:
    """The present moment, in UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, eq=False)
class Pool:
    """A data set in memory, and the row of each item id."""

    dataset: Dataset
    row_of: dict[str, int]


class _Guard:
    """A lock that its holder may take again, and under which the store always has a connection to give."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.RLock()
        self._held: list[AbstractContextManager[None]] = []

    def __enter__(self) -> None:
        self._lock.acquire()
        urgent = self._store.database.urgent()
        urgent.__enter__()
        self._held.append(urgent)

    def __exit__(self, *error: object) -> None:
        self._held.pop().__exit__(None, None, None)
        self._lock.release()


class Context:
    """Settings and store, with caches of what is costly to read again. Safe to share between threads."""

    accounts: bool = False
    """Whether people sign in; without accounts everything is done by the one person at this computer."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store
        self._pools: OrderedDict[str, Pool] = OrderedDict()
        self._foldings: dict[str, Labelling] = {}
        self._prepared: dict[str, Prepared] = {}
        self._lock = _Guard(store)

    def close(self) -> None:
        """Let go of the database connections."""
        self.store.close()

    # ------------------------------------------------------------ data sets

    def load_pool(self, file: str) -> Pool:
        """The data set whose stored bytes have this digest, from memory or from its file.

        Raises:
            StorageError: the file is missing or cannot be read.
            CorruptFileError: the file's content has changed.
        """
        with self._lock:
            found = self._pools.get(file)
            if found is not None:
                self._pools.move_to_end(file)
                return found
        from votek.datasets.stored import from_parquet

        path = self.store.dataset_path(file)
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise StorageError(
                f"The data file {path} is missing. Put it back from a backup, or import the file again."
            ) from error
        except OSError as error:
            raise storage_error(path, error) from error
        if hashlib.sha256(content).hexdigest() != file:
            raise CorruptFileError(
                f"The data file {path} was changed or damaged after it was stored. Put it back from a backup, or "
                "import the file again; labels are kept apart and are not affected."
            )
        return self._remember(file, from_parquet(content))

    def save_pool(self, dataset: Dataset) -> str:
        """Store a data set; returns the digest of its stored bytes, which names the file."""
        from votek.datasets.stored import to_parquet

        content = to_parquet(dataset)
        file = hashlib.sha256(content).hexdigest()
        path = self.store.dataset_path(file)
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != file:
            write_whole(path, lambda stream: stream.write(content))
        self._remember(file, dataset)
        return file

    def _remember(self, file: str, dataset: Dataset) -> Pool:
        pool = Pool(dataset, {item: row for row, item in enumerate(dataset.ids)})
        with self._lock:
            self._pools[file] = pool
            while len(self._pools) > KEPT_DATASETS:
                self._pools.popitem(last=False)
        return pool

    def pool(self, tx: Transaction, project_id: str, role: Role = "pool") -> Pool | None:
        """The project's data set in force, if any."""
        row = data_rows.current(tx, project_id, role)
        return None if row is None else self.load_pool(row.file)

    def needed_pool(self, tx: Transaction, project_id: str) -> Pool:
        """The project's texts.

        Raises:
            InputError: no file has been imported yet.
        """
        pool = self.pool(tx, project_id)
        if pool is None:
            raise InputError("This project has no texts yet. Import a file on the Data page (or with `votek import`).")
        return pool

    # ------------------------------------------------------------ labels, rounds, queue

    def labelling(self, tx: Transaction, project_id: str) -> Labelling:
        """The state of all items, brought up to date; hold `self.labelling_lock` while using it."""
        state = self._foldings.setdefault(project_id, Labelling())
        newest = event_rows.last_sequence(tx, project_id)
        if newest < state.sequence:  # an older snapshot than another thread has seen: fold that one by itself
            state = Labelling()
        asked = project_rows.get(tx, project_id).handout
        state.ask_for(Overlap(asked.overlap, asked.items))
        if newest > state.sequence:
            for event in event_rows.since(tx, project_id, state.sequence):
                state.apply(event)
        return state

    @property
    def labelling_lock(self) -> AbstractContextManager[object]:
        """Guards the kept labelling states: they change in place."""
        return self._lock

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A writing transaction that may look at labels.

        The lock comes first, always: a thread that held the database while waiting for the lock would
        wait for a thread that holds the lock and waits for the database.
        """
        with self._lock, self.store.write() as tx:
            yield tx

    def forget_labelling(self, project_id: str) -> None:
        """Fold the log again at the next use (after a transaction that did not end well)."""
        with self._lock:
            self._foldings.pop(project_id, None)

    def rounds_in_force(self, tx: Transaction, project_id: str) -> list[Round]:
        """The rounds that make up the queue."""
        row = data_rows.current(tx, project_id, "pool")
        return [] if row is None else round_rows.current(tx, project_id, row.digest)

    def prepared_in_force(self, tx: Transaction, project_id: str) -> Prepared | None:
        """Vectors, copies and graph of the project's texts as memory maps, once they are computed."""
        row = data_rows.current(tx, project_id, "pool")
        found = data_rows.results(tx, project_id, row.digest).get("graph") if row else None
        if found is None:
            return None
        key, keys = found
        with self._lock:
            kept = self._prepared.get(key)
            if kept is None:
                kept = load_prepared({stage: str(name) for stage, name in keys.items()}, self.store.cache)
                if kept is not None:
                    self._prepared = {key: kept, **dict([*self._prepared.items()][: KEPT_DATASETS - 1])}
        return kept

    def build_queue(self, tx: Transaction, project_id: str) -> Queue:
        """The queue as it stands in this transaction."""
        pool = self.needed_pool(tx, project_id)
        digest = pool.dataset.digest
        with self._lock:
            return build_queue(
                ids=pool.dataset.ids,
                row_of=pool.row_of,
                rounds=round_rows.current(tx, project_id, digest),
                actions=round_rows.actions(tx, project_id, digest),
                state=self.labelling(tx, project_id),
            )
