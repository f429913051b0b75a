"""A project's prompts and labels, checked for the faults that ruin prompts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from votek.errors import InputError
from votek.workspace.prompting import Material, Prompting

if TYPE_CHECKING:
    from votek.datatypes import Prompt
    from votek.prompts import LintReport, QueryRow

__all__ = ["Linting", "of_items"]


class Linting(Prompting):
    """The part of the workspace that checks prompts before they leave."""

    def lint(
        self, project_id: str, *, target: str | None = None, only: Sequence[str] = (), ignore: Sequence[str] = ()
    ) -> LintReport:
        """The faults in a project's labels, templates and prompts; `votek.prompts.lint` says what is looked for.

        `target`: where the prompts go: an export format, or a library's own search ("langchain-selector"). Without a
        test file, formats that hold no prompts are checked without those of the texts that have no label. `only`,
        `ignore`: names of rules. Where a template cannot be used, that is a finding; what can be checked without
        prompts is, and the report says what was not.

        Raises:
            InputError: no data or label, the vectors are not computed yet, or settings that cannot be used.
            UnknownNameError: a rule or target that is not known.
        """
        from votek.prompts import lint
        from votek.prompts.linter import TARGETS

        material = self._material(project_id)
        if not material.labelled:
            raise InputError("Nothing is labelled yet, so there is nothing to check. Label at least one text.")
        order = _order_of(target)
        wanted = target is None or target in TARGETS or of_items(target) or material.tests is not None
        queries = self._queries(material, None) if wanted else []
        problem = ""
        prompts: tuple[Prompt, ...] = ()
        try:
            prompts = self._prompt_set(project_id, material, queries).prompts if wanted else ()
        except InputError as found:
            given = self._given(project_id, material, queries)
            if "query_vectors" not in given or not lint(prompts=(), **given, only=["template"]).findings:
                raise
            problem = str(found)
        report = lint(
            prompts=prompts, **self._given(project_id, material, queries), target=order, only=only, ignore=ignore
        )
        return replace(report, not_checked=_with_reason(report.not_checked, problem)) if problem else report

    # ------------------------------------------------------------ inside

    def _lint_export(self, project_id: str, material: Material, prompts: Sequence[Prompt], format: str) -> LintReport:
        """The faults in what an export is about to be written from."""
        from votek.prompts import lint

        queries = self._queries(material, [prompt.id for prompt in prompts])
        return lint(prompts=prompts, **self._given(project_id, material, queries), target=_order_of(format))

    def _given(self, project_id: str, material: Material, queries: Sequence[tuple[int, QueryRow]]) -> dict[str, Any]:
        return {
            "pool": material.labelled,
            "queries": [query for _, query in queries],
            "settings": material.project.prompts,
            "task": material.project.task,
            "near_copy_threshold": self.settings.near_copy_threshold,
            **self._known_vectors(project_id, material, queries),
        }

    def _known_vectors(
        self, project_id: str, material: Material, queries: Sequence[tuple[int, QueryRow]]
    ) -> dict[str, Any]:
        prepared = material.prepared
        if prepared is None:
            return {}
        vectors = prepared.embeddings.vectors
        known = {
            "pool_vectors": np.asarray(vectors[[row.row for row in material.labelled]]),
            "mean": prepared.embeddings.mean,
            "copies": prepared.copies,
        }
        tests = self._query_vectors(project_id, material)
        if queries and tests is not None and tests.model_digest == prepared.embeddings.model_digest:
            known["query_vectors"] = np.asarray(tests.vectors[[row for row, _ in queries]])
        return known


def of_items(format: str) -> bool:
    """Whether an export is the prompts of test items."""
    from votek.exports import find_format
    from votek.exports.registry import ALL

    return format != ALL and find_format(format).needs == "prompts"


def _order_of(target: str | None) -> str | None:
    """What `lint` is to take for the target: an export format is known by the order it states."""
    from votek.exports import find_format
    from votek.exports.registry import ALL
    from votek.prompts.linter import FIRST, PICKS, TARGETS

    if target is None or target in TARGETS or target == ALL:
        return None if target == ALL else target
    format = find_format(target)
    if format.order.startswith(FIRST):
        return FIRST
    return PICKS if format.group == "libraries" and format.order.startswith("pick order") else None


def _with_reason(not_checked: Mapping[str, str], problem: str) -> dict[str, str]:
    return {
        name: f"the prompts cannot be built: {problem}" if reason == "there are no prompts" else reason
        for name, reason in not_checked.items()
    }
