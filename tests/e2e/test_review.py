"""The Review page in a browser: for everyone, on a phone, and texts to look at again worked off by keyboard."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from votek.workspace import NewEvent

pytestmark = pytest.mark.browser

TEXTS = [f"Where is my order number {i}? <b>It</b> was to come last week, for $5 or *less*." for i in range(12)]
SECTIONS = ("Progress", "Agreement", "Disagreements", "Versions", "History")


def record(server, project, who: str, labels: dict[str, str]) -> None:
    """What somebody labelled, as the labeler sends it."""
    version = server.workspace.project(project.id).task.version
    events = [NewEvent(f"{who}-{item}", item, "label", label, version, 1) for item, label in labels.items()]
    assert all(ack.accepted for ack in server.workspace.record_events(project.id, who, events))


def serious(page: Page) -> list[str]:
    """What axe finds serious or worse in the main part."""
    page.wait_for_timeout(800)  # colours fade in
    found = Axe().run(page, context={"include": [["[data-testid=stMain]"]]}).response["violations"]
    bad = [rule for rule in found if rule["impact"] in ("serious", "critical")]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in bad for node in rule["nodes"]]


@pytest.mark.parametrize("look", [{"color_scheme": "dark"}, {"viewport": {"width": 360, "height": 740}}], ids=str)
def test_every_section_is_for_everyone(server, new_context, look) -> None:
    project = server.project(TEXTS, labels=("refund", "delivery"), name="Looked at")
    record(server, project, "ann", {f"t{i}": ("refund", "delivery")[i % 2] for i in range(12)})
    record(server, project, "bob", {f"t{i}": ("refund", "delivery")[i % 2 if i else 1] for i in range(12)})
    page = new_context(**look).new_page()
    page.goto(f"{server.url}/Review?project={project.id}")
    for section in SECTIONS:
        page.get_by_text(section, exact=True).first.click()
        expect(page.get_by_role("heading", level=2).first).to_be_visible()
        if section == "Disagreements":
            expect(page.locator(".settler[data-painted] .voice")).to_have_count(2)
        assert serious(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_older_than_a_definition_is_worked_off_by_keyboard(server, new_context) -> None:
    project = server.project(TEXTS[:3], labels=("refund", "delivery"), name="Again")
    record(server, project, "local", {"t0": "refund", "t1": "delivery", "t2": "refund"})
    server.workspace.set_guidelines(project.id, "Deliveries are about parcels.")
    page = new_context().new_page()
    page.goto(f"{server.url}/Review?project={project.id}")
    page.get_by_text("Re-check", exact=True).click()
    settler = page.locator(".settler[data-painted]")
    expect(settler.locator(".again")).to_have_text("Changed since this was labelled: the guidelines.")
    page.keyboard.press("Enter")  # confirmed
    expect(settler.locator(".count")).to_have_text("1 of 3 checked")
    page.keyboard.press("1")
    page.keyboard.press("Enter")  # changed
    expect(settler.locator(".count")).to_have_text("2 of 3 checked")
    page.keyboard.press("Enter")
    expect(settler.locator(".saved")).to_have_text("All saved")
    expect(page.get_by_role("heading", name="All labels are checked")).to_be_visible()
    assert server.labels(project) == {"t0": "refund", "t1": "refund", "t2": "refund"}
    assert server.workspace.to_recheck(project.id) == []
    page.keyboard.press("u")
    expect(settler.locator(".count")).to_have_text("2 of 3 checked")
    expect(settler.locator(".saved")).to_have_text("All saved")
    assert [one.item for one in server.workspace.to_recheck(project.id)] == ["t2"]
