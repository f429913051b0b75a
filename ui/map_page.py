"""The Map page: every text as a point, similar ones close together; picks are numbered."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from ui.components.map import draw_map
from ui.components.map.colors import Groups
from ui.components.map.figure import HOVER_LIMIT, THIN_LIMIT, MapView, short_hover
from ui.frame import OpenPage, escape, next_step
from ui.jobs import latest_failure, watch_jobs
from ui.map_page_actions import changed
from ui.map_page_area import area_rows, clear_area, draw_area
from ui.map_page_data import LABELLED, PICKS, TO_LABEL, MapData, find_matches, hover_texts, read_map
from ui.map_page_item import draw_item
from ui.remember import remembered

__all__ = ["draw_map_page"]


def draw_map_page(page: OpenPage) -> None:
    """Draw the page: running work, the map, what was clicked or encircled, and the next step."""
    space, project = page.workspace, page.project
    dataset = space.dataset(project.id)
    if dataset is None or not len(dataset):
        st.info("There are no texts in this project yet. Load a file first; then see it here as a map.")
        next_step("Load a file", page="pages/1_Data.py", query=page.query)
        return
    # A place of its own for each part that comes and goes, so that the others keep theirs.
    work, sketch, body = (st.container(key=f"map-{part}") for part in ("work", "sketch", "body"))
    with work:
        busy = watch_jobs(space, project.id, "prepare", "select")
    data = read_map(page, dataset)
    if data is None:
        _not_there(page, busy=busy)
        return
    if data.projection.method != "umap":
        with sketch:
            _sketch(page, busy=busy)
    with body:
        _explore(page, data)
    _go_on(page)


def _go_on(page: OpenPage) -> None:
    done, queued = page.summary.done, page.summary.queued
    if not queued:
        next_step("Choose what to label", page="pages/2_Select.py", query=page.query)
    elif done < queued:
        next_step("Go on labelling" if done else "Start labelling", page="pages/4_Annotate.py", query=page.query)
    elif page.summary.next_step == "select":
        next_step("Go to round 2", page="pages/2_Select.py", query=page.query)
    else:
        next_step("Build prompts", page="pages/6_Prompts.py", query=page.query)


def _not_there(page: OpenPage, *, busy: bool) -> None:
    if busy:
        st.caption("The map appears here as soon as the texts have been compared.")
        return
    failure = latest_failure(page.workspace, page.project.id, "prepare")
    if failure:
        st.error(escape(failure))
    else:
        st.info("The texts have not been compared with each other yet.")
    if next_step("Draw the map"):
        page.workspace.request_preparation(page.project.id)
        st.rerun()


def _sketch(page: OpenPage, *, busy: bool) -> None:
    later = " The finer map (UMAP) is being drawn and will take its place." if busy else ""
    st.info(f"This is a first sketch (PCA): only coarse differences show.{later}")
    if not busy and st.button("Draw the finer map"):
        page.workspace.request_preparation(page.project.id)
        st.rerun()


@st.fragment
def _explore(page: OpenPage, data: MapData) -> None:
    """The map with everything that answers to it, in places that are always there (see `draw_area`)."""
    if changed(page):
        st.rerun()  # before anything is drawn: the numbers beside the map change, too
    name = f"{page.project.id}-map"
    left, right = st.columns([5, 2])
    with left:
        drawn, note = st.container(key="map-drawn"), st.container(key="map-note")
    with right:
        controls, about, item = (st.container(key=f"map-{part}") for part in ("controls", "about", "clicked"))
    below = st.container(key="map-area")
    with controls:
        by, matches = _controls(page, data)
    with about:
        _explain(data)
    focus, area = st.session_state.get(f"{name}-row"), st.session_state.get(f"{name}-area")
    chosen = None if area is None else np.asarray(area, dtype=np.int64)
    word = st.session_state.get(f"{name}-word")

    def picked() -> None:
        st.session_state[f"{name}-row"] = _row(st.session_state[name].picked, len(data.dataset))

    def encircled() -> None:
        event = st.session_state[name].area or {}
        clear_area(page.project.id)
        if event.get("outline"):
            st.session_state[f"{name}-area"] = area_rows(data.projection.xy, event).tolist()

    with drawn:
        draw_map(
            _view(data, by, matches, focus, chosen if chosen is not None and len(chosen) else None),
            key=name,
            alt=_in_words(data, by),
            layout=f"{page.project.id} {data.projection.method}",
            legend=f"{page.project.id} {by}",
            listed=_listed(chosen),
            on_picked=picked,
            on_area=encircled,
        )
    if len(data.dataset) > HOVER_LIMIT:
        thinned = f" {THIN_LIMIT:,} points stand for all." if len(data.dataset) > THIN_LIMIT else ""
        note.caption(f"With {len(data.dataset):,} texts, click a point to read it.{thinned}")
    if focus is not None:
        with item:
            draw_item(data, focus)
    if chosen is not None:
        with below:
            draw_area(page, data, chosen, word)


def _listed(chosen: NDArray[np.int64] | None) -> str:
    """What stands beside the map's buttons while texts are listed below it."""
    if chosen is None:
        return ""
    if not len(chosen):
        return "No texts in that area"
    return f"{len(chosen):,} text{'' if len(chosen) == 1 else 's'} listed below the map"


def _controls(page: OpenPage, data: MapData) -> tuple[str, NDArray[np.int64]]:
    options = [*data.colorings, *(column for column in data.columns if column not in data.colorings)]
    by = st.selectbox(
        "Colour by",
        options,
        format_func=lambda option: _option(data, option),
        help="Picks: which texts the picks cover. Label: as labelled so far. For votes and gain, see below.",
        **remembered(page.project.id, "map-colour"),
    )
    wanted = st.text_input(
        "Find texts that contain", placeholder="a word or phrase", **remembered(page.project.id, "map-search")
    )
    matches = find_matches(data.dataset, wanted)
    found = st.container(key="map-found", horizontal=True, vertical_alignment="center")
    if wanted.strip():
        found.caption(f"{len(matches):,} of {len(data.dataset):,} texts, ringed on the map", width="stretch")
        found.button(
            "List them",
            key="map-list",
            disabled=not len(matches),
            on_click=_list,
            args=(page.project.id, matches.tolist(), wanted.strip()),
        )
    return by or PICKS, matches


def _list(project_id: str, rows: list[int], word: str) -> None:
    clear_area(project_id)
    st.session_state[f"{project_id}-map-area"] = rows
    st.session_state[f"{project_id}-map-word"] = word


def _explain(data: MapData) -> None:
    with st.expander("What votes and gain mean", key="map-words"):
        st.markdown(
            f"**Texts it votes for:** each text votes for the {data.k} texts most similar to it, its nearest "
            "neighbours. Click a point: blue lines lead to the texts it votes for, dashed orange lines come from "
            "those that vote for it.\n\n"
            "**Votes:** how many texts vote for this one. One with many votes stands for many others.\n\n"
            "**Gain:** the score a text had when it was picked. Votes of texts that no earlier pick covers count most."
        )


def _option(data: MapData, option: str) -> str:
    if option in data.colorings:
        return option
    return f"Column: {option}" + (" (hidden labels)" if option in data.hidden else "")


def _view(
    data: MapData, by: str, matches: NDArray[np.int64], focus: int | None, chosen: NDArray[np.int64] | None
) -> MapView:
    states = [data.pick_state(int(row)) for row in data.picks]
    empty = np.empty(0, dtype=np.int64)
    hover = [
        f"Pick {item.rank} · {words}<br>{short_hover(data.dataset.texts[item.row])}"
        for item, (words, _) in zip(data.queue, states, strict=True)
    ]
    coloring = data.coloring(by)
    legend = sorted(dict.fromkeys(states), key=(TO_LABEL, LABELLED).count) if by == PICKS else []
    return MapView(
        xy=data.projection.xy,
        coloring=coloring,
        picks=data.picks,
        numbers=[str(item.rank) for item in data.queue],
        hover=hover_texts(data.dataset),
        pick_hover=hover,
        pick_colors=[color for _, color in states] if by == PICKS else None,
        legend=[(f"pick, {words}", color) for words, color in legend],
        matches=matches,
        focus=focus,
        votes_for=empty if focus is None else data.votes_for(focus),
        voted_by=empty if focus is None else data.voted_by(focus),
        chosen=chosen,
    )


def _in_words(data: MapData, by: str) -> str:
    coloring = data.coloring(by)
    groups = ", ".join(group.name for group in coloring.groups) if isinstance(coloring, Groups) else coloring.title
    return f"Map of {len(data.dataset):,} texts, {len(data.picks):,} picks numbered; colours: {groups}"


def _row(event: Any, n: int) -> int | None:
    row = (event or {}).get("row")
    return row if isinstance(row, int) and 0 <= row < n else None
