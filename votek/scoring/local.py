"""The tier of local models: exact label scores, or the answer that the model writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from votek.scoring.digests import digest_of
from votek.scoring.labels import answer_after, label_score, premise
from votek.scoring.protocol import Done, Request, Score
from votek.scoring.reading import first_line, read_label
from votek.scoring.settings import ModelSettings
from votek.scoring.transformers import LocalModel

__all__ = ["LocalScorer"]

_VERSION = 1


class LocalScorer:
    """Scores requests with a causal language model on this machine, in fp32, greedily.

    With way "echo", every label is scored by the log-probabilities of its tokens after the prompt; with "generate",
    and for free text, the model writes a line and the label is read from it.
    """

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        self._model = LocalModel(settings.model)
        self._bare: dict[tuple[str, str], list[float]] = {}

    @property
    def name(self) -> str:
        """Tier and model."""
        return f"transformers: {self._settings.model}"

    @property
    def digest(self) -> str:
        """SHA-256 over the model's files and the way it is asked. The processor is left out: it changes last bits."""
        asked = self._settings
        return digest_of(["transformers", _VERSION, self._model.digest, asked.way, asked.scoring, asked.max_tokens])

    def score(self, requests: Sequence[Request], *, done: Done | None = None) -> Iterator[Score]:
        """One score per request, in the same order, each as soon as it is computed.

        Raises:
            ModelError: the folder holds no causal language model.
            ScoringError: a prompt is longer than the model reads, or the model fails.
        """
        for request in requests:
            labelled = request.labels and self._settings.way == "echo"
            score = self._labelled(request) if labelled else self._written(request)
            if done is not None:
                done(request, score)
            yield score

    def _labelled(self, request: Request) -> Score:
        labels = list(dict.fromkeys(request.labels))
        answers = [answer_after(request.prompt, label) for label in labels]
        logs = self._model.log_probabilities(request.prompt, answers, item=request.id)
        bare = self._without_text(request, labels) if self._settings.scoring == "pmi" else None
        tokens = dict(zip(labels, logs, strict=True))
        return label_score(request, tokens, scoring=self._settings.scoring, bare=bare)

    def _without_text(self, request: Request, labels: Sequence[str]) -> dict[str, list[float]]:
        """The labels' log-probabilities after the premise, which is the same for many requests."""
        before = premise(request)
        missing = [label for label in labels if (before, label) not in self._bare]
        if missing:
            answers = [answer_after(before, label) for label in missing]
            found = self._model.log_probabilities(before, answers, item=request.id)
            self._bare.update({(before, label): logs for label, logs in zip(missing, found, strict=True)})
        return {label: self._bare[before, label] for label in labels}

    def _written(self, request: Request) -> Score:
        pieces, logs = self._model.write(request.prompt, most=self._settings.max_tokens, item=request.id)
        line, confidence = first_line(pieces, logs)
        prediction = read_label(line, request.labels) if request.labels else line or None
        return Score(request.id, prediction, confidence)
