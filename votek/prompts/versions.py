"""Versions of a project's prompt settings, and what two of them differ in, line by line."""

from __future__ import annotations

import datetime as dt
import difflib
from dataclasses import asdict, dataclass

from votek.datatypes import PromptSettings
from votek.prompts.wording import setting_title, setting_words

__all__ = ["PromptsVersion", "changed_settings", "settings_difference", "settings_lines"]

_TEXTS = ("instruction", "demonstration", "query", "separator")
_AROUND = 2
"""Lines of context on either side of a change."""


@dataclass(frozen=True)
class PromptsVersion:
    """How prompts were written from `time` on; `who` is None where that was not recorded."""

    version: int
    settings: PromptSettings
    time: dt.datetime
    who: str | None


def settings_lines(settings: PromptSettings) -> list[str]:
    """Settings as lines of plain text: each under its name, a text line by line.

    Characters that would not show, such as a carriage return or those that turn the direction of writing, are
    written as escapes, so that what looks alike is alike.

    >>> settings_lines(PromptSettings(demonstration="{text}\\n= {label}"))[:4]
    ['instruction: as the task says', 'each demonstration:', '  {text}', '  = {label}']
    """
    lines = []
    for name, value in asdict(settings).items():
        title = setting_title(name)
        if name == "separator":
            lines.append(f"{title}: {value!r}")
        elif name in _TEXTS and value:
            lines += [f"{title}:", *("  " + _visible(line) for line in value.split("\n"))]
        elif name in _TEXTS:
            lines.append(f"{title}: " + ("as the task says" if value is None else "empty"))
        else:
            lines.append(f"{title}: {setting_words(name, value)}")
    return lines


def changed_settings(older: PromptSettings, newer: PromptSettings) -> list[str]:
    """Names of the settings that two versions differ in; `setting_title` gives what people call each.

    >>> changed_settings(PromptSettings(), PromptSettings(n=3, label_cap=1))
    ['n', 'label_cap']
    """
    other = asdict(newer)
    return [name for name, value in asdict(older).items() if other[name] != value]


def settings_difference(older: PromptSettings, newer: PromptSettings) -> list[str]:
    """The lines in which two settings differ, as a unified diff without its heading; empty when they are the same.

    A line begins with "-" (only in `older`), "+" (only in `newer`), " " (in both) or "@@" (where a part begins).
    """
    one, other = settings_lines(older), settings_lines(newer)
    return list(difflib.unified_diff(one, other, lineterm="", n=_AROUND))[2:]


def _visible(line: str) -> str:
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in line)
