"""An upload, from the file to the accepted preview; nothing is stored before it is accepted."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

import pandas as pd
import streamlit as st

from ui.data_file import UPLOAD_TYPES, draw_refusals, read_upload
from ui.data_labels import alike, make_labels
from ui.data_mapping import Mapping, draw_mapping
from ui.data_task import TASK_WORDS
from ui.frame import OpenPage, escape, show_error
from ui.home import NEW_NAME, free_name
from votek import datasets
from votek.datatypes import TaskSpec
from votek.errors import InputError

if TYPE_CHECKING:
    from votek.datasets import Table
    from votek.datatypes import Dataset, TaskType

__all__ = ["draw_upload"]

Role = Literal["pool", "test"]


def draw_upload(page: OpenPage, role: Role) -> None:
    """Draw the way of one file into the project, as its texts ("pool") or its test texts ("test")."""
    held = page.workspace.dataset(page.project.id, role)
    # A loaded file makes a new, empty uploader.
    key = f"{role}-{page.project.id}" + (f"-{held.digest[:8]}" if held is not None else "")
    upload = st.file_uploader(
        "File with the texts" if role == "pool" else "File with the test texts",
        type=UPLOAD_TYPES,
        max_upload_size=page.workspace.settings.max_upload_mb,
        key=f"{key}-file",
        help="CSV, TSV, JSON, JSON Lines, Parquet, Excel (.xlsx), or plain text with one item a line; also gzipped.",
    )
    if upload is None:
        _forget(key)
        return
    table = read_upload(upload, key=key, settings=page.workspace.settings)
    if table is None:
        return
    pool = page.workspace.dataset(page.project.id) if role == "test" else None
    mapping = draw_mapping(table, key=key, like=pool)
    dataset = _map(page, table, mapping, key=key)
    if dataset is None:
        return
    _preview(table, dataset, mapping, key=key)
    task, clash = _task(page, table, mapping, key=key) if role == "pool" else (None, "")
    words = f"Load {len(dataset):,} {'texts' if role == 'pool' else 'test texts'}"
    first = role == "pool" and held is None
    with st.container(horizontal=True, vertical_alignment="center"):
        load = st.button(words, type="primary" if first else "secondary", key=f"{key}-load")
        if task is not None and task.type != "text" and not task.labels:
            st.caption("No labels yet: you can name them now or later.", width="content")
    if load and not clash:
        _forget(key)
        _commit(page, role, dataset, mapping, task, PurePath(upload.name).name)


def _forget(key: str) -> None:
    for slot in ("table", "dataset"):
        st.session_state.pop(f"{key}-{slot}", None)


def _map(page: OpenPage, table: Table, mapping: Mapping, *, key: str) -> Dataset | None:
    """The texts as the mapping gives them, made again only when it changes; None with the reason shown."""
    if not mapping.text:
        st.info("Choose the column that holds the text.")
        return None
    held = st.session_state.get(f"{key}-dataset")
    if held is not None and held[0] is table and held[1] == mapping:
        dataset: Dataset = held[2]
        return dataset
    try:
        limits = datasets.Limits.from_settings(page.workspace.settings)
        dataset = datasets.map_columns(table, limits=limits, **mapping.arguments())
    except InputError as error:
        show_error(error)
        draw_refusals(table.refusals, key=key)
        return None
    st.session_state[f"{key}-dataset"] = (table, mapping, dataset)
    return dataset


def _preview(table: Table, dataset: Dataset, mapping: Mapping, *, key: str) -> None:
    copies = len(dataset) - len(set(dataset.duplicates.tolist()))
    st.markdown(
        f"**{table.rows:,}** rows in the file = **{len(dataset):,}** loaded + **{len(dataset.refusals):,}** refused. "
        f"Exact copies of another row: **{copies:,}**; near-copies are found after loading."
    )
    draw_refusals(dataset.refusals, key=key)
    shown = {"Id": dataset.ids[:100], "Text": dataset.texts[:100]}
    shown |= {column: tuple(dataset.fields[column].head(100)) for column in mapping.used()}
    st.dataframe(
        pd.DataFrame(shown),
        hide_index=True,
        height=35 * min(len(dataset) + 1, 6) + 2,
        key=f"{key}-preview",
        column_config={"Id": st.column_config.TextColumn(width="small")},
        alt="The first texts as they will be loaded",
    )


def _task(page: OpenPage, table: Table, mapping: Mapping, *, key: str) -> tuple[TaskSpec | None, str]:
    """The task of a project that has none yet, as the labels in the file suggest it, and what is wrong with it."""
    if page.project.task.labels or page.project.task.type == "text":
        return None, ""
    source = next(iter(mapping.used()), None)
    cells = table.column(source) if source else []
    suggested = datasets.task_type(cells)
    kind: TaskType = st.segmented_control(
        "What will you do with each text?",
        list(TASK_WORDS),
        format_func=TASK_WORDS.__getitem__,
        default=suggested,
        required=True,
        key=f"{key}-task-{suggested}",
    )
    if kind == "text":
        return TaskSpec(type=kind), ""
    known = datasets.label_values(cells if kind == "single" else [part for cell in cells for part in cell.split(";")])
    title = f"Labels ({len(known)} found in the file)" if known else "Labels, one on each line"
    with st.expander(title, expanded=not known):
        names = st.text_area(
            "Labels, one on each line",
            "\n".join(known),
            height=140,
            key=f"{key}-names-{source}-{kind}",
            placeholder="complaint\nquestion\npraise",
        )
    clash = alike(names.splitlines(), known)
    if clash:
        st.warning(escape(clash))
    return TaskSpec(type=kind, labels=make_labels(names.splitlines())), clash


def _commit(page: OpenPage, role: Role, dataset: Dataset, mapping: Mapping, task: TaskSpec | None, name: str) -> None:
    space, project = page.workspace, page.project
    if task is not None:
        space.set_task(project.id, task)
    space.import_dataset(project.id, dataset, role=role, name=name, columns=mapping.used())
    if role == "pool" and project.name == NEW_NAME:
        space.rename_project(project.id, free_name(space, name.split(".")[0].strip() or NEW_NAME))
    space.request_preparation(project.id)
    if role == "pool":
        st.switch_page("pages/2_Select.py", query_params=page.query)
    st.rerun()
