"""What `votek prompts` does about words and versions: presets, templates from files, looking back and taking back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from votek.cli.output import read_bytes
from votek.errors import FileError, InputError

if TYPE_CHECKING:
    from votek.datatypes import Project
    from votek.prompts import PartCounts
    from votek.workspace import Workspace

__all__ = [
    "Columns",
    "Demonstration",
    "Diff",
    "Instruction",
    "PresetName",
    "Query",
    "Restore",
    "Separator",
    "Tokens",
    "Versions",
    "check_one_thing",
    "counts_told",
    "difference_told",
    "versions_told",
    "word_changes",
]

_HOW = "as it is, or @FILE (without its last line break)"
PresetName = Annotated[
    str | None,
    typer.Option(
        "--preset",
        help="Begin from ready words: classification, pair, question-answering, text-to-sql, summarisation or chat.",
    ),
]
Columns = Annotated[
    list[str] | None, typer.Option("--column", help="With --preset: a column it writes; give it again for the next.")
]
Instruction = Annotated[str | None, typer.Option(help=f"What opens every prompt, {_HOW}.")]
Demonstration = Annotated[str | None, typer.Option(help=f"Template of a labelled text, {_HOW}.")]
Query = Annotated[str | None, typer.Option(help=f"Template of the test item, {_HOW}.")]
Separator = Annotated[str | None, typer.Option(help=f"What stands between the parts, {_HOW}.")]
Versions = Annotated[bool, typer.Option("--versions", help="List the versions of the settings: when, who, what.")]
Diff = Annotated[
    tuple[int, int] | None, typer.Option("--diff", metavar="A B", help="Show what two versions differ in.")
]
Restore = Annotated[int | None, typer.Option("--restore", metavar="N", help="Take version N back, as a new version.")]
Tokens = Annotated[
    bool, typer.Option("--tokens", help="With --show: instead of the prompt, what its tokens go to, part by part.")
]


def check_one_thing(asked: dict[str, bool]) -> None:
    """Raise InputError where more than one of these was asked for (what it is -> whether it was)."""
    given = [name for name, wanted in asked.items() if wanted]
    if len(given) > 1:
        raise InputError(f"{' and '.join(given)} cannot be asked for at once. Give one of them.")


def word_changes(
    project: Project, preset: str | None, columns: list[str] | None, words: dict[str, str | None]
) -> dict[str, Any]:
    """The settings that a preset and the given words (each name -> text, or @FILE) change."""
    from votek.prompts import with_preset

    changes: dict[str, Any] = {}
    if preset is not None:
        taken = with_preset(project.prompts, preset, task=project.task, columns=columns or ())
        changes = {name: getattr(taken, name) for name in words}
    elif columns:
        raise InputError("--column is for --preset; give the preset too, or name columns in your own templates.")
    return changes | {name: _read(text) for name, text in words.items() if text is not None}


def versions_told(workspace: Workspace, project_id: str) -> tuple[dict[str, Any], str]:
    """The versions of the settings: for --json, and as lines for a person, the newest last."""
    from votek.prompts import changed_settings, setting_title

    made = workspace.prompt_versions(project_id)
    people = workspace.person_names(project_id, {one.who for one in made if one.who})
    rows, lines = [], []
    for place, one in enumerate(made):
        who = people.get(one.who, one.who) if one.who else None
        changed = changed_settings(made[place - 1].settings, one.settings) if place else []
        rows.append({"version": one.version, "time": one.time.isoformat(), "who": who, "changed": changed})
        what = f": {', '.join(map(setting_title, changed))}" if changed else ""
        lines.append(f"{one.version}: {one.time:%Y-%m-%d %H:%M} UTC, by {who or 'not recorded'}{what}")
    return {"project": project_id, "versions": rows}, "\n".join(lines)


def difference_told(workspace: Workspace, project_id: str, older: int, newer: int) -> tuple[dict[str, Any], str]:
    """The lines in which two versions differ: for --json, and for a person."""
    from votek.prompts import settings_difference

    made = {one.version: one.settings for one in workspace.prompt_versions(project_id)}
    for version in (older, newer):
        if version not in made:
            raise InputError(f"There is no version {version} of the prompts; there are the versions 1 to {max(made)}.")
    lines = settings_difference(made[older], made[newer])
    told = {"project": project_id, "older": older, "newer": newer, "same": not lines, "lines": lines}
    return told, "\n".join(lines) or f"The versions {older} and {newer} say the same."


def counts_told(counts: PartCounts) -> tuple[dict[str, Any], str]:
    """The tokens of a prompt by part: for --json, and as lines for a person."""
    rows = [*counts.rows(), ("The whole prompt", counts.total)]
    if counts.left is not None:
        rows += [("Kept free for the answer", counts.answer_reserve), (f"Left of {counts.budget:,}", counts.left)]
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:<{width}} {tokens:>7,}" for name, tokens in rows]
    if counts.estimated:
        lines.append("These are estimates: a quarter of the characters.")
    names = (
        "instruction",
        "demonstrations",
        "query",
        "joins",
        "total",
        "answer_reserve",
        "budget",
        "left",
        "estimated",
    )
    return {name: getattr(counts, name) for name in names}, "\n".join(lines)


def _read(given: str) -> str:
    if not given.startswith("@"):
        return given
    if given.startswith("@@"):
        return given[1:]
    try:
        words = read_bytes(Path(given[1:])).decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise FileError(f"{given[1:]} is not UTF-8 text ({problem.reason}). Save it as UTF-8.") from problem
    return words.removesuffix("\n").removesuffix("\r")
