"""One project as a file, on the home page: taken out, looked into, opened."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from ui.escaping import slug
from ui.frame import errors_shown, escape, show_error
from votek.errors import VotekError

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from votek.datatypes import Project
    from votek.workspace import Workspace
    from votek.workspace.bundling import BundleContents

__all__ = ["draw_opened", "draw_opening", "take_out"]

_OPENED = "bundle-opened"
"""Where the home page finds what to say about a bundle that was just opened."""
_NEXT = "bundle-next"
"""How many bundles were opened in this session: each makes a new, empty uploader."""
_SHOWN = 30


def draw_opening(space: Workspace) -> None:
    """Draw the way of a bundle into a project of its own."""
    with st.expander("Open a project from a file"):
        _opening(space)


def draw_opened() -> None:
    """Say once what became of a bundle that was opened."""
    name, notes = st.session_state.pop(_OPENED, ("", ()))
    if name:
        st.success(escape(f"{name} is here, with everything that was in the file."))
    for note in notes:
        st.text(note)


def take_out(space: Workspace, project: Project) -> None:
    """Draw the dialog that gives everything of a project as one file."""
    st.session_state.pop(_prepared_key(project), None)  # of an earlier time
    _taking_out(space, project)


def _prepared_key(project: Project) -> str:
    return f"bundle-{project.id}"


@st.dialog("Take out as a file")
def _taking_out(space: Workspace, project: Project) -> None:
    st.text(project.name)
    st.markdown(
        "One file with everything of this project: texts, vectors, picks, labels and who gave them, settings, prompts. "
        "It opens on another computer exactly as it is here. This project stays."
    )
    addresses = False
    with errors_shown():
        if space.members(project.id):
            addresses = st.checkbox(
                "With the e-mail addresses and roles of its people",
                True,
                help="Names are in it either way, so that it stays known who did what.",
                key=f"bundle-addresses-{project.id}",
            )
    key = _prepared_key(project)
    prepared = st.session_state.get(key)
    if prepared is None or prepared[0] != addresses:
        place = st.empty()
        # Made before it is offered: a download that makes its content at the click cannot say what went wrong.
        if not place.button("Prepare", type="primary", key=f"{key}-prepare"):
            return
        with errors_shown(), st.spinner("Writing the file"):
            prepared = st.session_state[key] = (addresses, _written(space, project, addresses=addresses))
        if prepared is None or prepared[0] != addresses:
            return
        place.empty()
    st.download_button(
        f"Download ({len(prepared[1]) / 1e6:,.1f} MB)",
        data=prepared[1],
        file_name=f"{slug(project.name)}.votek",
        mime="application/zip",
        type="primary",
        on_click=lambda: st.session_state.pop(key, None),
        key=f"{key}-download",
    )


def _written(space: Workspace, project: Project, *, addresses: bool) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return space.bundle(project.id, Path(folder) / "project.votek", addresses=addresses).path.read_bytes()


def _opening(space: Workspace) -> None:
    most = space.settings.max_upload_mb
    upload = st.file_uploader(
        "File of a project (.votek)",
        type=["votek", "zip"],
        max_upload_size=most,
        key=f"bundle-file-{st.session_state.get(_NEXT, 0)}",
        help=f"Up to {most:,} MB here; `votek open-bundle` takes larger ones.",
    )
    if upload is None:
        return
    inside = _looked_into(space, upload)
    if inside is None:
        return
    _show(inside)
    name = st.text_input("Name", inside.name, max_chars=200, key=f"bundle-name-{upload.file_id}")
    roles = bool(inside.roles) and _ask_for_roles(inside)
    if not st.button("Open", key="bundle-open", disabled=not name.strip()):
        return
    with errors_shown(), _on_disk(upload) as path, st.spinner("Opening"):
        given = None if name == inside.name else name
        opened = space.open_bundle(path, name=given, roles=roles or not inside.roles)
        st.session_state[_OPENED] = (opened.project.name, opened.notes)
        st.session_state[_NEXT] = st.session_state.get(_NEXT, 0) + 1
        st.session_state.pop("bundle-looked-into", None)
        st.rerun()


def _show(inside: BundleContents) -> None:
    tests = f" and {inside.tests:,} test texts" if inside.tests else ""
    rounds = f"{inside.rounds:,} {'round' if inside.rounds == 1 else 'rounds'} of picks"
    st.markdown(
        f"**{inside.texts:,} texts**{tests}, {rounds}, **{inside.labelled:,} labelled**; {inside.events:,} entries in "
        "the log of who did what."
    )
    if inside.people:
        more = f" and {len(inside.people) - _SHOWN:,} more" if len(inside.people) > _SHOWN else ""
        st.text(f"Worked on by {', '.join(inside.people[:_SHOWN])}{more}.")
    if inside.here:
        st.info("This project is here already. It stays as it is, and the file becomes a copy beside it.")


def _ask_for_roles(inside: BundleContents) -> bool:
    roles = st.checkbox(
        "Give these addresses the roles they had",
        True,
        help="Whoever signs in with one of them then works in the project.",
        key="bundle-roles",
    )
    listed = [f"{address}: {role}" for address, role in sorted(inside.roles.items())]
    st.text("\n".join(listed[:_SHOWN] + ([f"and {len(listed) - _SHOWN:,} more"] if len(listed) > _SHOWN else [])))
    return roles


def _looked_into(space: Workspace, upload: UploadedFile) -> BundleContents | None:
    """What is in the file, read once for each upload; None with the reason shown."""
    known = st.session_state.get("bundle-looked-into")
    if known is not None and known[0] == upload.file_id:
        found: BundleContents = known[1]
        return found
    try:
        with st.spinner("Looking into the file"), _on_disk(upload) as path:
            inside = space.look_into_bundle(path)
    except VotekError as error:
        show_error(error)
        return None
    st.session_state["bundle-looked-into"] = (upload.file_id, inside)
    return inside


@contextmanager
def _on_disk(upload: UploadedFile) -> Iterator[Path]:
    """The upload as a file of a fixed name: what it was called elsewhere leads nowhere here."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "project.votek"
        path.write_bytes(upload.getbuffer())
        yield path
