"""From settings to a scorer: the one place that knows all tiers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from votek.scoring.cached import CachedScorer
from votek.scoring.calibration import CalibratedScorer
from votek.scoring.knn import KnnScorer
from votek.scoring.protocol import Scorer
from votek.scoring.settings import ModelSettings

__all__ = ["open_scorer", "open_uncalibrated"]


def open_scorer(
    settings: ModelSettings,
    *,
    key: str | None = None,
    cache: Path | None = None,
    check: Callable[[], None] | None = None,
) -> Scorer:
    """The scorer that `settings` describe.

    `key`: for an endpoint; None: VOTEK_API_KEY, then OPENAI_API_KEY. `cache`: folder of kept scores; None: nothing
    is kept (the stand-in is quicker than its cache and never kept). `check`: called while an endpoint is waited for;
    what it raises ends the work. Models load at the first request.

    Raises:
        InputError: the settings cannot be used together.
        ModelError: the local model is not there or is not one.
        ScoringError: the endpoint's address is refused, or no key is to be had.

    >>> open_scorer(ModelSettings()).name
    'knn'
    """
    settings.check()
    asked = open_uncalibrated(settings, key=key, check=check)
    if settings.tier == "knn":
        return asked
    if cache is not None:
        asked = CachedScorer(asked, cache)
    return asked if settings.calibration == "none" else CalibratedScorer(asked, settings.calibration)


def open_uncalibrated(
    settings: ModelSettings, *, key: str | None = None, check: Callable[[], None] | None = None
) -> Scorer:
    """The model alone: what is kept are its own scores, so that another calibration asks nothing again."""
    if settings.tier == "knn":
        return KnnScorer()
    if settings.tier == "transformers":
        from votek.scoring.local import LocalScorer

        return LocalScorer(settings)
    from votek.scoring.endpoint import EndpointScorer

    return EndpointScorer(settings, key=key, check=check)
