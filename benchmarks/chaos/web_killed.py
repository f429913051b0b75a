"""kill -9 of the web server at random moments, under a real Chromium and under browser-less annotators."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from benchmarks.chaos.installation import LABELS, Installation, numbered
from benchmarks.chaos.labeler import BrowserlessLabeler
from benchmarks.chaos.promise import Outcome, Tally
from benchmarks.chaos.tab import Tab, browser

__all__ = ["annotators", "browserless", "finish", "in_the_browser", "labelers_of"]

PEOPLE = 3
WINDOW_SECONDS = 1.2


def in_the_browser(*, rounds: int, seed: int) -> Outcome:
    """Ten labels a round in one Chromium session; the server dies at a random moment among them."""
    chance, tally, began = random.Random(seed), Tally(), time.monotonic()
    ways: Counter[str] = Counter()
    with Installation() as server, browser() as chromium:
        project = server.make_project(numbered(10 * rounds + 10))
        server.start_web()
        tab = Tab(chromium, f"{server.url}/Annotate?project={project}")
        for _ in range(rounds):
            with _killed_after(server, chance.uniform(0, WINDOW_SECONDS)):
                shown = _label(tab, chance, 7)
            events = server.events(project)
            tally.check_told(tab.told, events, who="local")
            stored = Counter((event.item, event.value) for event in events)
            for given in (Counter(shown) - stored).elements():
                tally.error(f"the screen said that all is saved, and {given} is not stored")
            tab.press(*(chance.choice("123") for _ in range(3)))  # without a server
            server.start_web()
            ways[_come_back(tab, chance, tally)] += 1
        if not tab.all_saved():
            tally.error("not everything was saved a minute after the last kill")
        events = server.events(project)
        tally.check_told(tab.told, events, who="local")
        tally.check_given(tab.given, events, who="local")
    return Outcome.of(
        "web server killed, Chromium",
        tally,
        broke=f"kill -9 of the web server at {rounds} random moments",
        by="one person in Chromium; after the kill they "
        + ", ".join(f"{way} ({n})" for way, n in sorted(ways.items())),
        seconds=time.monotonic() - began,
    )


def _label(tab: Tab, chance: random.Random, count: int) -> list[tuple[str, str]]:
    """Label at a person's uneven pace; gives what the screen last showed as saved."""
    shown: list[tuple[str, str]] = []
    for _ in range(count):
        tab.press(chance.choice("123"))
        tab.pause(chance.uniform(0, 0.2))
        shown = tab.shown_as_saved() or shown
    return shown


@contextmanager
def _killed_after(server: Installation, seconds: float) -> Iterator[None]:
    """Kill the web server after so many seconds of what is done meanwhile, or at its end."""
    timer = threading.Timer(seconds, server.kill_web)
    timer.start()
    try:
        yield
    finally:
        timer.join()


def _come_back(tab: Tab, chance: random.Random, tally: Tally) -> str:
    """Go on in one of the ways in which people go on, and look where one lands."""
    before = tab.text
    way = chance.choice(("went on in the tab", "reloaded the page", "lost the tab and opened another"))
    if way == "reloaded the page":
        tab.reload()
    elif way == "lost the tab and opened another":
        tab.crash()
    tally.check_place(before, tab.comes_back_to(before), who="the person in Chromium")
    if chance.random() < 0.5 and not tab.all_saved():
        tally.error("not everything was saved a minute after the server was back")
    return way


def browserless(*, rounds: int, seed: int, people: int = PEOPLE) -> Outcome:
    """Several annotators label without a break while the server dies and comes back."""
    chance, tally, began = random.Random(seed), Tally(), time.monotonic()
    with Installation(team=True) as server:
        project = server.make_project(numbered(40 * rounds + 400))
        server.start_web()
        with annotators(server, project, people, seed=seed) as labelers:
            for _ in range(rounds):
                time.sleep(chance.uniform(0.1, WINDOW_SECONDS))
                server.kill_web()
                told = [(labeler, labeler.saved_so_far()) for labeler in labelers]
                events = server.events(project)
                for labeler, saved in told:
                    tally.check_told(saved, events, who=labeler.person)
                server.start_web()
                _look_where_one_lands(chance.choice(labelers), tally)
            finish(server, project, labelers, tally)
    return Outcome.of(
        "web server killed, without a browser",
        tally,
        broke=f"kill -9 of the web server at {rounds} random moments",
        by=f"a team of {people} without a browser, up to 4 labels a second each, by the labeler's rules for retrying",
        seconds=time.monotonic() - began,
        figures={"retries": sum(labeler.failures for labeler in labelers)},
    )


def _look_where_one_lands(labeler: BrowserlessLabeler, tally: Tally) -> None:
    with labeler.pausing:
        wanted = labeler.item
        tally.check_place(wanted, labeler.open(), who=labeler.person)


def labelers_of(server: Installation, project: str, people: int, *, seed: int) -> list[BrowserlessLabeler]:
    """Annotators of the project without a browser, nothing opened yet."""
    return [
        BrowserlessLabeler(server.url, person=person, ask_token=partial(server.token, project, person), seed=seed + i)
        for i, person in enumerate(server.add_annotators(project, people))
    ]


@contextmanager
def annotators(server: Installation, project: str, people: int, *, seed: int) -> Iterator[list[BrowserlessLabeler]]:
    """Browser-less annotators that label at a person's uneven pace until the end of the block."""
    over = threading.Event()
    labelers = labelers_of(server, project, people, seed=seed)
    threads = []
    for place, labeler in enumerate(labelers):
        labeler.open()
        thread = threading.Thread(target=_keep_labelling, args=(labeler, random.Random(f"{seed} {place}"), over))
        thread.start()
        threads.append(thread)
    try:
        yield labelers
    finally:
        over.set()
        for thread in threads:
            thread.join()
        for labeler in labelers:
            labeler.close()


def _keep_labelling(labeler: BrowserlessLabeler, chance: random.Random, over: threading.Event) -> None:
    while not over.wait(chance.uniform(0.05, 0.45)):
        with labeler.pausing:
            labeler.press(chance.choice(LABELS))


def finish(server: Installation, project: str, labelers: list[BrowserlessLabeler], tally: Tally) -> None:
    """Everybody stops, everything is saved, each opens the page again, and the log holds what was given."""
    for labeler in labelers:
        labeler.pausing.acquire()
    for labeler in labelers:
        if not labeler.all_saved():
            tally.error(f"{labeler.person} still has {len(labeler.outbox)} labels that are not saved")
        for message in labeler.unexpected[:5]:
            tally.error(f"{labeler.person} got {message}")
    events = server.events(project)
    for labeler in labelers:
        wanted = labeler.item
        tally.check_place(wanted, labeler.open(), who=labeler.person)
        tally.check_told(labeler.saved_so_far(), events, who=labeler.person)
        tally.check_given(labeler.given, events, who=labeler.person)
        labeler.pausing.release()
