"""One uploaded file: read, shown as it was understood, and mapped to texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd
import streamlit as st

from ui.data_suggest import Suggestion, default_role, suggest
from ui.frame import escape

if TYPE_CHECKING:
    from votek.datasets import RawTable

    from votek.datatypes import Refusal

__all__ = ["Mapping", "Role", "draw_mapping", "draw_refusals", "refusals_csv"]

Role = Literal["gold", "labelled", "ignore"]
ROLE_WORDS: dict[str, str] = {"gold": "Hidden gold", "labelled": "Already labelled", "ignore": "Ignore"}


@dataclass(frozen=True)
class Mapping:
    """Which column plays which part. `template` is used when there are several text columns."""

    text: tuple[str, ...]
    template: str | None
    id: str | None
    labels: dict[str, Role]
    groups: tuple[str, ...]

    def used(self) -> dict[str, Role]:
        """The label columns that are not ignored, with their roles."""
        return {column: role for column, role in self.labels.items() if role != "ignore"}


def draw_mapping(table: RawTable, *, key: str) -> Mapping:
    """Draw the choices, each with what the file suggests, and return them."""
    columns = [str(column) for column in table.frame.columns]
    likely = suggest(table.frame)
    text = st.multiselect("Text", columns, default=list(likely.text), key=f"{key}-text", help=_TEXT_HELP)
    template = _template(text, key=key) if len(text) > 1 else None
    with st.container(border=False):
        labels = _labels(table.frame, [c for c in columns if c not in text], likely, key=key)
    with st.expander("Ids and groups"):
        rest = [c for c in columns if c not in text]
        options = ["", *rest]
        start = options.index(likely.id) if likely.id in options else 0
        identity = st.selectbox("Id", options, start, format_func=lambda c: c or "Number the rows", key=f"{key}-id")
        groups = st.multiselect("Groups", rest, key=f"{key}-groups", help=_GROUP_HELP)
    return Mapping(tuple(text), template, identity or None, labels, tuple(groups))


_TEXT_HELP = "What is read and labelled. Choose several to join them into one text."
_GROUP_HELP = "Columns such as language or source, kept with each text so that parts of the data can be compared."


def _template(text: list[str], *, key: str) -> str:
    return st.text_input(
        "How the columns are joined",
        " / ".join(f"{{{column}}}" for column in text),
        key=f"{key}-template-{'-'.join(text)}",
        help="Each name in braces is replaced by that column's text.",
    )


def _labels(frame: pd.DataFrame, columns: list[str], likely: Suggestion, *, key: str) -> dict[str, Role]:
    chosen = st.multiselect(
        "Labels that the file already has",
        columns,
        default=[c for c in likely.labels if c in columns],
        key=f"{key}-labels",
        help="Hidden gold is kept aside, to compare with later; nobody sees it while labelling. Already labelled rows "
        "need no label any more.",
    )
    return {column: _role(frame, column, key=key) for column in chosen}


def _role(frame: pd.DataFrame, column: str, *, key: str) -> Role:
    filled = int((frame[column] != "").sum())
    role = st.segmented_control(
        f"{escape(column)}: filled in {filled:,} of {len(frame):,} rows",
        list(ROLE_WORDS),
        format_func=ROLE_WORDS.__getitem__,
        default=default_role(frame, column),
        required=True,
        key=f"{key}-role-{column}",
    )
    return "gold" if role == "gold" else "labelled" if role == "labelled" else "ignore"


def refusals_csv(refusals: tuple[Refusal, ...]) -> bytes:
    """The refused rows as CSV: row, reason, excerpt."""
    table = pd.DataFrame([(r.row, r.reason, r.excerpt) for r in refusals], columns=["row", "reason", "excerpt"])
    return table.to_csv(index=False, quoting=1).encode()


def draw_refusals(refusals: tuple[Refusal, ...], *, key: str) -> None:
    """Draw how many rows cannot be used, why, and the list of them to download."""
    if not refusals:
        return
    with st.expander(f"{len(refusals):,} refused rows, each with its reason"):
        st.dataframe(
            pd.DataFrame([(r.row, r.reason, r.excerpt) for r in refusals[:1000]], columns=["Row", "Reason", "Begins"]),
            hide_index=True,
            key=f"{key}-refusals",
        )
        st.download_button(
            "Download the refused rows",
            refusals_csv(refusals),
            "refused-rows.csv",
            "text/csv",
            on_click="ignore",
            key=f"{key}-download",
        )
