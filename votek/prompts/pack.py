"""A prompt pack at run time: the prompts of a project for any text, without the app."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import ThreadpoolController

from votek.datatypes import LabelSpec, Prompt, PromptSettings, TaskSpec
from votek.errors import FileError, InputError, ModelError
from votek.prompts.build import PromptBuilder
from votek.prompts.pack_files import PackFiles, damaged, json_of, numbers_of, read_files
from votek.prompts.rows import LabelledRow, QueryRow
from votek.prompts.templates import parse_template

__all__ = ["PromptPack", "load_pack"]

_DIGITS = 12  # of a digest, in a message
_ALONE = threading.Lock()
"""Held while a query is answered: how many threads numeric libraries use is a matter of the whole process."""


def load_pack(
    path: str | os.PathLike[str],
    *,
    model: str | None = None,
    tokenizer: str | None = None,
    device: str = "auto",
    warm: bool = True,
) -> PromptPack:
    """The prompt pack in a zip file or an unpacked folder, ready to write prompts.

    Args:
        path: what the export "pack" wrote, as it is or unpacked.
        model: where the recorded embedding model lies on this machine, if not under its recorded name; its
            weights must have the recorded digest.
        tokenizer: counts tokens in place of the recorded one, such as the path of a tokenizer.json here.
        device: "auto", "cpu", "cuda" or another torch device.
        warm: load the model now and keep it, which takes seconds, so that every query is quick. Without it
            the model loads with the first text that comes without a vector, and never if none does.

    Returns:
        `PromptPack`; `.prompt(text)` retrieves and renders as the app does.

    Raises:
        FileError: there is no pack at `path`, or another version of the program wrote it.
        CorruptFileError: it is not as it was written.
        ModelError: the model is not here, or is not the recorded one.
        InputError: the settings name what is not here, such as a tokenizer.
    """
    pack = PromptPack(read_files(Path(path)), model=model, tokenizer=tokenizer, device=device)
    if warm:
        pack.warm_up()
    return pack


class PromptPack:
    """Labelled texts, their vectors and the settings of a project's prompts; safe to use from several threads.

    `rows`: the labelled texts in pick order. `settings`, `task`: as in the project. `model`, `model_digest`:
    what made the vectors. `dimensions`: their length. `manifest`: where all of it comes from.
    """

    def __init__(self, files: PackFiles, *, model: str | None, tokenizer: str | None, device: str) -> None:
        about = files.about
        try:
            settings, self.task = _settings(json_of(files.path, "settings.json", files.content["settings.json"]))
            self.model, self.model_digest = str(about["model"]["name"]), str(about["model"]["digest"])
            self.dimensions, count = int(about["dimensions"]), int(about["rows"])
            threshold = None if about["near_copy_threshold"] is None else float(about["near_copy_threshold"])
            self.rows, groups = _rows(files, count)
        except FileError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as problem:
            raise damaged(files.path, f"a part cannot be read ({problem!r})") from None
        self.settings = settings if tokenizer is None else replace(settings, tokenizer=tokenizer)
        self.manifest: Mapping[str, Any] = json_of(files.path, "manifest.json", files.content["manifest.json"])
        self._model, self._device = self.model if model is None else model, device
        # Rows are numbered anew in the same order, so that groups of copies take no more room than there are rows.
        self._numbers = sorted(row.row for row in self.rows)
        place = {number: at for at, number in enumerate(self._numbers)}
        copies = np.zeros(count, dtype=np.int64)
        copies[[place[row.row] for row in self.rows]] = np.unique(groups, return_inverse=True)[1]
        self._builder = PromptBuilder(
            self.settings,
            pool=[replace(row, row=place[row.row]) for row in self.rows],
            pool_vectors=numbers_of(files, "vectors.npy", (count, self.dimensions)),
            mean=numbers_of(files, "mean.npy", (self.dimensions,)),
            copies=copies,
            near_copy_threshold=threshold,
            task=self.task,
        )
        self._by_number = {row.row: row for row in self.rows}
        self._checked = False
        self._pools = ThreadpoolController()

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<PromptPack: {len(self):,} labelled texts, {self.settings.retrieval}, model {self.model}>"

    def warm_up(self) -> None:
        """Load the model and prepare the labelled texts now rather than with the first text. ModelError as `prompt`."""
        template = parse_template(self.settings.query, fields=None, label=False, name="query template")
        self.prompt("warm", fields=dict.fromkeys(template.fields, "warm"))

    def prompt(
        self,
        text: str,
        *,
        fields: Mapping[str, str] | None = None,
        id: str | None = None,
        vector: ArrayLike | None = None,
    ) -> str:
        """The literal prompt of a text.

        Args:
            text: the test item.
            fields: its columns, where the query template names any.
            id: its id, on which the random draw depends; None: the text itself.
            vector: numbers (dimensions,), the raw vector of the text by the recorded model; None: it is embedded.

        Raises:
            InputError: a text that is none, a column that is missing, a vector that does not fit.
            ModelError: the model is not here, or is not the recorded one.
        """
        return self.build(text, fields=fields, id=id, vector=vector).text

    def build(
        self,
        text: str,
        *,
        fields: Mapping[str, str] | None = None,
        id: str | None = None,
        vector: ArrayLike | None = None,
    ) -> Prompt:
        """The prompt with its demonstrations (row numbers in the project's data) and tokens; as `prompt`."""
        _check_text(text)
        for name, cell in (fields or {}).items():
            _check_text(cell, f"the column {name!r}")
        query = QueryRow(text if id is None else id, text, fields=dict(fields or {}))
        given = None if vector is None else self._one_vector(vector)
        with self._one_thread():
            asked = self._embedded(text) if given is None else given
            made = self._builder.build([query], asked[None, :])[0]
        return replace(made, demonstrations=tuple(self._numbers[at] for at in made.demonstrations))

    def retrieve(
        self,
        text: str,
        *,
        fields: Mapping[str, str] | None = None,
        id: str | None = None,
        vector: ArrayLike | None = None,
    ) -> tuple[LabelledRow, ...]:
        """The labelled texts that stand in the prompt of a text, in its order; as `prompt`."""
        made = self.build(text, fields=fields, id=id, vector=vector)
        return tuple(self._by_number[row] for row in made.demonstrations)

    def embed(self, text: str) -> NDArray[np.float32]:
        """The raw vector of a text by the recorded model, float32 (dimensions,)."""
        _check_text(text)
        with self._one_thread():
            return self._embedded(text)

    @contextmanager
    def _one_thread(self) -> Iterator[None]:
        """One query at a time, on one thread: the work is small, and threads of a busy machine wait for each other."""
        with _ALONE, self._pools.limit(limits=1):
            yield

    def _embedded(self, text: str) -> NDArray[np.float32]:
        from votek.embeddings import embed

        known = self._checked
        self._check_model()
        found: NDArray[np.float32] = embed([text], model=self._model, device=self._device).vectors[0]
        if not known:
            self._pools = ThreadpoolController()  # the model brought libraries of its own
        return found

    def _check_model(self) -> None:
        if self._checked:
            return
        from votek.embeddings import model_digest

        found = model_digest(self._model)
        if found != self.model_digest:
            raise ModelError(
                f"The pack's vectors were made by {self.model!r} with the digest {self.model_digest[:_DIGITS]}…, and "
                f"{self._model!r} on this machine has {found[:_DIGITS]}…. Give the folder of the right model as "
                "`model`, or vectors of it as `vector`."
            )
        self._checked = True

    def _one_vector(self, vector: ArrayLike) -> NDArray[np.float64]:
        try:
            values = np.asarray(vector, dtype=np.float64)
        except (TypeError, ValueError) as problem:
            raise InputError(f"vector must be {self.dimensions} numbers ({problem}).") from None
        if values.shape != (self.dimensions,) or not np.isfinite(values).all():
            raise InputError(
                f"vector has shape {values.shape}; give {self.dimensions} finite numbers: the raw vector of the text "
                f"by {self.model!r}."
            )
        return values


def _check_text(text: str, what: str = "text") -> None:
    try:
        if isinstance(text, str) and text.encode() is not None:
            return
    except UnicodeEncodeError:
        pass  # half of a character pair, which no tokenizer can read
    raise InputError(f"{what} is {text!r:.80}; give one text in whole characters.")


def _settings(recorded: Mapping[str, Any]) -> tuple[PromptSettings, TaskSpec]:
    unknown = set(recorded["settings"]) - set(asdict(PromptSettings()))
    if unknown:
        raise FileError(
            f"The pack's settings name {sorted(unknown)[0]!r}, which this version of votek does not know. "
            "Use the version that wrote the pack."
        )
    task = recorded["task"]
    labels = tuple(LabelSpec(**label) for label in task["labels"])
    return PromptSettings(**recorded["settings"]), TaskSpec(**{**task, "labels": labels})


def _rows(files: PackFiles, count: int) -> tuple[tuple[LabelledRow, ...], list[int]]:
    """The labelled rows in pick order, and the group of copies of each."""
    rows, groups = [], []
    for line in files.content["rows.jsonl"].decode("utf-8").split("\n")[:-1]:
        record = json_of(files.path, "rows.jsonl", line.encode())
        text, fields = str(record["text"]), {str(name): str(cell) for name, cell in record["fields"].items()}
        rank = None if record["rank"] is None else int(record["rank"])
        rows.append(LabelledRow(str(record["id"]), int(record["row"]), text, record["label"], fields=fields, rank=rank))
        groups.append(int(record["group"]))
    if len(rows) != count or count < 1:
        raise ValueError(f"{len(rows)} rows where {count} are named")
    return tuple(rows), groups
