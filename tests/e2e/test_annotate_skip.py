"""A skipped text is replaced by the next-best one, without a refresh and without holding anybody up."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TEXTS = [
    f"{topic} {place} {i}"
    for topic in ("my parcel is late", "please refund me", "the lamp is broken", "I love this shop")
    for place in ("in Berlin", "in Paris", "in Rome")
    for i in range(5)
]


@pytest.fixture
def picked(server):
    """A project with twelve picks, chosen by the worker."""
    server.start_worker()
    space = server.workspace
    project = server.project(TEXTS, queued=0)
    space.request_preparation(project.id)
    job = space.request_selection(project.id, budget=12)
    deadline = time.monotonic() + 180
    while space.job(job.id).state not in ("done", "failed"):
        assert time.monotonic() < deadline, space.jobs(project.id)
        time.sleep(0.2)
    assert space.job(job.id).state == "done", space.job(job.id).message
    return project


def test_a_replacement_comes_by_itself(server, open_labeler, picked) -> None:
    labeler = open_labeler(picked)
    before = {item.item for item in server.workspace.queue(picked.id)}
    assert labeler.where == "Text 1 of 12"
    expect(labeler.page.locator(".labeler .reason")).to_contain_text("Why this text")
    labeler.press(" ")
    assert labeler.where == "Text 2 of 12"
    assert labeler.count == "0 of 11 labelled"
    expect(labeler.page.locator(".labeler .count")).to_have_text("0 of 12 labelled")
    labeler.press(*["1"] * 12)
    labeler.all_saved()
    expect(labeler.page.get_by_role("heading", name="All 12 texts are labelled")).to_be_visible()
    after = set(server.labels(picked))
    assert len(after - before) == 1
    assert len(after) == 12


def test_the_last_text_skipped_is_waited_for(server, open_labeler, picked) -> None:
    labeler = open_labeler(picked)
    labeler.press(*["1"] * 11, " ")
    expect(labeler.page.locator(".labeler .count")).to_have_text("11 of 12 labelled")
    expect(labeler.page.locator(".labeler .where")).to_have_text("Text 13 of 13")
    labeler.press("2")
    labeler.all_saved()
    assert len(server.labels(picked)) == 12


def test_undoing_a_skip_brings_the_text_back(server, open_labeler, picked) -> None:
    labeler = open_labeler(picked)
    shown = labeler.text
    labeler.press(" ")
    expect(labeler.page.locator(".labeler .count")).to_have_text("0 of 12 labelled")
    labeler.press("u")
    assert labeler.text == shown
    labeler.press("3")
    labeler.all_saved()
    expect(labeler.page.locator(".labeler .count")).to_have_text("1 of 12 labelled")
    assert len(server.workspace.queue(picked.id)) == 12
