"""What a manifest says, as the values that the pipeline works with: the way back from `build_manifest`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from votek.datatypes import Dataset, LabelSpec, PromptSettings, Round, TaskSpec
from votek.errors import FileError
from votek.prompts import LabelledRow

__all__ = ["labelled_rows", "prompt_settings", "recorded_rounds", "recorded_task"]


def prompt_settings(manifest: Mapping[str, Any]) -> PromptSettings:
    """The prompt settings in force."""
    try:
        recorded = dict(manifest["prompts"]["settings"])
        return PromptSettings(**(recorded if "separator" in recorded else _without_separator(recorded)))
    except (KeyError, TypeError, AttributeError) as problem:
        raise _broken("prompt settings", problem) from None


def recorded_task(manifest: Mapping[str, Any]) -> TaskSpec:
    """What people were asked."""
    try:
        task = dict(manifest["task"])
        task["labels"] = tuple(LabelSpec(**label) for label in task["labels"])
        return TaskSpec(**task)
    except (KeyError, TypeError, ValueError) as problem:
        raise _broken("task", problem) from None


def labelled_rows(manifest: Mapping[str, Any], data: Dataset) -> tuple[LabelledRow, ...]:
    """The labels with the texts and columns of `data`, which must be the data set of the manifest."""
    hidden = manifest["data"].get("hidden", ())
    columns = {name: data.fields[name].tolist() for name in data.fields.columns if name not in hidden}
    try:
        rows = []
        for label in manifest["labels"]:
            row = int(label["row"])
            if not 0 <= row < len(data) or data.ids[row] != label["id"]:
                raise FileError(
                    f"The manifest labels item {label['id']!r} at row {row}, which the data does not hold. "
                    "Give the data file that the manifest was made from."
                )
            fields = {name: cells[row] for name, cells in columns.items()}
            rest = {name: label[name] for name in ("who", "source", "guideline_version", "rank")}
            rest["suggestion"] = label.get("suggestion")  # manifests from before there were any have none
            rest |= {name: label[name] for name in ("status", "answers", "why") if name in label}
            time = None if label["time"] is None else dt.datetime.fromisoformat(label["time"])
            rows.append(
                LabelledRow(label["id"], row, data.texts[row], label["value"], fields=fields, time=time, **rest)
            )
        return tuple(rows)
    except FileError:
        raise
    except (KeyError, TypeError, ValueError) as problem:
        raise _broken("labels", problem) from None


def recorded_rounds(manifest: Mapping[str, Any]) -> tuple[Round, ...]:
    """The runs of selectors, oldest first; `id` and `project` are not part of a lineage and stay empty."""
    try:
        return tuple(
            Round(
                id="",
                project="",
                number=one["number"],
                kind=one["kind"],
                method=one["method"],
                parameters=one["parameters"],
                labeled=tuple(one["labeled"]),
                excluded=tuple(one["excluded"]),
                indices=tuple(pick["row"] for pick in one["picks"]),
                gains=tuple(pick["gain"] for pick in one["picks"]),
                created=dt.datetime.fromisoformat(one["created"]),
            )
            for one in manifest["rounds"]
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise _broken("rounds", problem) from None


def _without_separator(recorded: dict[str, Any]) -> dict[str, Any]:
    """Settings from before there was a separator, so that they give the same prompts letter for letter.

    Demonstrations stood together as their template wrote them, an empty line followed an instruction that
    did not end in a line break, and nothing was replaced in it.
    """
    instruction = recorded["instruction"].replace("{labels}", "{{labels}}")
    plain = not instruction.endswith("\n") or instruction.endswith("\n\n")
    if plain and recorded["demonstration"].endswith("\n\n"):
        return {**recorded, "instruction": instruction}
    if instruction and not instruction.endswith("\n"):
        instruction += "\n\n"
    return {**recorded, "instruction": instruction, "separator": ""}


def _broken(part: str, problem: Exception) -> FileError:
    return FileError(f"The manifest's {part} cannot be read ({problem!r}). Export it again, or give another manifest.")
