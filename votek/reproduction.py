"""Makes a prompt set again from its manifest and the data file, and says what differs, if anything does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from votek import datasets, exports, pipeline
from votek.datatypes import PromptSet
from votek.errors import FileError, InputError
from votek.exports.versions import versions
from votek.prompts import QueryRow, build_prompts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from votek.datatypes import Dataset, Embeddings, Progress, Prompt
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


def reproduce(
    manifest: Mapping[str, Any],
    data: Path,
    *,
    tests: Path | None = None,
    model: str | None = None,
    progress: Progress | None = None,
) -> Reproduction:
    """Read the data, embed it, run every recorded round again, and write the prompts again.

    Args:
        manifest: as `votek.exports.read_manifest` gives it.
        data: the file that the texts came from; read as the manifest says.
        tests: the file of test items, when the prompts were made for one.
        model: where the embedding model lies on this computer, if not under its recorded name.

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
    differences = [*_other_model(recorded, prepared.embeddings), *_other_picks(prepared, rounds, pool)]
    labelled = exports.labelled_rows(manifest, pool)
    prompts = _prompts(manifest, pool, test_items, prepared, labelled, progress)
    made = {**manifest, "versions": versions(), "prompts": {**manifest["prompts"]}}
    made["prompts"]["digest"] = exports.prompts_digest(prompts)
    if made["prompts"]["digest"] != manifest["prompts"]["digest"]:
        differences.append("The prompts are not the recorded ones, letter for letter.")
    notes = exports.compare({"versions": manifest["versions"]}, {"versions": made["versions"]})
    return Reproduction(tuple(differences), tuple(notes), labelled, PromptSet(prompts, made))


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


def _other_picks(prepared: Prepared, rounds: Sequence[Any], pool: Dataset) -> list[str]:
    """One line for each round that picks other texts than were recorded."""
    found = []
    for made in rounds:
        selection = pipeline.choose(
            prepared,
            budget=len(made.indices),
            method=made.method,
            k=int(made.parameters["k"]),
            rho=float(made.parameters["rho"]),
            seed=int(made.parameters["seed"]),
            labeled=made.labeled,
            exclude=made.excluded,
        )
        picks = tuple(selection.indices.tolist())
        if picks != made.indices:
            place = next(at for at, (a, b) in enumerate(zip(picks, made.indices, strict=True)) if a != b)
            found.append(
                f"Round {made.number} ({made.method}): pick {place + 1} is {pool.ids[picks[place]]!r}, "
                f"recorded is {pool.ids[made.indices[place]]!r}."
            )
    return found


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
    hidden = manifest["tests"].get("hidden", ())
    names = [str(name) for name in source.fields.columns if name not in hidden]
    cells = {name: source.fields[name].tolist() for name in names}
    queries = [
        QueryRow(
            source.ids[row],
            source.texts[row],
            {name: cells[name][row] for name in names},
            row if tests is None else None,
        )
        for row in rows
    ]
    return build_prompts(
        exports.prompt_settings(manifest),
        pool=labelled,
        pool_vectors=prepared.embeddings.vectors[[row.row for row in labelled]],
        queries=queries,
        query_vectors=vectors[rows],
        mean=prepared.embeddings.mean,
        copies=prepared.copies,
        near_copy_threshold=manifest["near_copies"]["threshold"],
        task=exports.recorded_task(manifest),
    )
