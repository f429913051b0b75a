"""The one door to numba: compiled on first use, the machine code kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

__all__ = ["compiled", "compiled_sum"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """Compile with numba; Python's lock is free while it runs."""
    return _compile(function, fastmath=False)


def compiled_sum(function: _Function) -> _Function:
    """The same for a function that only adds up, in several lanes at once.

    The order of the sum is fixed when compiling and does not depend on where the arrays lie, so equal
    inputs still give equal bits.
    """
    return _compile(function, fastmath={"reassoc", "contract"})


def _compile(function: _Function, *, fastmath: bool | set[str]) -> _Function:
    try:
        return cast(_Function, numba.njit(cache=True, nogil=True, fastmath=fastmath)(function))
    except RuntimeError:
        # Neither the package's folder nor the user's cache folder can be written: compile in memory.
        return cast(_Function, numba.njit(nogil=True, fastmath=fastmath)(function))
