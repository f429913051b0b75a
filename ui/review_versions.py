"""Versions of the guidelines and of the labels: who changed them when, and what two versions differ in."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from ui.evaluate_parts import draw_table
from ui.frame import OpenPage
from ui.remember import remembered
from ui.review_parts import names_of, when

if TYPE_CHECKING:
    from collections.abc import Sequence

    from votek.workspace import Revision

__all__ = ["draw_versions", "version_lines"]

_KINDS: dict[str, Literal["guidelines", "task"]] = {"Guidelines": "guidelines", "Labels": "task"}


def draw_versions(page: OpenPage) -> None:
    """Draw the list of versions of one of the two, and the difference of two of them."""
    chosen = st.segmented_control(
        "Versions of", list(_KINDS), default="Guidelines", required=True, **remembered(page.project.id, "review-kind")
    )
    made = page.workspace.revisions(page.project.id, _KINDS[chosen])
    st.caption("Labels remember under which version they were given; what changed since is listed under Re-check.")
    _table(page, made, chosen.lower())
    if len(made) > 1:
        _difference(made, chosen.lower())


def _table(page: OpenPage, made: Sequence[Revision], name: str) -> None:
    import pandas as pd

    names = names_of(page, [one.who for one in made if one.who])
    frame = pd.DataFrame(
        {
            "Version": [one.version for one in made],
            "From (UTC)": [when(one.time) for one in made],
            "By": [names[one.who] if one.who else "not recorded" for one in made],
            "Lines": [len(version_lines(one)) for one in made],
        }
    ).iloc[::-1]
    draw_table(frame, name=f"review-versions-{name}", alt=f"Every version of the {name}, with who made it when")


def _difference(made: Sequence[Revision], name: str) -> None:
    numbers = [one.version for one in made]
    st.subheader("What changed between two versions", anchor=False)
    left, right = st.columns(2)
    older = left.selectbox("From version", numbers, index=len(numbers) - 2, key=f"older-{name}-{len(numbers)}")
    newer = right.selectbox("To version", numbers, index=len(numbers) - 1, key=f"newer-{name}-{len(numbers)}")
    one, other = (next(made_one for made_one in made if made_one.version == number) for number in (older, newer))
    lines = list(difflib.unified_diff(version_lines(one), version_lines(other), lineterm="", n=2))[2:]
    if lines:
        st.code("\n".join(lines), language="diff", wrap_lines=True)
    else:
        st.caption("These two versions say the same.")


def version_lines(made: Revision) -> list[str]:
    """A version as lines of plain text: guidelines as they are, labels one on each line with their definition."""
    value: Any = made.value
    if isinstance(value, str):
        return value.splitlines()
    labels = [f"{label['name']}: {label.get('definition') or 'no definition'}" for label in value["labels"]]
    return [f"task: {value['type']}", *labels]
