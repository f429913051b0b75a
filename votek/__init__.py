"""Which texts should a person label? Vote-k selection, labelling in the browser, and prompt sets.

The public names load on first use, so that `import votek` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from votek.annotation.agreement import agreement
    from votek.datasets import read_dataset
    from votek.embeddings import embed
    from votek.graph import build_graph
    from votek.imports import read_labels
    from votek.projection import project_2d
    from votek.prompts.build import build_prompts
    from votek.prompts.pack import load_pack
    from votek.prompts.retrieval import retrieve
    from votek.selection import methods, select
    from votek.workspace import open_workspace

__all__ = [
    "__version__",
    "agreement",
    "build_graph",
    "build_prompts",
    "embed",
    "load_pack",
    "methods",
    "open_workspace",
    "project_2d",
    "read_dataset",
    "read_labels",
    "retrieve",
    "select",
]

__version__ = "0.1.0"

_HOMES = {
    "agreement": "votek.annotation.agreement",
    "build_graph": "votek.graph",
    "build_prompts": "votek.prompts.build",
    "embed": "votek.embeddings",
    "load_pack": "votek.prompts.pack",
    "methods": "votek.selection",
    "open_workspace": "votek.workspace",
    "project_2d": "votek.projection",
    "read_dataset": "votek.datasets",
    "read_labels": "votek.imports",
    "retrieve": "votek.prompts.retrieval",
    "select": "votek.selection",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'votek' has no attribute {name!r}; it offers {', '.join(__all__)}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
