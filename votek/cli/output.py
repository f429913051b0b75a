"""What every command prints: a progress bar on a terminal, and one JSON object with `--json`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pathlib import Path

    from votek.datatypes import Progress

__all__ = ["AsJson", "Seed", "answer", "progress_bar", "read_bytes", "share_words", "write_whole"]

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


def _checked_seed(seed: int) -> int:
    from votek.selection.checks import check_seed

    return check_seed(seed)


Seed = Annotated[int, typer.Option(callback=_checked_seed, help="Seed of whatever is drawn by lot.")]

STAGES = {
    "embed": "Reading texts",
    "copies": "Finding copies",
    "graph": "Linking neighbours",
    "score": "Asking the scorer",
    "select": "Picking",
    "map": "Drawing the map",
    "difficulty": "Shuffling for chance",
    "probe": "Training probes",
}


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar per stage on standard error when that is a terminal; silent otherwise."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description:<20}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bars:
        tasks: dict[str, Any] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(STAGES.get(stage, stage), total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield report


def answer(as_json: bool, values: dict[str, Any], text: str) -> None:
    """Print `values` as one JSON object, or `text` for a person."""
    typer.echo(json.dumps(values, ensure_ascii=False) if as_json else text)


def share_words(found: Mapping[str, float]) -> str:
    """A share with its interval: `value`, `low` and `high`.

    >>> share_words({"value": 0.5, "low": 0.25, "high": 0.75})
    '50.0% (25.0% to 75.0%)'
    """
    return f"{found['value']:.1%} ({found['low']:.1%} to {found['high']:.1%})"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: an interrupted command leaves no half result."""
    import os

    from votek.errors import StorageError

    partial = path.with_name(f".{path.name}.part")
    try:
        partial.write_bytes(content)
        os.replace(partial, path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StorageError(
            f"{path} could not be written ({error.strerror}). Choose another place with --out."
        ) from error


def read_bytes(path: Path) -> bytes:
    """The content of a file that was named on the command line."""
    from votek.errors import FileError

    try:
        return path.read_bytes()
    except OSError as error:
        raise FileError(f"{path} could not be read ({error.strerror}). Give the path of an existing file.") from error
