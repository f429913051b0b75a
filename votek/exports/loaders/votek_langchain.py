"""The prompts of a labelled set in LangChain: an example selector, and a FewShotPromptTemplate that uses it.

Keep this file with the folder that it came in; it needs langchain-core and numpy.

    from votek_langchain import few_shot_prompt
    prompt = few_shot_prompt(SentenceTransformer("all-MiniLM-L6-v2").encode)
    prompt.format(text="my card is late")

The most similar example stands last, next to the text that is asked about (first where the project says so). A text's
own copies and near-copies are never shown. `settings.json` says which model made the vectors.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.example_selectors import BaseExampleSelector
from langchain_core.prompts import FewShotPromptTemplate, PromptTemplate

Embed = Callable[[str], Any]
"""Text to its raw vector by the model that made the others, such as `SentenceTransformer(NAME).encode`."""
Count = Callable[[str], int]
"""Text to its number of tokens."""


def few_shot_prompt(embed: Embed, *, folder: str | Path | None = None, **options: Any) -> FewShotPromptTemplate:
    """The prompt of the project: `.format(text=...)`, with the columns of `settings.json` where there are any.

    `embed`, `folder` and `options` are those of `NearestExamples`.
    """
    selector = NearestExamples(embed, folder=folder, **options)
    return FewShotPromptTemplate(
        example_selector=selector,
        example_prompt=PromptTemplate.from_template("{part_escaped}"),
        prefix=selector.settings["prefix"],
        suffix=selector.settings["suffix"],
        example_separator="",  # each part ends with the separator that follows it
    )


class NearestExamples(BaseExampleSelector):
    """The labelled texts most similar to `text`, in the order in which they stand in the prompt.

    embed: text to vector, or an object with `embed_query`, as LangChain's Embeddings are. folder: where `settings.json`
    lies; None: beside this file. count: text to tokens, needed where the project has a token budget. similar: go by
    similarity even where the project chooses examples in another way.
    """

    def __init__(
        self, embed: Embed, *, folder: str | Path | None = None, count: Count | None = None, similar: bool = False
    ) -> None:
        place = Path(__file__).resolve().parent if folder is None else Path(folder)
        self.settings: dict[str, Any] = json.loads((place / "settings.json").read_text("utf-8"))
        self.examples: list[dict[str, Any]] = json.loads((place / "examples.json").read_text("utf-8"))
        if self.settings["retrieval"] != "similar" and not similar:
            raise ValueError(
                f"The project chooses examples by {self.settings['retrieval']!r}, and this goes by similarity. "
                "Pass similar=True to use it all the same, or use the prompt pack."
            )
        if self.settings["token_budget"] is not None and count is None:
            raise ValueError(
                f"The project keeps prompts within {self.settings['token_budget']} tokens. Pass count=, a function "
                "from a text to its number of tokens."
            )
        self._embed: Embed = getattr(embed, "embed_query", embed)
        self._count = count
        vectors = np.load(place / "vectors.npy", allow_pickle=False).astype(np.float64)
        self._mean = np.load(place / "mean.npy", allow_pickle=False).astype(np.float64)
        self._raw, self._units = _units(vectors), _units(vectors - self._mean)
        self._rows = np.array([example["row"] for example in self.examples])
        self._groups = np.array([example["group"] for example in self.examples])
        self._texts = [_plain(example["text"]) for example in self.examples]

    def add_example(self, example: dict[str, str]) -> None:
        """Not possible: an example needs a vector. Label the text in the project and export again."""
        raise NotImplementedError("Label the text in the project and export again.")

    def select_examples(self, input_variables: dict[str, str]) -> list[dict[str, Any]]:
        """The examples for `input_variables["text"]`."""
        vector = np.asarray(self._embed(input_variables["text"]), dtype=np.float64)
        similar = np.round(self._units @ _units((vector - self._mean)[None])[0], 12)
        open_rows = ~self._leaks(input_variables["text"], vector)
        if self.settings["floor"] is not None:
            open_rows &= similar >= self.settings["floor"]
        best: list[int] = []
        labels: Counter[str] = Counter()
        for at in np.lexsort((self._rows, -similar)).tolist():
            own = self.examples[at]["labels"]
            if len(best) == self.settings["n"]:
                break
            if open_rows[at] and self._rare(labels, own) and self._fits([*best, at], input_variables):
                best.append(at)
                labels.update(own)
        return [self.examples[at] for at in self._arranged(best)]

    def _leaks(self, text: str, vector: Any) -> Any:
        threshold = self.settings["near_copy_threshold"]
        leaks = np.array([_plain(text) == other for other in self._texts])
        if threshold is not None:
            leaks |= self._raw @ _units(vector[None])[0] >= threshold - 1e-6
        return np.isin(self._groups, self._groups[leaks])

    def _rare(self, labels: Counter[str], own: list[str]) -> bool:
        cap = self.settings["label_cap"]
        return cap is None or all(labels[label] < cap for label in own)

    def _fits(self, best: list[int], input_variables: dict[str, str]) -> bool:
        if self._count is None or self.settings["token_budget"] is None:
            return True
        parts = [self.examples[at]["part_escaped"] for at in self._arranged(best)]
        text = "".join([self.settings["prefix"], *parts, self.settings["suffix"]]).format(**input_variables)
        return self._count(text) <= int(self.settings["token_budget"] - self.settings["answer_reserve"])

    def _arranged(self, best: list[int]) -> list[int]:
        return best[::-1] if self.settings["order"] == "ascending" else best


def _units(vectors: Any) -> Any:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
