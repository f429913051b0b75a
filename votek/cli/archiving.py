"""`votek backup` and `votek restore`: everything in one file, and back again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from votek.cli import app
from votek.cli.folder_lock import lock_data_folder
from votek.cli.output import AsJson, answer

if TYPE_CHECKING:
    from votek.settings import Settings
    from votek.store import Store
    from votek.store.archive import Backup


def _store(settings: Settings) -> Store:
    from votek.store import Store

    return Store(settings.database_url_or_default, settings.data)


def _shown(backup: Backup) -> dict[str, Any]:
    return {
        "file": str(backup.path),
        "bytes": backup.size,
        "sha256": backup.digest,
        "created": backup.manifest.created,
        "rows": backup.rows,
        "files": backup.files,
        "missing": list(backup.manifest.missing),
    }


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The archive to write; it must not be there yet.")],
    as_json: AsJson = False,
) -> None:
    """Write all projects, labels and people into one file, while everybody goes on working."""
    from votek.settings import Settings
    from votek.store.backup import write_backup

    store = _store(Settings())
    store.migrate()
    made = write_backup(store, file)
    store.close()
    lines = [
        f"{made.path} written and read back: {made.rows:,} rows, {made.files:,} files, {made.size:,} bytes.",
        f"SHA-256 {made.digest}",
    ]
    if made.manifest.missing:
        lines.append(f"{len(made.manifest.missing)} results were not there; they are computed again when needed.")
    answer(as_json, _shown(made), "\n".join(lines))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="An archive made by `votek backup`.")],
    replace: Annotated[bool, typer.Option(help="Throw away what is there now.")] = False,
    sha256: Annotated[str | None, typer.Option(help="Refuse the archive unless this is its SHA-256.")] = None,
    as_json: AsJson = False,
) -> None:
    """Put a backup in place, into SQLite or PostgreSQL. Stop the app and all workers first."""
    from votek.settings import Settings
    from votek.store.restore import restore_backup

    settings = Settings()
    lock = lock_data_folder(settings.data)
    try:
        store = _store(settings)
        back = restore_backup(store, file, replace=replace, expected=sha256)
        store.close()
    finally:
        lock.release()
    answer(
        as_json,
        _shown(back),
        f"{back.path} of {back.manifest.created[:16].replace('T', ' ')} UTC restored: {back.rows:,} rows, "
        f"{back.files:,} files. Start the app again.",
    )
