"""How values of people stand in a message: short, on one line, and never personal data in full."""

from __future__ import annotations

import re

__all__ = ["counted", "masked_card", "masked_email", "masked_phone", "shown"]

_SHOWN = 40
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_NUMBER = re.compile(r"\d(?:[\s().\-/]*\d){6,}")


def shown(value: str) -> str:
    """A label or a name in quotes, shortened; addresses and long numbers in it are masked.

    >>> shown("refund"), shown("call 0171 2345678")
    ("'refund'", "'call …'")
    """
    text = _NUMBER.sub("…", _EMAIL.sub("…", value[:500]))
    text = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return repr(text.encode("utf-8", "backslashreplace").decode())


def masked_email(address: str) -> str:
    """First letter and last part of the domain alone.

    >>> masked_email("anna.schmidt@mail.example.org")
    'a…@….org'
    """
    ending = address.rpartition("@")[2].rpartition(".")[2]
    return f"{address[:1]}…@….{ending[:10]}"


def masked_phone(number: str) -> str:
    """The last two digits alone.

    >>> masked_phone("+49 171 2345678")
    '…78'
    """
    return "…" + "".join(sign for sign in number if sign.isdigit())[-2:]


def masked_card(number: str) -> str:
    """The last four digits alone, as a receipt shows them.

    >>> masked_card("4111 1111 1111 1111")
    '…1111'
    """
    return "…" + "".join(sign for sign in number if sign.isdigit())[-4:]


def counted(number: int, one: str, many: str = "") -> str:
    """`number` with its noun.

    >>> counted(1, "text"), counted(1_200, "text"), counted(2, "copy", "copies")
    ('1 text', '1,200 texts', '2 copies')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
