"""Loads and compiles, while nothing is to be done, what the first job would otherwise wait for."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import numpy as np

from votek.errors import VotekError
from votek.settings import Settings

__all__ = ["warm_up"]

log = logging.getLogger(__name__)


def warm_up(settings: Settings, stop: threading.Event) -> None:
    """Run the smallest example of every slow start: selection kernel, embedding model, UMAP."""
    for name, step in (("selection", _kernels), ("model", lambda: _model(settings.model)), ("map", _map)):
        if stop.is_set():
            return
        began = time.monotonic()
        try:
            _call(step)
        except VotekError as error:  # the job that needs it will say so to a person
            log.warning("warming up %s: %s", name, error)
        else:
            log.info("%s is warm after %.1f s", name, time.monotonic() - began)


def _call(step: Callable[[], object]) -> None:
    step()


def _vectors() -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]]
    vectors = np.random.default_rng(0).normal(size=(64, 16)).astype(np.float32)
    return vectors


def _kernels() -> None:
    from votek.graph import build_graph
    from votek.selection import select

    select(build_graph(_vectors(), k=15), budget=4)


def _model(name: str) -> None:
    from votek.embeddings import embed

    embed(["warm"], model=name)


def _map() -> None:
    from votek.projection import warm

    warm()
