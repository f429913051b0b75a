"""Signed, expiring tokens: this person may label in this project until then, or this worker may ask for a key.

Routes beside the pages do not know who is signed in, so the page, which does, mints a token and the
labeler sends it along with every batch.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import Literal

from itsdangerous import BadSignature, URLSafeSerializer

from votek.errors import AccessError

__all__ = ["Grant", "mint_token", "read_token"]

MAX_TOKEN = 2_000
Purpose = Literal["labels", "keys"]
_SALTS: dict[Purpose, str] = {"labels": "votek.labels.1", "keys": "votek.keys.1"}
"""A token for one purpose is worth nothing for another: that of the labeler lies in a browser."""


@dataclass(frozen=True)
class Grant:
    """What a token allows: `person` may read and label in `project`."""

    project: str
    person: str


def _serializer(secret: str, purpose: Purpose = "labels") -> URLSafeSerializer:
    options = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(secret, salt=_SALTS[purpose], signer_kwargs=options)


def mint_token(secret: str, *, project: str, person: str, seconds: int = 3600, purpose: Purpose = "labels") -> str:
    """A URL-safe token for one person and one project, valid for `seconds`.

    >>> read_token("a secret", mint_token("a secret", project="p1", person="ada"))
    Grant(project='p1', person='ada')
    """
    payload = {"p": project, "w": person, "x": int(time.time()) + seconds}
    return str(_serializer(secret, purpose).dumps(payload))


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
    except (BadSignature, KeyError, TypeError, UnicodeEncodeError):
        raise AccessError("This label token was not made by this server. Open the Annotate page again.") from None
    if time.time() >= expires:
        raise AccessError("This label token has expired. The Annotate page gets a fresh one by itself; or reload it.")
    return Grant(project=project, person=person)
