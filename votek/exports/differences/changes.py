"""The results of a comparison: frozen, countable, and readable as sentences, as JSON or as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Cause", "CauseKind", "LabelChange", "PickChange", "PromptChange", "PromptSetDiff", "SelectionDiff"]

CauseKind = Literal[
    "data", "test items", "labels", "task", "guidelines", "picks", "parameters", "templates", "model", "code", "unknown"
]
_WORDS: Mapping[str, str] = {
    "data": "the data",
    "test items": "the test items",
    "labels": "labels",
    "task": "the task",
    "guidelines": "the guidelines",
    "picks": "the picks",
    "parameters": "parameters",
    "templates": "templates",
    "model": "the embedding model",
    "code": "the version of a program",
    "unknown": "something that is not recorded",
}
_WAYS = (
    *("added", "removed", "changed", "with other demonstrations", "with re-labelled demonstrations", "re-ordered"),
    "with other words",
)


@dataclass(frozen=True)
class Cause:
    """One circumstance that is not the same on both sides, in one sentence."""

    kind: CauseKind
    text: str


@dataclass(frozen=True)
class LabelChange:
    """One labelled text that only one side has, or that has another label.

    `before`, `after`: the labels, None where there is none; `who`, `when`: of the newer one (of the older, where it is
    gone).
    """

    item: str
    kind: Literal["added", "removed", "re-labelled"]
    before: Any
    after: Any
    who: str = ""
    when: str | None = None

    def line(self) -> str:
        """The change in one line."""
        told = {"added": self.after, "removed": self.before}.get(self.kind, f"{self.before} to {self.after}")
        return f"label {self.kind}: {self.item}: {told}" + (f" (by {self.who})" if self.who else "")


@dataclass(frozen=True)
class PromptChange:
    """One test item whose prompt only one side has, or whose prompt is another.

    `added`, `removed`, `relabelled`: demonstrations by id. `reordered`: those that both have stand in another order.
    `rewritten`: the words differ beyond that. `because`: the causes, as far as they can be known.
    """

    item: str
    kind: Literal["added", "removed", "changed"]
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    relabelled: tuple[str, ...] = ()
    reordered: bool = False
    rewritten: bool = False
    because: tuple[CauseKind, ...] = ()

    def line(self) -> str:
        """The change in one line."""
        words = [f"+{item}" for item in self.added] + [f"-{item}" for item in self.removed]
        words += [f"{item} re-labelled" for item in self.relabelled]
        words += ["re-ordered"] if self.reordered else []
        words += ["other words"] if self.rewritten else []
        told = f": {', '.join(words)}" if words else ""
        return f"prompt {self.kind}: {self.item}{told}{_in_brackets(self.because)}"


@dataclass(frozen=True)
class PickChange:
    """One text that only one side picked, or that was picked in another order. Ranks count from 1."""

    item: str
    kind: Literal["added", "removed", "re-ordered"]
    before: int | None
    after: int | None
    because: tuple[CauseKind, ...] = ()
    note: str = ""

    def line(self) -> str:
        """The change in one line."""
        places = {"added": f"place {self.after}", "removed": f"was place {self.before}"}
        place = places.get(self.kind, f"place {self.before} to {self.after}")
        note = f"; {self.note}" if self.note else ""
        return f"pick {self.kind}: {self.item}, {place}{note}{_in_brackets(self.because)}"


@dataclass(frozen=True)
class SelectionDiff:
    """What differs between two selections: `a` and `b` name them, `sizes` tells their picks.

    `causes`: what is not the same about how they came to be; `changes`: pick by pick; `unknown`: what could not be
    compared, in sentences.
    """

    a: str
    b: str
    sizes: tuple[int, int]
    changes: tuple[PickChange, ...]
    causes: tuple[Cause, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether both pick the same texts in the same order."""
        return not self.changes

    @property
    def counts(self) -> dict[str, int]:
        """How many picks were added, removed, re-ordered."""
        return _counts(self.changes, ("added", "removed", "re-ordered"))

    def summary(self) -> list[str]:
        """Plain sentences: what changed, then why."""
        size_a, size_b = self.sizes
        if self.equal:
            return [f"Both pick the same {size_a:,} texts in the same order.", *self.unknown]
        told = _told(self.counts, "", ("added", "removed", "re-ordered"))
        lines = [f"{size_a:,} picks against {size_b:,}: {told}."]
        lines += _because("picks", self.changes, self.causes)
        return [*lines, *self.unknown]

    def entries(self) -> list[str]:
        """One line per change."""
        return [change.line() for change in self.changes]

    def to_json(self) -> dict[str, Any]:
        """Everything as one JSON object."""
        return {"kind": "picks", "equal": self.equal, "counts": self.counts, "summary": self.summary(), **asdict(self)}

    def to_pandas(self) -> pd.DataFrame:
        """One row per change: item, change, before, after, because, note."""
        import pandas as pd

        rows = [(c.item, c.kind, c.before, c.after, "; ".join(c.because), c.note) for c in self.changes]
        frame = pd.DataFrame(rows, columns=["item", "change", "before", "after", "because", "note"])
        return frame.astype({"before": "Int64", "after": "Int64"})


@dataclass(frozen=True)
class PromptSetDiff:
    """What differs between two prompt sets: `a` and `b` name them, `sizes` tells their prompts (None: not known).

    `causes`: every circumstance that is not the same. `labels`: what differs about the labelled texts; `prompts`: test
    item by test item; `picks`: the selections behind them, None where one side does not say. `same_prompts`: whether
    all prompts are the same letter for letter, None where that is not known. `unknown`: what could not be compared, in
    sentences.
    """

    a: str
    b: str
    sizes: tuple[int | None, int | None]
    same_prompts: bool | None
    labels: tuple[LabelChange, ...]
    prompts: tuple[PromptChange, ...]
    causes: tuple[Cause, ...] = ()
    picks: SelectionDiff | None = None
    unknown: tuple[str, ...] = field(default=())

    @property
    def equal(self) -> bool:
        """Whether nothing of the set differs; versions of programs alone are no difference."""
        return (
            self.same_prompts is not False
            and not (self.labels or self.prompts)
            and all(cause.kind == "code" for cause in self.causes)
            and (self.picks is None or self.picks.equal)
        )

    @property
    def counts(self) -> dict[str, int]:
        """How many labels and prompts changed in which way."""
        labels = _counts(self.labels, ("added", "removed", "re-labelled"))
        prompts = _counts(self.prompts, ("added", "removed", "changed"))
        changed = [one for one in self.prompts if one.kind == "changed"]
        return {
            **{f"labels {kind}": count for kind, count in labels.items()},
            **{f"prompts {kind}": count for kind, count in prompts.items()},
            "prompts with other demonstrations": sum(bool(one.added or one.removed) for one in changed),
            "prompts with re-labelled demonstrations": sum(bool(one.relabelled) for one in changed),
            "prompts re-ordered": sum(one.reordered for one in changed),
            "prompts with other words": sum(one.rewritten for one in changed),
        }

    def summary(self) -> list[str]:
        """Plain sentences: what changed, then why."""
        counts = self.counts
        lines = []
        if self.equal:
            lines.append("Both are the same prompt set." if self.same_prompts else "No difference was found.")
        if self.labels:
            lines.append(f"Labelled texts: {_told(counts, 'labels ', ('added', 'removed', 're-labelled'))}.")
        if self.prompts:
            lines.append(f"Prompts: {_told(counts, 'prompts ', _WAYS)}.")
        elif self.same_prompts is True and not self.equal:
            lines.append("The prompts are the same, letter for letter.")
        lines += _because("prompts", self.prompts, self.causes)
        if self.picks is not None and not self.picks.equal:
            lines += [f"Picks: {line}" for line in self.picks.summary()]
        return [*lines, *self.unknown]

    def entries(self) -> list[str]:
        """One line per change: labels, then prompts, then picks."""
        lines = [label.line() for label in self.labels] + [prompt.line() for prompt in self.prompts]
        return lines + (self.picks.entries() if self.picks is not None else [])

    def to_json(self) -> dict[str, Any]:
        """Everything as one JSON object."""
        picks = None if self.picks is None else self.picks.to_json()
        head = {"kind": "prompts", "equal": self.equal, "counts": self.counts, "summary": self.summary()}
        return {**head, **asdict(self), "picks": picks}

    def to_pandas(self) -> pd.DataFrame:
        """One row per changed label and prompt: what ("label" or "prompt"), item, change, before, after, because."""
        import pandas as pd

        rows: list[tuple[object, ...]] = [
            ("label", one.item, one.kind, one.before, one.after, one.who) for one in self.labels
        ]
        rows += [
            ("prompt", one.item, one.kind, "; ".join(one.removed), "; ".join(one.added), "; ".join(one.because))
            for one in self.prompts
        ]
        return pd.DataFrame(rows, columns=["what", "item", "change", "before", "after", "because"], dtype=object)


def _told(counts: Mapping[str, int], before: str, names: Sequence[str]) -> str:
    """Those of the counts that are not 0, each with its name."""
    return ", ".join(f"{counts[before + name]:,} {name}" for name in names if counts[before + name])


def _in_brackets(because: Sequence[CauseKind]) -> str:
    return f" (because of {', '.join(_WORDS[kind] for kind in because)})" if because else ""


def _counts(changes: Sequence[Any], kinds: Sequence[str]) -> dict[str, int]:
    found = Counter(change.kind for change in changes)
    return {kind: found[kind] for kind in kinds}


def _because(what: str, changes: Sequence[Any], causes: Sequence[Cause]) -> list[str]:
    """How many changes each cause explains, then each cause in its own words."""
    found = Counter(kind for change in changes for kind in change.because)
    lines = [f"Because of {_WORDS[kind]}: {count:,} {what}." for kind, count in found.most_common()]
    return lines + [f"- {cause.text}" for cause in causes]
