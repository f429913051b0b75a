"""How connections to SQLite and to PostgreSQL are made, so that both keep the same promises."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError

from votek.errors import MissingPackageError, StorageError

__all__ = ["BUSY_SECONDS", "alone", "connections", "make_engine", "parse_address", "wait_for"]

BUSY_SECONDS = 20.0
"""How long a statement waits for another transaction before it gives up."""
STATEMENT_SECONDS = 120
IDLE_SECONDS = 60
"""A transaction that does nothing for so long (its machine froze or was cut off) must not hold its locks."""
KEPT, MOST_SQLITE, MOST_POSTGRES = 12, 64, 40
"""Connections that stay open, and the most there are at once."""
KEEP_ALIVE = {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""A server gone without a word is noticed within a minute; the address may say otherwise (`?connect_timeout=3`)."""
EXAMPLES = "sqlite:////folder/votek.db or postgresql://user:password@host/name"


def parse_address(url: str) -> URL:
    """The parts of a database's address; PostgreSQL's common spellings all lead to psycopg 3.

    Raises:
        StorageError: it cannot be read, or names another database system. The address itself, which may hold a
            password, is not repeated.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # not chained: its text repeats the address
        raise StorageError(
            f"The database address in VOTEK_DATABASE_URL cannot be read: use e.g. {EXAMPLES}. "
            "Signs such as @ or / in a password are written as %40 or %2F."
        ) from None
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise StorageError(
            f"VOTEK_DATABASE_URL begins with {parsed.drivername!r}, which is not one of the databases that work: use "
            f"e.g. {EXAMPLES}."
        )
    return parsed


def make_engine(address: URL) -> Engine:
    """An engine for the address; nothing is connected yet.

    SQLite runs in WAL mode with synchronous=FULL, PostgreSQL never with synchronous_commit=off: a committed label
    survives a power cut, not only a killed process. JSON without NaN on both, since PostgreSQL has none.

    Raises:
        MissingPackageError: the driver is not installed.
    """
    serializer = partial(json.dumps, allow_nan=False)
    if address.get_backend_name() == "sqlite":
        engine = sa.create_engine(
            address,
            json_serializer=serializer,
            connect_args={"timeout": BUSY_SECONDS},
            pool_size=KEPT,
            max_overflow=MOST_SQLITE - KEPT,
        )
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        engine = sa.create_engine(
            address,
            json_serializer=serializer,
            isolation_level="READ COMMITTED",
            connect_args={name: value for name, value in KEEP_ALIVE.items() if name not in address.query},
            pool_pre_ping=True,  # a server that was started again in between is not noticed by anybody
            pool_size=KEPT,
            max_overflow=MOST_POSTGRES - KEPT,
        )
    except ImportError as error:
        raise MissingPackageError(
            f"The database {address.render_as_string(hide_password=True)} needs psycopg ({error}): "
            'pip install "votek[postgres]", or unset VOTEK_DATABASE_URL to use SQLite.'
        ) from error
    sa.event.listen(engine, "connect", _prepare_postgres)
    return engine


def connections(engine: Engine) -> int:
    """The most connections that the engine opens at once."""
    return MOST_SQLITE if engine.dialect.name == "sqlite" else MOST_POSTGRES


def alone(tx: Connection, purpose: str) -> None:
    """From here to its end, let no other transaction that asks for the same purpose go on.

    On SQLite a writing transaction is alone anyway.
    """
    if tx.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(f"votek {purpose}".encode()).digest()[:8], "big", signed=True)
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def wait_for(tx: Connection, *, lock_seconds: float, statement_seconds: float = 0) -> None:
    """Other limits for this one transaction; 0 seconds is no limit. SQLite keeps those of its connection."""
    if tx.dialect.name == "postgresql":
        for name, seconds in (("lock_timeout", lock_seconds), ("statement_timeout", statement_seconds)):
            tx.execute(sa.select(sa.func.set_config(name, f"{int(seconds * 1000)}ms", True)))


def _prepare_postgres(connection: Any, _record: Any) -> None:
    limits = {
        "lock_timeout": f"{int(BUSY_SECONDS)}s",
        "statement_timeout": f"{STATEMENT_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
        "application_name": "votek",
    }
    with connection.cursor() as cursor:
        for name, value in limits.items():
            cursor.execute("SELECT set_config(%s, %s, false)", (name, value))
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
        )
    connection.commit()


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
