"""The key that signs tokens: given by VOTEK_SECRET, or made at the first start."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from votek.errors import InputError, StorageError
from votek.settings import Settings

__all__ = ["load_secret"]

MIN_LENGTH = 16


def load_secret(settings: Settings) -> str:
    """The signing key of this data folder; a fresh random one is written (mode 0600) when there is none.

    Raises:
        InputError: VOTEK_SECRET or the stored key is too short to be safe.
        StorageError: the data folder cannot be written or read.
    """
    if settings.secret is not None:
        return _long_enough(settings.secret, where="VOTEK_SECRET")
    path = settings.data / "secret"
    try:
        if not path.exists():
            _create(path)
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        return _long_enough(path.read_text("ascii").strip(), where=str(path))
    except UnicodeDecodeError:
        raise InputError(f"{path} does not hold a key. Delete it; a new one is made at the next start.") from None
    except OSError as error:
        raise StorageError(
            f"The signing key {path.resolve()} cannot be read or made ({error.strerror}). "
            "Make the data folder writable, choose another with VOTEK_DATA, or set VOTEK_SECRET."
        ) from error


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written whole, then linked: of two processes that start together one wins and both read the same key.
    draft = path.with_name(f".secret-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()


def _long_enough(secret: str, *, where: str) -> str:
    if len(secret) < MIN_LENGTH:
        raise InputError(
            f"The key in {where} has {len(secret)} characters; at least {MIN_LENGTH} are needed. "
            "Use a long random one, or remove it and let one be made."
        )
    return secret
