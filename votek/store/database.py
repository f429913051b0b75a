"""One door to the database: connections, transactions, migrations, and what an operator sees when it fails."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from filelock import FileLock, Timeout
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, ProgrammingError

from votek.errors import MissingPackageError, StorageError
from votek.store.files import storage_error
from votek.store.migrations import VERSIONS

__all__ = ["Database", "Transaction"]

Transaction = Connection
"""What the functions of this package take to read and write; made by `Database.read` and `Database.write`."""

BUSY_SECONDS = 20.0
log = logging.getLogger(__name__)


class Database:
    """Connections to one database, safe to share between threads (not across a fork).

    SQLite runs in WAL mode with synchronous=FULL: a committed label survives a power cut, not only a
    killed process.
    """

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise StorageError(
                f"The database address {url!r} cannot be read: use e.g. sqlite:////folder/votek.db or "
                "postgresql+psycopg://user@host/name in VOTEK_DATABASE_URL."
            ) from error
        self.name = parsed.render_as_string(hide_password=True)
        self.sqlite = parsed.get_backend_name() == "sqlite"
        self.file = Path(parsed.database) if self.sqlite and parsed.database else None
        options: dict[str, Any] = {"pool_pre_ping": not self.sqlite}
        if self.sqlite:
            options = {"connect_args": {"timeout": BUSY_SECONDS}, "pool_size": 16, "max_overflow": 48}
        try:
            self.engine: Engine = sa.create_engine(parsed, **options)
        except ModuleNotFoundError as error:
            raise MissingPackageError(
                f"The database {self.name} needs the package {error.name!r}: pip install {error.name}, or unset "
                "VOTEK_DATABASE_URL to use SQLite."
            ) from error
        if self.sqlite:
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One consistent view of the database."""
        with self._told_apart(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that holds the right to write from its start, so it cannot fail half-way for a lock."""
        with self._told_apart(), self.engine.connect() as connection:
            connection = connection.execution_options(votek_write=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    @contextmanager
    def _told_apart(self) -> Iterator[None]:
        """Failures of the place (disk, lock, file) become StorageError; faults of ours stay loud."""
        try:
            yield
        except (IntegrityError, ProgrammingError, DataError):
            raise
        except DBAPIError as error:
            raise StorageError(
                f"The database {self.name} cannot be used: {error.orig}. Nothing of this step was stored. Check that "
                "the folder is writable and the disk has room, then try again."
            ) from error

    # ------------------------------------------------------------ migrations

    def version(self) -> str | None:
        """The migration the database stands at, or None for an empty one."""
        with self.read() as tx:
            if not sa.inspect(tx).has_table("alembic_version"):
                return None
            found = tx.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
            return None if found is None else str(found)

    def migrate(self, folder: Path) -> None:
        """Bring the tables up to date; several processes may call this at once."""
        if self.version() == VERSIONS[-1]:
            return
        try:
            with FileLock(folder / "migration.lock", timeout=60):
                found = self.version()
                if found is not None and found not in VERSIONS:
                    raise StorageError(
                        f"The database {self.name} was written by a newer votek (its tables are at {found!r}, this "
                        f"one knows up to {VERSIONS[-1]!r}). Update votek, or set VOTEK_DATA to another folder."
                    )
                if found != VERSIONS[-1]:
                    self._upgrade()
        except Timeout as error:
            raise StorageError(
                f"Another process has been changing the tables in {folder} for a minute. Wait for it, or end it, "
                "then start again."
            ) from error
        except OSError as error:
            raise storage_error(folder, error) from error

    def _upgrade(self) -> None:
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self.write() as tx:
            config.attributes["connection"] = tx
            command.upgrade(config, VERSIONS[-1])
        log.info("tables of %s are now at %s", self.name, VERSIONS[-1])


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself: we say which kind
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={int(BUSY_SECONDS * 1000)}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("votek_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
