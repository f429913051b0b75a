"""What a person asks for on the Select page, as the workspace takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Wish"]


@dataclass(frozen=True)
class Wish:
    """Keyword arguments of `Workspace.request_selection`. `fits` False: the floors take more than the budget."""

    budget: int
    method: str
    k: int | Literal["auto"]
    rho: float
    seed: int
    groups: tuple[str, ...] = ()
    floor: int = 0
    fits: bool = True

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments."""
        return {name: value for name, value in vars(self).items() if name != "fits"}
