"""Where an endpoint's key and address come from, and how both are kept out of everything that is written."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

__all__ = ["KEY_VARIABLES", "Key", "endpoint_url", "find_key"]

KEY_VARIABLES = ("VOTEK_API_KEY", "OPENAI_API_KEY")
OPENAI_URL = "https://api.openai.com/v1"


@dataclass(frozen=True)
class Key:
    """A key that shows in no representation, and can take itself out of a text.

    >>> Key("sk-123"), Key("sk-123").hidden_in("the key sk-123 is wrong")
    (Key(), 'the key *** is wrong')
    """

    secret: str = field(repr=False, compare=False)

    def hidden_in(self, text: str) -> str:
        """The text without the key."""
        return text.replace(self.secret, "***") if self.secret else text

    def __reduce__(self) -> str:
        raise TypeError("a key is not pickled")


def find_key(given: str | None) -> Key | None:
    """The key that was handed in, else VOTEK_API_KEY, else OPENAI_API_KEY; None without any."""
    for found in (given, *(os.environ.get(name) for name in KEY_VARIABLES)):
        if found and found.strip():
            return Key(found.strip())
    return None


def endpoint_url(given: str | None) -> str:
    """The base URL in force: as given, else OPENAI_BASE_URL, else OpenAI's own; without a slash at its end."""
    found = (given or "").strip() or os.environ.get("OPENAI_BASE_URL", "").strip() or OPENAI_URL
    return found.rstrip("/")
