"""An upload, from the file to the accepted preview; nothing is stored before it is accepted."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
import streamlit as st
import votek.datasets as datasets

from ui.data_file import Mapping, draw_mapping, draw_refusals
from ui.data_suggest import label_values, task_type
from ui.data_task import TASK_WORDS, make_labels
from ui.frame import OpenPage
from ui.home import NEW_NAME
from votek.datatypes import TaskSpec

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile
    from votek.datasets import RawTable

    from votek.datatypes import Dataset, TaskType

__all__ = ["draw_upload"]

_TYPES = ["csv", "tsv", "txt", "jsonl", "ndjson", "json", "parquet", "xlsx", "gz"]
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def draw_upload(page: OpenPage, role: Literal["pool", "test"]) -> None:
    """Draw the way of one file into the project as its texts ("pool") or its test texts ("test")."""
    key = f"{role}-{page.project.id}"
    upload = st.file_uploader(
        "File with the texts" if role == "pool" else "File with the test texts",
        type=_TYPES,
        max_upload_size=page.workspace.settings.max_upload_mb,
        key=f"{key}-file",
        help="CSV, TSV, JSON, JSONL, Parquet, Excel (.xlsx), or plain text with one item a line; also gzipped.",
    )
    if upload is None:
        st.session_state.pop(f"{key}-table", None)
        return
    table = _read(upload, key=key, options=_options(key), page=page)
    _how_read(table, key=key)
    mapping = draw_mapping(table, key=key)
    if not mapping.text:
        st.info("Choose the column that holds the text.")
        return
    dataset = datasets.make_dataset(
        table,
        text=list(mapping.text),
        template=mapping.template,
        id=mapping.id,
        group=list(mapping.groups),
        label=next(iter(mapping.used()), None),
        settings=page.workspace.settings,
    )
    _preview(table, dataset, mapping, key=key)
    task = _task(page, table, mapping, key=key) if role == "pool" else None
    noun = "texts" if role == "pool" else "test texts"
    if st.button(f"Load {len(dataset):,} {noun}", type="primary", key=f"{key}-load", disabled=not len(dataset)):
        _commit(page, role, dataset, mapping, task, PurePath(upload.name).name)


def _options(key: str) -> dict[str, Any]:
    """What was chosen under "Read it differently"; empty where the file decides."""
    chosen = {name: st.session_state.get(f"{key}-{name}") for name in ("format", "encoding", "delimiter")}
    return {name: value for name, value in chosen.items() if value}


def _read(upload: UploadedFile, *, key: str, options: dict[str, Any], page: OpenPage) -> RawTable:
    """The parsed file; kept for this session only, and parsed again only when it is read differently."""
    slot, wanted = f"{key}-table", (upload.file_id, tuple(sorted(options.items())))
    held = st.session_state.get(slot)
    if held is None or held[0] != wanted:
        st.session_state.pop(slot, None)
        with st.spinner("Reading the file"):
            table = datasets.read_table(upload.name, upload.getbuffer(), settings=page.workspace.settings, **options)
        held = st.session_state[slot] = (wanted, table)
    return held[1]


def _how_read(table: RawTable, *, key: str) -> None:
    details = table.details
    words = [str(details["format"]).upper()]
    if details.get("encoding"):
        words.append(str(details["encoding"]).upper())
    if details.get("delimiter"):
        words.append(f"separated by {_DELIMITERS.get(details['delimiter'], repr(details['delimiter']))}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"Read as {', '.join(words)}.")
        with st.popover("Read it differently"):
            st.selectbox("Format", ["", *datasets.formats()], format_func=lambda f: f or "Detect", key=f"{key}-format")
            st.text_input("Encoding", placeholder="detect, or for example cp1252", key=f"{key}-encoding")
            st.selectbox(
                "Separator",
                ["", *_DELIMITERS],
                format_func=lambda d: _DELIMITERS.get(d, "Detect"),
                key=f"{key}-delimiter",
            )


def _preview(table: RawTable, dataset: Dataset, mapping: Mapping, *, key: str) -> None:
    copies = len(dataset) - len(set(dataset.duplicates.tolist()))
    st.markdown(
        f"**{table.rows:,}** rows in the file = **{len(dataset):,}** loaded + **{len(dataset.refusals):,}** refused. "
        f"**{copies:,}** are exact copies of another row; near-copies are found after loading."
    )
    draw_refusals(dataset.refusals, key=key)
    shown = {"Id": dataset.ids[:100], "Text": dataset.texts[:100]}
    shown |= {column: dataset.fields[column].head(100) for column in mapping.used()}
    st.dataframe(
        pd.DataFrame(shown),
        hide_index=True,
        height=248,
        key=f"{key}-preview",
        column_config={"Text": st.column_config.TextColumn(width="large")},
        alt="The first 100 texts as they will be loaded",
    )


def _task(page: OpenPage, table: RawTable, mapping: Mapping, *, key: str) -> TaskSpec | None:
    """The task of a project that has none yet, as the file's labels suggest it."""
    if page.project.task.labels or page.project.task.type == "text":
        return None
    source = next(iter(mapping.used()), None)
    suggested = task_type(table.frame, source)
    kind: TaskType = st.segmented_control(
        "What will you do with each text?",
        list(TASK_WORDS),
        format_func=TASK_WORDS.__getitem__,
        default=suggested,
        required=True,
        key=f"{key}-task-{suggested}",
    )
    known = label_values(table.frame, source) if source else []
    if kind == "text":
        return TaskSpec(type=kind)
    names = st.text_area(
        "Labels, one on each line" + (f" ({len(known)} found in the file)" if known else ""),
        "\n".join(known),
        height=140,
        key=f"{key}-names-{source}",
        placeholder="complaint\nquestion\npraise",
    )
    return TaskSpec(type=kind, labels=make_labels(names.splitlines()))


def _commit(
    page: OpenPage, role: Literal["pool", "test"], dataset: Dataset, mapping: Mapping, task: TaskSpec | None, name: str
) -> None:
    space, project = page.workspace, page.project
    space.import_dataset(project.id, dataset, role=role, name=name, columns=mapping.used())
    st.session_state.pop(f"{role}-{project.id}-table", None)
    if task is not None:
        space.set_task(project.id, task)
    if role == "pool" and project.name == NEW_NAME:
        space.rename_project(project.id, PurePath(name).name.split(".")[0] or NEW_NAME)
    space.request_preparation(project.id)
    if role == "pool":
        st.switch_page("pages/2_Select.py", query_params=page.query)
    st.rerun()
