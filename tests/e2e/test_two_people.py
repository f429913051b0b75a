"""Two people in two browsers: one joins, labels, disagrees, and is adjudicated by keyboard."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Page, Route, expect

from votek.datatypes import HandoutSettings
from votek.store import projects as project_rows

TEXTS = ["Where is my parcel?", "I want my money back.", "My card was swallowed."]
FIRST, SECOND = "first@example.org", "second@example.org"


def labelled(page: Page, keys: dict[str, str]) -> None:
    """Label every text that is shown by its key, until none is left."""
    body = page.locator(".labeler .body")
    for number in range(1, len(keys) + 1):
        expect(page.locator(".labeler[data-painted]")).to_be_visible()
        expect(page.locator(".labeler .reading")).to_be_visible()  # the next texts come with the answer of the server
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        shown = body.text_content() or ""
        page.keyboard.press(keys[shown])
        expect(page.locator(".labeler .count")).to_have_text(re.compile(rf"^{number} of "))
    expect(page.locator(".labeler .saved")).to_have_text("All saved")


def waits_for_the_next_texts(page: Page, url: str) -> None:
    """Whoever is faster than the server is told to wait, not that others hold the texts; all is undone again."""
    held: list[Route] = []
    page.route("**/api/labels", lambda route: held.append(route))
    page.goto(url)
    title = page.get_by_role("heading", name="One moment")
    expect(page.locator(".labeler[data-painted]")).to_be_visible()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    while not title.is_visible():
        page.keyboard.press("1")
        page.wait_for_timeout(200)
    count = page.locator(".labeler .count").text_content() or ""
    assert count.startswith("2 of")
    expect(page.get_by_text("The next texts come as soon as your labels are saved.")).to_be_visible()
    page.keyboard.press("1")  # nothing to label is shown, so this labels nothing
    page.route("**/api/labels", lambda route: route.continue_())
    for route in held:
        route.continue_()
    expect(page.locator(".labeler .body")).to_have_text(TEXTS[2])
    expect(page.locator(".labeler .count")).to_have_text(count)
    page.keyboard.press("u")
    page.keyboard.press("u")
    expect(page.locator(".labeler .count")).to_have_text("0 of 3 labelled")
    expect(page.locator(".labeler .saved")).to_have_text("All saved")


def test_a_second_person_joins_labels_disagrees_and_is_adjudicated(accounts_server, new_context) -> None:
    space = accounts_server.workspace
    project = accounts_server.project(TEXTS, labels=("delivery", "refund", "card"), name="Shared")
    accounts_server.invite(project, FIRST, "owner")
    with space.store.write() as tx:
        project_rows.lock(tx, project.id)
        project_rows.add_revision(tx, project.id, "handout", vars(HandoutSettings(overlap=2)), time=project.created)

    first = accounts_server.sign_in(new_context(), FIRST, name="Frida", path=f"/Team?project={project.id}")
    first.get_by_label("E-mail address").fill(SECOND)
    first.get_by_role("button", name="Invite").click()
    expect(first.get_by_text(SECOND).first).to_be_visible()
    waits_for_the_next_texts(first, f"{accounts_server.url}/Annotate?project={project.id}")
    labelled(first, dict(zip(TEXTS, "123", strict=True)))

    second = accounts_server.sign_in(new_context(), SECOND, name="Sam", path=f"/Annotate?project={project.id}")
    expect(second.locator(".labeler[data-painted]")).to_be_visible()
    expect(second.locator(".labeler .choice[aria-pressed=true]")).to_have_count(0)  # blind to what Frida chose
    labelled(second, dict(zip(TEXTS, "133", strict=True)))
    second.goto(f"{accounts_server.url}/Review?project={project.id}")
    expect(second.get_by_text("This page is for people with the role reviewer")).to_be_visible()
    statuses = {item: label.status for item, label in space.labels(project.id).items()}
    assert statuses == {"t0": "unanimous", "t2": "unanimous"}

    first.goto(f"{accounts_server.url}/Review?project={project.id}")
    first.get_by_text("Disagreements", exact=True).click()
    settler = first.locator(".settler[data-painted]")
    expect(settler.locator(".body")).to_have_text(TEXTS[1])
    expect(settler.locator(".voice")).to_have_count(2)
    assert [voice.split("\n")[-1] for voice in settler.locator(".voice").all_inner_texts()] == ["refund", "card"]
    first.keyboard.press("1")
    first.keyboard.press("Enter")
    expect(settler.locator(".count")).to_have_text("1 of 1 settled")
    first.keyboard.press("u")
    expect(settler.locator(".count")).to_have_text("0 of 1 settled")
    first.keyboard.press("2")
    first.keyboard.press("c")
    first.keyboard.type("money is what they ask for")
    first.keyboard.press("Enter")
    expect(settler.locator(".saved")).to_have_text("All saved")
    expect(first.get_by_role("heading", name="All disagreements are settled")).to_be_visible()

    owner, annotator = (next(m.person for m in space.members(project.id) if m.email == one) for one in (FIRST, SECOND))
    ruled = space.labels(project.id)["t1"]
    assert (ruled.value, ruled.status, ruled.who) == ("refund", "adjudicated", owner.id)
    log = [(event.kind, event.who) for event in space.events(project.id) if event.item == "t1"]
    assert log == [
        ("label", owner.id),
        ("undo", owner.id),
        ("label", owner.id),
        ("label", annotator.id),
        ("adjudicate", owner.id),
        ("undo", owner.id),
        ("adjudicate", owner.id),
    ]
    lines = space.export(project.id, "labelled-jsonl").content.decode().splitlines()
    row = next(one for one in map(json.loads, lines) if one["id"] == "t1")
    assert (row["status"], row["agreed"], row["people"], row["why"]) == (
        "adjudicated", 1, 2, "money is what they ask for",
    )  # fmt: skip

    first.reload()  # the list is the page's own again, and the last decision can still be taken back
    first.get_by_text("Disagreements", exact=True).click()
    expect(settler.locator(".count")).to_have_text("1 of 1 settled")
    first.keyboard.press("u")
    expect(settler.locator(".saved")).to_have_text("All saved")
    expect(settler.locator(".count")).to_have_text("0 of 1 settled")
    expect(first.get_by_role("heading", name="Texts that people labelled differently")).to_be_visible()
    assert "t1" not in space.labels(project.id)
