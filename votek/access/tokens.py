"""Signed, expiring tokens: this person may label in this project until then, or this worker may ask for a key.

Routes beside the pages do not know who is signed in, so the page, which does, mints a token and the
labeler sends it along with every batch. Whether the person may still do it is asked of the database each time.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from dataclasses import dataclass
from typing import Literal

from itsdangerous import BadSignature, URLSafeSerializer

from votek.errors import AccessError

__all__ = ["LONGEST_SECONDS", "Grant", "mint_token", "read_token"]

MAX_TOKEN = 2_000
LONGEST_SECONDS = 3600
"""No token is valid for longer: a key that signs no more is kept for so long."""

Purpose = Literal["labels", "keys"]
_SALTS: dict[Purpose, str] = {"labels": "votek.labels.2", "keys": "votek.keys.2"}
"""A token for one purpose is worth nothing for another: that of the labeler lies in a browser."""


@dataclass(frozen=True)
class Grant:
    """What a token allows: `person` may read and label in `project`, as their session begun at `since` may."""

    project: str
    person: str
    since: dt.datetime


def _serializer(secret: str, purpose: Purpose = "labels") -> URLSafeSerializer:
    """`secret`: one key, or several separated by commas; the first signs, all are accepted."""
    options = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer([*reversed(secret.split(","))], salt=_SALTS[purpose], signer_kwargs=options)


def mint_token(
    secret: str,
    *,
    project: str,
    person: str,
    since: dt.datetime | None = None,
    seconds: int = LONGEST_SECONDS,
    purpose: Purpose = "labels",
) -> str:
    """A URL-safe token for one person and one project, valid for `seconds`, at most an hour.

    `since`: when the person's session began (None: now); the token ends with the session.

    >>> grant = read_token("a secret", mint_token("a secret", project="p1", person="ada"))
    >>> grant.project, grant.person
    ('p1', 'ada')
    """
    began = time.time() if since is None else since.timestamp()
    expires = int(time.time()) + min(seconds, LONGEST_SECONDS)
    return str(_serializer(secret, purpose).dumps({"p": project, "w": person, "i": began, "x": expires}))


def read_token(secret: str, token: object, *, purpose: Purpose = "labels") -> Grant:
    """The grant that a token carries.

    Raises:
        AccessError: the token was not made with `secret` and for `purpose`, was changed, or has expired.
    """
    if not isinstance(token, str) or not token or len(token) > MAX_TOKEN:
        raise AccessError("There is no label token with this request. Open the Annotate page to get one.")
    try:
        payload = _serializer(secret, purpose).loads(token)
        project, person, expires = payload["p"], payload["w"], payload["x"]
        since = dt.datetime.fromtimestamp(payload["i"], dt.UTC)
    except (BadSignature, KeyError, TypeError, UnicodeEncodeError):
        raise AccessError("This label token was not made by this server. Open the Annotate page again.") from None
    if time.time() >= expires:
        raise AccessError("This label token has expired. The Annotate page gets a fresh one by itself; or reload it.")
    return Grant(project=project, person=person, since=since)
