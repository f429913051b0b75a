"""What the options of `select` say about rows: labelled, excluded, grouped, and how sure something is of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from votek.cli.confidence import confidence_column
from votek.cli.given_rows import crossed_groups, labels_of_rows, read_rows
from votek.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from votek.datatypes import Dataset
    from votek.scoring import ModelSettings
    from votek.selection.problem import Method

__all__ = [
    "Confidence",
    "DryRun",
    "Exclude",
    "Floor",
    "Group",
    "Label",
    "Labeled",
    "RowOptions",
    "ScorerModel",
    "ScorerName",
    "ScorerUrl",
    "ScorerWay",
    "read_row_options",
    "scores_folder",
]

Rows = "a file of JSON lines with an id each (as written by this command), or of one id per line"
Labeled = Annotated[
    Path | None, typer.Option("--labeled", help=f"Texts that are labelled already: {Rows}. They steer, unpicked.")
]
Exclude = Annotated[Path | None, typer.Option("--exclude", help=f"Texts never to be picked: {Rows}.")]
Confidence = Annotated[
    str | None, typer.Option("--confidence", help="Column of numbers, higher where a model is surer of its answer.")
]
Label = Annotated[
    str | None,
    typer.Option(
        "--label",
        help="Column of labels, from which a scorer learns: those of the --labeled texts, or else all that are filled.",
    ),
]
ScorerName = Annotated[
    str,
    typer.Option(
        "--scorer",
        help="What says how sure it is, given --label: knn (no model: the nearest labels), transformers (a local "
        "language model) or openai (an endpoint; its key comes from VOTEK_API_KEY or OPENAI_API_KEY).",
    ),
]
ScorerModel = Annotated[str, typer.Option("--scorer-model", help="The scorer's model: a folder or name; not for knn.")]
ScorerUrl = Annotated[
    str | None, typer.Option("--scorer-url", help="Address of the scorer's endpoint; OPENAI_BASE_URL when left out.")
]
ScorerWay = Annotated[
    str, typer.Option("--scorer-way", help="How a model is asked: echo, letters (chat endpoints) or generate.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Pick nothing: tell how many calls and tokens asking the scorer would take.")
]
Group = Annotated[
    list[str] | None, typer.Option("--group", help="Column of groups; give it several times to cross columns.")
]
Floor = Annotated[
    int | None, typer.Option("--floor", help="At least so many texts of each --group are picked or labelled [1].")
]


@dataclass(frozen=True)
class RowOptions:
    """What the options say about rows, read and checked before anything takes long.

    `model`: what is to be asked how sure it is, shown `labels`; None where nothing has to be asked.
    """

    labeled: list[int]
    exclude: list[int]
    confidence: NDArray[np.float64] | None
    labels: dict[int, str]
    model: ModelSettings | None
    groups: list[tuple[str, ...]] | None
    floor: int


def scores_folder() -> Path:
    """Where models' answers are kept: a command that was stopped asks only what is missing."""
    from votek.settings import Settings

    return Settings().data / "scores"


def read_row_options(
    dataset: Dataset,
    *,
    method: str,
    labeled: Path | None,
    exclude: Path | None,
    confidence: str | None,
    label: str | None,
    scorer: ModelSettings,
    group: list[str] | None,
    floor: int | None,
) -> RowOptions:
    """Read and check them.

    Raises:
        FileError: a file of ids cannot be read.
        InputError: anything else that cannot be used; nothing that takes long has been done yet.
    """
    from votek.selection.registry import find_method

    chosen = find_method(method)
    if floor is not None and not group:
        raise InputError(f"--floor {floor} needs groups; give --group COLUMN.")
    named = None if labeled is None else read_rows(labeled, dataset, "--labeled")
    labels = {} if label is None else labels_of_rows(dataset, label, named)
    known = list(labels) if named is None else named
    barred = [] if exclude is None else read_rows(exclude, dataset, "--exclude")
    both = set(known) & set(barred)
    if both:
        raise InputError(
            f"The row with the id {dataset.ids[min(both)]!r} is both labelled and in --exclude; name it in one only."
        )
    return RowOptions(
        known,
        barred,
        None if confidence is None else confidence_column(dataset, confidence, {*known, *barred}),
        labels,
        _asked_model(chosen, confidence, label, scorer),
        crossed_groups(dataset, group) if group else None,
        (1 if floor is None else floor) if group else 0,
    )


def _asked_model(
    method: Method, confidence: str | None, label: str | None, model: ModelSettings
) -> ModelSettings | None:
    if confidence is not None and method.confidence == "unused":
        raise InputError(f"--confidence: the method {method.name!r} does not read any; leave it out.")
    if method.confidence != "needed" or confidence is not None:
        return None
    if label is None:
        raise InputError(
            f"The method {method.name!r} needs to know how sure a model is of each text: give --confidence COLUMN, or "
            "--label COLUMN with labelled texts for a scorer to learn from, or use fast-vote-k, which needs neither."
        )
    return model.check()
