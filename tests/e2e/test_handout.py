"""The labeler of a team: texts come a few at a time, and it opens again where one was."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from votek.annotation import fold
from votek.datatypes import HandoutSettings
from votek.workspace import NewEvent, Workspace


def press(page: Page, key: str) -> None:
    """Press a key once the text is painted, as a person does."""
    expect(page.locator(".labeler[data-painted]")).to_be_visible()
    page.keyboard.press(key)


def test_texts_come_as_they_are_labelled_and_a_reload_stays_where_one_was(accounts_server, new_context) -> None:
    space = accounts_server.workspace
    texts = [f"text number {place}" for place in range(30)]
    project = accounts_server.project(texts, labels=("late", "lost"), name="Team")
    accounts_server.invite(project, "ann@example.org", "annotator")
    space.set_handout(project.id, HandoutSettings(overlap=1))

    page = accounts_server.sign_in(new_context(), "ann@example.org", name="Ann", path=f"/Annotate?project={project.id}")
    body, count = page.locator(".labeler .body"), page.locator(".labeler .count")
    expect(page.locator(".labeler[data-painted]")).to_be_visible()
    expect(count).to_have_text("0 of 30 labelled")
    for place in range(12):
        expect(body).to_have_text(texts[place])
        press(page, "1")
    expect(page.locator(".labeler .saved")).to_have_text("All saved")
    expect(count).to_have_text("12 of 30 labelled")
    page.reload()
    expect(body).to_have_text(texts[12])
    expect(count).to_have_text("12 of 30 labelled")
    press(page, "u")
    expect(body).to_have_text(texts[11])
    press(page, "2")
    expect(body).to_have_text(texts[12])
    expect(page.locator(".labeler .saved")).to_have_text("All saved")

    other = Workspace.open(space.settings, accounts=True)
    given = other.hand(project.id, "other").items
    assert min(item.row for item in given) > 12  # what Ann has before her goes to nobody else
    while items := other.hand(project.id, "other").items:
        events = [NewEvent(f"other {item.id}", item.id, "label", "late", 1, 1) for item in items]
        assert all(ack.accepted for ack in other.record_events(project.id, "other", events))
    other.close()
    for _ in range(18):
        if page.locator(".labeler .finished").is_visible():
            break
        before = count.text_content()
        press(page, "1")
        expect(count).not_to_have_text(before or "")
    expect(page.get_by_role("heading", name="texts are labelled")).to_be_visible()
    expect(page.locator(".labeler .saved")).to_have_text("All saved")  # painted first, stored a moment later
    state = fold(space.events(project.id))
    assert {len(state.deciders(f"t{place}")) for place in range(30)} == {1}
    assert state.labels()["t11"].value == "lost"
