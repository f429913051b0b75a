"""Runs the rules over a prompt set and the labels it is made from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.datatypes import Embeddings, Prompt, PromptSettings, TaskSpec
from votek.errors import InputError
from votek.prompts.cosine import checked_vectors, unit_rows
from votek.prompts.linter.findings import SEVERITIES, Finding, LintReport
from votek.prompts.linter.material import MANY, Material
from votek.prompts.linter.registry import chosen_rules
from votek.prompts.linter.rule import Rule
from votek.prompts.linter.targets import TARGETS, target_order
from votek.prompts.retrieval import checked_mean
from votek.prompts.rows import LabelledRow, QueryRow

__all__ = ["REGIONS", "lint"]

REGIONS = ("US", "GB", "DE", "FR")
"""Where telephone numbers without a country code may come from."""


def lint(
    *,
    prompts: Sequence[Prompt],
    pool: Sequence[LabelledRow],
    queries: Sequence[QueryRow] = (),
    settings: PromptSettings,
    task: TaskSpec | None = None,
    pool_vectors: ArrayLike | Embeddings | None = None,
    query_vectors: ArrayLike | Embeddings | None = None,
    mean: ArrayLike | None = None,
    copies: ArrayLike | None = None,
    near_copy_threshold: float | None = 0.95,
    target: str | None = None,
    only: Sequence[str] = (),
    ignore: Sequence[str] = (),
    regions: Sequence[str] = REGIONS,
) -> LintReport:
    """Look for the faults that ruin prompts, before they leave.

    `prompts`: as `build_prompts` gives them, none when only the labels are to be checked. `pool`: the labelled rows;
    `queries`: the test items of `prompts`, in their order; left out, they are taken from the prompts. `pool_vectors`:
    floats (len(pool), d), raw; `query_vectors`: (len(queries), d); without them copies are found by their text alone.
    `mean`: (d,), the pool mean that retrieval subtracted. `copies`: int64 (n,), group of each row of the pool Dataset.
    `near_copy_threshold`: raw cosine from which two texts are near-copies; None: off. `target`: where the prompts go:
    a library of `votek.prompts.linter.TARGETS`, or its order in words ("most similar first").
    `only`, `ignore`: names of rules. `regions`: where telephone numbers without a country code may come from.

    Raises InputError for vectors and queries that do not fit, UnknownNameError for a rule or target that is not known.

    >>> from votek.datatypes import PromptSettings, TaskSpec, LabelSpec
    >>> task = TaskSpec("single", (LabelSpec("yes", "#000000"), LabelSpec("no", "#ffffff")))
    >>> rows = [LabelledRow("t1", 0, "Is it late?", "yes")]
    >>> [finding.rule for finding in lint(prompts=(), pool=rows, settings=PromptSettings(), task=task).findings]
    ['missing-class']
    """
    rules = chosen_rules(only, ignore)
    asked_for = list(queries) or [QueryRow(prompt.id, prompt.query) for prompt in prompts]
    if prompts and [query.id for query in asked_for] != [prompt.id for prompt in prompts]:
        raise InputError("`queries` are not the test items of `prompts` in the same order; give one query per prompt.")
    vectors, asked = _vectors(pool_vectors, "pool_vectors", pool), _vectors(query_vectors, "query_vectors", asked_for)
    if vectors is not None and asked is not None and vectors.shape[1] != asked.shape[1]:
        raise InputError(
            f"pool_vectors have {vectors.shape[1]} dimensions and query_vectors {asked.shape[1]}; "
            "embed both with the same model."
        )
    known = vectors if vectors is not None else asked
    centre = None if known is None else checked_mean(mean, known.shape[1])
    material = Material(
        prompts=tuple(prompts),
        labelled=tuple(pool),
        queries=tuple(asked_for),
        settings=settings,
        task=TaskSpec() if task is None else task,
        units=None if vectors is None else unit_rows(vectors, None),
        asked=None if asked is None else unit_rows(asked, None),
        centred=None if vectors is None else unit_rows(vectors, centre),
        asked_centred=None if asked is None else unit_rows(asked, centre),
        copies=_groups(copies, pool),
        threshold=near_copy_threshold,
        target=f"the target {target}" if target in TARGETS else "the target",
        target_order=target_order(target or ""),
        regions=tuple(regions),
    )
    return _report(material, rules)


def _report(material: Material, rules: Sequence[Rule]) -> LintReport:
    findings: list[Finding] = []
    lacking = {rule.name: reason for rule in rules if (reason := _lacking(rule, material))}
    checked = [rule for rule in rules if rule.name not in lacking]
    for rule in checked:
        findings += rule.check(material)
    # The sort is stable: within a severity, findings keep the order of the rules.
    findings.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    return LintReport(
        tuple(findings),
        tuple(rule.name for rule in checked),
        lacking | _partly(material, [rule.name for rule in checked]),
        prompts=len(material.prompts),
        labelled=len(material.labelled),
        tests=len(material.queries),
    )


def _lacking(rule: Rule, material: Material) -> str:
    """Why a rule cannot run, "" when it can."""
    if "labelled" in rule.needs and not material.labelled:
        return "nothing is labelled yet"
    if "classes" in rule.needs and material.task.type == "text":
        return "the answers are written, so there are no labels to count"
    if "prompts" in rule.needs and not material.prompts:
        return "there are no prompts"
    return ""


def _partly(material: Material, checked: Sequence[str]) -> dict[str, str]:
    """What a rule that ran could not see."""
    found = {}
    if material.units is None or (material.prompts and material.asked is None):
        found = dict.fromkeys(("near-twins", "leak", "conflict"), "only equal texts: there are no vectors")
    elif len(material.labelled) > MANY:
        reason = f"only equal texts: there are more than {MANY:,} labelled texts"
        found = dict.fromkeys(("near-twins", "conflict"), reason)
    return {name: reason for name, reason in found.items() if name in checked}


def _vectors(
    values: ArrayLike | Embeddings | None, name: str, rows: Sequence[LabelledRow] | Sequence[QueryRow]
) -> NDArray[np.floating] | None:
    if values is None or not rows:
        return None
    vectors = checked_vectors(values, name)
    if len(vectors) != len(rows):
        raise InputError(f"{name} has {len(vectors)} rows for {len(rows)} texts; give one row per text.")
    return vectors


def _groups(copies: ArrayLike | None, pool: Sequence[LabelledRow]) -> NDArray[np.int64] | None:
    if copies is None:
        return None
    groups = np.asarray(copies, dtype=np.int64)
    if pool and max(row.row for row in pool) >= len(groups):
        raise InputError(
            f"copies names a group for {len(groups)} rows, but row {max(row.row for row in pool)} is labelled; "
            "give one group per row of the pool."
        )
    return groups
