"""One door to the database: transactions, migrations, and what an operator sees when it fails."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock, Timeout
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from votek.errors import StorageError
from votek.store.engines import alone, connections, make_engine, parse_address, wait_for
from votek.store.files import storage_error
from votek.store.migrations import VERSIONS

__all__ = ["Database", "Transaction", "upgrade"]

Transaction = Connection
"""What the functions of this package take to read and write; made by `Database.read` and `Database.write`."""

MIGRATION_SECONDS = 60
PLACE_SECONDS = 30.0
SET_ASIDE = 4
"""Connections for whoever holds a lock that others wait for."""
log = logging.getLogger(__name__)


class Database:
    """Connections to one database, SQLite or PostgreSQL, safe to share between threads (not across a fork).

    Whoever writes in a project takes its lock first (`projects.lock`), then reads, then writes: on SQLite a writer
    is alone in any case, on PostgreSQL others may write in other projects at the same time.
    """

    def __init__(self, url: str) -> None:
        address = parse_address(url)
        self.name = address.render_as_string(hide_password=True)
        self.sqlite = address.get_backend_name() == "sqlite"
        self.file = Path(address.database) if self.sqlite and address.database else None
        self.engine = make_engine(address)
        self._places = threading.BoundedSemaphore(connections(self.engine) - SET_ASIDE)
        self._urgent = threading.local()
        self._reading = {} if self.sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One consistent view of the database, however many statements it takes."""
        with self._place(), self._told_apart(), self.engine.connect() as connection:
            if self._reading:
                connection = connection.execution_options(**self._reading)
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that writes: all of it is durable when it ends, or nothing of it is there.

        On SQLite it holds the right to write from its start, so it cannot fail half-way for a lock. On PostgreSQL
        each statement sees what was committed before it, so what is read after a lock is the newest.
        """
        with self._place(), self._told_apart(), self.engine.connect() as connection:
            connection = connection.execution_options(votek_write=True)
            transaction = connection.begin()
            try:
                yield connection
            except BaseException:
                transaction.rollback()
                raise
            self._commit(transaction)

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    @contextmanager
    def urgent(self) -> Iterator[None]:
        """For a thread that holds a lock: its transactions get a connection even if all others wait for that lock.

        Otherwise they would hold all connections and wait for the lock, and it would wait for a connection.
        """
        depth = getattr(self._urgent, "depth", 0)
        self._urgent.depth = depth + 1
        try:
            yield
        finally:
            self._urgent.depth = depth

    @contextmanager
    def _place(self) -> Iterator[None]:
        if getattr(self._urgent, "depth", 0):
            yield
            return
        if not self._places.acquire(timeout=PLACE_SECONDS):
            raise StorageError(
                f"All connections to the database {self.name} were busy for {PLACE_SECONDS:.0f} seconds. Nothing of "
                "this step was stored; try again in a moment."
            )
        try:
            yield
        finally:
            self._places.release()

    def _commit(self, transaction: sa.RootTransaction) -> None:
        try:
            transaction.commit()
        except DBAPIError as error:
            if error.connection_invalidated:
                raise StorageError(
                    f"The connection to the database {self.name} broke at the very end of this step "
                    f"({_first_line(error)}), so it is not known whether it was stored. Look whether it was before "
                    "you repeat it; labels are sent again by themselves and never counted twice."
                ) from error
            transaction.rollback()
            raise

    @contextmanager
    def _told_apart(self) -> Iterator[None]:
        """Failures of the place (disk, lock, file, server) become StorageError; faults of ours stay loud."""
        try:
            yield
        except (IntegrityError, ProgrammingError, DataError):
            raise
        except (DBAPIError, PoolTimeout) as error:
            raise StorageError(
                f"The database {self.name} cannot be used: {_first_line(error)}. Nothing of this step was stored. "
                f"{self._advice()}"
            ) from error

    def _advice(self) -> str:
        if self.sqlite:
            return "Check that the folder is writable and the disk has room, then try again."
        return "Check that the server runs, can be reached and has room, and that the address is right; then try again."

    # ------------------------------------------------------------ migrations

    def version(self) -> str | None:
        """The migration the database stands at, or None for an empty one."""
        with self.read() as tx:
            return _version(tx)

    def migrate(self, folder: Path) -> None:
        """Bring the tables up to date; several processes and machines may call this at once.

        Raises:
            StorageError: the tables are those of a newer program, or another process changes them for too long.
        """
        if self.version() == VERSIONS[-1]:
            return
        try:
            with self._one_at_a_time(folder), self.write() as tx:
                wait_for(tx, lock_seconds=MIGRATION_SECONDS)
                alone(tx, "migration")
                found = _version(tx)
                if found is not None and found not in VERSIONS:
                    raise StorageError(
                        f"The database {self.name} was written by a newer votek (its tables are at {found!r}, this "
                        f"one knows up to {VERSIONS[-1]!r}). Update votek, or set VOTEK_DATA to another folder."
                    )
                if found != VERSIONS[-1]:
                    upgrade(tx, VERSIONS[-1])
                    log.info("tables of %s are now at %s", self.name, VERSIONS[-1])
        except Timeout as error:
            raise StorageError(
                f"Another process has been changing the tables in {folder} for a minute. Wait for it, or end it, "
                "then start again."
            ) from error
        except OSError as error:
            raise storage_error(folder, error) from error

    def _one_at_a_time(self, folder: Path) -> AbstractContextManager[object]:
        """On PostgreSQL a lock in the database does it: the processes may not share a folder."""
        return FileLock(folder / "migration.lock", timeout=MIGRATION_SECONDS) if self.sqlite else nullcontext()


def _version(tx: Transaction) -> str | None:
    if not sa.inspect(tx).has_table("alembic_version"):
        return None
    found = tx.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def upgrade(tx: Transaction, version: str) -> None:
    """Bring tables, or their absence, up to a version, within a transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = tx
    command.upgrade(config, version)


def _first_line(error: DBAPIError | PoolTimeout) -> str:
    """What the driver says, without the statement and its values."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    lines = str(cause).strip().splitlines() or [type(cause).__name__]
    return lines[0].rstrip(".")
