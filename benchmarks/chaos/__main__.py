"""Break things and look whether labels are lost: `python -m benchmarks.chaos [SCENARIO ...] [--rounds N] [--write]`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.chaos import database_killed, disk_full, load, network_cut, web_killed, worker_killed
from benchmarks.chaos.promise import Outcome
from benchmarks.chaos.report import record, table, write
from benchmarks.tables import plain

__all__ = ["SCENARIOS", "main"]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
Options = argparse.Namespace

SCENARIOS: dict[str, tuple[str, Callable[[Options], Outcome]]] = {
    "web": (
        "web server killed, Chromium",
        lambda o: web_killed.in_the_browser(rounds=o.rounds or 50, seed=o.seed),
    ),
    "web-browserless": (
        "web server killed, without a browser",
        lambda o: web_killed.browserless(rounds=o.rounds or 25, seed=o.seed),
    ),
    "worker": ("worker killed", lambda o: worker_killed.run(rounds=o.rounds or 20, seed=o.seed)),
    "database": ("PostgreSQL killed", lambda o: database_killed.run(rounds=o.rounds or 10, seed=o.seed)),
    "disk": ("disk full", lambda o: disk_full.run(seed=o.seed, seconds=o.seconds or 20)),
    "network": ("network cut", lambda o: network_cut.run(seed=o.seed, seconds=o.seconds or 30)),
    "load": ("load", lambda o: load.run(seed=o.seed, seconds=o.seconds or 180)),
}
"""Name on the command line -> (name in the table, how to run it)."""


def main(arguments: Sequence[str]) -> int:
    """Run the scenarios, print one table; 1 when the promise was broken in any of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"all by default: {', '.join(SCENARIOS)}")
    parser.add_argument("--rounds", type=int, help="how often something is killed, instead of the usual number")
    parser.add_argument("--seconds", type=float, help="how long load, cut or full disk lasts, instead of as usual")
    parser.add_argument("--seed", type=int, default=20, help="seed of the random moments")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results here as JSON")
    parser.add_argument(
        "--write", type=Path, nargs="?", const=PAGE, metavar="PAGE", help="put the table into docs/reliability.md"
    )
    options = parser.parse_args(arguments)
    unknown = [name for name in options.scenarios if name not in SCENARIOS]
    if unknown:
        parser.error(f"there is no scenario {unknown[0]!r}; there are {', '.join(SCENARIOS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended, too
    records = []
    for name in options.scenarios or SCENARIOS:
        title, run = SCENARIOS[name]
        print(f"{title} ...", file=sys.stderr, flush=True)
        busy = os.getloadavg()[0]
        outcome = run(options)
        records.append(record(outcome, load=busy))
        verdict = "kept" if outcome.kept else "BROKEN"
        print(f"  {verdict} in {outcome.seconds:.0f} s {dict(outcome.figures)}", file=sys.stderr, flush=True)
        for error in outcome.errors:
            print(f"  {error}", file=sys.stderr, flush=True)
    print(plain(table(records)))
    if options.json:
        options.json.write_text(json.dumps(records, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if options.write:
        write(options.write, records, [title for title, _ in SCENARIOS.values()])
    return 0 if all(found["kept"] for found in records) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
