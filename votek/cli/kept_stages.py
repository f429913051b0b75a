"""What the data folder holds already of a file's vectors, copies and graph: a command need not make it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from votek.store.cache import StageCache

__all__ = ["KeptStages", "kept_stages"]


class KeptStages:
    """Reads finished stages and keeps none: nobody would ever remove what a command left behind."""

    def __init__(self, cache: StageCache) -> None:
        self._cache = cache

    def get(self, key: str) -> dict[str, NDArray[Any]] | None:
        """The arrays under `key`, or None."""
        return self._cache.get(key)

    def put(self, key: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Nothing is kept."""


def kept_stages() -> KeptStages | None:
    """The finished stages of the data folder; None where there is no data folder."""
    from votek.settings import Settings
    from votek.store.cache import StageCache

    folder = Settings().data / "stages"
    return KeptStages(StageCache(folder)) if folder.is_dir() else None
