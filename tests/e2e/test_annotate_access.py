"""The Annotate page for everyone: no serious axe finding, both themes, and a phone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TEXTS = [f"Where is my order number {i}? It was to come last week." for i in range(12)]
LABELS = ("where is my order", "refund", "praise", "a rather long name of a label that has to wrap somewhere")


def serious(page) -> list[str]:
    """What axe finds serious or worse in the main part, one line each."""
    found = Axe().run(page, context={"include": [["[data-testid=stMain]"]]}).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["single", "multi", "text"])
def test_no_serious_finding(server, open_labeler, scheme: str, kind: str) -> None:
    labels = LABELS if kind != "multi" else [f"label {i}" for i in range(25)]
    project = server.project(TEXTS, labels, kind=kind, guidelines="# Rules\nBe kind.", definitions=["Asks when"])
    labeler = open_labeler(project, color_scheme=scheme)
    labeler.press("Escape", "g", "f", "1", "ArrowLeft", "c")
    assert serious(labeler.page) == []
    labeler.press("Escape", "?")
    assert serious(labeler.page) == []


def test_no_serious_finding_when_all_is_done(server, open_labeler) -> None:
    labeler = open_labeler(server.project(TEXTS[:2], LABELS))
    labeler.press("1", "2")
    expect(labeler.page.get_by_role("heading", name="All 2 texts are labelled")).to_be_visible()
    assert serious(labeler.page) == []


def test_a_phone_shows_everything_in_its_width_with_room_for_a_thumb(server, open_labeler) -> None:
    project = server.project(["word" * 200, *TEXTS], LABELS, guidelines="x" * 300)
    labeler = open_labeler(project, viewport={"width": 360, "height": 740}, has_touch=True)
    page = labeler.page
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    sizes = page.evaluate(
        "[...labelerPart('.labeler').querySelectorAll('button')].filter(b => b.checkVisibility())"
        ".map(b => [b.textContent, b.getBoundingClientRect().height, b.getBoundingClientRect().right])"
    )
    assert len(sizes) >= 12
    assert [size for size in sizes if size[1] < 40 or size[2] > 360] == []
    page.get_by_role("button", name="refund").tap()
    page.get_by_role("button", name="Skip").tap()
    labeler.all_saved()
    assert server.labels(project) == {"t0": "refund"}
    assert labeler.where == "Text 3 of 13"


def test_everything_is_reached_and_named_without_seeing_it(server, open_labeler) -> None:
    labeler = open_labeler(server.project(TEXTS, LABELS, definitions=["Asks when it comes"]))
    page = labeler.page
    expect(page.get_by_role("progressbar", name="Labelled")).to_have_attribute("aria-valuemax", "12")
    expect(page.get_by_role("group", name="Labels").get_by_role("button")).to_have_count(4)
    expect(page.get_by_role("button", name="refund")).to_have_attribute("aria-keyshortcuts", "2")
    expect(page.locator(".labeler .body")).to_have_attribute("aria-live", "polite")
    order = []
    focused = "labelerPart('.labeler').getRootNode().activeElement?.textContent.trim().slice(0, 5)"
    page.evaluate("labelerPart('.labeler .card').focus()")
    for _ in range(12):
        order.append(page.evaluate(focused))
        page.keyboard.press("Tab")
    assert order[1:5] == ["where", "refun", "prais", "a rat"]
    page.evaluate("labelerPart('.labeler .choice').focus()")
    labeler.press("Enter")  # Enter and space press the control that has the focus
    labeler.all_saved()
    assert labeler.where == "Text 2 of 12"


def test_a_label_of_joined_words_breaks_between_them(server, open_labeler) -> None:
    labels = [f"card_payment_wrong_exchange_rate_{at}" for at in range(12)]
    labeler = open_labeler(server.project(TEXTS, labels))
    expect(labeler.page.get_by_role("button", name=labels[0])).to_be_visible()
    lines, broken = labeler.page.evaluate(
        """() => {
          const range = document.createRange();
          const rows = (node) => {
            range.selectNodeContents(node);
            return new Set([...range.getClientRects()].map((box) => box.top)).size;
          };
          const name = labelerPart(".choice .name");
          const words = [...name.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
          return [rows(name), words.filter((word) => rows(word) > 1).map((word) => word.textContent)];
        }"""
    )
    assert lines > 1
    assert broken == []
