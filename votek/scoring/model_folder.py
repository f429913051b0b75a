"""Finds the files of a language model on this machine."""

from __future__ import annotations

from pathlib import Path

from votek.errors import ModelError
from votek.scoring.allowed import listed_model_folder, restricted

__all__ = ["model_folder"]

_FILES = ["*.safetensors", "*.json", "*.txt", "*.model", "*.jinja"]


def model_folder(name: str) -> Path:
    """Where the files of a model are that is given by folder or by name.

    A name is looked for in the local model cache, and fetched unless HF_HUB_OFFLINE is set. Where people sign in it is
    one of VOTEK_MODEL_FOLDER, and nothing is fetched.

    Raises:
        ModelError: there is no such model, or the folder is none.
    """
    path = listed_model_folder(name) if restricted() else Path(name).expanduser()
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise ModelError(
                f"The folder {path} is not a model: it holds no config.json. Give a folder that a causal language "
                "model was saved in with transformers, or the name of one."
            )
        return path.resolve()
    if path.exists() or not name.strip() or "\0" in name or name.startswith((".", "/", "~")):
        raise ModelError(
            f"{name!r} is not the folder of a model. Give a folder that a causal language model was saved in with "
            "transformers, or the name of one."
        )
    return _fetched(name)


def _fetched(name: str) -> Path:
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError, OSError):
        reason = "HF_HUB_OFFLINE is set"
    if not constants.is_offline_mode():
        try:
            return Path(snapshot_download(name, allow_patterns=_FILES))
        except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
            reason = " ".join(str(error).split())[:200]
    raise ModelError(
        f"The language model {name!r} is not on this machine and could not be fetched ({reason}). Give the path of a "
        f"model folder, or fetch it once, with a network, by: hf download {name}"
    )
