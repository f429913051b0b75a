"""The texts that prompts are written with; a mistake is said right under the field it is in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from ui.frame import escape
from ui.remember import remembered
from votek.errors import VotekError
from votek.prompts import default_instruction, parse_template, settings_in_force, unfilled_fields

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from votek.datatypes import PromptSettings

__all__ = ["draw_templates"]

_SEPARATORS = {
    "\n\n": "An empty line",
    "\n": "A line break",
    "\n\n---\n\n": "A line of dashes",
    "\n\n###\n\n": "A line of number signs",
    "": "Nothing",
}
_LABEL_LACKS = "Without `{label}` no example shows its answer, so a model cannot learn from the examples."
_TEXT_LACKS = "Without `{text}` the examples do not show their texts."
_QUERY_LACKS = "Without `{text}` a prompt does not show the text that it asks about."


def draw_templates(
    page: OpenPage, stored: PromptSettings, pool_fields: Sequence[str], query_fields: Sequence[str]
) -> tuple[PromptSettings, str]:
    """Draw the fields: the settings with what stands in them, and the first mistake ("" when there is none)."""
    key = page.project.id
    instruction = _instruction(page, stored)
    demonstration = st.text_area(
        "Each demonstration",
        stored.demonstration,
        height=90,
        help="A demonstration is a labelled text that stands in the prompt as an example.",
        **remembered(key, "prompt-demonstration"),
    )
    first = _judge(demonstration, pool_fields, "demonstration template", label=True, lacks=(_TEXT_LACKS, _LABEL_LACKS))
    if first:
        _say_kept_aside(page, demonstration)
    query = st.text_area(
        "The test item",
        stored.query,
        height=90,
        help="A test item is a text to write a prompt for. It stands last, and the model is to go on from there.",
        **remembered(key, "prompt-query"),
    )
    second = _judge(query, query_fields, "query template", label=False, lacks=(_QUERY_LACKS, ""))
    if second:
        _say_kept_aside(page, query)
    separator = _separator(key, stored.separator)
    with st.expander("What can stand in a template"):
        st.markdown(
            "`{text}` is the text and, in a demonstration, `{label}` its label. A column of the file is written "
            "`{field:NAME}`. For a brace that is no field write `{{` or `}}`. Braces inside the texts are safe. "
            "In the instruction `{labels}` stands for the names of all labels, and other braces stay as they are."
        )
        st.markdown(
            "Words that only make sense where a column is filled in stand in a block: "
            "`{if field:NAME}About: {field:NAME}{end}`, or with other words instead, "
            "`{if label}{label}{else}unknown{end}`."
        )
        both = [name for name in pool_fields if name in query_fields]
        if both:
            st.text("Columns: " + ", ".join(f"{{field:{name}}}" for name in both[:30]))
    changed = replace(stored, instruction=instruction, demonstration=demonstration, query=query, separator=separator)
    return changed, first or second


def _instruction(page: OpenPage, stored: PromptSettings) -> str | None:
    task = page.project.task
    usual = default_instruction(task)
    written = st.text_area(
        "Instruction",
        settings_in_force(stored, task).instruction or "",
        height=90,
        placeholder="For example: Say in one sentence what the message asks for.",
        help="Opens every prompt. `{labels}` stands for the names of all labels. May stay empty.",
        **remembered(page.project.id, "prompt-instruction"),
    )
    others = unfilled_fields(written)
    if others:
        names = escape(", ".join(others))
        st.warning(f"In the instruction only `{{labels}}` is filled in; this stays as it is: {names}")
    if "{labels}" in written and not task.labels:
        st.warning("`{labels}` stands for nothing here: the task has no list of labels.")
    # The usual instruction is not kept as the project's own, so that it goes on following the task.
    return None if written == usual and (usual or stored.instruction is None) else written


def _judge(source: str, fields: Sequence[str], name: str, *, label: bool, lacks: tuple[str, str]) -> str:
    """Say what is wrong with a template; the message when it cannot be used at all."""
    try:
        template = parse_template(source, fields=fields, label=label, name=name)
    except VotekError as problem:
        st.error(escape(str(problem)))
        return str(problem)
    shown = (template.uses("text") or bool(template.fields), template.uses("label"))
    for there, words in zip(shown, lacks, strict=True):
        if words and not there:
            st.warning(words)
    return ""


def _say_kept_aside(page: OpenPage, written: str) -> None:
    """Say why a column of the file that a template names is no field: it was loaded as labels."""
    space, project = page.workspace, page.project
    uses = {**space.columns(project.id, "test"), **space.columns(project.id)}
    named = [name for name, use in uses.items() if use in ("gold", "labelled") and f"field:{name}}}" in written]
    if named:
        st.info(
            escape(", ".join(named)) + ": loaded as labels, so it never stands in a prompt, where it could give an "
            "answer away. To use such a column, choose *Ignore* for it on the Data page when you load the file anew."
        )


def _separator(key: str, stored: str) -> str:
    offered = list(_SEPARATORS)
    if stored not in offered:
        offered.append(stored)
    chosen: str = st.selectbox(
        "Between them",
        offered,
        index=offered.index(stored),
        format_func=lambda text: _SEPARATORS.get(text, repr(text)),
        width=240,
        help="Stands between the instruction, the demonstrations and the test item.",
        **remembered(key, "prompt-separator"),
    )
    return chosen
