"""Who may do what: roles, the table of what each may call, and the signed tokens that a page hands to the labeler."""

from __future__ import annotations

from votek.access.accounts import accounts_configured
from votek.access.secret import load_secret, rotate_key
from votek.access.tokens import Grant, mint_token, read_token

__all__ = ["Grant", "accounts_configured", "load_secret", "mint_token", "read_token", "rotate_key"]
