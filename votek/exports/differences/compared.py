"""Two prompt sets compared: labels, prompts, picks, and what each change comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from votek.datatypes import PromptSet
from votek.errors import InputError
from votek.exports.differences.causes import causes_of_prompts
from votek.exports.differences.changes import (
    Cause,
    CauseKind,
    LabelChange,
    PromptChange,
    PromptSetDiff,
)
from votek.exports.differences.picks import diff_selections, moved
from votek.exports.differences.sources import Described, Written, describe, readable

__all__ = ["diff_prompt_sets"]

Side = PromptSet | Mapping[str, Any] | Described


def diff_prompt_sets(a: Side, b: Side, *, names: tuple[str, str] = ("a", "b")) -> PromptSetDiff:
    """What differs between two prompt sets, change by change, and why.

    A cause is certain where it can be read off: a demonstration that was not labelled before, or has another label
    now. Otherwise every circumstance is named that differs and can change what stands in a prompt; "unknown" where
    none is recorded.

    a, b: prompt sets, manifests as `read_manifest` gives them, or files (`read_described`). names: how to call them.

    Raises:
        InputError: one of them is a file of picks.
        FileError: a part of a manifest cannot be read.
    """
    one, other = describe(a, names[0]), describe(b, names[1])
    for side in (one, other):
        if not side.is_prompts:
            raise InputError(f"{side.name} holds picks, not prompts. Compare it with other picks.")
    with readable(one.name, other.name):
        return _compared(one, other)


def _compared(one: Described, other: Described) -> PromptSetDiff:
    causes: tuple[Cause, ...] = ()
    unknown = []
    if one.manifest is not None and other.manifest is not None:
        causes = causes_of_prompts(one.manifest, other.manifest)
    else:
        unknown.append("Settings, labels and data were not compared: give the manifest beside the prompts as well.")
    labels = _labels(one, other)
    compared = one.prompts is not None and other.prompts is not None
    same = _same(one, other)
    if not compared and not same:
        unknown.append("Which prompts differ is not known: give the prompts (prompts-jsonl) of both sides as well.")
    picks = None
    if one.manifest is not None and other.manifest is not None:
        picks = diff_selections(one, other)
    return PromptSetDiff(
        a=one.name,
        b=other.name,
        sizes=(_size(one), _size(other)),
        same_prompts=same,
        labels=labels,
        prompts=_prompts(one, other, labels, causes) if compared else (),
        causes=causes,
        picks=picks,
        unknown=tuple(unknown),
    )


def _size(side: Described) -> int | None:
    if side.prompts is not None:
        return len(side.prompts)
    return None if side.manifest is None else int(side.manifest["prompts"]["count"])


def _same(a: Described, b: Described) -> bool | None:
    if a.manifest is not None and b.manifest is not None:
        digests = a.manifest["prompts"]["digest"], b.manifest["prompts"]["digest"]
        counts = a.manifest["prompts"]["count"], b.manifest["prompts"]["count"]
        if all(counts) or counts == (0, 0):
            return bool(digests[0] == digests[1])
    if a.prompts is None or b.prompts is None:
        return None
    return {item: one.digest for item, one in a.prompts.items()} == {
        item: one.digest for item, one in b.prompts.items()
    }


def _labels(a: Described, b: Described) -> tuple[LabelChange, ...]:
    before, after = a.labels, b.labels
    if before is None or after is None:
        return ()
    changes = [
        LabelChange(item, "added", None, one["value"], str(one["who"] or ""), one["time"])
        for item, one in after.items()
        if item not in before
    ]
    changes += [
        LabelChange(item, "removed", one["value"], None, str(one["who"] or ""), one["time"])
        for item, one in before.items()
        if item not in after
    ]
    changes += [
        LabelChange(item, "re-labelled", one["value"], new["value"], str(new["who"] or ""), new["time"])
        for item, one in before.items()
        if (new := after.get(item)) is not None and new["value"] != one["value"]
    ]
    return tuple(changes)


def _prompts(
    a: Described, b: Described, labels: tuple[LabelChange, ...], causes: tuple[Cause, ...]
) -> tuple[PromptChange, ...]:
    before, after = a.prompts or {}, b.prompts or {}
    reasons = _Reasons(labels, causes, known=a.manifest is not None and b.manifest is not None)
    changes = [PromptChange(item, "added", because=reasons.of_item()) for item in after if item not in before]
    changes += [PromptChange(item, "removed", because=reasons.of_item()) for item in before if item not in after]
    for item, one in before.items():
        if item in after:
            change = _changed(item, one, after[item], reasons)
            if change is not None:
                changes.append(change)
    return tuple(changes)


def _changed(item: str, a: Written, b: Written, reasons: _Reasons) -> PromptChange | None:
    added = tuple(one for one in b.demonstrations if one not in a.demonstrations)
    removed = tuple(one for one in a.demonstrations if one not in b.demonstrations)
    common = [one for one in a.demonstrations if one in b.demonstrations]
    reordered = bool(moved(common, [one for one in b.demonstrations if one in a.demonstrations]))
    relabelled = tuple(one for one in common if one in reasons.relabelled or _other_label(one, a, b))
    differs = a.digest != b.digest
    if not (added or removed or reordered or relabelled or differs):
        return None
    rewritten = differs and (reasons.rewrites or not (added or removed or reordered or relabelled))
    because: dict[CauseKind, None] = {}
    for found in (
        reasons.of_exchange(added, removed) if added or removed else (),
        ("labels",) if relabelled else (),
        reasons.of_order(labels_changed=bool(added or removed)) if reordered else (),
        reasons.of_words() if rewritten else (),
    ):
        because |= dict.fromkeys(found)
    return PromptChange(item, "changed", added, removed, relabelled, reordered, rewritten, tuple(because))


def _other_label(item: str, a: Written, b: Written) -> bool:
    if a.labels is None or b.labels is None:
        return False
    return bool(a.labels[a.demonstrations.index(item)] != b.labels[b.demonstrations.index(item)])


class _Reasons:
    """What the changes of single prompts can be put down to."""

    def __init__(self, labels: tuple[LabelChange, ...], causes: tuple[Cause, ...], *, known: bool) -> None:
        self.new = {one.item for one in labels if one.kind == "added"}
        self.gone = {one.item for one in labels if one.kind == "removed"}
        self.relabelled = {one.item for one in labels if one.kind == "re-labelled"}
        self._kinds = dict.fromkeys(cause.kind for cause in causes)
        self._known = known
        self.rewrites = "templates" in self._kinds or "task" in self._kinds

    def of_item(self) -> tuple[CauseKind, ...]:
        return self._of("test items", "data", "labels")

    def of_exchange(self, added: tuple[str, ...], removed: tuple[str, ...]) -> tuple[CauseKind, ...]:
        """Labels explain all of it where whatever came is newly labelled, or whatever went lost its label.

        A prompt that grew or shrank while the settings changed has these for a reason, too.
        """
        by_labels = bool(self.new.intersection(added) or self.gone.intersection(removed))
        explained = (added and set(added) <= self.new) or (removed and set(removed) <= self.gone)
        explained = explained and (len(added) == len(removed) or "parameters" not in self._kinds)
        others = self._of("parameters", "model", "data", "test items")
        retrieval = tuple(kind for kind in others if kind not in ("unknown", "code"))
        if by_labels:
            return ("labels",) if explained or not retrieval else ("labels", *retrieval)
        if not retrieval and self.relabelled:
            return ("labels",)  # balanced and capped retrieval go by the label
        return retrieval or self._fallback("templates")

    def of_order(self, *, labels_changed: bool) -> tuple[CauseKind, ...]:
        found = self._of("parameters", "model", "data", "test items")
        if found in (("unknown",), ("code",)) and (labels_changed or self.relabelled):
            return ("labels",)
        return found

    def of_words(self) -> tuple[CauseKind, ...]:
        return self._of("templates", "task", "test items", "data")

    def _of(self, *kinds: CauseKind) -> tuple[CauseKind, ...]:
        found = tuple(kind for kind in kinds if kind in self._kinds or (kind == "labels" and (self.new or self.gone)))
        return found or self._fallback()

    def _fallback(self, *kinds: CauseKind) -> tuple[CauseKind, ...]:
        if not self._known:
            return ()
        for kind in kinds:
            if kind in self._kinds:
                return (kind,)
        return ("code",) if "code" in self._kinds else ("unknown",)
