"""Signed, expiring tokens: this person may label in this project until then.

Routes beside the pages do not know who is signed in, so the page, which does, mints a token and the
labeler sends it along with every batch.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer

from votek.errors import AccessError

__all__ = ["Grant", "mint_token", "read_token"]

MAX_TOKEN = 2_000
_SALT = "votek.labels.1"


@dataclass(frozen=True)
class Grant:
    """What a token allows: `person` may read and label in `project`."""

    project: str
    person: str


def _serializer(secret: str) -> URLSafeSerializer:
    options = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(secret, salt=_SALT, signer_kwargs=options)


def mint_token(secret: str, *, project: str, person: str, seconds: int = 3600) -> str:
    """A URL-safe token for one person and one project, valid for `seconds`.

    >>> read_token("a secret", mint_token("a secret", project="p1", person="ada"))
    Grant(project='p1', person='ada')
    """
    payload = {"p": project, "w": person, "x": int(time.time()) + seconds}
    return str(_serializer(secret).dumps(payload))


def read_token(secret: str, token: object) -> Grant:
    """The grant that a token carries.

    Raises:
        AccessError: the token was not made with `secret`, was changed, or has expired.
    """
    if not isinstance(token, str) or not token or len(token) > MAX_TOKEN:
        raise AccessError("There is no label token with this request. Open the Annotate page to get one.")
    try:
        payload = _serializer(secret).loads(token)
        project, person, expires = payload["p"], payload["w"], payload["x"]
    except (BadSignature, KeyError, TypeError, UnicodeEncodeError):
        raise AccessError("This label token was not made by this server. Open the Annotate page again.") from None
    if time.time() >= expires:
        raise AccessError("This label token has expired. The Annotate page gets a fresh one by itself; or reload it.")
    return Grant(project=project, person=person)
