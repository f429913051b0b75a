"""Makes a prompt set again from its manifest and the data file, and says what differs, if anything does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from votek import datasets, exports, pipeline
from votek.datasets.groups import row_groups
from votek.datatypes import PromptSet
from votek.errors import FileError, InputError
from votek.exports import LabelledVectors
from votek.exports.versions import versions
from votek.prompts import QueryRow, build_prompts
from votek.scoring import open_scorer
from votek.scoring.origin import asked_rows, model_of, origin_requests
from votek.scoring.pool_confidence import pool_confidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from votek.datatypes import Dataset, Embeddings, Progress, Prompt, Round
    from votek.pipeline import Prepared
    from votek.prompts import LabelledRow

__all__ = ["Reproduction", "reproduce"]


@dataclass(frozen=True, eq=False)
class Reproduction:
    """What came out.

    `differences`: one line for everything that is not as the manifest says; empty when the set is identical.
    `notes`: what differs in the surroundings (versions), which need not change the set. `labelled`,
    `prompts`: the set itself, with the manifest of this run.
    """

    differences: tuple[str, ...]
    notes: tuple[str, ...]
    labelled: tuple[LabelledRow, ...]
    prompts: PromptSet
    vectors: LabelledVectors
    own: PromptSet | None = None


def reproduce(
    manifest: Mapping[str, Any],
    data: Path,
    *,
    tests: Path | None = None,
    model: str | None = None,
    own: bool = False,
    progress: Progress | None = None,
) -> Reproduction:
    """Read the data, embed it, run every recorded round again, and write the prompts again.

    Args:
        manifest: as `votek.exports.read_manifest` gives it.
        data: the file that the texts came from; read as the manifest says.
        tests: the file of test items, when the prompts were made for one.
        model: where the embedding model lies on this computer, if not under its recorded name.
        own: write a prompt for each labelled text too, as some exports need.

    Raises:
        FileError: a file is not the one that the manifest was made from.
        InputError: the test file is missing.
    """
    pool = _read(manifest["data"], data)
    test_items = _tests(manifest, tests)
    recorded = manifest["model"]
    rounds = exports.recorded_rounds(manifest)
    prepared = pipeline.prepare(
        pool.texts,
        model=model or recorded["name"],
        threshold=manifest["near_copies"]["threshold"],
        k=max([pipeline.graph_k("auto"), *(int(made.parameters["k"]) for made in rounds)]),
        progress=progress,
    )
    again = _RoundsAgain(manifest, pool, prepared)
    differences = [*_other_model(recorded, prepared.embeddings), *again.differences(rounds)]
    labelled = exports.labelled_rows(manifest, pool)
    prompts = _prompts(manifest, pool, test_items, prepared, labelled, progress)
    rest = {name: part for name, part in manifest.items() if name != "export"}  # of the file it stood beside
    made = {**rest, "versions": versions(), "prompts": {**manifest["prompts"]}}
    made["prompts"]["digest"] = exports.prompts_digest(prompts)
    if made["prompts"]["digest"] != manifest["prompts"]["digest"]:
        differences.append("The prompts are not the recorded ones, letter for letter.")
    notes = exports.compare({"versions": manifest["versions"]}, {"versions": made["versions"]})
    notes = [*again.notes, *notes]
    return Reproduction(
        tuple(differences),
        tuple(notes),
        labelled,
        PromptSet(prompts, made),
        _vectors(manifest, prepared, [row.row for row in labelled]),
        PromptSet(_own(manifest, pool, prepared, labelled), made) if own else None,
    )


def _read(recorded: Mapping[str, Any], path: Path) -> Dataset:
    """The file, read as the manifest says; FileError when its rows are not the recorded ones."""
    how = recorded["read"]
    text = how["text"]
    dataset = datasets.read_dataset(
        path,
        text=text[0] if isinstance(text, list) and len(text) == 1 else text,
        template=how["template"],
        id=how["id"],
        label=how["label"],
        group=how["group"] or None,
        format=how["format"],
        encoding=how["encoding"],
        delimiter=how["delimiter"] or None,  # a file of one column has none
    )
    if dataset.digest != recorded["digest"]:
        raise FileError(
            f"{path} is not the file that the manifest was made from: it holds {len(dataset):,} rows with digest "
            f"{dataset.digest[:12]}…, recorded are {recorded['rows']:,} with {recorded['digest'][:12]}…. "
            f"Give the original file ({how['name']!r})."
        )
    return dataset


def _tests(manifest: Mapping[str, Any], path: Path | None) -> Dataset | None:
    recorded = manifest["tests"]
    if recorded["role"] == "pool":
        return None
    if path is None:
        raise InputError(
            f"The prompts were made for a file of test items ({recorded['read']['name']!r}). Give it with --tests."
        )
    return _read(recorded, path)


def _other_model(recorded: Mapping[str, Any], embeddings: Embeddings) -> list[str]:
    if embeddings.model_digest == recorded["digest"]:
        return []
    return [f"The model {embeddings.model!r} here is not the recorded one (other weights)."]


class _RoundsAgain:
    """Runs the recorded rounds again; `notes` tells what was taken from the manifest instead of made again."""

    def __init__(self, manifest: Mapping[str, Any], pool: Dataset, prepared: Prepared) -> None:
        self.manifest = manifest
        self.pool = pool
        self.prepared = prepared
        self.notes: list[str] = []
        self._told: dict[str, NDArray[np.float64]] = {}

    def differences(self, rounds: Sequence[Round]) -> list[str]:
        """One line for each round that picks other texts than were recorded, or cannot be run again."""
        return [line for made in rounds for line in self._difference(made)]

    def _difference(self, made: Round) -> list[str]:
        parameters, wanted = made.parameters, len(made.indices)
        confidence = None
        if "scoring" in parameters:
            confidence = self._confidence(made)
            if confidence is None:
                return [
                    f"Round {made.number} ({made.method}) cannot be picked again: the manifest does not hold what "
                    f"{parameters['scoring']['scorer']!r} said about each text."
                ]
        floor = int(parameters.get("floor", 0))
        selection = pipeline.choose(
            self.prepared,
            budget=int(parameters["budget"]) if floor else wanted,  # what a floor allows depends on all that was asked
            method=made.method,
            k=int(parameters["k"]),
            rho=float(parameters["rho"]),
            seed=int(parameters["seed"]),
            labeled=made.labeled,
            exclude=made.excluded,
            confidence=confidence,
            groups=row_groups(self.pool, parameters["groups"]) if floor else None,
            floor=floor,
        )
        picks = tuple(selection.indices.tolist())[:wanted]
        if picks == made.indices:
            return []
        place = next(at for at, (a, b) in enumerate(zip(picks, made.indices, strict=True)) if a != b)
        ids = self.pool.ids
        return [
            f"Round {made.number} ({made.method}): pick {place + 1} is {ids[picks[place]]!r}, "
            f"recorded is {ids[made.indices[place]]!r}."
        ]

    def _confidence(self, made: Round) -> NDArray[np.float64] | None:
        """How sure the scorer was: asked again where that is certain to give the same, else as recorded."""
        origin = made.parameters["scoring"]
        key = str(origin["key"])
        if key not in self._told:
            if model_of(origin).tier == "knn":
                self._told[key] = self._ask_again(origin)
            else:
                recorded = self.manifest.get("confidence", {}).get(key)
                if recorded is None:
                    return None
                self._told[key] = np.array([np.nan if value is None else value for value in recorded], dtype=np.float64)
                self.notes.append(
                    f"How sure {origin['scorer']!r} was of each text in round {made.number} was taken from the "
                    "manifest; the model was not asked again."
                )
        return self._told[key]

    def _ask_again(self, origin: Mapping[str, Any]) -> NDArray[np.float64]:
        prepared = self.prepared
        rows = asked_rows(origin, node_of=prepared.node_of, rows=prepared.rows)
        requests = origin_requests(
            origin,
            rows,
            dataset=self.pool,
            embeddings=prepared.embeddings,
            copies=prepared.copies,
            threshold=self.manifest["near_copies"]["threshold"],
        )
        return pool_confidence(open_scorer(model_of(origin)), requests, rows, len(self.pool)).values


def _prompts(
    manifest: Mapping[str, Any],
    pool: Dataset,
    tests: Dataset | None,
    prepared: Prepared,
    labelled: tuple[LabelledRow, ...],
    progress: Progress | None,
) -> tuple[Prompt, ...]:
    source = pool if tests is None else tests
    row_of = {item: row for row, item in enumerate(source.ids)}
    rows = [row_of[item] for item in manifest["tests"]["ids"]]
    vectors = prepared.embeddings.vectors
    if tests is not None:
        vectors = pipeline.embed_texts(tests.texts, model=prepared.embeddings.model, progress=progress)[0].vectors
    own = tests is None
    return _written(manifest, source, rows, vectors[rows], prepared=prepared, labelled=labelled, own=own)


def _own(
    manifest: Mapping[str, Any], pool: Dataset, prepared: Prepared, labelled: tuple[LabelledRow, ...]
) -> tuple[Prompt, ...]:
    """A prompt for each labelled text, from the others."""
    rows = [row.row for row in labelled]
    vectors = prepared.embeddings.vectors[rows]
    return _written(manifest, pool, rows, vectors, prepared=prepared, labelled=labelled, own=True)


def _written(
    manifest: Mapping[str, Any],
    source: Dataset,
    rows: Sequence[int],
    vectors: NDArray[np.floating],
    *,
    prepared: Prepared,
    labelled: tuple[LabelledRow, ...],
    own: bool,
) -> tuple[Prompt, ...]:
    """The prompts of some rows of `source`; `own`: whether it is the pool."""
    hidden = manifest["tests"].get("hidden", ())
    names = [str(name) for name in source.fields.columns if name not in hidden]
    cells = {name: source.fields[name].tolist() for name in names}
    queries = [
        QueryRow(source.ids[row], source.texts[row], {name: cells[name][row] for name in names}, row if own else None)
        for row in rows
    ]
    return build_prompts(
        exports.prompt_settings(manifest),
        pool=labelled,
        pool_vectors=prepared.embeddings.vectors[[row.row for row in labelled]],
        queries=queries,
        query_vectors=vectors,
        mean=prepared.embeddings.mean,
        copies=prepared.copies,
        near_copy_threshold=manifest["near_copies"]["threshold"],
        task=exports.recorded_task(manifest),
    )


def _vectors(manifest: Mapping[str, Any], prepared: Prepared, rows: list[int]) -> LabelledVectors:
    """How similar texts are found outside the app; under the recorded name of the model."""
    return LabelledVectors(
        rows=np.asarray(prepared.embeddings.vectors[rows]),
        mean=np.asarray(prepared.embeddings.mean),
        copies=np.asarray(prepared.copies[rows]),
        model=manifest["model"]["name"],
        model_digest=prepared.embeddings.model_digest,
        near_copy_threshold=manifest["near_copies"]["threshold"],
    )
