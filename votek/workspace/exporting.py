"""Exports of a project: each file with its manifest, both from one view of the labels."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from votek.errors import InputError
from votek.jobs.right_answers import right_answers
from votek.workspace.data import label_parts
from votek.workspace.linting import Linting, of_items
from votek.workspace.prompting import Material, columns_of

if TYPE_CHECKING:
    from votek.datatypes import PromptSet, TaskSpec
    from votek.exports import ExportFile, LabelledVectors, WrittenFile
    from votek.exports.writing import ExportMaterial
    from votek.prompts import LabelValue

__all__ = ["Exporting"]


@dataclass(frozen=True, eq=False)
class _Ready:
    """What one format is written from, and the lineage that belongs to it."""

    material: ExportMaterial
    manifest: dict[str, Any]
    lint: dict[str, Any]


class Exporting(Linting):
    """The part of the workspace that writes exports."""

    def export(self, project_id: str, format: str, *, formula_guard: bool = True, answers: bool = False) -> ExportFile:
        """The labelled set or the prompts in a format of `votek.exports.formats()`.

        `formula_guard`: where a spreadsheet runs cells, one apostrophe goes before formula-like ones. `answers`: the
        right answers of the test items go out with their prompts, from the label column of the test file; without it
        they never leave.

        Raises:
            InputError: nothing to write, the format cannot hold it, or there are no right answers.
            UnknownNameError: no such format.
        """
        return self.export_files(project_id, format, formula_guard=formula_guard, answers=answers)[0]

    def export_files(
        self,
        project_id: str,
        format: str,
        *,
        formula_guard: bool = True,
        answers: bool = False,
        name: str | None = None,
    ) -> tuple[ExportFile, ExportFile]:
        """What `export` gives, and the manifest that stands beside it, from one view of the labels.

        `name`: what the manifest calls the file, if it is going to lie under another name than its usual one.
        """
        from votek import exports

        ready = self._ready(project_id, format, formula_guard=formula_guard, answers=answers)
        file = exports.write(format, **ready.material)
        return file, exports.manifest_file(ready.manifest, file, format=format, name=name, lint=ready.lint)

    def save_export(
        self,
        project_id: str,
        format: str,
        path: str | os.PathLike[str],
        *,
        formula_guard: bool = True,
        answers: bool = False,
        name: str | None = None,
    ) -> tuple[WrittenFile, ExportFile]:
        """Write what `export` gives to `path`, whole or not at all; the manifest is returned, not written.

        `name`: what the manifest calls the file, if not by the name of `path`.
        """
        from votek import exports

        ready = self._ready(project_id, format, formula_guard=formula_guard, answers=answers)
        made = exports.save(format, path, **ready.material)
        called = name or os.path.basename(os.fspath(path))
        return made, exports.manifest_file(ready.manifest, made, format=format, name=called, lint=ready.lint)

    def export_manifest(self, project_id: str, format: str = "labelled-jsonl") -> dict[str, Any]:
        """The lineage of what `export` writes in this format, ready for JSON."""
        return dict(self._prompts_for(project_id, self._material(project_id), format).manifest)

    def right_answers_known(self, project_id: str) -> int:
        """How many test items have a right answer in the test file, which an export holds only when asked to."""
        return len(self._right_answers(project_id))

    # ------------------------------------------------------------ inside

    def _ready(self, project_id: str, format: str, *, formula_guard: bool, answers: bool) -> _Ready:
        from votek import exports
        from votek.exports.registry import ALL

        material = self._material(project_id)
        ready: ExportMaterial = {
            "labelled": material.labelled,
            "task": material.project.task,
            "formula_guard": formula_guard,
        }
        if answers:
            ready["answers"] = self._answers_for(project_id, format, material.project.task)
        prompts = self._prompts_for(project_id, material, format)
        if exports.needs_prompts(format):
            ready["prompts"], ready["vectors"] = prompts, self._labelled_vectors(material)
        if format == ALL:
            with suppress(InputError):  # the formats that need them are then left out, and named
                ready["own"] = self._own_prompts(project_id, material)
        elif exports.find_format(format).needs == "own prompts":
            ready["own"] = self._own_prompts(project_id, material)
        report = self._lint_export(project_id, material, prompts.prompts, format)
        return _Ready(ready, dict(prompts.manifest), report.summary())

    def _prompts_for(self, project_id: str, material: Material, format: str) -> PromptSet:
        """The prompts a format is about: of the test file; texts of the pool only where prompts are the export."""
        from votek.exports.registry import ALL

        items = of_items(format)
        if material.tests is None and not items:
            return self._with_manifest(material, (), ())
        try:
            return self._prompt_set(project_id, material, self._queries(material, None))
        except InputError:
            if items or format == ALL:
                raise
            # Labels, and what needs the settings alone, go out whatever is the matter with the prompts of test items.
            return self._with_manifest(material, (), ())

    def _own_prompts(self, project_id: str, material: Material) -> PromptSet:
        """One prompt per labelled text, written from the other labelled texts: its row keeps it and its copies out."""
        from votek.prompts import QueryRow

        fields = columns_of(material.pool, [row.row for row in material.labelled], without=material.answers)
        queries = [
            (row.row, QueryRow(row.id, row.text, fields=cells, row=row.row))
            for row, cells in zip(material.labelled, fields, strict=True)
        ]
        return self._prompt_set(project_id, replace(material, tests=None), queries)

    def _labelled_vectors(self, material: Material) -> LabelledVectors | None:
        from votek.exports import LabelledVectors

        prepared, rows = material.prepared, [row.row for row in material.labelled]
        if prepared is None:
            return None
        return LabelledVectors(
            rows=np.asarray(prepared.embeddings.vectors[rows]),
            mean=np.asarray(prepared.embeddings.mean),
            copies=np.asarray(prepared.copies[rows]),
            model=prepared.embeddings.model,
            model_digest=prepared.embeddings.model_digest,
            near_copy_threshold=self.settings.near_copy_threshold,
        )

    def _answers_for(self, project_id: str, format: str, task: TaskSpec) -> dict[str, LabelValue]:
        from votek.exports import catalogue, find_format
        from votek.exports.registry import ALL

        if format != ALL and not find_format(format).answers:
            holding = ", ".join(one.name for one in catalogue() if one.answers)
            raise InputError(f"The export {format!r} holds no right answers. These can: {holding}.")
        found = self._right_answers(project_id, verbatim=task.type == "text")
        if not found:
            raise InputError(
                "No test item has a right answer. Load the test file again and say which of its columns holds the "
                "labels, or export without right answers."
            )
        return {item: tuple(label_parts(task, told)) if task.type == "multi" else told for item, told in found.items()}

    def _right_answers(self, project_id: str, *, verbatim: bool = False) -> dict[str, str]:
        """Test item -> what stands in the label column of the test file; labels without the white space around them."""
        known = right_answers(self, project_id, "test")
        if known is None:
            return {}
        told = known.cells if verbatim and known.cells else known.answers
        return {item: cell for item, cell, some in zip(known.dataset.ids, told, known.answers, strict=True) if some}
