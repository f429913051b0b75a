"""The map in a real browser: areas give exactly the rows inside, the zoom stays, the layout comes back."""

from __future__ import annotations

import math

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

# Where every row lies on the screen, as plotly drew it: {row: [x, y]}; rows of hidden groups are left out.
_PLACES = """
(chart) => {
  const { xaxis, yaxis, _size } = chart._fullLayout, frame = chart.getBoundingClientRect(), places = {};
  for (const trace of chart._fullData) {
    if (!trace.customdata || trace.visible === "legendonly") continue;
    for (let i = 0; i < trace.x.length; i += 1)
      places[trace.customdata[i]] =
        [frame.left + _size.l + xaxis.d2p(trace.x[i]), frame.top + _size.t + yaxis.d2p(trace.y[i])];
  }
  return places;
}
"""


@pytest.fixture(scope="module")
def texts() -> list[str]:
    words = ("parcel", "refund", "card", "login", "vase", "price")
    return [f"The {words[i % 6]} of order {i} <b>is {words[i * 7 % 6]}</b>" for i in range(120)]


@pytest.fixture
def project(server, texts, compare_texts):
    made = server.project(texts, labels=("late", "lost"), queued=12)
    compare_texts(server.workspace, made.id)
    return made


class MapPage:
    """The Map page in one tab."""

    def __init__(self, page, url) -> None:
        self.page, self.url = page, url
        self.chart = page.locator(".votek-map-chart")

    def open(self):
        self.page.goto(self.url)
        self.drawn()
        return self

    def drawn(self) -> str:
        self.page.wait_for_selector(".votek-map-chart[data-drawn]", timeout=60_000)
        self.page.wait_for_timeout(300)
        return self.chart.get_attribute("data-drawn")

    def places(self) -> dict[int, tuple[float, float]]:
        return {int(row): tuple(place) for row, place in self.chart.evaluate(_PLACES).items()}

    def range(self) -> list[float]:
        return self.chart.evaluate("(chart) => chart._fullLayout.xaxis.range")

    def drag(self, corners) -> None:
        """Press at the first corner, move over the others, let go."""
        mouse = self.page.mouse
        mouse.move(*corners[0])
        mouse.down()
        for corner in corners[1:]:
            mouse.move(*corner)
        mouse.up()

    def area(self) -> int:
        heading = self.page.get_by_role("heading", name="in the area")
        expect(heading).to_be_visible()
        return int(heading.inner_text().split()[0].replace(",", ""))


@pytest.fixture
def open_map(server, new_context):
    def opened(project, **options) -> MapPage:
        tab = new_context(viewport={"width": 1400, "height": 1000}, **options).new_page()
        return MapPage(tab, f"{server.url}/Map?project={project.id}").open()

    return opened


def circle(opened) -> list[tuple[float, float]]:
    """Corners round a crowded place of the map, passing no point by less than a few pixels."""
    box, places = opened.chart.bounding_box(), list(opened.places().values())
    seen = [(x, y) for x, y in places if 0 < x - box["x"] < box["width"] and 0 < y - box["y"] < box["height"]]
    for radius in range(120, 40, -7):
        for x, y in seen:
            room = min(x - box["x"], box["x"] + box["width"] - x, y - box["y"], box["y"] + box["height"] - y)
            near = [math.dist((x, y), place) for place in places]
            if room > radius + 5 and sum(d < radius for d in near) >= 5 and all(abs(d - radius) > 5 for d in near):
                turns = [a / 30 * math.pi for a in range(60)]
                return [(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns]
    raise AssertionError("no place on this map can be encircled clearly")


def within(corners, place) -> bool:
    found = False
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (y1 > place[1]) != (y2 > place[1]) and place[0] < (x2 - x1) * (place[1] - y1) / (y2 - y1) + x1:
            found = not found
    return found


def choose_colour(opened, name) -> None:
    before = opened.drawn()
    opened.page.get_by_role("combobox", name="Colour by").click()
    opened.page.get_by_role("option", name=name).click()
    expect(opened.chart).not_to_have_attribute("data-drawn", before)
    opened.drawn()


@pytest.mark.parametrize("coloured", ["Picks", "Votes", "Label"])
def test_a_lasso_adds_exactly_the_texts_inside_to_the_queue(server, project, open_map, coloured) -> None:
    opened = open_map(project)
    if coloured != "Picks":
        choose_colour(opened, coloured)
    opened.page.get_by_role("button", name="Zoom in").click()
    opened.page.get_by_role("button", name="Lasso").click()
    opened.page.wait_for_timeout(300)
    corners = circle(opened)
    inside = {row for row, place in opened.places().items() if within(corners, place)}
    assert 5 <= len(inside) <= 115
    opened.drag([*corners, corners[0]])
    assert opened.area() == len(inside)
    queued = {item.row for item in server.workspace.queue(project.id)}
    opened.page.get_by_role("button", name=f"Add to labelling queue ({len(inside - queued)})").click()
    expect(opened.page.get_by_text("added to the labelling queue")).to_be_visible()
    assert {item.row for item in server.workspace.queue(project.id)} == queued | inside


def test_a_hidden_group_is_left_out_of_a_box(server, project, open_map) -> None:
    server.workspace.record_events(project.id, "local", [_label(f"e{i}", f"t{i}") for i in range(12)])
    opened = open_map(project)
    choose_colour(opened, "Label")
    everything = set(opened.places())
    opened.page.locator(".legendtoggle").last.click()  # the texts without a label
    opened.page.wait_for_timeout(900)  # plotly waits whether a second click follows
    shown = set(opened.places())
    assert shown < everything
    opened.page.get_by_role("button", name="Box").click()
    box = opened.chart.bounding_box()
    left, top = box["x"] + 6, box["y"] + 6
    opened.drag([(left, top), (left + box["width"] - 14, top + box["height"] - 60)])
    assert opened.area() == len(shown)


def test_a_click_keeps_the_zoom_and_shows_the_text_literally(project, open_map, texts) -> None:
    opened = open_map(project)
    opened.page.get_by_role("button", name="Zoom in").click()
    opened.page.wait_for_timeout(300)
    before, revision = opened.range(), opened.drawn()
    box = opened.chart.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    row, place = min(opened.places().items(), key=lambda at: math.dist(at[1], middle))
    opened.page.mouse.move(*place)
    opened.page.wait_for_timeout(300)
    opened.page.mouse.click(*place)
    expect(opened.chart).not_to_have_attribute("data-drawn", revision)
    item = opened.page.locator(".st-key-map-item")
    expect(item).to_contain_text(texts[row])
    assert opened.range() == before
    lines = opened.chart.evaluate("(c) => c._fullData.filter((t) => t.mode === 'lines').map((t) => t.x.length)")
    assert lines[0] > 0


def test_a_click_on_a_number_shows_that_pick(server, project, open_map) -> None:
    opened = open_map(project)
    assert opened.page.locator(".st-key-map-item").count() == 0
    script = "(c) => c._fullData.find((t) => t.uid === 'picks').text.filter((t) => t.trim())"
    numbers = {int(number) for number in opened.chart.evaluate(script)}
    assert numbers
    for item in server.workspace.queue(project.id):
        if item.rank in numbers:  # the others are small dots until the map is zoomed in
            place = opened.places()[item.row]
            opened.page.mouse.move(*place)
            opened.page.wait_for_timeout(200)
            opened.page.mouse.click(*place)
            expect(opened.page.locator(".st-key-map-item")).to_contain_text(f"number {item.rank} ")


def test_an_area_without_texts_says_so_and_fades_nothing(project, open_map) -> None:
    opened = open_map(project)
    box = opened.chart.bounding_box()
    opened.page.get_by_role("button", name="Box").click()
    opened.drag([(box["x"] + 6, box["y"] + 6), (box["x"] + 14, box["y"] + 14), (box["x"] + 26, box["y"] + 26)])
    listed = opened.page.locator(".votek-map-listed")
    expect(listed).to_have_text("No texts in that area")
    faded = "(c) => c._fullData.some((t) => t.customdata && t.selectedpoints) || c.layout.selections.length > 0"
    assert opened.chart.evaluate(faded) is False
    opened.page.get_by_role("button", name="Clear the list and the area").click()
    expect(listed).to_have_text("")


def test_a_long_visit_leaves_every_part_in_its_place(project, open_map) -> None:
    opened = open_map(project)
    page, listed = opened.page, opened.page.locator(".votek-map-listed")
    search = page.get_by_role("textbox", name="Find texts that contain")
    search.fill("refund")
    search.press("Enter")
    page.get_by_role("button", name="List them").click()
    expect(page.get_by_role("heading", name="with “refund”")).to_be_visible()
    expect(listed).to_contain_text("listed below the map")
    box = opened.chart.bounding_box()
    page.get_by_role("button", name="Box").click()
    opened.drag([(box["x"] + 6, box["y"] + 6), (box["x"] + box["width"] - 9, box["y"] + box["height"] - 60)])
    expect(page.get_by_role("heading", name="in the area")).to_be_visible()
    for name in ("Add to labelling queue", "Undo", "Exclude from labelling queue", "Allow these again", "Undo"):
        page.locator(".st-key-map-area").get_by_role("button", name=name).click()
        expect(page.locator(".st-key-map-done")).to_contain_text(
            {"Add": "added to", "Exc": "excluded from", "All": "may be picked", "Und": "Undone"}[name[:3]]
        )
    page.get_by_role("button", name="Clear the list", exact=True).click()
    expect(page.locator(".st-key-map-heading")).to_have_count(0)
    expect(listed).to_have_text("")
    expect(opened.chart).to_be_visible()


def test_on_a_phone_choosing_a_page_closes_the_navigation(server, project, new_context) -> None:
    tab = new_context(viewport={"width": 360, "height": 740}, has_touch=True).new_page()
    tab.goto(f"{server.url}/Map?project={project.id}")
    tab.wait_for_selector(".votek-map-chart[data-drawn]", timeout=60_000)
    expect(tab.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")
    tab.get_by_test_id("stExpandSidebarButton").click()
    expect(tab.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "false")
    tab.get_by_test_id("stSidebar").get_by_role("link", name="Data").click()
    expect(tab.get_by_role("heading", name="Data", exact=True)).to_be_visible()
    expect(tab.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")


def test_the_layout_is_the_same_after_a_reload(project, open_map) -> None:
    opened = open_map(project)
    before = opened.places()
    opened.open()
    assert opened.places() == before
    assert len(before) == 120


def test_numbers_do_not_lie_on_each_other_and_zooming_brings_them_back(project, open_map) -> None:
    opened = open_map(project)
    script = "(c) => c._fullData.find((t) => t.uid === 'picks').text.filter((t) => t.trim()).length"
    first = opened.chart.evaluate(script)
    assert 1 <= first <= 12
    for _ in range(7):
        opened.page.get_by_role("button", name="Zoom in").click()
    opened.page.wait_for_timeout(500)
    assert opened.chart.evaluate(script) >= first


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", ["Map", "Prompts"])
def test_no_serious_accessibility_finding(server, project, new_context, scheme, page) -> None:
    from axe_playwright_python.sync_playwright import Axe

    server.workspace.record_events(project.id, "local", [_label("a1", "t0"), _label("a2", "t1")])
    tab = new_context(color_scheme=scheme).new_page()
    tab.goto(f"{server.url}/{page}?project={project.id}")
    tab.get_by_role("button", name={"Map": "Go on labelling", "Prompts": "Show a prompt"}[page]).wait_for()
    tab.wait_for_timeout(500)
    found = Axe().run(tab).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")] == []


def _label(event_id: str, item: str):
    from votek.workspace import NewEvent

    return NewEvent(event_id, item, "label", "late", 1, 1)
