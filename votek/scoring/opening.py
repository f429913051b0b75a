"""From settings to a scorer: the one place that knows all tiers."""

from __future__ import annotations

from pathlib import Path

from votek.scoring.cached import CachedScorer
from votek.scoring.knn import KnnScorer
from votek.scoring.protocol import Scorer
from votek.scoring.settings import ModelSettings

__all__ = ["open_scorer"]


def open_scorer(settings: ModelSettings, *, key: str | None = None, cache: Path | None = None) -> Scorer:
    """The scorer that `settings` describe.

    `key`: for an endpoint; None: VOTEK_API_KEY, then OPENAI_API_KEY. `cache`: folder of kept scores; None: nothing
    is kept (the stand-in is quicker than its cache and never kept). Models load at the first request.

    Raises:
        InputError: the settings cannot be used together.
        ModelError: the local model is not there or is not one.
        ScoringError: the endpoint's address is refused, or no key is to be had.

    >>> open_scorer(ModelSettings()).name
    'knn'
    """
    settings.check()
    if settings.tier == "knn":
        return KnnScorer()
    asked = _asked(settings, key)
    return asked if cache is None else CachedScorer(asked, cache)


def _asked(settings: ModelSettings, key: str | None) -> Scorer:
    if settings.tier == "transformers":
        from votek.scoring.local import LocalScorer

        return LocalScorer(settings)
    from votek.scoring.endpoint import EndpointScorer

    return EndpointScorer(settings, key=key)
