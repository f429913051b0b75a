"""Personal data that would leave with the prompts: e-mail addresses, telephone and payment card numbers.

What counts is narrow, so that order numbers, dates and amounts do not: an address that email-validator accepts; a
telephone number that libphonenumber finds valid, with its country code (+49 …), or in the exact grouping that is
usual in one of the regions; a card number of an issuer's length and first digits whose check digit is right, written
in one piece or in the groups that stand on a card.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from votek.prompts.linter.findings import Finding
from votek.prompts.linter.masking import masked_card, masked_email, masked_phone
from votek.prompts.linter.material import Material
from votek.prompts.linter.rule import Rule

__all__ = ["RULE"]

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_CARD = re.compile(
    r"(?<![\d.,/-])(?:\d{13,19}|\d{4}(?P<gap>[ -])\d{4}(?P=gap)\d{4}(?P=gap)\d{1,4}(?:(?P=gap)\d{1,3})?"
    r"|\d{4}(?P<gap2>[ -])\d{6}(?P=gap2)\d{4,5})(?![\d/]|[.,-]\d)"
)
_ISSUER = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})$"  # Visa
    r"|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}$"  # Mastercard
    r"|3[47]\d{13}$"  # American Express
    r"|(?:6011|64[4-9]\d|65\d{2})\d{12}(?:\d{3})?$"  # Discover
    r"|35(?:2[89]|[3-8]\d)\d{12}(?:\d{3})?$"  # JCB
    r"|3(?:0[0-5]|[68]\d)\d{11}$"  # Diners Club
    r"|62\d{14}(?:\d{3})?$"  # UnionPay
)
_DIGITS = re.compile(r"(?:\d[\s().\-/]{0,3}){6,}\d")
# The matcher is slow, so only texts that can hold a telephone number reach it: a country code, the ten digits of North
# America, or a trunk 0 that is not the month of a date.
_COUNTRY_CODE = re.compile(r"[+\uff0b]\s?\(?\d(?:[\s().\-/]{0,3}\d){6,14}")
_NORTH_AMERICA = re.compile(r"(?<!\d)\(?[2-9]\d\d\)?[\s.\-/]{0,3}[2-9]\d\d[\s.\-/]{1,3}\d{4}(?!\d)")
_TRUNK_ZERO = re.compile(r"(?<!\d)(?<!\d[-./ ])\(?0\d(?:[\s().\-/]{0,3}\d){6,13}(?!\d)")
_GAPS = re.compile(r"\d[\s().\-/]+(?=\d)")
_LONGEST = 20_000
"""Characters of one text that are searched; the matcher of telephone numbers is slow."""


def _check(given: Material) -> Iterator[Finding]:
    for piece in given.pieces:
        found = _found(piece.text[:_LONGEST], given.regions)
        if found:
            more = f" and {len(found) - 3} more" if len(found) > 3 else ""
            yield Finding(
                "personal-data",
                "warning",
                piece.about,
                piece.item,
                f"{piece.begin} holds {', '.join(found[:3])}{more}.",
                "Write a stand-in such as [e-mail] in its place, or leave the text out, before the prompts leave."
                if piece.about != "settings"
                else "Take it out of the words of the prompt.",
                prompt=piece.item if piece.about == "test item" else "",
            )


def _found(text: str, regions: tuple[str, ...]) -> list[str]:
    """What a text holds, masked; each once."""
    said = []
    if "@" in text:
        said += [f"an e-mail address ({masked_email(address)})" for address in _addresses(text)]
    if _DIGITS.search(text):
        cards = list(_cards(text))
        said += [f"a card number ({masked_card(number)})" for number in cards]
        for number in cards:
            text = text.replace(number, "#" * len(number))
        said += [f"a telephone number ({masked_phone(number)})" for number in _phones(text, regions)]
    return list(dict.fromkeys(said))


def _addresses(text: str) -> Iterator[str]:
    from email_validator import EmailNotValidError, validate_email

    for match in _ADDRESS.finditer(text):
        address = match.group().lstrip("'`{|/=").rstrip("'`")
        try:
            validate_email(address, check_deliverability=False)
        except EmailNotValidError:
            continue
        yield address


def _cards(text: str) -> Iterator[str]:
    from stdnum import luhn

    for match in _CARD.finditer(text):
        digits = match.group().replace(" ", "").replace("-", "")
        if digits.isascii() and _ISSUER.match(digits) and luhn.is_valid(digits) and len(set(digits)) > 1:
            yield match.group()


def _phones(text: str, regions: tuple[str, ...]) -> Iterator[str]:
    from phonenumbers import Leniency, PhoneNumberMatcher

    seen: set[tuple[int, int]] = set()
    for region in [region for region in (None, *regions) if _possible(text, region)]:
        leniency = Leniency.VALID if region is None else Leniency.EXACT_GROUPING
        for match in PhoneNumberMatcher(text, region, leniency, max_tries=100):
            # Without a country code, a run of digits is an order number as likely as not.
            if region is not None and len(_GAPS.findall(match.raw_string)) < 2 and "(" not in match.raw_string:
                continue
            if any(start < match.end and match.start < end for start, end in seen):
                continue
            seen.add((match.start, match.end))
            yield match.raw_string


def _possible(text: str, region: str | None) -> bool:
    """Whether a number of this region could stand in the text, None: one with its country code."""
    if region is None:
        return bool(_COUNTRY_CODE.search(text))
    code, prefix = _dialling(region)
    if code == 1:
        return bool(_NORTH_AMERICA.search(text))
    return prefix != "0" or bool(_TRUNK_ZERO.search(text))


@lru_cache
def _dialling(region: str) -> tuple[int, str]:
    from phonenumbers import country_code_for_region, ndd_prefix_for_region

    return country_code_for_region(region), ndd_prefix_for_region(region, True) or ""


RULE = Rule(
    "personal-data",
    "Personal data",
    "E-mail addresses, telephone numbers and payment card numbers in anything that stands in a prompt.",
    _check,
)
