"""Ours beside the peers, in one run: `python -m benchmarks [--sizes 1k 3k 10k 100k] [--only PART] [--write]`."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import embedding, labelling, packs, projection, prompting, selection
from benchmarks.machine import machine
from benchmarks.tables import markdown, plain, write_between_marks
from benchmarks.targets import verdict

__all__ = ["main"]

Row = Mapping[str, Any]
PARTS: dict[str, Callable[[Sequence[int]], Sequence[Row]]] = {
    "selection": selection.run,
    "embedding": embedding.run,
    "projection": projection.run,
    "packs": packs.run,
    "prompts": prompting.run,
    "labelling": lambda _: labels(),
}
SIZES = (1_000, 3_000, 10_000)
PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
HEADINGS = ("work", "texts", "ours", "peer", "peer's time", "ratio", "target", "note")


def main(arguments: Sequence[str]) -> int:
    """Measure, print one table and, with --write, put it into docs/performance.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--sizes", "--size", nargs="+", type=_size, default=list(SIZES), metavar="N", help="1k, 10k, ..."
    )
    parser.add_argument("--only", choices=sorted(PARTS), action="append", help="measure this part only")
    parser.add_argument("--write", action="store_true", help=f"write the table into {PAGE.name}")
    options = parser.parse_args(arguments)
    described = machine()
    print(described, flush=True)
    rows: list[Row] = []
    for part in options.only or PARTS:
        print(f"measuring {part} ...", file=sys.stderr, flush=True)
        rows += PARTS[part](options.sizes)
    table = [HEADINGS, *(_cells(row) for row in rows)]
    print(plain(table))
    if options.write:
        write_between_marks(PAGE, f"Measured on {dt.date.today()}: {described}\n\n{markdown(table)}")
    return 0


def labels() -> list[Row]:
    """The labelling benchmark in the columns of this table: 95th percentiles, and their limit as the peer."""
    return [
        {
            "name": row["name"],
            "size": row["count"],
            "ours_s": row["p95_ms"] / 1000,
            "peer": "limit for 95 of 100",
            "peer_s": row["target_ms"] / 1000,
            "ratio": None,
            "note": f"median {row['p50_ms']:.0f} ms; {row['labels_in_store']} labels in the store"
            + (f"; {row['note']}" if "note" in row else ""),
        }
        for row in labelling.run()
    ]


def _size(text: str) -> int:
    number = text.lower().replace("_", "").replace(",", "")
    factor = {"k": 1_000, "m": 1_000_000}.get(number[-1:], 1)
    size = int(number.rstrip("km")) * factor
    if size < 1_000:
        raise argparse.ArgumentTypeError(f"{text} is too small to measure; give 1k or more")
    return size


def _cells(row: Row) -> tuple[str, ...]:
    ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
    return (
        row["name"],
        f"{row['size']:,}",
        _seconds(row["ours_s"]),
        row["peer"],
        _seconds(row["peer_s"]),
        ratio,
        verdict(row),
        row["note"],
    )


def _seconds(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value * 1000:.1f} ms" if value < 0.1 else f"{value:.2f} s"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
