"""What a format of labels is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from votek.imports.draft import Draft
from votek.imports.files import Files

__all__ = ["LabelFormat"]


@dataclass(frozen=True)
class LabelFormat:
    """One format of labels.

    `looks`: why a file seems to be of this format, "" where it does not. `read` puts texts and answers into a draft.
    """

    name: str
    title: str
    sentence: str
    looks: Callable[[Files], str]
    read: Callable[[Files, Draft], None]
