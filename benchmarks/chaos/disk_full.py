"""A full disk, and room again: what was acknowledged stays, what was not is said to be unsaved and arrives later."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psutil

from benchmarks.chaos.installation import Installation, numbered
from benchmarks.chaos.labeler import BrowserlessLabeler
from benchmarks.chaos.promise import Outcome, Tally
from benchmarks.chaos.tab import Tab, browser
from benchmarks.chaos.web_killed import annotators, finish

__all__ = ["run"]

DISK_MB = 24
MOUNT = "mount"


class Disk(Protocol):
    """A data folder that can be made full."""

    kind: str
    folder: Path

    def fill(self, server: Installation) -> None:
        """From now on nothing more can be stored."""

    def free(self, server: Installation) -> None:
        """There is room again."""


class SmallDisk:
    """A file system in memory of a few megabytes: full as a disk is, for every process."""

    def __init__(self, folder: Path) -> None:
        self.kind = f"a file system of {DISK_MB} MB"
        self.folder = folder

    def fill(self, server: Installation) -> None:
        """Write zeros until there is no room for another byte."""
        ballast = os.open(self.folder / "ballast", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        try:
            for size in (1 << 20, 1 << 12, 1):
                with contextlib.suppress(OSError):
                    while os.write(ballast, b"\0" * size):
                        pass
        finally:
            os.close(ballast)

    def free(self, server: Installation) -> None:
        """Remove what took the room."""
        (self.folder / "ballast").unlink(missing_ok=True)


class LimitedFiles:
    """Where no file system may be mounted: the web server's files may not grow any more."""

    kind = "files that may not grow (RLIMIT_FSIZE on the web server)"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, server: Installation) -> None:
        """Forbid any file of the server to be longer than nothing at all."""
        self._limit(server, 0)

    def free(self, server: Installation) -> None:
        """Take the limit away."""
        self._limit(server, resource.RLIM_INFINITY)

    @staticmethod
    def _limit(server: Installation, soft: int) -> None:
        if server.web is not None:
            process = psutil.Process(server.web.pid)
            _, hard = process.rlimit(psutil.RLIMIT_FSIZE)
            process.rlimit(psutil.RLIMIT_FSIZE, (soft if soft != resource.RLIM_INFINITY else hard, hard))


@contextmanager
def small_disk() -> Iterator[Disk]:
    """A disk of a few megabytes where mounting is allowed, else limited files."""
    with tempfile.TemporaryDirectory(prefix="votek-disk-") as name:
        mount = [MOUNT, "-t", "tmpfs", "-o", f"size={DISK_MB}m", "votek-chaos", name]
        try:
            mounted = subprocess.run(mount, capture_output=True).returncode == 0
        except FileNotFoundError:
            mounted = False
        try:
            yield SmallDisk(Path(name)) if mounted else LimitedFiles(Path(name))
        finally:
            if mounted:
                subprocess.run(["umount", "--lazy", name], check=True)


def run(*, seed: int, chromium: bool = True, seconds: float = 8.0) -> Outcome:
    """People label onto a disk that is full for `seconds`; in the middle of that the web server is killed, too."""
    tally, began = Tally(), time.monotonic()
    with small_disk() as disk, Installation(folder=disk.folder) as server:
        project = server.make_project(numbered(400))
        server.start_web()
        with annotators(server, project, 2, seed=seed) as labelers:
            if chromium:
                with browser() as made:
                    tab = Tab(made, f"{server.url}/Annotate?project={project}")
                    _fill_and_free(disk, server, labelers, tally, seconds, random.Random(seed), tab)
                    _check_tab(tab, server, project, tally)
            else:
                _fill_and_free(disk, server, labelers, tally, seconds, random.Random(seed))
            finish(server, project, labelers, tally)
    return Outcome.of(
        "disk full",
        tally,
        broke=f"{disk.kind} full for {seconds:.0f} s, the web server killed and started again meanwhile",
        by="two annotators without a browser" + (" and one in Chromium" if chromium else ""),
        seconds=time.monotonic() - began,
        figures={"refused while full": sum(labeler.failures for labeler in labelers)},
    )


def _fill_and_free(
    disk: Disk,
    server: Installation,
    labelers: list[BrowserlessLabeler],
    tally: Tally,
    seconds: float,
    chance: random.Random,
    tab: Tab | None = None,
) -> None:
    _label(tab, chance, 5)
    if tab is not None and not tab.all_saved():
        tally.error("labels were not saved while there was room")
    time.sleep(1.0)
    disk.fill(server)
    _label(tab, chance, 5)
    time.sleep(seconds / 2)
    if not any(labeler.failures for labeler in labelers):
        tally.error("nothing was refused although the disk was full")
    if tab is not None and not tab.says("Not saved yet"):
        tally.error("the screen does not say that labels are not saved")
    server.kill_web()
    server.start_web(healthy=False)
    time.sleep(seconds / 2)
    disk.free(server)


def _label(tab: Tab | None, chance: random.Random, count: int) -> None:
    if tab is not None:
        tab.press(*(chance.choice("123") for _ in range(count)))


def _check_tab(tab: Tab, server: Installation, project: str, tally: Tally) -> None:
    before = tab.text
    if not tab.all_saved():
        tally.error("not everything was saved a minute after there was room again")
    events = server.events(project)
    tally.check_told(tab.told, events, who="local")
    tally.check_given(tab.given, events, who="local")
    tab.reload()
    tally.check_place(before, tab.comes_back_to(before), who="the person in Chromium")
