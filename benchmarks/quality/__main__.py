"""Methods by label sets by budgets: `python -m benchmarks.quality [--seeds 5] [--methods NAME ...] [--write]`."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.machine import machine
from benchmarks.quality.measure import PAPER, RANDOM_POOLS, Measured, measure, usual_methods
from benchmarks.quality.pools import pools
from benchmarks.quality.statistics import cell_result, gains, mean_gain_interval
from benchmarks.tables import markdown, plain, write_between_marks
from votek.selection.registry import AUTO
from votek.settings import Settings

__all__ = ["main"]

PAGE = Path(__file__).parent.parent.parent / "docs" / "quality.md"
BUDGETS = (18, 50, 100, 200)
SIZE = 3_000
YARDSTICK = "facility-location"


def main(arguments: Sequence[str]) -> int:
    """Measure, print the tables and, with --write, put them into docs/quality.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="pools per data set")
    parser.add_argument("--size", type=int, default=SIZE, help="texts per pool")
    parser.add_argument("--budgets", type=int, nargs="+", default=list(BUDGETS))
    parser.add_argument("--methods", nargs="+", default=usual_methods(), metavar="NAME")
    parser.add_argument("--cache", type=Path, default=Settings().data / "benchmarks", help="where vectors are kept")
    parser.add_argument("--write", action="store_true", help=f"write the tables into {PAGE.name}")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    names = list(dict.fromkeys([*options.methods, "random"]))
    measured = measure(pools(options.size, options.seeds, options.cache), options.budgets, methods=names)
    by_cell, overall = _by_cell(measured), _overall(measured)
    print(plain(overall), plain(by_cell), sep="\n\n")
    took = time.perf_counter() - start
    print(f"\n{took:.0f} s")
    if options.write:
        about = (
            f"Measured on {dt.date.today()} in {took / 60:.1f} minutes: {options.seeds} pools of {options.size:,} "
            f"texts per data set, all test items, random = mean of {RANDOM_POOLS} pools. {machine()}"
        )
        write_between_marks(PAGE, f"{about}\n\n{markdown(overall)}\n\n{markdown(by_cell)}")
    return 0


def _overall(measured: Measured) -> list[list[str]]:
    """One row per method, the best first."""
    found, cells = gains(measured), measured.cells
    head = ["method", "mean gain over random", f"over {YARDSTICK}", "cells won", "lowest cell", "seconds"]
    rows = []
    for method in sorted(found, key=lambda name: -found[name].mean):
        results = {cell: cell_result(measured, method, cell) for cell in cells}
        lowest = min(cells, key=lambda cell: results[cell].below)
        low, high = found[method].interval()
        margin = ""
        if YARDSTICK in found and method not in (YARDSTICK, "random"):
            difference, least, most = mean_gain_interval(found[method], found[YARDSTICK])
            margin = f"{difference:+.1%} ({least:+.1%} to {most:+.1%})"
        if method == "random":
            rows.append([_named(method), "0", "", "", "", f"{measured.seconds[method]:.1f}"])
            continue
        rows.append(
            [
                _named(method),
                f"{found[method].mean:+.1%} ({low:+.1%} to {high:+.1%})",
                margin,
                f"{sum(result.won for result in results.values())} of {len(cells)}",
                f"{lowest.labels}, M = {lowest.budget}: {results[lowest].gain:+.1%} "
                f"({results[lowest].below:+.1f} standard errors)",
                f"{measured.seconds[method]:.1f}",
            ]
        )
    return [head, *rows]


def _by_cell(measured: Measured) -> list[list[str]]:
    """One row per method, one column per cell: accuracy, its deviation over pools, and the gain over random."""
    cells = measured.cells
    head = ["method", *(f"{cell.labels}, M = {cell.budget}" for cell in cells)]
    rows = []
    for method in measured.methods:
        cells_of = [cell_result(measured, method, cell) for cell in cells]
        rows.append(
            [
                _named(method),
                *(
                    f"{result.accuracy:.3f} ± {result.deviation:.3f}"
                    + (f" ({result.gain:+.1%})" if method != "random" else "")
                    for result in cells_of
                ),
            ]
        )
    return [head, *rows]


def _named(method: str) -> str:
    return {AUTO: f"{AUTO} (auto)", PAPER: f"{PAPER} (the paper's)"}.get(method, method)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
