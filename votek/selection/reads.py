"""Which settings change what a method picks, so that nobody is asked for one that does not."""

from __future__ import annotations

__all__ = ["SETTINGS", "reads"]

SETTINGS = ("k", "rho", "seed")

_READS: dict[str, tuple[str, ...]] = {
    "weighted-coverage": ("k",),
    "fast-vote-k": ("k", "rho"),
    "vote-k": ("k", "rho"),
    "facility-location": (),
    "k-means-medoid": ("seed",),
    "typiclust": ("seed",),
    "probcover": ("k", "seed"),
    "k-center": ("k",),
    "diversity": ("k",),
    "graph-cut": (),
    "dpp": ("k",),
    "lm-dpp": (),
    "ideal": ("seed",),
    "least-confidence": (),
    "covericl": (),
    "random": ("seed",),
}


def reads(name: str) -> tuple[str, ...]:
    """The settings that the method of this name reads, of k, rho and seed; all of them for a method not listed here.

    >>> reads("random")
    ('seed',)
    """
    return _READS.get(name, SETTINGS)
