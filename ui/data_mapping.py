"""Which column of a file plays which part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from ui.frame import escape
from votek.datasets import default_role, suggest_columns

if TYPE_CHECKING:
    from votek.datasets import Table
    from votek.datatypes import Dataset

__all__ = ["ColumnRole", "Mapping", "draw_mapping"]

ColumnRole = Literal["labelled", "gold", "ignore"]
_ROLES: dict[ColumnRole, str] = {"gold": "Hidden gold", "labelled": "Already labelled", "ignore": "Ignore"}
_TEXT_HELP = "What is read and labelled. Choose several columns to join them into one text."
_LABEL_HELP = (
    "Hidden gold is kept aside to compare with later; nobody sees it while labelling. "
    "Already labelled texts need no label any more."
)
_GROUP_HELP = "Such as language or source: kept with each text, so that parts of the data can be compared."


@dataclass(frozen=True)
class Mapping:
    """Which column plays which part. `template` joins several text columns; None when there is one."""

    text: tuple[str, ...]
    template: str | None
    id: str | None
    labels: tuple[tuple[str, ColumnRole], ...]
    groups: tuple[str, ...]

    def used(self) -> dict[str, ColumnRole]:
        """The label columns that are not ignored, with their roles."""
        return {column: role for column, role in self.labels if role != "ignore"}

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments for `votek.datasets.map_columns`."""
        label = next(iter(self.used()), None)
        return {"text": self.text, "template": self.template, "id": self.id, "label": label, "group": self.groups}


def draw_mapping(table: Table, *, key: str, like: Dataset | None = None) -> Mapping:
    """Draw the choices, filled in with what the file suggests, and return them.

    `like`: an earlier dataset of the project; its text columns are suggested where the file has them.
    """
    likely = suggest_columns(table)
    before = [name for name in (like.details.get("text") or ()) if name in table.columns] if like is not None else []
    first = before or ([likely.text] if likely.text else [])
    text = st.multiselect("Text", table.columns, default=first, key=f"{key}-text", help=_TEXT_HELP)
    template = _template(text, key=key) if len(text) > 1 else None
    rest = [column for column in table.columns if column not in text]
    labels = _labels(table, rest, likely.labels, key=key) if rest else ()
    identity, groups = None, []
    if rest:
        with st.expander("Ids and groups"):
            options = ["", *rest]
            start = options.index(likely.id) if likely.id in options else 0
            identity = st.selectbox(
                "Id", options, start, format_func=lambda c: c or "Number the rows", key=f"{key}-id-{len(rest)}"
            )
            groups = st.multiselect("Groups", rest, key=f"{key}-groups-{len(rest)}", help=_GROUP_HELP)
    return Mapping(tuple(text), template, identity or None, labels, tuple(groups))


def _template(text: list[str], *, key: str) -> str:
    return st.text_input(
        "How the columns are joined",
        " / ".join(f"{{{column}}}" for column in text),
        key=f"{key}-template-{'-'.join(text)}",
        help="Each name in braces is replaced by the text in that column.",
    )


def _labels(
    table: Table, columns: list[str], likely: tuple[str, ...], *, key: str
) -> tuple[tuple[str, ColumnRole], ...]:
    chosen = st.multiselect(
        "Labels that the file already holds",
        columns,
        default=[column for column in likely if column in columns],
        key=f"{key}-labels-{len(columns)}",
        help=_LABEL_HELP,
        placeholder="None",
    )
    return tuple((column, _role(table, column, key=key)) for column in chosen)


def _role(table: Table, column: str, *, key: str) -> ColumnRole:
    cells = table.column(column)
    filled = sum(1 for cell in cells if cell)
    role: ColumnRole = st.segmented_control(
        f"{escape(column)} (filled in {filled:,} of {len(cells):,} rows)",
        list(_ROLES),
        format_func=_ROLES.__getitem__,
        default=default_role(cells),
        required=True,
        key=f"{key}-role-{column}",
    )
    return role
