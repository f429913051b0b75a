"""The files to take away: one line per format, made when asked for, each with its manifest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import streamlit as st

from ui.frame import escape
from ui.remember import remembered
from votek.exports import formats, manifest_file

if TYPE_CHECKING:
    from ui.frame import OpenPage

__all__ = ["draw_exports", "file_name"]

_NAMES = {
    "labelled-jsonl": "Labelled set, JSON lines",
    "labelled-csv": "Labelled set, CSV",
    "labelled-parquet": "Labelled set, Parquet",
    "prompts-jsonl": "Prompts, JSON lines",
    "openai-chat-jsonl": "Prompts as chats (OpenAI form)",
    "langchain": "LangChain examples",
    "dspy": "DSPy demonstrations",
}
_OF_PROMPTS = ("prompts-jsonl", "openai-chat-jsonl")
_ENDINGS = ("jsonl", "csv", "parquet")


def draw_exports(page: OpenPage, *, with_prompts: bool, valid: bool) -> None:
    """Draw a download for every format. `with_prompts`: there are items to write prompts for."""
    st.subheader("Take it away", anchor=False)
    st.caption(
        "Beside each file there is its manifest: a record of what the file was made from, by which settings, and who "
        "labelled what. With it, `votek reproduce` can make the same file again."
    )
    if not valid:
        st.info("The downloads come back once the settings above can be used.")
        return
    listed = [(name, about) for name, about in formats().items() if name != "all"]
    for name, about in listed:
        if name in _OF_PROMPTS and not with_prompts:
            continue
        with st.container(border=True, key=f"export-{name}"):
            _line(page, name, about)
    st.space("small")
    st.download_button(
        "Download everything (zip)",
        data=lambda: page.workspace.export(page.project.id, "all").content,
        file_name=file_name(page.project.name, "all"),
        mime="application/zip",
        type="primary",
        on_click="ignore",
        key="export-everything",
    )


def _line(page: OpenPage, name: str, about: str) -> None:
    guard = True
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            st.markdown(f"**{_NAMES.get(name, name)}**")
            st.caption(escape(about))
            if name == "labelled-csv":
                guard = st.checkbox(
                    "Keep spreadsheets from running cells as formulas",
                    True,
                    help="One apostrophe goes before a cell that begins like a formula. Otherwise texts are verbatim.",
                    **remembered(page.project.id, "export-guard"),
                )
        st.download_button(
            "Download",
            data=lambda: page.workspace.export(page.project.id, name, formula_guard=guard).content,
            file_name=file_name(page.project.name, name),
            on_click="ignore",
            key=f"download-{name}",
        )
        st.download_button(
            "Manifest",
            data=lambda: _manifest(page, name, guard),
            file_name=file_name(page.project.name, name) + ".manifest.json",
            mime="application/json",
            type="tertiary",
            on_click="ignore",
            key=f"manifest-{name}",
        )


def _manifest(page: OpenPage, name: str, guard: bool) -> bytes:
    space, project_id = page.workspace, page.project.id
    file = space.export(project_id, name, formula_guard=guard)
    return manifest_file(space.export_manifest(project_id, name), file, format=name).content


def file_name(project: str, format: str) -> str:
    """A file name that every system takes.

    >>> file_name("Help: desk?", "labelled-csv"), file_name("日本", "all")
    ('Help-desk-labelled.csv', 'votek-export.zip')
    """
    slug = re.sub(r"[^A-Za-z0-9_-]+", "-", project).strip("-")[:60] or "votek"
    if format == "all":
        return f"{slug}-export.zip"
    stem, _, last = format.rpartition("-")
    return f"{slug}-{stem}.{last}" if last in _ENDINGS else f"{slug}-{format}.json"
