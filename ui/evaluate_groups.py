"""Which group of texts fares worst? The section of the Evaluate page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.charts_failure import interval_chart
from ui.evaluate_parts import draw_table, draw_value, method_note, points_words, share_words, warn_of_earlier_picks
from ui.evaluate_run import run_analysis
from ui.frame import escape
from ui.palette import MUTED, OKABE_ITO
from ui.remember import remembered
from ui.select_floors import floors_query, group_columns
from ui.theme import quiet_ink

if TYPE_CHECKING:
    from ui.frame import OpenPage

__all__ = ["draw_groups"]

ANALYSIS = "groups"
_MOST = 50
_SHOWN = 25
_NOTE = """
Each test item is answered with the label of the most similar pick (a *proxy*: no language model takes part). Per group,
the share of right answers has a Wilson interval at level 1 − α/G, so that all G intervals hold at once with 95%. The
**worst group** is the lowest among those of at least 10 items; smaller ones are listed, but their accuracy is mostly
chance. The **gap** is the accuracy over all items minus that of the worst group. The interval of the lowest accuracy
is a bootstrap within groups; the comparison with random picks resamples the same items for both (paired).

Without labels: how many texts and picks each group has, how many of its texts have a pick among their 10 nearest
neighbours (*coverage*), and the mean cosine of its texts to the most similar pick.

Groups and their worst: Sagawa, Koh, Hashimoto and Liang 2020 (arXiv 1911.08731). Interval: Wilson 1927.
"""


def draw_groups(page: OpenPage) -> None:
    """Draw the section: by which columns, how each group fares, and the way to floors."""
    dataset = page.workspace.dataset(page.project.id)
    if dataset is None:
        return
    st.caption(
        "A pool can serve well on average and fail one kind of text. Choose the column that says which kind it is."
    )
    columns = group_columns(page, dataset, most=_MOST)
    if not columns:
        st.info(
            "The file has no column that sorts the texts into a few groups, such as a source, a language or a topic. "
            "Load a file that has one to see how each group fares."
        )
        return
    chosen = st.multiselect(
        "Groups by", columns, default=columns[:1], max_selections=3, **remembered(page.project.id, "group-columns")
    )
    if not chosen:
        st.info("Choose at least one column; two are crossed.")
        return
    table = run_analysis(page, ANALYSIS, button="Look at each group", options={"columns": chosen, "seed": 0})
    if table is not None:
        _draw(page, table)
    method_note("How groups are judged, and the papers", _NOTE)


def _draw(page: OpenPage, table: Mapping[str, Any]) -> None:
    warn_of_earlier_picks(_rows_now(page), table["rows"])
    by = " × ".join(table["columns"])
    accuracy = table["accuracy"]
    if accuracy is None:
        st.info(escape(table["no_accuracy"]))
    else:
        _draw_accuracy(table, accuracy, by)
    _draw_supply(table, by)
    st.caption(escape(_floor_words(table["supply"])))
    if st.button("Select with floors", key="to-floors"):
        st.switch_page("pages/2_Select.py", query_params={**page.query, **floors_query(table["columns"], 1)})


def _rows_now(page: OpenPage) -> list[int]:
    """The rows that answer now: queued, or labelled."""
    space, project = page.workspace, page.project.id
    labelled, dataset = space.labels(project), space.dataset(project)
    ids = dataset.ids if dataset is not None else ()
    return sorted(
        {item.row for item in space.queue(project)} | {row for row, name in enumerate(ids) if name in labelled}
    )


def _floor_words(supply: Sequence[Mapping[str, Any]]) -> str:
    """What a floor would do, told by the group that has the fewest picks: the worst one may have many."""
    least, total = min(supply, key=lambda one: one["picks"]), sum(one["picks"] for one in supply)
    return (
        f"{least['group']} has the fewest picks, {least['picks']:,} of {total:,}. With a floor every group has at "
        "least the number that you set on the Select page."
    )


def _draw_accuracy(table: Mapping[str, Any], accuracy: Mapping[str, Any], by: str) -> None:
    import pandas as pd

    st.caption(
        escape(
            f"Tested on {table['tested_on']} ({accuracy['n']:,} items), answered by {table['demonstrations']:,} picks; "
            f"right answers from {table['told_by']}."
        )
    )
    overall = accuracy["overall"]
    places = st.columns(3)
    with places[0]:
        draw_value("All items", f"{overall['value']:.0%}", f"{overall['low']:.0%} to {overall['high']:.0%}")
    if accuracy["worst"] is None:
        st.info(f"No group has {accuracy['least']} items or more, so that none can be called the worst.")
    else:
        lowest = accuracy["minimum"]
        with places[1]:
            draw_value(
                escape(f"Worst: {accuracy['worst']}"),
                f"{lowest['value']:.0%}",
                f"lowest of all groups: {lowest['low']:.0%} to {lowest['high']:.0%}",
            )
        with places[2]:
            draw_value("Gap", f"{100 * accuracy['gap']:.0f} points", _gap_words(accuracy))
    groups = [*accuracy["groups"], *accuracy["small"]]
    small = {one["group"] for one in accuracy["small"]}
    st.plotly_chart(
        interval_chart(
            [
                {
                    "name": f"{one['group']} ({one['n']:,})",
                    "color": MUTED
                    if one["group"] in small
                    else OKABE_ITO[5 if one["group"] == accuracy["worst"] else 0],
                    **one["accuracy"],
                }
                for one in groups[:_SHOWN]
            ],
            title="right answers",
            ink=quiet_ink(),
            line=overall["value"],
            line_name=f"all items {overall['value']:.0%}",
        ),
        key="groups-accuracy",
        config={"displayModeBar": False},
        alt="Share of right answers per group with its interval",
    )
    change = table["random"]["change"]["groups"] if table["random"] else {}
    draw_table(
        pd.DataFrame(
            {
                by: [one["group"] for one in groups],
                "Items": [one["n"] for one in groups],
                "Right": [one["right"] for one in groups],
                "Share": [share_words(**one["accuracy"]) for one in groups],
                "Against random picks": [_difference(change.get(one["group"])) for one in groups],
                "Note": ["too few items to judge" if one["group"] in small else "" for one in groups],
            }
        ),
        name="groups-accuracy",
        alt="Right answers per group",
    )
    if table["random"]:
        _draw_random(table["random"], accuracy)


def _gap_words(accuracy: Mapping[str, Any]) -> str:
    if accuracy["gap"] < 0:
        return "all items minus the worst group; below 0, because groups too small to judge fare worse still"
    return "all items minus the worst group"


def _draw_random(random: Mapping[str, Any], accuracy: Mapping[str, Any]) -> None:
    lowest = accuracy["minimum"]["value"]
    below = sum(value < lowest for value in random["minima"])
    change = random["change"]["minimum"]
    sure = change["low"] > 0 or change["high"] < 0
    st.caption(
        f"The worst group fares better with these picks than with {below} of {len(random['minima'])} random pools of "
        f"the same size. Against the median random pool the lowest accuracy changes by {_difference(change)}"
        + ("." if sure else ": with so many items one cannot tell them apart.")
    )


def _difference(found: Mapping[str, float] | None) -> str:
    if found is None:
        return ""
    return points_words(**found, digits=0)


def _draw_supply(table: Mapping[str, Any], by: str) -> None:
    import pandas as pd

    st.subheader("What the picks offer each group", anchor=False)
    supply = table["supply"]
    draw_table(
        pd.DataFrame(
            {
                by: [one["group"] for one in supply],
                "Texts": [one["texts"] for one in supply],
                "Picks": [one["picks"] for one in supply],
                "Covered": [100 * one["coverage"] for one in supply],
                "Nearest pick": [one["nearest"] for one in supply],
            }
        ),
        name="groups-supply",
        alt="Texts, picks and coverage per group",
        column_config={
            "Covered": st.column_config.NumberColumn(format="%.0f%%", help="Picked, or a pick is among 10 neighbours"),
            "Nearest pick": st.column_config.NumberColumn(format="%.2f", help="Mean cosine to the most similar pick"),
        },
    )
