"""The methods by name. A new one is a file with a `Method` in it, and a line here."""

from __future__ import annotations

from votek.errors import UnknownNameError
from votek.selection.covericl import COVERICL
from votek.selection.determinantal import DPP, LM_DPP
from votek.selection.diversity import DIVERSITY
from votek.selection.facility_location import FACILITY_LOCATION
from votek.selection.fast_votek import FAST_VOTE_K
from votek.selection.graph_cut import GRAPH_CUT
from votek.selection.ideal import IDEAL
from votek.selection.k_center import K_CENTER
from votek.selection.k_means_medoid import K_MEANS_MEDOID
from votek.selection.least_confidence import LEAST_CONFIDENCE
from votek.selection.probcover import PROBCOVER
from votek.selection.problem import Method
from votek.selection.random_order import RANDOM
from votek.selection.two_stage_votek import VOTE_K
from votek.selection.typiclust import TYPICLUST
from votek.selection.weighted_coverage import WEIGHTED_COVERAGE

__all__ = ["AUTO", "METHODS", "find_method", "methods"]

METHODS = {
    method.name: method
    for method in (
        WEIGHTED_COVERAGE,
        FAST_VOTE_K,
        VOTE_K,
        FACILITY_LOCATION,
        K_MEANS_MEDOID,
        TYPICLUST,
        PROBCOVER,
        K_CENTER,
        DIVERSITY,
        GRAPH_CUT,
        DPP,
        LM_DPP,
        IDEAL,
        LEAST_CONFIDENCE,
        COVERICL,
        RANDOM,
    )
}

AUTO = WEIGHTED_COVERAGE.name
"""What `method="auto"` means: the best of those that need no more than the graph, as measured in docs/quality.md."""


def methods() -> dict[str, str]:
    """The selection methods: name -> what it does, in one plain sentence.

    >>> methods()["random"]
    'Picks texts at random: the baseline that every method should beat.'
    """
    return {name: method.sentence for name, method in METHODS.items()}


def find_method(name: str) -> Method:
    """The method called `name`; "auto" is the best one known.

    Raises:
        UnknownNameError: there is none of that name.
    """
    found = METHODS.get(AUTO if name == "auto" else name) if isinstance(name, str) else None
    if found is None:
        raise UnknownNameError(f"There is no selection method {name!r}; choose one of: auto, {', '.join(METHODS)}.")
    return found
