"""What an export that retrieves needs: the vectors, and numpy files of them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from votek.errors import InputError
from votek.exports.files import ExportRequest, LabelledVectors

__all__ = ["needed_manifest", "needed_vectors", "npy_bytes"]


def needed_vectors(request: ExportRequest) -> LabelledVectors:
    """The vectors of the labelled texts; InputError when there are none."""
    if request.vectors is None:
        raise InputError(
            "The vectors that similar texts are found by are not computed yet. They are made in the background "
            "once the texts are loaded; wait for it, then export."
        )
    return request.vectors


def needed_manifest(request: ExportRequest) -> Mapping[str, Any]:
    """The lineage manifest of the prompt set, be it empty; InputError where none is given."""
    if request.prompts is None:
        raise InputError("This export needs the prompt set with its manifest. Build the prompts, then export.")
    return request.prompts.manifest


def npy_bytes(values: NDArray[Any]) -> bytes:
    """A .npy file of float32, which any reader of numpy's format can read without pickle."""
    out = io.BytesIO()
    np.lib.format.write_array(out, np.ascontiguousarray(values, dtype="<f4"), version=(1, 0), allow_pickle=False)
    return out.getvalue()
