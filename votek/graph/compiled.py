"""The one door to numba: compiled on first use, the machine code kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

__all__ = ["compiled"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function | None = None, *, reassociate: bool = False) -> Any:
    """Compile with numba, without holding Python's lock while it runs.

    `reassociate` lets a sum run in several lanes at once. The order is fixed when compiling and does
    not depend on where the arrays lie, so equal inputs still give equal bits.
    """
    if function is None:
        return lambda later: compiled(later, reassociate=reassociate)
    options: dict[str, Any] = {"nogil": True, "fastmath": {"reassoc", "contract"} if reassociate else False}
    try:
        return cast(_Function, numba.njit(cache=True, **options)(function))
    except RuntimeError:
        # Neither the package folder nor the user's cache folder can be written: compile in memory.
        return cast(_Function, numba.njit(**options)(function))
