"""The kinds of things that a file of labels may hold and votek does not keep, and their count."""

from __future__ import annotations

from collections.abc import Mapping

from votek.datasets.table import excerpt
from votek.imports.labels import Example, Loss

__all__ = ["SENTENCES", "LossBook"]

EXAMPLES = 5

SENTENCES: Mapping[str, str] = {
    "refused": "Rows that cannot be used; the list of refused rows gives the reason of each.",
    "spans": "Labels of a part of a text (spans, entities): only labels of whole texts are kept.",
    "relations": "Relations between parts of a text.",
    "prediction": "Predictions, suggestions and scores of a model: only what people decided is kept.",
    "draft": "Drafts: answers that were begun and not handed in.",
    "rejected": "Answers that say only which label does not fit: they leave open which one does.",
    "empty": "Answers that hold no label.",
    "question": "Answers to other questions of the same file; one question is read, and another can be chosen.",
    "kind": "Answers of a kind that is neither a label nor a text (ratings of several things, rankings, regions).",
    "signs": "Answers with characters that no file can carry (NUL or half an emoji).",
    "duplicate": "Earlier, different answers of a person about the same text; the latest is kept.",
    "several": "Answers with several labels, where one label was asked for.",
    "unnamed-text": "Answers about a text that the file does not hold.",
    "field": "Fields that only make sense within the tool.",
    "file": "Files beside the labels that were not read.",
    "time": "Times that cannot be read; the answers are kept.",
}
"""kind -> what is lost, in one sentence."""


class LossBook:
    """Counts what is not kept, with the first examples of each kind."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._examples: dict[str, dict[Example, None]] = {}

    def add(self, kind: str, row: int, what: str = "", *, count: int = 1) -> None:
        """One more (or `count` more) of a kind of `SENTENCES`; `what` is how it reads in the file."""
        self._counts[kind] = self._counts.get(kind, 0) + count
        examples = self._examples.setdefault(kind, {})
        if len(examples) < EXAMPLES:
            examples[Example(row, excerpt(what))] = None

    def losses(self) -> tuple[Loss, ...]:
        """One line for each kind that occurred, in the order of `SENTENCES`."""
        return tuple(
            Loss(kind, sentence, self._counts[kind], tuple(self._examples[kind]))
            for kind, sentence in SENTENCES.items()
            if kind in self._counts
        )
