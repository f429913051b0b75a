"""Figures of the Review page: every count can be read, and names are text."""

import pytest

from ui.review_charts import STANDS, bars_chart, confusion_chart, parts_chart

HOSTILE = "<b>bold</b> & <img src=x onerror=alert(1)> and quite long besides"


def test_a_part_is_cut_by_where_its_texts_stand():
    figure = parts_chart([{"name": HOSTILE, "labelled": 3, "disagreed": 1, "to do": 0}], ink="#000000")
    assert [(bar.name, bar.x[0], bar.text[0]) for bar in figure.data] == [("labelled", 3, "3"), ("disagreed", 1, "1")]
    assert "<b>" not in figure.data[0].y[0]
    assert {bar.marker.color for bar in figure.data} <= set(STANDS.values())


def test_bars_show_their_counts_and_leave_room_for_them():
    figure = bars_chart([("refund", 12, "#0072B2"), ("card", 0, "#E69F00")], ink="#000000", title="texts")
    (bars,) = figure.data
    assert (list(bars.x), list(bars.text)) == ([12, 0], ["12", "0"])
    assert figure.layout.xaxis.range[1] > 12
    assert bars_chart([], ink="#000000", title="texts").layout.xaxis.range[1] > 1


@pytest.mark.parametrize("name", ["ann", HOSTILE])
def test_confusion_writes_every_count_where_it_stands(name):
    figure = confusion_chart(["x", "y"], [[4, 1], [0, 2]], first=name, second="bob", ink="#111111")
    written = {(note.x, note.y): note.text for note in figure.layout.annotations}
    assert written == {(0, 0): "4", (1, 0): "1", (1, 1): "2"}
    assert "<" not in figure.layout.yaxis.title.text.replace("&lt;", "")
