"""Who may do what: the signed tokens that a page hands to the labeler."""

from __future__ import annotations

from votek.access.secret import load_secret
from votek.access.tokens import Grant, mint_token, read_token

__all__ = ["Grant", "load_secret", "mint_token", "read_token"]
