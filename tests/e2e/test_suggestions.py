"""Suggestions in the browser: nothing while they are off; then a line and a mark, outside the blind share alone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from votek.annotation.suggest import held_back
from votek.datatypes import SuggestionSettings
from votek.workspace import NewEvent

pytestmark = pytest.mark.browser

TOPICS = ("my parcel is late and lost", "the refund of my money is missing")


def test_suggestions_are_off_then_shown_outside_the_blind_share_and_choose_nothing(
    server, open_labeler, compare_texts
) -> None:
    space = server.workspace
    project = server.project([f"{TOPICS[at % 2]} number {at}" for at in range(32)], ("delivery", "refund", "other"))
    compare_texts(space, project.id, umap=False)
    given = [NewEvent(f"e{at}", f"t{at}", "label", ("delivery", "refund")[at % 2], 1, 1) for at in range(10)]
    assert all(ack.accepted for ack in space.record_events(project.id, "local", given))

    labeler = open_labeler(project)
    line = labeler.page.locator(".labeler .suggestion")
    noted = labeler.page.locator(".labeler .choice .note:visible")
    expect(line).to_be_hidden()
    expect(noted).to_have_count(0)

    space.set_suggestions(project.id, SuggestionSettings(on=True, blind_share=0.4))
    answers: list[dict[str, object]] = []
    labeler.page.on("response", lambda found: answers.append(found.json()) if "/api/queue" in found.url else None)
    labeler.reload()
    blind = {f"t{at}" for at in range(10, 32) if held_back(project.id, f"t{at}", "local", 0.4)}
    assert 0 < len(blind) < 22
    found = Axe().run(labeler.page, context={"include": [["[data-testid=stMain]"]]}).response["violations"]
    assert [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")] == []
    followed = 0
    for at in range(10, 32):
        assert labeler.text.endswith(f"number {at}")
        likely = ("delivery", "refund")[at % 2]
        if f"t{at}" in blind:
            expect(line).to_have_text("")
            expect(noted).to_have_count(0)
        else:
            followed += 1
            expect(line).to_contain_text(f"Suggested: {likely} (")
            expect(line).to_contain_text("%), from the nearest labelled texts")
            expect(labeler.page.get_by_role("button", name=f"{likely} suggested")).to_have_attribute(
                "aria-pressed", "false"
            )
        if at == 10:  # Enter alone takes nothing over
            labeler.press("Enter")
            expect(labeler.page.get_by_text("Choose a label first")).to_be_visible()
            assert labeler.text.endswith("number 10")
        labeler.press("12"[at % 2])
    labeler.all_saved()
    assert server.labels(project) == {f"t{at}": ("delivery", "refund")[at % 2] for at in range(32)}
    assert answers  # as the work went on, suggestions for the next texts were fetched
    told = {item["id"] for answer in answers for item in answer["items"] if item["suggestion"]}  # type: ignore[attr-defined]
    assert told
    assert not told & blind
    report = space.suggestion_report(project.id).total
    assert (report.shown.agreed, report.shown.n) == (followed, followed)
    assert (report.blind.agreed, report.blind.n) == (len(blind), len(blind))
