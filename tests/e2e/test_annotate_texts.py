"""Typed answers: drafts survive, Enter is a new line, and nothing in data is read as code."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HOSTILE = [
    '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>',
    "<style>*{display:none}</style></p></article><h1>gone</h1>",
    "{braces} ${x} $a$ **bold** `code` [link](javascript:window.hacked=1) &amp; &lt;",
    "\u202eright to left\u202c مرحبا بالعالم",
    "line one\n  line two\ttab\n\n\nend 🦊",
]


def test_a_draft_survives_a_refresh_and_a_submit_keeps_every_character(server, open_labeler) -> None:
    project = server.project(["first question", "second question"], kind="text")
    labeler = open_labeler(project)
    page = labeler.page
    answer = page.get_by_label("Answer")
    expect(answer).to_be_focused()
    page.keyboard.type('half of "an answer" {x}')
    page.keyboard.press("Enter")
    page.keyboard.type("1 2 f u ? ")
    page.reload()
    expect(page.get_by_label("Answer")).to_have_value('half of "an answer" {x}\n1 2 f u ? ')
    expect(page.get_by_text("Draft kept in this browser")).to_be_visible()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type("🦊")
    labeler.press("ControlOrMeta+Enter")
    expect(page.get_by_label("Answer")).to_have_value("")
    labeler.all_saved()
    assert server.labels(project) == {"t0": 'half of "an answer" {x}\n1 2 f u ? 🦊'}
    labeler.press("Escape", "ArrowLeft")
    expect(page.get_by_label("Answer")).to_have_value('half of "an answer" {x}\n1 2 f u ? 🦊')


def test_drafts_belong_to_their_text(server, open_labeler) -> None:
    project = server.project([f"question {i}" for i in range(3)], kind="text")
    labeler = open_labeler(project)
    labeler.page.keyboard.type("for the first")
    labeler.press("Escape", "ArrowRight", "/")
    labeler.page.keyboard.type("for the second")
    labeler.press("Escape", " ", "Escape", "ArrowLeft", "ArrowLeft")
    expect(labeler.page.get_by_label("Answer")).to_have_value("for the first")
    labeler.press("Enter")
    labeler.all_saved()
    assert server.labels(project) == {"t0": "for the first"}


def test_an_empty_answer_is_not_sent(server, open_labeler) -> None:
    project = server.project(["question"], kind="text")
    labeler = open_labeler(project)
    labeler.page.keyboard.type("  ")
    labeler.press("ControlOrMeta+Enter")
    expect(labeler.page.get_by_text("Write an answer first")).to_be_visible()
    assert server.workspace.events(project.id) == []


def test_hostile_texts_labels_definitions_and_guidelines_stay_text(server, open_labeler) -> None:
    labels = [f"{text[:60]} {i}" for i, text in enumerate(HOSTILE[:3])]
    project = server.project(HOSTILE, labels, guidelines="\n".join(HOSTILE), definitions=HOSTILE)
    labeler = open_labeler(project)
    labeler.press("g")
    for text in HOSTILE:
        assert labeler.text == text
        labeler.press("c")
        labeler.page.keyboard.type(HOSTILE[0])
        labeler.press("Escape", "2")
    labeler.all_saved()
    assert set(server.labels(project).values()) == {labels[1]}
    assert labeler.page.evaluate("window.hacked") is None
    inside = labeler.page.evaluate("[...labelerPart('.labeler').querySelectorAll('img, script, style, h1, a')].length")
    assert inside == 0


def test_right_to_left_and_long_texts_are_laid_out_to_be_read(server, open_labeler) -> None:
    project = server.project(["مرحبا بالعالم", "A long message. " * 400])
    labeler = open_labeler(project)
    style = "getComputedStyle(labelerPart('.labeler .body'))"
    assert labeler.page.evaluate(f"{style}.direction") == "rtl"
    labeler.press("1")
    assert labeler.page.evaluate(f"{style}.direction") == "ltr"
    card = "labelerPart('.labeler .card')"
    height = labeler.page.evaluate(f"{card}.clientHeight")
    assert labeler.page.evaluate(f"{card}.scrollHeight") > height
    assert height < 600
