"""Which versions of what made a result, without importing any of it."""

from __future__ import annotations

import importlib
import importlib.metadata
import platform

__all__ = ["versions"]

_PACKAGES = ("votek", "numpy", "torch", "sentence-transformers", "tokenizers")


def versions() -> dict[str, str]:
    """Package -> installed version, and the interpreter and kind of machine."""
    found = {"python": platform.python_version(), "machine": f"{platform.system()} {platform.machine()}"}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = _of_checkout() if name == "votek" else "not installed"
    return found


def _of_checkout() -> str:
    return str(importlib.import_module("votek").__version__)
