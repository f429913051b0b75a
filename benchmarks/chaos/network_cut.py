"""The network is cut in the browser; the second time, the server comes back with another signing key meanwhile."""

from __future__ import annotations

import random
import time

from benchmarks.chaos.installation import Installation, numbered
from benchmarks.chaos.promise import Outcome, Tally
from benchmarks.chaos.tab import Tab, browser
from votek.access import rotate_key

__all__ = ["run"]

LABELS_OFFLINE = 20
PATIENCE_SECONDS = 150.0
"""Streamlit's own connection, by which a fresh token comes, waits up to a minute before it tries again."""


def run(*, seed: int, seconds: float = 30.0, other_key: bool = True) -> Outcome:
    """One person goes on labelling in Chromium through `seconds` without a network, twice with `other_key`."""
    chance, tally, began = random.Random(seed), Tally(), time.monotonic()
    with Installation() as server, browser() as chromium:
        project = server.make_project(numbered(80))
        server.start_web()
        tab = Tab(chromium, f"{server.url}/Annotate?project={project}")
        tab.press(*(chance.choice("123") for _ in range(5)))
        if not tab.all_saved():
            tally.error("labels were not saved before the cut")
        figures = {"all saved after (s)": _cut(tab, server, chance, tally, seconds=seconds, other_key=False)}
        if other_key:
            waited = _cut(tab, server, chance, tally, seconds=seconds / 3, other_key=True)
            figures["with another key (s)"] = waited
        events = server.events(project)
        tally.check_told(tab.told, events, who="local")
        tally.check_given(tab.given, events, who="local")
        before = tab.text
        tab.reload()
        tally.check_place(before, tab.comes_back_to(before), who="the person in Chromium")
    again = f", then for {seconds / 3:.0f} s with a server that has another key afterwards" if other_key else ""
    return Outcome.of(
        "network cut",
        tally,
        broke=f"no network in the browser for {seconds:.0f} s{again}",
        by=f"one person in Chromium, {LABELS_OFFLINE} labels in each cut",
        seconds=time.monotonic() - began,
        figures=figures,
    )


def _cut(
    tab: Tab, server: Installation, chance: random.Random, tally: Tally, *, seconds: float, other_key: bool
) -> float:
    """One cut; gives how many seconds after it everything was saved."""
    told = len(tab.told)
    tab.context.set_offline(True)
    cut = time.monotonic()
    for _ in range(LABELS_OFFLINE):
        tab.press(chance.choice("123"))
        tab.pause(seconds / LABELS_OFFLINE / 2)
    if not tab.says(f"Offline: {LABELS_OFFLINE} kept in this browser"):
        tally.error("the screen does not say that it is offline")
    if other_key:
        server.kill_web()
        rotate_key(server.settings, keep=False)
        server.start_web()
    tab.pause(max(0.0, seconds - (time.monotonic() - cut)))
    if len(tab.told) != told:
        tally.error("something was acknowledged without a network")
    before = tab.text
    tab.context.set_offline(False)
    back = time.monotonic()
    if not tab.all_saved(PATIENCE_SECONDS):
        tally.error(f"not everything was saved {PATIENCE_SECONDS:.0f} seconds after the network was back")
    tally.check_place(before, tab.text, who="the person in Chromium")
    return round(time.monotonic() - back, 1)
