"""Who is signed in, and what those see who are not, or who may not come in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NoReturn

import streamlit as st

from votek.access.accounts import sign_in_providers
from votek.datatypes import LOCAL, Person
from votek.errors import AccessError
from votek.workspace import Workspace, signed_in_at

__all__ = ["Account", "current_account", "current_person", "draw_account", "sign_out"]


@dataclass(frozen=True)
class Account:
    """Who works here, and when their session began (None without accounts)."""

    person: Person
    since: dt.datetime | None


def current_person(space: Workspace) -> Person:
    """The person who is signed in, or the one person without accounts; ends the page where there is nobody."""
    return current_account(space).person


def current_account(space: Workspace) -> Account:
    """Who works here. Draws the page to sign in, or the refusal, and ends there where nobody may work.

    `space`: the workspace itself, not a person's view of it.
    """
    if not space.accounts:
        return Account(LOCAL, None)
    if not st.user.get("is_logged_in"):
        _sign_in_page("Sign in to see your projects.")
    claims = st.user.to_dict()
    try:
        person, since = space.sign_in(claims), signed_in_at(claims)
    except AccessError as error:
        _refuse(space, str(error), None)
    if not space.in_session(person, since):
        _sign_in_page("Your session has ended. Sign in again; nothing that was saved is lost.")
    if not space.belongs(person):
        words = f"{person.email} has not been invited to a project here. Ask the owner of a project to invite this"
        _refuse(space, f"{words} address, then reload this page.", person)
    return Account(person, since)


def draw_account(space: Workspace, account: Account) -> None:
    """Who is signed in, and the way out; nothing without accounts."""
    if account.since is None:
        return
    with st.container(key="account"):
        with st.container(gap=None):
            st.text(account.person.name or account.person.email)
            if account.person.name:
                st.text(account.person.email)  # in markdown, an address would become a link
        if st.button("Sign out", key="sign-out"):
            sign_out(space, account.person)


def sign_out(space: Workspace, person: Person | None) -> None:
    """End the sessions of a person everywhere, then at the provider."""
    if person is not None:
        space.sign_out(person)
    st.logout()


def _sign_in_page(words: str) -> NoReturn:
    st.title("Sign in", anchor=False)
    st.text(words)
    providers = sign_in_providers()
    for provider in providers:
        label = "Sign in" if len(providers) == 1 else f"Sign in with {provider}"
        if st.button(label, type="primary", key=f"sign-in-{provider}"):
            st.login(None if provider == "default" else provider)
    st.stop()


def _refuse(space: Workspace, words: str, person: Person | None) -> NoReturn:
    st.title("You cannot come in yet", anchor=False)
    st.text(words)
    if st.button("Sign out", type="primary", key="sign-out"):
        sign_out(space, person)
    st.stop()
