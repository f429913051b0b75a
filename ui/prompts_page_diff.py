"""The prompts of now compared with an earlier version, or with a file that a person brings: what changed, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from ui.frame import OpenPage, escape, show_error
from ui.prompts_page_parts import Material, state_of
from ui.remember import remembered
from ui.review_parts import names_of, when
from votek.errors import VotekError
from votek.exports import PromptSetDiff, SelectionDiff, describe, diff_prompt_sets, diff_selections, read_described

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from votek.exports import Described
    from votek.exports.differences import Cause

__all__ = ["draw_comparison"]

_VERSION, _FILE = "An earlier version", "A file"
_SHOWN = 200
_CAUSES = 20


def draw_comparison(page: OpenPage, material: Material) -> None:
    """Draw the choice of what to compare the prompts of now with, and what differs."""
    st.subheader("What has changed", anchor=False)
    st.caption(
        "Compares what stood in the prompts with what stands in them now: labels, demonstrations, their order, words. "
        "And says what each change comes from."
    )
    kind = st.segmented_control(
        "Compare the prompts of now with",
        [_VERSION, _FILE],
        default=_VERSION,
        required=True,
        **remembered(page.project.id, "compare-with"),
    )
    before = _version(page, material) if kind == _VERSION else _file(page)
    if before is None:
        return
    try:
        with st.spinner("Writing both sets of prompts"):
            found = _found(page, material, before)
    except VotekError as error:
        show_error(error)
        return
    _draw(page, found)


# ---------------------------------------------------------------- with what


def _version(page: OpenPage, material: Material) -> int | None:
    versions = page.workspace.prompt_versions(page.project.id)[:-1][::-1]
    if not versions:
        st.info("The settings of the prompts were never changed, so there is no earlier version. Bring a file instead.")
        return None
    times = {made.version: when(made.time) for made in versions}
    chosen = st.selectbox(
        "Version of the settings",
        list(times),
        format_func=lambda number: f"Version {number}, from {times[number]}",
        key=f"{page.project.id}-compare-version",
        help="The labels are those of now in both, so that only the settings differ.",
    )
    return int(chosen)


def _file(page: OpenPage) -> Described | None:
    uploads: Sequence[UploadedFile] = st.file_uploader(
        "Manifest of an earlier export, its prompts (JSON lines), or picks",
        type=["json", "jsonl"],
        accept_multiple_files=True,
        max_upload_size=page.workspace.settings.max_upload_mb,
        key=f"{page.project.id}-compare-files",
        help="A manifest tells why something changed. Where it has too many prompts to list them, add the prompts.",
    )
    found: Described | None = None
    try:
        for upload in sorted(uploads, key=lambda one: one.name.endswith(".manifest.json")):
            read = _read(upload)
            found = read if found is None else describe(read, upload.name, also=found)
    except VotekError as error:
        show_error(error)
        return None
    return found


def _read(upload: UploadedFile) -> Described:
    """The file, parsed once for each upload."""
    key = f"compare-read-{upload.file_id}"
    if key not in st.session_state:
        st.session_state[key] = read_described(upload.getvalue(), upload.name)
    read: Described = st.session_state[key]
    return read


def _found(page: OpenPage, material: Material, before: int | Described) -> PromptSetDiff | SelectionDiff:
    """What differs, worked out again only when one side has changed."""
    space, project_id = page.workspace, page.project.id
    wanted: Hashable = (state_of(page, material), before if isinstance(before, int) else id(before))
    slot = f"{project_id}-compared"
    held = st.session_state.get(slot)
    if held is not None and held[0] == wanted and held[1] is before:
        kept: PromptSetDiff | SelectionDiff = held[2]
        return kept
    after = describe(space.prompt_set(project_id), "now")
    if isinstance(before, int):
        earlier = describe(space.prompt_set(project_id, version=before), f"version {before}")
        found: PromptSetDiff | SelectionDiff = diff_prompt_sets(earlier, after)
    else:
        found = (diff_prompt_sets if before.is_prompts else diff_selections)(before, after)
    st.session_state[slot] = (wanted, before, found)
    return found


# ---------------------------------------------------------------- what differs


def _draw(page: OpenPage, found: PromptSetDiff | SelectionDiff) -> None:
    if found.equal:
        st.success(escape(found.summary()[0]))
    else:
        head = [line for line in found.summary() if not line.startswith(("- ", "Picks: - "))]
        st.markdown("\n\n".join(escape(line) for line in head if line not in found.unknown))
    picks = found if isinstance(found, SelectionDiff) else found.picks
    causes = [*found.causes, *(cause for cause in (picks.causes if picks else ()) if cause not in found.causes)]
    if causes:
        _draw_causes(causes)
    for line in found.unknown:
        st.info(escape(line))
    if isinstance(found, PromptSetDiff):
        _draw_labels(page, found)
        _draw_prompts(found)
    if picks is not None and picks.changes:
        _draw_picks(picks)


def _draw_causes(causes: Sequence[Cause]) -> None:
    st.markdown("**What is not the same**")
    for cause in causes[:_CAUSES]:
        st.text(cause.text)
    if len(causes) > _CAUSES:
        st.caption(f"and {len(causes) - _CAUSES:,} more")


def _draw_labels(page: OpenPage, found: PromptSetDiff) -> None:
    if not found.labels:
        return
    names = names_of(page, [one.who for one in found.labels if one.who])
    rows = [
        {
            "Text": one.item,
            "Change": one.kind,
            "Before": _told(one.before),
            "Now": _told(one.after),
            "By": names.get(one.who, one.who),
        }
        for one in found.labels
    ]
    _table("Labels", rows, "labels")


def _draw_prompts(found: PromptSetDiff) -> None:
    rows = [
        {
            "Test item": one.item,
            "Change": one.kind,
            "Come": ", ".join(one.added),
            "Gone": ", ".join(one.removed),
            "Re-labelled": ", ".join(one.relabelled),
            "Re-ordered": "yes" if one.reordered else "",
            "Other words": "yes" if one.rewritten else "",
            "Because of": ", ".join(one.because),
        }
        for one in found.prompts
    ]
    if all(one.kind == "changed" for one in found.prompts):
        rows = [{name: cell for name, cell in row.items() if name != "Change"} for row in rows]
    _table("Prompts", rows, "prompts")


def _draw_picks(found: SelectionDiff) -> None:
    rows = [
        {
            "Text": one.item,
            "Change": one.kind,
            "Place before": one.before,
            "Place now": one.after,
            "Because of": ", ".join(one.because),
            "Note": one.note,
        }
        for one in found.changes
    ]
    _table("Picks", rows, "picks")


def _table(title: str, rows: Sequence[dict[str, Any]], name: str) -> None:
    if not rows:
        return
    more = f", the first {_SHOWN:,} of {len(rows):,}" if len(rows) > _SHOWN else ""
    st.markdown(f"**{title}**{more}")
    frame = pd.DataFrame(rows[:_SHOWN])
    frame = frame.loc[:, [column for column in frame if frame[column].astype(str).str.strip().any()]]
    st.dataframe(
        frame,
        hide_index=True,
        height=35 * min(len(frame) + 1, 12) + 2,
        key=f"compare-{name}",
        alt=f"{title} that are not the same, one a line, with what changed and because of what",
    )


def _told(value: Any) -> str:
    return "" if value is None else "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
