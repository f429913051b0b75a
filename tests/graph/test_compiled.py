"""Compiled code works where nothing can be written to disk."""

from __future__ import annotations

import numba
import pytest

from votek.graph import compiled


def test_without_a_place_for_machine_code_it_is_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    real = numba.njit

    def njit(**options: object) -> object:
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return real(**options)

    monkeypatch.setattr(numba, "njit", njit)

    @compiled.compiled
    def add(a: int, b: int) -> int:
        return a + b

    assert add(2, 3) == 5
