"""The keys that sign tokens: given by VOTEK_SECRET, or made at the first start; several while they change."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

from votek.access.tokens import LONGEST_SECONDS
from votek.errors import InputError, StorageError
from votek.settings import Settings

__all__ = ["load_secret", "new_key", "rotate_key"]

MIN_LENGTH = 16


def load_secret(settings: Settings) -> str:
    """The signing keys of this data folder, separated by commas: the first signs, all are accepted.

    A fresh random one is written (mode 0600) when there is none. The file is read anew at each call, so that a new
    key counts at once.

    Raises:
        InputError: VOTEK_SECRET or the stored key is too short to be safe.
        StorageError: the data folder cannot be written or read.
    """
    if settings.secret is not None:
        return ",".join(_long_enough(key.strip(), where="VOTEK_SECRET") for key in settings.secret.split(","))
    path = settings.data / "secret"
    try:
        if not path.exists():
            _create(path)
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        return ",".join(key for key, _ in _stored(path))
    except OSError as error:
        raise _unusable(path, error) from error


def rotate_key(settings: Settings, *, keep: bool = True) -> int:
    """Sign with a fresh key from now on; returns how many earlier ones are accepted for an hour yet.

    `keep`: accept tokens that the earlier key signed until they expire; without, they end at once.

    Raises:
        InputError: the key is given by VOTEK_SECRET, where this program cannot change it.
        StorageError: the data folder cannot be written.
    """
    if settings.secret is not None:
        raise InputError(
            "The key is given by VOTEK_SECRET, so it is changed there: write a new one before it, then a comma, "
            "restart, and take the old one out an hour later. A new one: "
            "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    path = settings.data / "secret"
    load_secret(settings)
    until = int(time.time()) + LONGEST_SECONDS + 60
    try:
        earlier = [(key, end if end is not None else until) for key, end in _stored(path)] if keep else []
        lines = [new_key(), *(f"{key} {end}" for key, end in earlier)]
        draft = _draft(path, "\n".join(lines))
        draft.replace(path)
    except OSError as error:
        raise _unusable(path, error) from error
    return len(earlier)


def new_key() -> str:
    """A random key."""
    return secrets.token_urlsafe(48)


def _stored(path: Path) -> list[tuple[str, int | None]]:
    """The keys that count, the signing one first, and until when (seconds since 1970) the earlier ones do."""
    try:
        lines = path.read_text("ascii").split("\n")
        found = [(key, int(end) if end else None) for key, _, end in (line.strip().partition(" ") for line in lines)]
    except ValueError:
        raise InputError(f"{path} does not hold a key. Delete it; a new one is made at the next start.") from None
    kept = [(key, end) for key, end in found if end is None or end > time.time()]
    for key, _ in kept:
        _long_enough(key, where=str(path))
    if not kept:
        raise InputError(f"{path} does not hold a key. Delete it; a new one is made at the next start.")
    return kept


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written whole, then linked: of two processes that start together one wins and both read the same key.
    draft = _draft(path, new_key())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _draft(path: Path, content: str) -> Path:
    draft = path.with_name(f".secret-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(content)
    return draft


def _unusable(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"The signing key {path.resolve()} cannot be read or made ({error.strerror}). "
        "Make the data folder writable, choose another with VOTEK_DATA, or set VOTEK_SECRET."
    )


def _long_enough(secret: str, *, where: str) -> str:
    if len(secret) < MIN_LENGTH:
        raise InputError(
            f"The key in {where} has {len(secret)} characters; at least {MIN_LENGTH} are needed. "
            "Use a long random one, or remove it and let one be made."
        )
    return secret
