"""The command `groups`: which group of texts fares worst."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from votek.cli import app
from votek.cli.given_rows import column, crossed_groups, read_rows
from votek.cli.output import AsJson, Seed, answer, progress_bar, share_words
from votek.cli.pruning import NEAR
from votek.cli.reading import Delimiter, Encoding, File, Format, Id, Model, Template, Text, read_file
from votek.errors import InputError

if TYPE_CHECKING:
    from votek.datatypes import Dataset

__all__ = ["groups"]

Answers = Annotated[str | None, typer.Option("--prediction", help="Column of answers; else the picks answer.")]
Against = Annotated[str | None, typer.Option("--against", help="Column of other answers to the same items.")]
Group = Annotated[
    list[str] | None, typer.Option("--group", help="Column of groups; give it several times to cross columns.")
]
Picks = Annotated[
    Path | None, typer.Option(help="The pool: a file of ids, as written by `select`. They answer the other texts.")
]


@app.command()
def groups(
    file: File,
    group: Group = None,
    label: Annotated[str, typer.Option(help="Column of the right answers.")] = "label",
    prediction: Answers = None,
    against: Against = None,
    picks: Picks = None,
    text: Text = None,
    template: Template = None,
    id_column: Id = None,
    format: Format = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    seed: Seed = 0,
    model: Model = "all-MiniLM-L6-v2",
    as_json: AsJson = False,
) -> None:
    """Tell which group of texts fares worst, with a pool of picks or with the answers of a model."""
    import numpy as np

    from votek.datasets.groups import group_words
    from votek.evaluation import compare_worst_group
    from votek.jobs.analyse_groups import accuracy_table

    if not group:
        raise InputError("There are no groups. Give --group COLUMN, several times to cross columns.")
    if (prediction is None) == (picks is None):
        raise InputError("Give either --prediction COLUMN (answers of a model) or --picks FILE (a pool that answers).")
    dataset = read_file(file, text, template, id_column, format, encoding, delimiter)
    right = [cell.strip() for cell in column(dataset, label, "--label")]
    names = [group_words(one) for one in crossed_groups(dataset, group)]
    if picks is not None:
        rows, given = _answers_of_picks(dataset, right, read_rows(picks, dataset, "--picks"), model)
    else:
        cells = column(dataset, str(prediction), "--prediction")
        rows = [row for row, cell in enumerate(right) if cell]
        given = [cells[row].strip() for row in rows]
    if not rows:
        raise InputError(f"--label: no text to test has anything in {label!r}; name a column of right answers.")
    hits = np.array([right[row] == one for row, one in zip(rows, given, strict=True)], dtype=bool)
    tested = [names[row] for row in rows]
    table = accuracy_table(hits, tested, seed=seed)
    if against is not None:
        others = column(dataset, against, "--against")
        other = np.array([right[row] == others[row].strip() for row in rows], dtype=bool)
        change = compare_worst_group(hits, other, tested, seed=seed)
        table["change"] = {"minimum": vars(change.minimum), "overall": vars(change.overall), "better": change.better}
    answer(as_json, table, "\n".join(_group_lines(table)))


def _answers_of_picks(dataset: Dataset, right: list[str], picks: list[int], model: str) -> tuple[list[int], list[str]]:
    """(rows, answers): each labelled text that is no pick, nor a copy of one, is answered by the most similar pick."""
    import votek
    from votek.duplicates import find_copies

    taught = [row for row in picks if right[row]]
    if not taught:
        raise InputError("--picks: none of them has a label, so that they cannot answer. Give their labels in --label.")
    with progress_bar() as progress:
        found = votek.embed(dataset.texts, model=model, progress=progress)
    copies = find_copies(dataset.texts, found.vectors, threshold=NEAR).tolist()
    near = {copies[row] for row in picks}
    rows = [row for row, cell in enumerate(right) if cell and copies[row] not in near]
    if not rows:
        raise InputError("There is no labelled text beside the picks to test them on. Give a file that has some.")
    nearest = votek.retrieve(found.vectors[taught], found.vectors[rows], n=1, mean=found.mean)[:, 0]
    return rows, [right[taught[place]] for place in nearest.tolist()]


def _group_lines(table: dict[str, Any]) -> list[str]:
    lines = [f"all items: {share_words(table['overall'])} of {table['n']:,}"]
    for name, small in (("groups", ""), ("small", "  (too few items to judge)")):
        lines += [f"{one['group']}: {share_words(one['accuracy'])} of {one['n']:,}{small}" for one in table[name]]
    if table["worst"] is None:
        return [*lines, f"No group has {table['least']} items or more, so that none can be called the worst."]
    lines.append(f"worst: {table['worst']}, {share_words(table['minimum'])}; gap {100 * table['gap']:.1f} points")
    if "change" in table:
        change = table["change"]["minimum"]
        ends = f"{100 * change['low']:+.1f} to {100 * change['high']:+.1f}"
        lines.append(f"with the other answers the worst changes by {100 * change['value']:+.1f} points ({ends})")
    return lines
