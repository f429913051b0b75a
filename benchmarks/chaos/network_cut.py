"""The network is cut in the browser; meanwhile the server is started again with another signing key."""

from __future__ import annotations

import random
import time

from benchmarks.chaos.installation import Installation, numbered
from benchmarks.chaos.promise import Outcome, Tally
from benchmarks.chaos.tab import Tab, browser

__all__ = ["run"]

LABELS_OFFLINE = 20


def run(*, seed: int, seconds: float = 30.0) -> Outcome:
    """One person goes on labelling in Chromium through `seconds` without a network."""
    chance, tally, began = random.Random(seed), Tally(), time.monotonic()
    with Installation() as server, browser() as chromium:
        project = server.make_project(numbered(60))
        server.start_web()
        tab = Tab(chromium, f"{server.url}/Annotate?project={project}")
        tab.press(*(chance.choice("123") for _ in range(5)))
        if not tab.all_saved():
            tally.error("labels were not saved before the cut")
        told = len(tab.told)
        tab.context.set_offline(True)
        cut = time.monotonic()
        for _ in range(LABELS_OFFLINE):
            tab.press(chance.choice("123"))
            tab.pause(seconds / LABELS_OFFLINE / 2)
        if not tab.says(f"Offline: {LABELS_OFFLINE} kept in this browser"):
            tally.error("the screen does not say that it is offline")
        server.kill_web()
        (server.folder / "secret").write_text("another key, as after a rotation of keys", "ascii")
        server.start_web()
        tab.pause(max(0.0, seconds - (time.monotonic() - cut)))
        if len(tab.told) != told:
            tally.error("something was acknowledged without a network")
        before = tab.text
        tab.context.set_offline(False)
        back = time.monotonic()
        if not tab.all_saved():
            tally.error("not everything was saved a minute after the network was back")
        waited = time.monotonic() - back
        events = server.events(project)
        tally.check_told(tab.told, events, who="local")
        tally.check_given(tab.given, events, who="local")
        tab.reload()
        tally.check_place(before, tab.comes_back_to(before), who="the person in Chromium")
    return Outcome.of(
        "network cut",
        tally,
        broke=f"no network in the browser for {seconds:.0f} s, the server started again with another key meanwhile",
        by=f"one person in Chromium, {LABELS_OFFLINE} labels without a network",
        seconds=time.monotonic() - began,
        figures={"all saved after (s)": round(waited, 1)},
    )
