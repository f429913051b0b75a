"""Who works in the project: inviting, roles, and taking them away."""

from __future__ import annotations

import streamlit as st

from ui.frame import OpenPage, errors_shown, escape
from votek.datatypes import Member, Role

__all__ = ["draw_members"]

ROLES: dict[Role, str] = {
    "annotator": "labels the texts that are handed to them, and sees nobody else's labels",
    "reviewer": "also reads everything, settles disagreements, evaluates and exports",
    "owner": "also changes data, picks, settings and people",
}


def draw_members(page: OpenPage) -> None:
    """Draw the people of the project, each with a role that can be changed, and the form to invite another."""
    members = page.workspace.members(page.project.id)
    if not members:
        st.info(
            "Nobody has a role here yet, so this project belongs to those who run the server. Invite an owner first."
        )
    for member in members:
        _member(page, member)
    _invite(page)
    with st.expander("What each role may do"):
        for role, words in ROLES.items():
            st.markdown(f"**{role.capitalize()}**: {words}.")


def _member(page: OpenPage, member: Member) -> None:
    email, person = member.email, member.person
    with st.container(horizontal=True, vertical_alignment="center", border=True, key=f"member-{email}"):
        with st.container(gap=None, key=f"about-{email}"):
            st.text(_name(page, member))
            if person is None or person.name:
                st.text(email if person is not None else "invited; has not signed in yet")
        with st.container(horizontal=True, width="content", key=f"controls-{email}"):
            wanted = _role(member)
            if st.button("Remove", key=f"remove-{email}", help=f"Take {escape(email)} out of this project"):
                _remove(page, member)
    if wanted != member.role:
        _change(page, member, wanted)


def _role(member: Member) -> Role:
    """The role that is chosen. The key holds the one in force: a change that was refused shows what still counts."""
    return st.selectbox(
        f"Role of {escape(member.email)}",
        list(ROLES),
        index=list(ROLES).index(member.role),
        format_func=str.capitalize,
        key=f"role-{member.email}-{member.role}",
        label_visibility="collapsed",
        width=150,
    )


def _name(page: OpenPage, member: Member) -> str:
    name = (member.person.name if member.person is not None else "") or member.email
    return f"{name} (you)" if member.person is not None and member.person.id == page.person.id else name


def _change(page: OpenPage, member: Member, role: Role) -> None:
    with errors_shown():
        page.workspace.set_role(page.project.id, member.email, role)
        st.rerun()


@st.dialog("Remove from the project")
def _remove(page: OpenPage, member: Member) -> None:
    st.text(f"{member.email} can no longer open this project. What they labelled stays.")
    if st.button("Remove from the project", type="primary", key="remove-for-good"):
        with errors_shown():
            page.workspace.remove_member(page.project.id, member.email)
            st.rerun()


def _invite(page: OpenPage) -> None:
    st.subheader("Invite somebody", anchor=False)
    if invited := st.session_state.pop("invited", ""):
        # What was typed goes once it has worked: the next person must not get this one's role by oversight.
        st.session_state["invite-email"], st.session_state["invite-role"] = "", next(iter(ROLES))
        st.text(invited)
    with st.form("invite", clear_on_submit=False, border=False):
        email = st.text_input("E-mail address", max_chars=320, placeholder="ada@example.org", key="invite-email")
        role = st.selectbox("Role", list(ROLES), format_func=str.capitalize, key="invite-role")
        asked = st.form_submit_button("Invite", type="primary")
    st.caption(
        "No message is sent: tell them where this page is. They come in by signing in with the address given here."
    )
    if asked:
        with errors_shown():
            page.workspace.invite(page.project.id, email, role)
            st.session_state["invited"] = f"{email.strip()} may come in as {role}."
            st.rerun()
