"""An uploaded file read as a table, how it was read, and which rows could not be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from ui.frame import show_error
from votek import datasets
from votek.errors import FileError, InputError

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from votek.datasets import Table
    from votek.datatypes import Refusal
    from votek.settings import Settings

__all__ = ["UPLOAD_TYPES", "draw_refusals", "how_read", "read_upload"]

UPLOAD_TYPES = ["csv", "tsv", "tab", "jsonl", "ndjson", "json", "parquet", "pq", "xlsx", "txt", "gz"]
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_ENCODINGS = ["utf-8", "utf-16", "cp1252", "iso-8859-1", "cp1251", "shift_jis", "gb18030", "big5", "euc-kr"]
_DETECT = "Detect"
_SHOWN_REFUSALS = 1000


def read_upload(upload: UploadedFile, *, key: str, settings: Settings) -> Table | None:
    """The table in the file, or None with an error shown; the ways to read it differently stay in reach.

    The table is kept for this session only, and parsed again only when the file is read differently.
    """
    options = _options(key)
    slot, wanted = f"{key}-table", (upload.file_id, tuple(sorted(options.items())))
    held = st.session_state.get(slot)
    table: Table | None = held[1] if held is not None and held[0] == wanted else None
    if table is None:
        st.session_state.pop(slot, None)
        try:
            with st.spinner("Reading the file"):
                limits = datasets.Limits.from_settings(settings)
                table = datasets.read_table(upload.getvalue(), name=upload.name, limits=limits, **options)
        except (FileError, InputError) as error:
            show_error(error)
        else:
            st.session_state[slot] = (wanted, table)
    with st.container(horizontal=True, vertical_alignment="center"):
        if table is not None:
            st.text(how_read(table.details))
        _other_ways(key)
    for note in table.details.get("notes", ()) if table is not None else ():
        st.text(note)
    return table


def how_read(details: dict[str, Any] | Any) -> str:
    """One plain sentence: format, encoding, separator; or that texts came with labels, of which the tool is all.

    >>> how_read({"format": "csv", "encoding": "utf-8", "delimiter": ";"})
    'Read as CSV, encoding utf-8, separated by semicolon.'
    """
    if not details.get("format"):
        return "Loaded with its labels from the export of another tool."
    known = datasets.formats().get(str(details["format"]))
    words = [known.title if known else "a table"]
    if details.get("compression") == "gzip":
        words[0] += " (gzip)"
    if details.get("encoding"):
        words.append(f"encoding {details['encoding']}")
    if details.get("delimiter"):
        words.append(f"separated by {_DELIMITERS.get(details['delimiter'], repr(details['delimiter']))}")
    return f"Read as {', '.join(words)}."


def _options(key: str) -> dict[str, Any]:
    """What was chosen under "Read it differently"; empty where the file decides."""
    chosen = {name: st.session_state.get(f"{key}-{name}") for name in ("format", "encoding", "delimiter")}
    options: dict[str, Any] = {name: value for name, value in chosen.items() if value not in (None, "", _DETECT)}
    if st.session_state.get(f"{key}-header") is False:
        options["header"] = False
    return options


def _other_ways(key: str) -> None:
    titles = {_DETECT: _DETECT, **{name: format.title for name, format in datasets.formats().items()}}
    delimiters = {_DETECT: _DETECT, **_DELIMITERS}
    with st.popover("Read it differently"):
        st.selectbox("Format", list(titles), format_func=titles.__getitem__, key=f"{key}-format")
        st.selectbox("Encoding", [_DETECT, *_ENCODINGS], key=f"{key}-encoding", accept_new_options=True)
        st.selectbox("Separator", list(delimiters), format_func=delimiters.__getitem__, key=f"{key}-delimiter")
        st.checkbox("The first row holds the names of the columns", value=True, key=f"{key}-header")


def draw_refusals(refusals: Sequence[Refusal], *, key: str) -> None:
    """Draw how many rows cannot be used, why, and the list of them to download."""
    if not refusals:
        return
    with st.expander(f"{len(refusals):,} refused rows, each with its reason"):
        shown = [(r.row, r.reason, r.excerpt) for r in refusals[:_SHOWN_REFUSALS]]
        st.dataframe(
            pd.DataFrame(shown, columns=["Row", "Reason", "Begins"]),
            hide_index=True,
            key=f"{key}-refusals",
            column_config={"Reason": st.column_config.TextColumn(width="large")},
            alt="Refused rows with their number in the file and the reason",
        )
        st.download_button(
            "Download the refused rows",
            lambda: datasets.refusals_csv(refusals),
            "refused-rows.csv",
            "text/csv",
            on_click="ignore",
            key=f"{key}-download",
        )
