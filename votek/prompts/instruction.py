"""What the instruction of a prompt says: the one place where a task's labels enter it.

In an instruction only `{labels}` is a field, so that it may show braces of all other kinds, such as JSON,
as they are; `{{labels}}` stands for the word in braces.
"""

from __future__ import annotations

import re
from dataclasses import replace

from votek.datatypes import PromptSettings, TaskSpec

__all__ = ["default_instruction", "instruction_text", "settings_in_force", "unfilled_fields"]

_LABELS = re.compile(r"\{\{labels\}\}|\{labels\}")
_WORD = re.compile(r"(?<!\{)\{([^\W\d]\w*)\}(?!\})")
_DEFAULTS = {
    "single": "Give the text one of these labels: {labels}.",
    "multi": "Give the text all labels that apply, out of: {labels}.",
}


def default_instruction(task: TaskSpec) -> str:
    """The instruction of a project that has none of its own; empty for written answers.

    >>> default_instruction(TaskSpec("text"))
    ''
    """
    return _DEFAULTS.get(task.type, "") if task.labels else ""


def settings_in_force(settings: PromptSettings, task: TaskSpec) -> PromptSettings:
    """`settings` with the task's default where no instruction was chosen (None); an empty one means none."""
    return settings if settings.instruction is not None else replace(settings, instruction=default_instruction(task))


def instruction_text(settings: PromptSettings, task: TaskSpec | None) -> str:
    """The literal instruction, `{labels}` replaced by the task's label names joined by ", ".

    Without a task there is no default and no label.
    """
    spec = TaskSpec() if task is None else task
    names = ", ".join(label.name for label in spec.labels)
    written = settings_in_force(settings, spec).instruction or ""
    return _LABELS.sub(lambda found: names if found.group() == "{labels}" else "{labels}", written)


def unfilled_fields(instruction: str) -> list[str]:
    """Words in braces that look like fields but stay as they are: all but `{labels}`, each once.

    >>> unfilled_fields('One of {labels} for {text}, as {"label": 1}.')
    ['{text}']
    """
    words = (match.group() for match in _WORD.finditer(instruction))
    return list(dict.fromkeys(word for word in words if word != "{labels}"))
