"""Time for a text: gaps between a person's events, without pauses and parcels."""

import datetime as dt
from dataclasses import replace

from votek.annotation.pace import pace

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def timed(event, rows):
    return [
        replace(event(at, kind, f"i{at}", None, who), time=START + dt.timedelta(seconds=seconds))
        for at, (seconds, kind, who) in enumerate(rows, start=1)
    ]


def test_gaps_are_the_time_and_pauses_and_parcels_are_left_out(event):
    rows = [
        (0, "label", "ann"), (10, "label", "ann"), (11, "label", "bob"), (14, "flag", "ann"), (20, "skip", "ann"),
        (400, "label", "ann"), (400.05, "label", "ann"), (408.05, "label", "ann"),
    ]  # fmt: skip
    ann, bob = pace(timed(event, rows))
    assert (ann.who, ann.decisions, ann.median) == ("ann", 3, 8.0)  # 10, 6 after a flag, and 8
    assert (ann.low, ann.high) == (7.0, 9.0)
    assert (bob.decisions, bob.median) == (0, None)


def test_imported_labels_took_nobody_any_time(event):
    assert pace([event(at, "label", f"i{at}", "x", "import", "import") for at in range(1, 5)]) == ()
