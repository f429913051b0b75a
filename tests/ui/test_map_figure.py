"""The map's figure: every row once, under its own number, in arrays that plotly.js reads."""

import base64
import json

import numpy as np
import plotly.graph_objects as go
import pytest

from ui.components.map.colors import groups_of_values, scale_of_values
from ui.components.map.figure import (
    HOVER_LIMIT,
    THIN_LIMIT,
    MapView,
    figure_json,
    map_figure,
    short_hover,
    shown_rows,
)


def view_of(n, *, picks=(), **more):
    rng = np.random.default_rng(5)
    xy = rng.normal(size=(n, 2)).astype(np.float32)
    options = {
        "xy": xy,
        "coloring": groups_of_values("field", [f"v{i % 3}" for i in range(n)]),
        "picks": np.array(picks, dtype=np.int64),
        "numbers": [str(i + 1) for i in range(len(picks))],
    }
    return MapView(**{**options, **more})


def read(figure):
    """The figure as the browser reads it, arrays decoded."""

    def opened(value):
        if isinstance(value, dict) and set(value) == {"dtype", "bdata"}:
            return np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"])
        if isinstance(value, dict):
            return {name: opened(part) for name, part in value.items()}
        return [opened(part) for part in value] if isinstance(value, list) else value

    return opened(json.loads(figure_json(figure)))


def carried(figure):
    return np.concatenate([trace["customdata"] for trace in figure["data"] if "customdata" in trace])


def trace_of(figure, uid):
    return next(trace for trace in figure["data"] if trace["uid"] == uid)


@pytest.mark.parametrize("n", [1, 30, 4_000])
@pytest.mark.parametrize("scale", [False, True], ids=["groups", "scale"])
def test_every_row_is_drawn_once_where_it_lies(n, scale):
    view = view_of(n, picks=range(0, n, 3))
    if scale:
        values = np.where(np.arange(n) % 4 == 0, np.nan, np.arange(n)).astype(np.float32)
        view = view_of(n, picks=range(0, n, 3), coloring=scale_of_values("votes", values))
    figure = read(map_figure(view))
    assert sorted(carried(figure).tolist()) == list(range(n))
    for trace in figure["data"]:
        if "customdata" in trace:
            drawn = np.stack([trace["x"], trace["y"]], axis=1)
            np.testing.assert_allclose(drawn, view.xy[trace["customdata"]], atol=6e-4)


def test_plotly_knows_every_attribute():
    view = view_of(50, picks=[4, 2], focus=4, votes_for=np.array([1, 2]), legend=[("pick, labelled", "#009E73")])
    text = figure_json(map_figure(view))
    for name in ("@text", "@background", "@secondary", "@border"):
        text = text.replace(name, "#123456")
    figure = go.Figure(json.loads(text.replace("@font", "sans-serif")))
    assert len(figure.data) >= 8


def test_earlier_picks_lie_on_top_with_their_numbers():
    picks = trace_of(read(map_figure(view_of(20, picks=[7, 3, 11]))), "picks")
    assert picks["customdata"].tolist() == [11, 3, 7]
    assert picks["text"] == ["3", "2", "1"]


def test_a_group_that_only_picks_belong_to_is_named_too():
    coloring = groups_of_values("Label", ["late", "", ""], empty="not labelled")
    named = [trace["name"] for trace in map_figure(view_of(3, picks=[0], coloring=coloring))["data"] if "name" in trace]
    assert named == ["not labelled", "late"]


def test_lines_lead_from_the_clicked_text_to_each_neighbour():
    view = view_of(20, focus=2, votes_for=np.array([5, 9]), voted_by=np.array([1]))
    figure = read(map_figure(view))
    x = trace_of(figure, "votes-for")["x"]
    np.testing.assert_allclose(x[[0, 1, 3, 4]], view.xy[[2, 5, 2, 9], 0], atol=6e-4)
    assert np.isnan(x[[2, 5]]).all()
    assert len(trace_of(figure, "voted-by")["x"]) == 3


def test_what_lies_outside_a_chosen_area_stands_back():
    figure = read(map_figure(view_of(30, picks=[3, 4], chosen=np.array([4, 6, 9]))))
    chosen = [trace["customdata"][trace["selectedpoints"]] for trace in figure["data"] if "customdata" in trace]
    assert sorted(np.concatenate(chosen).tolist()) == [4, 6, 9]


def test_many_points_carry_no_hover_text_but_picks_do():
    n = HOVER_LIMIT + 1
    figure = map_figure(view_of(n, picks=[5], hover=["x"] * n, pick_hover=["Pick 1"]))
    assert all("hovertext" not in trace for trace in figure["data"] if trace["uid"].startswith("group"))
    assert trace_of(figure, "picks")["hovertext"] == ["Pick 1"]


def test_a_huge_map_is_thinned_but_keeps_picks_and_matches():
    n = THIN_LIMIT * 2
    picks, matches = [1, 99_998], np.array([7, 1234, 77_777])
    drawn = set(carried(map_figure(view_of(n, picks=picks, matches=matches))).tolist())
    assert len(drawn) <= THIN_LIMIT + 5
    assert drawn >= {*picks, *matches.tolist()}
    assert shown_rows(10).tolist() == list(range(10))


def test_fifty_thousand_points_stay_small():
    text = figure_json(map_figure(view_of(50_000, picks=range(100))))
    assert len(text) < 1_000_000


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("%{customdata} & {y}", "%{customdata} &amp; {y}"),
        (" \n ", "(blank)"),
    ],
)
def test_hover_text_is_literal(text, shown):
    assert short_hover(text) == shown


def test_hover_text_is_short():
    assert short_hover("word " * 5_000).count("<br>") == 2
    assert len(short_hover("x" * 100_000)) < 400
