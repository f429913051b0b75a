"""Model folders whose weights or code would run as a program are refused before any library opens them."""

from __future__ import annotations

import json
from pathlib import Path

from votek.errors import ModelError

__all__ = ["check_model_folder"]

_PICKLED = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib"}
_STARTS = (b"PK\x03\x04", *(b"\x80" + bytes([protocol]) for protocol in range(2, 6)))
_OWN = "sentence_transformers."


def check_model_folder(name: str, folder: Path) -> None:
    """Refuse a folder that holds pickled weights without safetensors beside them, or names code of its own.

    A pickle runs whatever its author wrote, at the moment it is opened. Where a `.safetensors` file lies in the same
    folder, that one is loaded and the other never opened.

    Raises:
        ModelError: the folder holds such weights, or its `modules.json` names classes of another library.
    """
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in _PICKLED and _is_pickled(path) and not any(path.parent.glob("*.safetensors")):
            raise ModelError(
                f"The model {name!r} keeps its weights in {path.relative_to(folder)}, a pickle, which could run any "
                "program and is never opened. Save the model again as safetensors, or use one that is."
            )
    for kind in _module_types(folder / "modules.json"):
        if not kind.startswith(_OWN):
            raise ModelError(
                f"The model {name!r} names the class {kind[:80]!r} in modules.json. Code that comes with a model is "
                "never run; use a model of sentence-transformers' own parts."
            )


def _is_pickled(path: Path) -> bool:
    """Whether the file begins as a pickle does, or as the archive that torch puts one in."""
    try:
        with path.open("rb") as file:
            return file.read(4).startswith(_STARTS)
    except IsADirectoryError:
        return False
    except OSError as error:
        raise ModelError(f"The model file {path} cannot be read: {error}. Check its permissions.") from error


def _module_types(path: Path) -> list[str]:
    try:
        listed = json.loads(path.read_bytes())
        return [str(module["type"]) for module in listed]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError, KeyError, RecursionError, OSError) as error:
        raise ModelError(
            f"modules.json of the model in {path.parent} cannot be read ({type(error).__name__}). It must be a whole "
            "sentence-transformers folder."
        ) from error
