"""Watches, on PostgreSQL, that whoever writes in a project has locked it first, and looked at nothing before.

Between a look and a lock others may write: what was seen is then old, and a number counted from it is given twice.
SQLite hides such faults, for there a writer is alone.
"""

import re
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.engine import Engine

OWNED = ("revision", "dataset", "label_event", "queue_action", "selection_round", "result", "job", "membership", "seat")
LOCK = re.compile(r"SELECT project\.id\s+FROM project\s+WHERE .* FOR UPDATE", re.DOTALL)
NEW = re.compile(r"INSERT INTO project ")
ADDS = re.compile(rf"INSERT INTO ({'|'.join(OWNED)}) ")
LOOKS = re.compile(rf"SELECT .*\bFROM ({'|'.join(OWNED)})\b", re.DOTALL)


@contextmanager
def watched():
    """Collects what was wrong; at the end there must be nothing."""
    faults = []

    def begin(connection):
        connection.info["locked"], connection.info["looked"] = False, []

    def execute(connection, _cursor, statement, *_):
        if connection.dialect.name != "postgresql":
            return  # SQLite has no FOR UPDATE, and needs none
        info = connection.info
        if LOCK.search(statement):
            if not info.get("locked"):
                faults.extend(f"looked before the lock: {looked}" for looked in info.get("looked", []))
            info["locked"] = True
        elif NEW.match(statement):
            info["locked"] = True  # nobody else knows of a project that is not there yet
        elif ADDS.match(statement) and not info.get("locked"):
            faults.append(f"added without a lock: {statement}")
        elif LOOKS.match(statement) and not info.get("locked"):
            info.setdefault("looked", []).append(statement)

    sa.event.listen(Engine, "begin", begin)
    sa.event.listen(Engine, "before_cursor_execute", execute)
    try:
        yield faults
    finally:
        sa.event.remove(Engine, "begin", begin)
        sa.event.remove(Engine, "before_cursor_execute", execute)
    assert not faults, "\n".join(faults)
