"""The order in which `votek --help` tells of the commands: that of the work."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

__all__ = ["EPILOG", "PARTS", "GuideGroup"]

PARTS: dict[str, tuple[str, ...]] = {
    "Start": ("app", "sample", "settings"),
    "Projects and data": ("projects", "project", "import", "import-labels", "task", "bundle", "open-bundle"),
    "Which texts to label": ("methods", "pick", "queue", "map", "select", "embed", "compare", "prune"),
    "Label": ("label", "suggestions", "model"),
    "Review": ("agreement", "settle", "history"),
    "Prompts to take away": ("prompts", "lint", "formats", "export", "reproduce", "diff"),
    "Does it help": ("evaluate", "groups", "difficulty"),
    "A team, and running it": (*("members", "handout", "web", "worker", "status", "backup", "restore", "rotate-key"),),
}
"""Part of the guide -> its commands, in order."""

EPILOG = """\
From a file to prompts, without the browser:

\b
votek import questions.csv --project "My questions" --text question
votek pick "My questions" --budget 40
votek label "My questions" labels.csv --label topic
votek lint "My questions"
votek export "My questions" --format prompts-jsonl --out prompts.jsonl

\b
Every command that gives an answer takes --json. Exit codes:
0    done
1    done, and the answer is no: something was found, or differs
2    cannot be done as it was given; one line says why
130  stopped by Ctrl-C

\b
votek COMMAND --help          more about one command
votek --install-completion    complete commands and projects with the tab key
"""


class GuideGroup(TyperGroup):
    """The commands by the part of the work they belong to."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All commands in the order of the guide; one that it does not name comes last."""
        known = [name for names in PARTS.values() for name in names if name in self.commands]
        return [*known, *(name for name in self.commands if name not in known)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, under the heading of its part."""
        command = super().get_command(ctx, cmd_name)
        for part, names in PARTS.items():
            if command is not None and cmd_name in names:
                setattr(command, "rich_help_panel", part)  # noqa: B010  (Typer draws one panel per name)
        return command
