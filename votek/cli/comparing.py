"""The command `compare`: several methods on the texts of a file, side by side."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from votek.cli import app
from votek.cli.kept_stages import kept_stages
from votek.cli.output import AsJson, Seed, answer, progress_bar, write_whole
from votek.cli.reading import Delimiter, Encoding, File, Format, Model, NearCopies, Template, Text, read_file

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["comparison_csv"]

COLUMNS = ("name", "picks", "similarity", "covered", "redundancy", "groups", "seconds")


@app.command()
def compare(
    file: File,
    budget: Annotated[int, typer.Option(help="How many texts each method picks.")],
    methods: Annotated[
        str | None, typer.Option(help="Names with commas between; all that need no model when left out.")
    ] = None,
    text: Text = None,
    template: Template = None,
    format: Format = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    group: Annotated[
        list[str] | None, typer.Option(help="Column of groups, to count those with a pick; several are crossed.")
    ] = None,
    seed: Seed = 0,
    near_copies: NearCopies = 0.95,
    model: Model = "all-MiniLM-L6-v2",
    out: Annotated[Path | None, typer.Option(help="Where the table goes, as CSV; printed when left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare methods on your own texts: what they share, cover, repeat, and take."""
    from votek import pipeline
    from votek.jobs.compare_methods import comparable, compare_methods

    dataset = read_file(file, text, template, None, format, encoding, delimiter)
    names = comparable() if methods is None else [name.strip() for name in methods.split(",") if name.strip()]
    with progress_bar() as progress:
        width = pipeline.graph_k("auto")
        prepared = pipeline.prepare(
            dataset.texts, model=model, threshold=near_copies, k=width, cache=kept_stages(), progress=progress
        )
        table = compare_methods(
            prepared, dataset, methods=names, budget=budget, groups=group or (), seed=seed, progress=progress
        )
    if out is not None:
        write_whole(out, comparison_csv(table))
    answer(as_json, table, _words(table))


def comparison_csv(table: Mapping[str, Any]) -> bytes:
    """The table as CSV: a row per method, and how many picks it shares with each."""
    names = [record["name"] for record in table["methods"]]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([*COLUMNS, *(f"shared with {name}" for name in names)])
    for record, shared in zip(table["methods"], table["shared"], strict=True):
        values = {**record, "picks": len(record["picks"])}
        writer.writerow([*(values[name] for name in COLUMNS), *shared])
    return buffer.getvalue().encode()


def _words(table: Mapping[str, Any]) -> str:
    grouped = table["groups_in_all"] is not None
    lines = [
        f"{table['budget']} of {table['texts']:,} distinct texts, by each method. Similar: mean cosine of a text to "
        f"its nearest pick. Covered: picked, or a pick among the {table['k']} nearest. Repeats: mean cosine of a pick "
        "to the nearest other pick.",
        f"{'method':<20}{'similar':>9}{'covered':>9}{'repeats':>9}"
        + (f"{'groups':>12}" if grouped else "")
        + f"{'seconds':>9}  most like",
    ]
    names = [record["name"] for record in table["methods"]]
    for at, record in enumerate(table["methods"]):
        others = [
            (share, name)
            for place, (share, name) in enumerate(zip(table["jaccard"][at], names, strict=True))
            if place != at
        ]
        like = max(others, key=lambda pair: pair[0], default=None)
        redundancy = "" if record["redundancy"] is None else f"{record['redundancy']:.3f}"
        groups = f"{record['groups']:>6} of {table['groups_in_all']}" if grouped else ""
        lines.append(
            f"{record['name']:<20}{record['similarity']:>9.3f}{record['covered']:>9.1%}{redundancy:>9}"
            + (f"{groups:>12}" if grouped else "")
            + f"{record['seconds']:>9.2f}  "
            + (f"{like[1]} (Jaccard {like[0]:.2f})" if like else "")
        )
    return "\n".join(lines)
