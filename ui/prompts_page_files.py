"""A file to take away: written when it is asked for, then offered; what stands in its way is said in its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from ui.frame import escape
from votek.errors import VotekError

if TYPE_CHECKING:
    from collections.abc import Hashable

    from ui.frame import OpenPage
    from votek.exports import ExportFile

__all__ = ["Wanted", "offer"]


@dataclass(frozen=True)
class Wanted:
    """One export as a person asks for it. `state`: what it is made from; a file of another state is old."""

    format: str
    file_name: str
    formula_guard: bool
    answers: bool
    state: Hashable


@dataclass(frozen=True)
class _Prepared:
    wanted: Wanted
    file: ExportFile
    manifest: ExportFile


def offer(page: OpenPage, wanted: Wanted, *, load: str = "", primary: bool = False) -> None:
    """Draw the button that writes the file, or the file itself once it is there; `load`: how to load it.

    A download whose content is made at the click cannot say what went wrong, so a file is made first.
    """
    key = f"{page.project.id}-export-prepared"
    row, below = st.container(horizontal=True, vertical_alignment="center"), st.container()
    place = row.empty()
    if load:
        with row.popover("How to load it", type="tertiary", key=f"load-{wanted.format}"):
            st.code(load, language=None, wrap_lines=True)
    prepared = st.session_state.get(key)
    if not isinstance(prepared, _Prepared) or prepared.wanted != wanted:
        if not place.button("Prepare", key=f"prepare-{wanted.format}", type="primary" if primary else "secondary"):
            return
        with below, st.spinner("Writing the file"):
            made = _made(page, wanted)
        if made is None:
            return
        prepared = st.session_state[key] = made  # one at a time: files can be large
    with place.container(horizontal=True, vertical_alignment="center", width="content"):
        _draw(prepared)
    with below:
        _remarks(prepared)


def _made(page: OpenPage, wanted: Wanted) -> _Prepared | None:
    try:
        file, manifest = page.workspace.export_files(
            page.project.id,
            wanted.format,
            formula_guard=wanted.formula_guard,
            answers=wanted.answers,
            name=wanted.file_name,
        )
    except VotekError as problem:
        first, _, rest = str(problem).partition("\n")
        st.error(escape(first))
        if rest:
            st.code(rest, language=None, wrap_lines=True)
        return None
    return _Prepared(wanted, file, manifest)


def _remarks(prepared: _Prepared) -> None:
    for name, reason in prepared.file.left_out.items():
        st.warning(escape(f"{name} is not in it: {reason.partition(chr(10))[0]}"))
    if prepared.file.answers:
        st.caption(f"With the right answers of {prepared.file.answers:,} test items.")


def _draw(prepared: _Prepared) -> None:
    wanted, file = prepared.wanted, prepared.file
    st.download_button(
        f"Download ({_size(file.size)})",
        data=file.content,
        file_name=wanted.file_name,
        mime=file.mime,
        type="primary",
        on_click="ignore",
        key=f"download-{wanted.format}",
    )
    st.download_button(
        "Manifest",
        data=prepared.manifest.content,
        file_name=prepared.manifest.name,
        mime="application/json",
        type="tertiary",
        on_click="ignore",
        key=f"manifest-{wanted.format}",
    )


def _size(count: int) -> str:
    """A size in words.

    >>> _size(999), _size(12_345), _size(3_400_000)
    ('999 bytes', '12 kB', '3.4 MB')
    """
    if count < 1_000:
        return f"{count} bytes"
    return f"{count / 1e3:.0f} kB" if count < 1_000_000 else f"{count / 1e6:.1f} MB"
