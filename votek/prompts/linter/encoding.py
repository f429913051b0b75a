"""Signs that a text was read in the wrong encoding, or holds what no reader sees."""

from __future__ import annotations

import re
from collections.abc import Iterator

from votek.prompts.linter.findings import Finding
from votek.prompts.linter.masking import counted
from votek.prompts.linter.material import Material
from votek.prompts.linter.rule import Rule

__all__ = ["RULE"]

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LONGEST = 100_000


def _check(given: Material) -> Iterator[Finding]:
    for piece in given.pieces:
        found = _damage(piece.text)
        if found:
            yield Finding(
                "encoding",
                "warning",
                piece.about,
                piece.item,
                f"{piece.begin} has {', '.join(found)}.",
                "Load the file again in its right encoding (the Data page offers them), or correct the text in it."
                if piece.about != "settings" and piece.part != "its label"
                else "Write it anew.",
                prompt=piece.item if piece.about == "test item" else "",
            )


def _damage(text: str) -> list[str]:
    found = []
    if not text.isascii():
        lost = text.count("\ufffd")
        if lost:
            found.append(f"{counted(lost, 'character')} that could not be read (U+FFFD)")
        marks = text.count("\ufeff")
        if marks:
            found.append(f"{counted(marks, 'byte order mark')} (U+FEFF)")
        if _mojibake(text):
            found.append("letters that were read in the wrong encoding (as é becomes Ã©)")
    control = _CONTROL.findall(text)
    if control:
        found.append(f"{counted(len(control), 'control character')} (first: U+{ord(control[0]):04X})")
    returns, ends = text.count("\r"), text.count("\r\n")
    lone, plain = returns - ends, text.count("\n") - ends
    if sum(kind > 0 for kind in (ends, lone, plain)) > 1:
        found.append("several kinds of line ends")
    return found


def _mojibake(text: str) -> bool:
    """By the rules of ftfy, which calls a text broken only where reading it anew gives a more likely one."""
    from ftfy import TextFixerConfig, fix_encoding
    from ftfy.badness import is_bad

    part = text[:_LONGEST]
    if not is_bad(part):
        return False
    # Lone control characters are told of by themselves.
    return bool(fix_encoding(part, TextFixerConfig(fix_c1_controls=False)) != part)


RULE = Rule(
    "encoding",
    "Damaged characters",
    "Unreadable characters, letters read in the wrong encoding, control characters, byte order marks, mixed line ends.",
    _check,
)
