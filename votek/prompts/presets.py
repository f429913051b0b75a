"""Ready words for the usual tasks: instruction, demonstration, query and separator, to begin from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from votek.datatypes import PromptSettings, TaskSpec
from votek.errors import InputError, UnknownNameError
from votek.prompts.templates import parse_template

__all__ = ["Preset", "fitting_presets", "has_own_words", "presets", "with_preset"]

TaskType = Literal["single", "multi", "text"]


@dataclass(frozen=True)
class Preset:
    """Words to write prompts with.

    `instructions`: for each type of task that it fits; None: the task's own, which follows its labels.
    `columns`: what the columns are for that it writes; `lead` opens both templates with them, named `{field:0}` and
    `{field:1}`. `optional`: without columns there is no lead; else it needs all of them. `demonstration`, `query`:
    what follows the lead.
    """

    name: str
    title: str
    sentence: str
    instructions: Mapping[TaskType, str | None]
    demonstration: str
    query: str
    separator: str = "\n\n"
    columns: tuple[str, ...] = ()
    lead: str = ""
    optional: bool = False

    def fits(self, task: TaskSpec, columns: Sequence[str] = ()) -> bool:
        """Whether it can be used for a task whose texts have these columns beside them."""
        return task.type in self.instructions and (self.optional or len(columns) >= len(self.columns))


_CLASSIFICATION = Preset(
    "classification",
    "Give a label",
    "The text, then its label or labels; the instruction names them.",
    {"single": None, "multi": None},
    "Text: {text}\nLabel: {label}",
    "Text: {text}\nLabel:",
)
_PAIR_INSTRUCTION = "Compare the two texts, and choose from: {labels}."
_PAIR = Preset(
    "pair",
    "Compare two texts",
    "Two columns one below the other, then the label of the two together.",
    {"single": _PAIR_INSTRUCTION, "multi": _PAIR_INSTRUCTION},
    "Label: {label}",
    "Label:",
    columns=("First text", "Second text"),
    lead="First: {field:0}\nSecond: {field:1}\n",
)
_QUESTION = Preset(
    "question-answering",
    "Answer a question",
    "The question, then its answer; with a column to read it from, that stands first.",
    {"text": "Answer the question as briefly as the examples do."},
    "Question: {text}\nAnswer: {label}",
    "Question: {text}\nAnswer:",
    columns=("Where the answer stands",),
    lead="{if field:0}Context: {field:0}\n{end}",
    optional=True,
)
_SQL = Preset(
    "text-to-sql",
    "Write SQL",
    "The question, then the query that answers it; with a column that describes the tables, that stands first.",
    {"text": "Write one SQL query that answers the question. Write nothing else."},
    "Question: {text}\nSQL: {label}",
    "Question: {text}\nSQL:",
    columns=("The tables",),
    lead="{if field:0}Tables:\n{field:0}\n{end}",
    optional=True,
)
_SUMMARY = Preset(
    "summarisation",
    "Summarise",
    "The text, then its summary; a line of dashes keeps long texts apart.",
    {"text": "Summarise the text as the examples do."},
    "Text:\n{text}\n\nSummary:\n{label}",
    "Text:\n{text}\n\nSummary:\n",
    separator="\n\n---\n\n",
)
_CHAT = Preset(
    "chat",
    "Chat",
    "What the user says, then what the assistant answers.",
    {"text": "Answer the user as the assistant does in the examples.", "single": None, "multi": None},
    "User: {text}\nAssistant: {label}",
    "User: {text}\nAssistant:",
)
_ALL = (_CLASSIFICATION, _PAIR, _QUESTION, _SQL, _SUMMARY, _CHAT)


def presets() -> dict[str, Preset]:
    """Name of each preset -> its words."""
    return {preset.name: preset for preset in _ALL}


def fitting_presets(task: TaskSpec, columns: Sequence[str] = ()) -> list[Preset]:
    """The presets that a task can use whose texts, labelled and asked about, have these columns."""
    return [preset for preset in _ALL if preset.fits(task, columns)]


def with_preset(settings: PromptSettings, name: str, *, task: TaskSpec, columns: Sequence[str] = ()) -> PromptSettings:
    """`settings` with the words of a preset; which demonstrations, how many and in which order stay.

    `columns`: the columns that it writes, in the order of its `columns`. Raises UnknownNameError for a name that is
    not there, InputError for a task it does not fit, or columns it cannot use.

    >>> with_preset(PromptSettings(), "chat", task=TaskSpec("text")).query
    'User: {text}\\nAssistant:'
    """
    preset = presets().get(name)
    if preset is None:
        raise UnknownNameError(f"There is no preset {name!r}; choose one of {', '.join(presets())}.")
    if task.type not in preset.instructions:
        fitting = ", ".join(one.name for one in _ALL if task.type in one.instructions)
        raise InputError(f"The preset {name!r} does not fit a task of the type {task.type!r}; these do: {fitting}.")
    lead = _lead(preset, list(columns))
    return replace(
        settings,
        instruction=preset.instructions[task.type],
        demonstration=lead + preset.demonstration,
        query=lead + preset.query,
        separator=preset.separator,
    )


def has_own_words(settings: PromptSettings, *, task: TaskSpec) -> bool:
    """Whether the words are anybody's own: neither those of new projects nor of a preset as it is."""
    words = _words(settings)
    columns = parse_template(settings.demonstration, fields=None).fields
    known = [PromptSettings()]
    for preset in _ALL:
        if task.type in preset.instructions and len(columns) in (len(preset.columns), 0 if preset.optional else -1):
            known.append(with_preset(settings, preset.name, task=task, columns=columns))
    return words not in [_words(one) for one in known]


def _words(settings: PromptSettings) -> tuple[str | None, ...]:
    return settings.instruction, settings.demonstration, settings.query, settings.separator


def _lead(preset: Preset, columns: list[str]) -> str:
    if not columns and preset.optional:
        return ""
    if len(columns) != len(preset.columns) or len(set(columns)) < len(columns):
        wanted = (
            f"{len(preset.columns)} columns, each once ({', '.join(preset.columns)})"
            if preset.columns
            else "no columns"
        )
        choice = " or none" if preset.optional else ""
        raise InputError(f"The preset {preset.name!r} takes {wanted}{choice}; given: {', '.join(columns) or 'none'}.")
    braced = [column for column in columns if "{" in column or "}" in column]
    if braced:
        raise InputError(
            f"The column {braced[0]!r} has a brace in its name, so no template can name it. Rename it in the file."
        )
    return re.sub(r"field:(\d)", lambda place: f"field:{columns[int(place[1])]}", preset.lead)
