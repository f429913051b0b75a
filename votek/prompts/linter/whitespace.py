"""White space that nobody sees and a model does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from votek.prompts.linter.findings import Finding
from votek.prompts.linter.masking import counted
from votek.prompts.linter.material import Material, Piece
from votek.prompts.linter.rule import Rule
from votek.prompts.templates import Template

__all__ = ["RULE"]

_DOUBLED = re.compile(r"(?<=[^\s.!?:;])[ \u00a0\u3000]{2,}(?=\S)")
"""Within a line: indents are meant, and so is a wider gap after a sentence."""


def _check(given: Material) -> Iterator[Finding]:
    for piece in given.pieces:
        if piece.about == "settings":
            continue
        reason = _reason(piece)
        if reason:
            label = piece.part == "its label"
            yield Finding(
                "whitespace",
                "warning" if label else "note",
                piece.about,
                piece.item,
                f"{piece.begin} has {reason}"
                + (", which a model copies into its answers." if label else ", which stands in the prompt as it is."),
                "Label the text again." if label else "Trim the texts in the file and load it again.",
                prompt=piece.item if piece.about == "test item" else "",
            )
    template = given.templates["query template"]
    if isinstance(template, Template) and template.tail[-1:] in (" ", "\t", "\u00a0"):
        yield Finding(
            "whitespace",
            "warning",
            "settings",
            "query template",
            "It ends in a space, so that the answer would have to begin without one: most vocabularies write the space "
            "as the beginning of the next word, and answer worse after a lone one.",
            "Take the space off the end of the template.",
        )


def _reason(piece: Piece) -> str:
    text = piece.text
    if not text.strip():
        # An empty label is the fault of another rule, and a text of spaces alone is empty, not padded.
        return ""
    found = []
    first, last = len(text) - len(text.lstrip()), len(text) - len(text.rstrip())
    if first:
        found.append(f"{counted(first, 'blank')} at its beginning")
    if last:
        found.append(f"{counted(last, 'blank')} at its end")
    doubled = len(_DOUBLED.findall(text))
    if doubled:
        found.append(f"doubled spaces in {counted(doubled, 'place')}")
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


RULE = Rule(
    "whitespace",
    "Stray white space",
    "White space at either end of a text or label, doubled spaces, and a query template that ends in a space.",
    _check,
)
