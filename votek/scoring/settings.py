"""Which model answers, and how it is asked; everything but the key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from votek.errors import InputError

__all__ = ["CalibrationName", "ModelSettings", "ScoringName", "Tier", "Way"]

Tier = Literal["knn", "transformers", "openai"]
Way = Literal["echo", "letters", "generate"]
ScoringName = Literal["mean", "sum", "pmi"]
CalibrationName = Literal["none", "contextual", "batch"]
_MAX_CONCURRENCY = 64


@dataclass(frozen=True)
class ModelSettings:
    """Which model answers, and how it is asked. Never holds a key.

    `tier`: "knn" (no model), "transformers" (a causal language model on this machine), "openai" (an endpoint that
    speaks OpenAI's protocol). `model`: name or local path; `base_url`: of the endpoint, None: OPENAI_BASE_URL, else
    OpenAI itself. `way`: "echo" scores every label's tokens exactly; "letters" asks a chat model for an option's
    letter (endpoints only); "generate" lets the model write and reads the label from it. Free text is always
    generated. `scoring`, of "echo": mean log-probability of a label's tokens, their sum, or PMI_DC.
    `concurrency`: calls under way at once; `timeout`: seconds per call; `retries`: further attempts of a call.

    >>> ModelSettings().check().tier
    'knn'
    """

    tier: Tier = "knn"
    model: str = ""
    base_url: str | None = None
    way: Way = "echo"
    scoring: ScoringName = "mean"
    calibration: CalibrationName = "none"
    concurrency: int = 4
    timeout: float = 60.0
    retries: int = 5
    max_tokens: int = 64
    """Longest generated answer, in tokens."""

    def check(self) -> ModelSettings:
        """These settings, if they can be used.

        Raises:
            InputError: one of them, or their combination, cannot.
            ModelError: people sign in here, and the model is not one that this server offers.
        """
        for name, kind in (("tier", Tier), ("way", Way), ("scoring", ScoringName), ("calibration", CalibrationName)):
            if getattr(self, name) not in get_args(kind):
                raise InputError(f"The {name} is {getattr(self, name)!r}; choose one of {', '.join(get_args(kind))}.")
        _whole("concurrency", self.concurrency, 1, _MAX_CONCURRENCY)
        _whole("retries", self.retries, 0, 20)
        _whole("max_tokens", self.max_tokens, 1, 4096)
        seconds: object = self.timeout
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= 3600:
            raise InputError(f"The time-out is {seconds!r}; give seconds, above 0 and up to 3600.")
        if self.tier != "knn" and not self.model.strip():
            kind_of = "folder or name of the model" if self.tier == "transformers" else "model's name at the endpoint"
            raise InputError(f"No model is named. Give the {kind_of}, or choose the stand-in without a model.")
        self._check_combination()
        return self

    def _check_combination(self) -> None:
        if self.tier == "transformers" and self.way == "letters":
            raise InputError("A local model needs no option letters: choose echo (exact scores) or generate.")
        if self.scoring == "pmi" and self.tier != "knn" and self.way != "echo":
            raise InputError(f"PMI needs exact scores of labels, which {self.way!r} does not give: choose echo.")
        if self.calibration != "none" and self.tier == "knn":
            raise InputError("The stand-in without a model has nothing to calibrate: choose calibration none.")
        if self.calibration != "none" and self.way == "generate":
            raise InputError("Calibration needs scores of all labels: choose echo or letters, or calibration none.")
        if self.calibration != "none" and self.scoring == "pmi":
            raise InputError("PMI is a calibration of its own: choose mean or sum, or calibration none.")
        if self.tier == "openai":
            from votek.scoring.keys import endpoint_url
            from votek.scoring.urls import check_url

            check_url(endpoint_url(self.base_url))
        if self.tier == "transformers":
            from votek.scoring.allowed import listed_model_folder, restricted

            if restricted():
                listed_model_folder(self.model)

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> ModelSettings:
        """From what was stored, by this version or another."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: found for name, found in value.items() if name in known})


def _whole(name: str, value: object, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InputError(f"{name} is {value!r}; give a whole number from {least} to {most}.")
