"""Results as JSON and as a table of the documentation; a run of one scenario replaces that row alone."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.chaos.promise import Outcome
from benchmarks.tables import markdown, write_between_marks

__all__ = ["record", "table", "write"]

HEADINGS = ("what", "broken", "who labelled", "labels", "lost", "doubled", "off their item", "result", "figures", "run")


def record(outcome: Outcome, *, load: float) -> dict[str, Any]:
    """An outcome as plain values, with the day and how busy the machine was when it began."""
    return {**asdict(outcome), "kept": outcome.kept, "date": str(dt.date.today()), "load": round(load, 1)}


def table(records: Sequence[Mapping[str, Any]]) -> list[Sequence[str]]:
    """The rows for a person to read."""
    return [HEADINGS, *(_cells(found) for found in records)]


def _cells(found: Mapping[str, Any]) -> Sequence[str]:
    figures = "; ".join(f"{name} {value:g}" for name, value in found["figures"].items())
    counts = (f"{found[name]:,}" for name in ("acknowledged", "lost", "doubled", "misplaced"))
    result = "kept" if found["kept"] else f"BROKEN: {'; '.join(found['errors'][:2])}"
    target = found["figures"].get("p95 target ms")
    if target is not None:
        result += f"; p95 at most {target:g} ms: {'met' if found['figures']['p95 ms'] <= target else 'MISSED'}"
    load = f", load {found['load']}" if found["load"] >= 0.5 else ""
    return (found["name"], found["broke"], found["by"], *counts, result, figures, f"{found['date']}{load}")


def write(page: Path, records: Sequence[Mapping[str, Any]], order: Sequence[str]) -> None:
    """Put the results into the page, and beside it as JSON, with earlier ones of scenarios that were not run now."""
    beside = page.with_suffix(".json")
    earlier = json.loads(beside.read_text("utf-8")) if beside.exists() else []
    merged = {found["name"]: found for found in [*earlier, *records]}
    rows = sorted(merged.values(), key=lambda found: order.index(found["name"]) if found["name"] in order else 99)
    beside.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", "utf-8")
    about = (
        f"{len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()} cores, "
        f"{platform.system()}. Where a load is given, other work ran beside it: read the times as upper bounds."
    )
    write_between_marks(page, f"{about}\n\n{markdown(table(rows))}")
