"""The choice of a method: the usual one in a sentence, the others behind an expander with what each needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import streamlit as st

from ui.frame import escape
from ui.remember import remembered
from votek.selection.reads import reads
from votek.selection.registry import AUTO, METHODS, find_method

if TYPE_CHECKING:
    from ui.frame import OpenPage

__all__ = ["TWO_ROUNDS", "MethodChoice", "choose_method", "method_label", "offered"]

TWO_ROUNDS = "vote-k"
_AUTOMATIC, _PAPER, _NUMBER = "Automatic", "150, as in Su et al. 2022", "A number"


class MethodChoice(NamedTuple):
    """A method and the settings that it reads; the others stay at their defaults."""

    name: str
    k: int | Literal["auto"]
    rho: float
    seed: int


def method_label(name: str) -> str:
    """A method's name for people; the usual one is marked."""
    if name == "auto":
        return f"{METHODS[AUTO].label} (usual)"
    return "Vote-k (two rounds)" if name == TWO_ROUNDS else METHODS[name].label


def offered(page: OpenPage) -> tuple[list[str], str]:
    """The methods that can be chosen now, the usual one first, and what the hidden ones need ("" when none are).

    Methods that ask a model about every text need a model and a label to show it; vote-k makes its own first labels
    and does with the stand-in.
    """
    space, project = page.workspace, page.project.id
    others = [name for name in METHODS if name != AUTO]
    asking = [name for name in others if METHODS[name].confidence == "needed" and name != TWO_ROUNDS]
    missing = []
    if space.model_settings(project).tier == "knn":
        missing.append("a model, which is set below under *Model*")
    if not space.labels(project):
        missing.append("some labelled texts to show it")
    if not missing:
        return ["auto", *others], ""
    names = [METHODS[name].label for name in asking]
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
    told = f"{listed} ask a model how sure it is of each text. To choose among them you need {', and '.join(missing)}."
    return ["auto", *(name for name in others if name not in asking)], told if asking else ""


def choose_method(page: OpenPage, *, distinct: int) -> MethodChoice:
    """Draw the choice: a caption that says what is chosen, and the expander with the rest."""
    summary = st.container()
    with st.expander("Other methods"):
        names, hidden = offered(page)
        name = st.selectbox(
            f"Method, one of {len(names)}",
            names,
            index=_place(page, names),
            format_func=method_label,
            **remembered(page.project.id, "method"),
        )
        method = find_method(name)
        st.caption(_about(name) + (f" Paper: {escape(method.paper)}" if method.paper else ""))
        if hidden:
            st.caption(hidden)
        read = reads(method.name)
        k = _neighbours(page, distinct, of_votes="rho" in read) if "k" in read else "auto"
        with st.container(horizontal=True):
            rho = _discount(page) if "rho" in read else 10.0
            seed = _seed(page) if "seed" in read else 0
    summary.caption(f"Method: {method_label(name)}. {_about(name)}")
    return MethodChoice(name, k, rho, seed)


def _place(page: OpenPage, names: list[str]) -> int:
    """Where the method of the picks in force stands; the usual one before there are any."""
    rounds = [made for made in page.workspace.rounds(page.project.id) if made.kind != "repair"]
    asked = "auto"
    if rounds:
        left = "plan" in rounds[0].parameters and "plan" not in rounds[-1].parameters
        asked = rounds[-1].method if left else rounds[0].parameters.get("requested", {}).get("method", "auto")
    return names.index(asked) if asked in names else 0


def _about(name: str) -> str:
    if name == TWO_ROUNDS:
        return (
            "Round 1 picks a tenth by votes, and you label it. Then a model that has seen those labels says how sure "
            "it is of every other text, and round 2 picks the rest at all levels of sureness but the highest."
        )
    return escape(find_method(name).sentence)


def _neighbours(page: OpenPage, distinct: int, *, of_votes: bool) -> int | Literal["auto"]:
    """`of_votes`: for vote-k's own methods, whose paper sets a number."""
    how = st.segmented_control(
        "Nearest neighbours that count (k)",
        [_AUTOMATIC, _PAPER, _NUMBER] if of_votes else [_AUTOMATIC, _NUMBER],
        default=_AUTOMATIC,
        required=True,
        help="Automatic is half the number of texts per pick, between 10 and 150."
        + (" With many kinds of text it finds more of them than 150 does." if of_votes else ""),
        **remembered(page.project.id, "k-how-votes" if of_votes else "k-how"),
    )
    if how != _NUMBER:
        return "auto" if how == _AUTOMATIC else 150
    most = max(1, distinct - 1)
    return int(st.number_input("k", 1, most, min(50, most), width=240, **remembered(page.project.id, "k")))


def _discount(page: OpenPage) -> float:
    return float(
        st.number_input(
            "Discount (rho)",
            1.01,
            1000.0,
            10.0,
            width=240,
            help="How much less a text counts once some of its neighbours are picked: with 10, ten times less for "
            "each. A larger number spreads the picks further.",
            **remembered(page.project.id, "rho"),
        )
    )


def _seed(page: OpenPage) -> int:
    return int(
        st.number_input(
            "Seed",
            0,
            2**31 - 1,
            0,
            width=240,
            help="This method draws lots. The same seed gives the same picks.",
            **remembered(page.project.id, "seed"),
        )
    )
