"""Disagreements and texts to look at again, each as a list that is worked off by keyboard."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.components.settler import settler
from ui.frame import OpenPage
from ui.review_parts import names_of, when

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from votek.workspace import ToSettle

__all__ = ["draw_disagreements", "draw_rechecks"]

_STATUS = {
    "disputed": "no majority",
    "majority": "a majority agrees",
    "adjudicated": "settled",
    "skipped": "settled: no label fits",
    "single": "one label",
    "unanimous": "all agree",
}


def draw_disagreements(page: OpenPage) -> None:
    """Draw the texts that people labelled differently, those to be settled first."""
    found = page.workspace.disagreements(page.project.id, settled=True)
    if not found:
        st.info(
            "No text was labelled differently by those who were asked about it. Texts that still wait for somebody are "
            "not shown, so that everybody decides for themselves."
        )
        return
    st.caption("Number keys choose the final label, Enter settles it, u takes it back. What each person said is kept.")
    words = {
        "done": "settled",
        "submit": "Settle",
        "finished": "All disagreements are settled",
        "none": "",
    }
    _mount(page, "disagreements", found, words)


def draw_rechecks(page: OpenPage) -> None:
    """Draw the texts whose labels are older than what they were labelled by."""
    found = page.workspace.to_recheck(page.project.id)
    if not found:
        st.info("Every label was given, or confirmed, under the definitions and guidelines of now.")
        return
    st.caption("Enter confirms the label, a number key and Enter change it. People find their own texts on Annotate.")
    words = {"done": "checked", "submit": "Confirm", "finished": "All labels are checked", "none": ""}
    _mount(page, "recheck", found, words)


def _mount(page: OpenPage, name: str, found: Sequence[ToSettle], words: Mapping[str, str]) -> None:
    project = page.project
    people = [voice.who for one in found for voice in one.voices]
    people += [one.difference.ruling.who for one in found if one.difference and one.difference.ruling]
    names = names_of(page, people)
    state = {
        "task": asdict(project.task),
        "guidelines": project.guidelines,
        "guidelines_version": project.guidelines_version,
        "items": [_item(page, one, names) for one in found],
    }
    settler(
        project=project.id, person=page.person.id, name=name, token=page.label_token(), state=state, words=dict(words)
    )


def _item(page: OpenPage, one: ToSettle, names: Mapping[str, str]) -> dict[str, Any]:
    me, again = page.person.id, one.why_again
    ruling = one.difference.ruling if one.difference is not None and again is None else None
    alone = again is not None and again.people == (me,) and [voice.who for voice in one.voices] == [me]
    status = one.difference.status if one.difference is not None else "single" if len(one.voices) == 1 else "unanimous"
    return {
        "id": one.item,
        "text": one.text,
        "status": "to look at again" if again is not None else _STATUS[status],
        "value": one.value,
        "kind": "label" if alone else "adjudicate",
        "settled": again is None and one.difference is not None and one.difference.settled,
        "ruling": None
        if ruling is None
        else {
            "event": ruling.event_id,
            "sequence": ruling.sequence,
            "who": "you" if ruling.who == me else names[ruling.who],
            "mine": ruling.who == me,
            **ruling.value,
        },
        "again": _why_again(again.labels, again.guidelines) if again is not None else "",
        "voices": [
            {
                "who": names[voice.who],
                "label": voice.label,
                "comment": voice.comment,
                "flagged": voice.flagged,
                "when": when(voice.time),
            }
            for voice in one.voices
        ],
    }


def _why_again(labels: Sequence[str], guidelines: bool) -> str:
    """What changed since the label was given.

    >>> _why_again(["refund"], True)
    'Changed since this was labelled: the meaning of refund; the guidelines.'
    """
    changed = [f"the meaning of {', '.join(labels)}"] if labels else []
    changed += ["the guidelines"] if guidelines else []
    return f"Changed since this was labelled: {'; '.join(changed)}."
