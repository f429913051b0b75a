"""From a file to the first label with few clicks, whatever the file holds, in a real browser."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MOST_CLICKS = 8
WAIT = 120_000
HOSTILE = '<img src=x onerror="document.title=1"> $5 and $6 ![p](http://example.invalid/p.png) **x**'


@pytest.fixture(scope="module")
def host(server):
    """The server with a worker whose vectors need no model."""
    server.environment["VOTEK_MODEL"] = "votek-hash"
    server.start_worker()
    return server


@pytest.fixture
def messages():
    """A CSV of 120 different texts with two intents."""
    words = ("parcel", "refund", "card", "account", "order", "invoice")
    rows = [f'"My {words[i % 6]} number {i} is late, please help",{("late", "other")[i % 2]}' for i in range(120)]
    return "\n".join(["text,intent", *rows]).encode()


def begin(page, host, name, content):
    """From the home page to the preview of a file; returns the clicks it took."""
    page.goto(host.url)
    page.get_by_role("button", name="New project").click()
    expect(page.get_by_text("File with the texts")).to_be_visible()  # the home page takes files too
    chooser = page.get_by_test_id("stFileUploaderDropzoneInput").first
    chooser.set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    return 2


def serious(page):
    """What axe finds to be serious or worse."""
    page.wait_for_timeout(800)  # colours fade in
    found = Axe().run(page).response["violations"]
    bad = [v for v in found if v["impact"] in ("serious", "critical")]
    return [(v["id"], node["html"][:150]) for v in bad for node in v["nodes"]]


def test_a_file_is_labelled_after_few_clicks(page, host, messages):
    clicks = begin(page, host, "messages.csv", messages)
    page.get_by_role("button", name="Load 120 texts").click()
    page.get_by_role("button", name="Pick texts").click()
    expect(page.get_by_text("Picking texts").first).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Start labelling").click(timeout=WAIT)
    clicks += 3
    expect(page.locator(".labeler[data-painted]")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator(".labeler .count")).to_have_text(re.compile("^1 of 40"))
    assert clicks <= MOST_CLICKS


def test_more_picks_keep_the_earlier_ones(page, host, messages):
    begin(page, host, "more.csv", messages)
    page.get_by_role("button", name="Load 120 texts").click()
    page.get_by_role("button", name="Pick texts").click()
    expect(page.get_by_role("button", name="Start labelling")).to_be_visible(timeout=WAIT)
    project = page.url.rpartition("=")[2]
    before = host.workspace.selection(project).indices.tolist()
    budget = page.get_by_label("How many texts will you label?")
    budget.fill("60")
    budget.press("Enter")
    page.get_by_role("button", name="Pick 20 more").click()
    expect(page.get_by_text("60 picks cover")).to_be_visible(timeout=WAIT)
    assert host.workspace.selection(project).indices.tolist()[:40] == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(new_context, host, messages, scheme):
    page = new_context(color_scheme=scheme, viewport={"width": 1280, "height": 1400}).new_page()
    begin(page, host, f"{scheme}.csv", messages)
    load = page.get_by_role("button", name="Load 120 texts")
    expect(load).to_be_visible()
    assert serious(page) == []
    load.click()
    page.get_by_text("Other methods").click()
    page.get_by_role("button", name="Pick texts").click()
    expect(page.get_by_role("button", name="Start labelling")).to_be_visible(timeout=WAIT)
    assert serious(page) == []
    page.get_by_role("link", name=re.compile("^Data")).click()
    expect(page.get_by_text("Look at the texts")).to_be_visible()
    assert serious(page) == []
    page.get_by_role("link", name=re.compile("All projects")).click()
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()
    assert serious(page) == []


def test_a_project_is_renamed_and_deleted(page, host):
    space = host.workspace
    project = space.create_project("Old name")
    page.goto(host.url)
    card = page.locator(f".st-key-card-{project.id}")
    card.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("dialog").get_by_label("Name").fill("New *name*")
    page.get_by_role("dialog").get_by_role("button", name="Rename").click()
    expect(card.get_by_text("New *name*")).to_be_visible()
    card.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(card).to_have_count(0)
    assert project.id not in {summary.project.id for summary in space.projects(archived=True)}


def test_what_a_file_holds_is_only_ever_text(page, host):
    outside = []
    page.on("request", lambda request: None if host.url in request.url else outside.append(request.url))
    header = f'text,"{HOSTILE.replace(chr(34), chr(34) * 2)}"'
    words = [
        " ".join(f"{word}{i * place}" for place, word in enumerate(("card", "bank", "rain", "road") * 8))
        for i in range(30)
    ]
    rows = [f'"{text} {HOSTILE.replace(chr(34), chr(34) * 2)}",{"ab"[i % 2]}' for i, text in enumerate(words)]
    begin(page, host, "$x$ <b>bold.csv", "\n".join([header, *rows]).encode())
    page.get_by_role("button", name="Load 30 texts").click()
    page.get_by_role("button", name=re.compile("^Pick ")).click()
    expect(page.get_by_role("button", name="Start labelling")).to_be_visible(timeout=WAIT)
    page.get_by_role("link", name=re.compile("All projects")).click()
    expect(page.get_by_text("$x$ <b>bold", exact=True)).to_be_visible()
    assert page.locator("img[src='x'], .katex").count() == 0
    assert "votek" in page.title()
    assert [url for url in outside if not url.startswith(("data:", "blob:", host.url.replace("http", "ws")))] == []


def test_every_answer_carries_the_security_headers(page, host):
    answer = page.request.get(f"{host.url}/api/health")
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
