"""The machine that a table was measured on, in words."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import psutil

__all__ = ["machine"]

LIBRARIES = ("numpy", "torch", "sentence-transformers", "faiss-cpu", "numba", "umap-learn", "scipy")


def machine() -> str:
    """Processor, cores, memory, system, libraries, and how busy it was with other work."""
    load = os.getloadavg()[0]
    cores = len(psutil.Process().cpu_affinity()) if hasattr(psutil.Process, "cpu_affinity") else os.cpu_count()
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{_processor()}, {cores} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB memory, no GPU used; "
        f"{platform.system()} {platform.release().split('-')[0]}, Python {platform.python_version()}, {libraries}. "
        f"Load at the start: {load:.1f}"
        + ("." if load < 0.5 else ", so other work ran beside it: read the ratios, not the seconds.")
    )


def _processor() -> str:
    listing = Path("/proc/cpuinfo")
    if listing.is_file():
        for line in listing.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
