"""Nothing that was shown as saved is ever lost, nothing is stored twice, and what was not sent arrives later."""

from __future__ import annotations

import json
import random
import time
from collections import Counter

import pytest
from playwright.sync_api import Route, expect

from votek.access import rotate_key

pytestmark = pytest.mark.browser

LABELS = ("alpha", "beta", "gamma")


def texts(count: int) -> list[str]:
    return [f"text number {i}" for i in range(count)]


def stored(server, project) -> Counter[tuple[str, object]]:
    """(item, value) of every label event in the log, with how often it is there."""
    return Counter((e.item, e.value) for e in server.workspace.events(project.id) if e.kind == "label")


def pressed(labeler) -> Counter[tuple[str, object]]:
    """(item, value) of every label key that went down, by the text that was on the screen."""
    return Counter(
        (f"t{key['text'].rsplit(' ', 1)[1]}", LABELS[int(key["key"]) - 1])
        for key in labeler.watched("keys")
        if key["key"] in "123"
    )


def test_a_server_killed_ten_times_loses_and_doubles_nothing(server, open_labeler) -> None:
    chance = random.Random(20)
    project = server.project(texts(150))
    labeler = open_labeler(project)
    shown_as_saved: Counter[tuple[str, object]] = Counter()
    for _ in range(10):
        for _ in range(chance.randrange(4, 9)):
            labeler.press(chance.choice("123"))
            labeler.page.wait_for_timeout(chance.randrange(0, 60))
        if chance.random() < 0.5:
            labeler.all_saved()
        before = pressed(labeler)
        if labeler.saved == "All saved":
            shown_as_saved = before
        server.kill()
        assert not shown_as_saved - stored(server, project)
        for _ in range(chance.randrange(1, 5)):
            labeler.press(chance.choice("123"))
        assert labeler.saved != "All saved"
        server.restart()
    labeler.all_saved(60_000)
    assert stored(server, project) == pressed(labeler)
    assert max(stored(server, project).values()) == 1
    labeler.reload()
    expect(labeler.page.locator(".labeler .count")).to_have_text(f"{pressed_count(server, project)} of 150 labelled")


def pressed_count(server, project) -> int:
    return len(server.labels(project))


def test_labels_given_while_the_server_is_away_outlive_the_tab(server, open_labeler) -> None:
    project = server.project(texts(20))
    labeler = open_labeler(project)
    labeler.press("1", "2")
    labeler.all_saved()
    server.kill()
    labeler.press("3", "1", "2")
    expect(labeler.page.locator(".labeler .saved")).to_have_text(
        "Offline: 3 kept in this browser, trying again", timeout=20_000
    )
    labeler.page.wait_for_timeout(10_000)  # Streamlit would cover the page with a dialog by now
    labeler.press("3")
    assert labeler.count == "6 of 20 labelled"
    context = labeler.page.context
    labeler.page.close(run_before_unload=False)
    assert len(server.labels(project)) == 2
    server.restart()
    again = open_labeler(project, context)
    expect(again.page.locator(".labeler .count")).to_have_text("6 of 20 labelled")
    again.all_saved()
    given = ("alpha", "beta", "gamma", "alpha", "beta", "gamma")
    assert server.labels(project) == {f"t{i}": label for i, label in enumerate(given)}
    assert again.where == "Text 7 of 20"


def test_offline_keeps_counting_and_sends_when_the_network_is_back(server, open_labeler) -> None:
    project = server.project(texts(10))
    labeler = open_labeler(project)
    labeler.page.context.set_offline(True)
    labeler.press("1", "2", "3", "f", " ")
    expect(labeler.page.locator(".labeler .saved")).to_have_text("Offline: 5 kept in this browser, trying again")
    labeler.press("u", "u")
    labeler.page.context.set_offline(False)
    labeler.all_saved()
    assert server.labels(project) == {"t0": "alpha", "t1": "beta", "t2": "gamma"}
    kinds = [event.kind for event in server.workspace.events(project.id)]
    assert kinds == ["label", "label", "label", "flag", "skip", "undo", "undo"]


def test_leaving_with_unsaved_labels_is_warned_about(server, open_labeler) -> None:
    labeler = open_labeler(server.project(texts(5)))
    warnings: list[str] = []
    labeler.page.on("dialog", lambda dialog: (warnings.append(dialog.type), dialog.accept()))
    labeler.press("1")
    labeler.all_saved()
    labeler.reload()
    expect(labeler.page.locator(".labeler .where")).to_have_text("Text 2 of 5")
    assert warnings == []
    labeler.page.route("**/api/labels", lambda route: route.abort())
    labeler.press("2")
    labeler.reload()
    assert warnings == ["beforeunload"]


def test_a_batch_is_sent_again_when_its_answer_was_lost(server, open_labeler) -> None:
    project = server.project(texts(5))
    labeler = open_labeler(project)
    lost: list[int] = []

    def lose_first_answer(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    labeler.page.route("**/api/labels", lose_first_answer)
    labeler.press("1")
    labeler.all_saved()
    assert lost == [200]
    assert stored(server, project) == Counter({("t0", "alpha"): 1})


def test_an_expired_token_is_renewed_and_nothing_is_lost(server, open_labeler) -> None:
    project = server.project(texts(6))
    labeler = open_labeler(project)
    tokens: list[str] = []

    def refuse_the_first_token(route: Route) -> None:
        tokens.append(json.loads(route.request.post_data or "{}")["token"])
        if tokens[-1] == tokens[0]:
            route.fulfill(status=401, json={"reason": "expired"})
        else:
            route.continue_()

    labeler.page.route("**/api/labels", refuse_the_first_token)
    time.sleep(1.1)  # tokens are dated in whole seconds
    labeler.press("1", "2", "3")
    labeler.all_saved()
    assert len(set(tokens)) == 2
    assert server.labels(project) == {"t0": "alpha", "t1": "beta", "t2": "gamma"}
    assert labeler.where == "Text 4 of 6"


def test_a_server_with_another_key_hands_out_new_tokens(server, open_labeler) -> None:
    project = server.project(texts(6))
    labeler = open_labeler(project)
    server.kill()
    rotate_key(server.workspace.settings, keep=False)
    server.restart()
    labeler.press("1", "2")
    labeler.all_saved(60_000)
    assert server.labels(project) == {"t0": "alpha", "t1": "beta"}


def test_two_tabs_of_one_person_do_not_double_or_undo_each_other(server, open_labeler) -> None:
    project = server.project(texts(12))
    first = open_labeler(project)
    second = open_labeler(project, first.page.context)
    first.press("1", "1", "1")
    first.all_saved()
    second.page.bring_to_front()
    second.page.evaluate("dispatchEvent(new Event('focus'))")
    expect(second.page.locator(".labeler .count")).to_have_text("3 of 12 labelled")
    for tab in (first, second):
        tab.page.route("**/api/labels", lambda route: route.abort())
    second.press("ArrowRight", "ArrowRight", "ArrowRight", "2", "2")
    first.press("3", "3")
    for tab in (first, second):
        tab.page.unroute("**/api/labels")
    first.all_saved()
    second.all_saved()
    given = stored(server, project)
    assert max(given.values()) == 1
    assert sum(given.values()) == 7
    for tab in (first, second):
        tab.page.evaluate("dispatchEvent(new Event('focus'))")
        expect(tab.page.locator(".labeler .count")).to_have_text(f"{len(server.labels(project))} of 12 labelled")


def test_a_crashed_tab_is_taken_over_by_the_one_that_is_open(server, open_labeler) -> None:
    project = server.project(texts(8))
    first = open_labeler(project)
    context = first.page.context
    second = open_labeler(project, context)
    first.page.route("**/api/labels", lambda route: route.abort())
    first.page.bring_to_front()
    first.press("2", "3")
    first.page.close(run_before_unload=False)
    second.page.evaluate("dispatchEvent(new Event('focus'))")
    expect(second.page.locator(".labeler .count")).to_have_text("2 of 8 labelled")
    second.all_saved()
    assert server.labels(project) == {"t0": "beta", "t1": "gamma"}


def test_what_the_server_refuses_is_shown_and_the_text_waits_again(server, open_labeler) -> None:
    project = server.project(texts(4))
    labeler = open_labeler(project)

    def refuse_gamma(route: Route) -> None:
        events = json.loads(route.request.post_data or "{}")["events"]
        if any(event["value"] == "gamma" for event in events):
            ids = [event["event_id"] for event in events]
            rejected = [{"event_id": i, "reason": "'gamma' is not one of the labels of this task"} for i in ids]
            route.fulfill(status=200, json={"acknowledged": [], "rejected": rejected})
        else:
            route.continue_()

    labeler.page.route("**/api/labels", refuse_gamma)
    labeler.press("1", "3")
    expect(labeler.page.locator(".labeler").get_by_role("alert")).to_contain_text("'gamma' is not one of the labels")
    labeler.all_saved()
    assert labeler.count == "1 of 4 labelled"
    labeler.press("ArrowLeft")
    assert labeler.where == "Text 2 of 4"
    labeler.page.get_by_role("button", name="Dismiss").click()
    expect(labeler.page.locator(".labeler .alert")).to_have_count(0)


def test_a_run_of_the_page_keeps_what_the_labeler_is_doing(server, open_labeler) -> None:
    project = server.project(texts(6), kind="multi")
    labeler = open_labeler(project)
    labeler.press("1", "Enter", "ArrowRight", "2", "3")
    before = labeler.where
    server.workspace.set_guidelines(project.id, "New guidelines")
    labeler.page.keyboard.press("r")  # Streamlit's own key: run the page again
    labeler.page.wait_for_timeout(1_500)
    assert labeler.where == before
    expect(labeler.page.get_by_role("button", pressed=True)).to_have_count(2)
    labeler.press("Enter", "g")
    expect(labeler.page.get_by_text("New guidelines")).to_be_visible()
    labeler.all_saved()
    assert server.labels(project) == {"t0": ["alpha"], "t2": ["beta", "gamma"]}


def test_a_comment_from_another_tab_is_not_written_over(server, open_labeler) -> None:
    project = server.project(texts(4))
    first = open_labeler(project)
    second = open_labeler(project, first.page.context)
    second.page.bring_to_front()
    second.press("c")
    second.page.keyboard.type("from the second tab")
    second.press("Enter")
    second.all_saved()
    first.page.bring_to_front()
    first.page.evaluate("dispatchEvent(new Event('focus'))")
    expect(first.page.get_by_label("Comment on this text")).to_have_value("from the second tab")
    first.press("1", "ArrowLeft", "ArrowRight")
    first.all_saved()
    assert [e.value for e in server.workspace.events(project.id)] == ["from the second tab", "alpha"]
