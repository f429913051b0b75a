"""Vote-k as a conversation, clicked and typed: a tenth is labelled, a model looks at the rest, the rest is labelled."""

import pytest
from playwright.sync_api import expect

from tests.scoring.language_model import build_language_model
from tests.scoring.server import MODEL, serve
from votek.reproduction import reproduce
from votek.scoring import ModelSettings

pytestmark = pytest.mark.browser

KEY = "sk-two-rounds"
WAIT = 120_000
THINGS, FATES = ("parcel", "refund", "card", "order"), ("late", "lost", "broken")
TEXTS = [f"my {THINGS[i % 4]} number {i} is {FATES[i % 3]} since {i % 7} days" for i in range(60)]


@pytest.fixture(scope="module")
def host(server):
    """The server with a worker whose vectors need no model, and which knows the endpoint's key."""
    server.environment |= {"VOTEK_MODEL": "votek-hash", "VOTEK_API_KEY": KEY}
    server.start_worker()
    return server


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    """A real HTTP server around a tiny language model; it wants the key."""
    folder = build_language_model(tmp_path_factory.mktemp("model"))
    with serve(folder, key=KEY) as running:
        yield running


def open_menu(page, box):
    """Open a select box: while the expander around it still unfolds, its menu closes again."""
    for _ in range(10):
        box.click()
        page.wait_for_timeout(400)
        if page.get_by_role("option").count():
            return
    raise AssertionError("the menu did not open")


def choose_two_rounds(page, host, project):
    """Ask for 20 texts by vote-k in two rounds, and wait for the first two."""
    page.goto(f"{host.url}/Select?project={project.id}")
    budget = page.get_by_label("How many texts will you label?")
    budget.fill("20")
    budget.press("Enter")
    expect(page.get_by_text("About 4 min of labelling")).to_be_visible()  # a menu closes when the page is drawn again
    page.get_by_text("Other methods").click()
    expect(page.get_by_text("Nearest neighbours that count")).to_be_visible()
    open_menu(page, page.locator(f".st-key-{project.id}-method").get_by_role("combobox"))
    page.get_by_role("option", name="Vote-k (two rounds)").click()
    expect(page.get_by_text("Method: Vote-k (two rounds).")).to_be_visible()
    page.get_by_role("button", name="Pick texts").click()
    expect(page.get_by_text("Round 1 of 2: 0 of 2 labelled")).to_be_visible(timeout=WAIT)
    assert len(host.workspace.queue(project.id)) == 2


def label_round_one(labeler):
    """Label the two texts by keyboard; the labeler says what comes next, and Enter goes there."""
    labeler.press("1", "2")
    labeler.all_saved()
    expect(labeler.page.get_by_text("That was round 1 of 2. 18 more texts are picked")).to_be_visible()
    labeler.page.get_by_role("button", name="Go to round 2").click()
    expect(labeler.page.get_by_text("Round 1 of 2: 2 of 2 labelled")).to_be_visible(timeout=WAIT)


def open_round_two(tab):
    tab.get_by_role("button", name="Open round 2").click()
    expect(tab.get_by_text("Round 2 of 2: 0 of 18 labelled")).to_be_visible(timeout=WAIT)
    expect(tab.get_by_text("has looked at 58 texts with 2 labels as examples")).to_be_visible()


def test_the_whole_of_it_with_the_stand_in(host, page, open_labeler):
    space = host.workspace
    project = host.project(TEXTS, queued=0, name="Stand-in")
    choose_two_rounds(page, host, project)
    page.close()
    labeler = open_labeler(project)
    label_round_one(labeler)
    tab = labeler.page
    open_round_two(tab)
    first, second = space.rounds(project.id)
    assert (first.method, second.method, len(second.indices)) == ("fast-vote-k", "vote-k", 18)
    assert second.parameters["scoring"]["scorer"] == "knn"
    tab.get_by_role("button", name="Go on labelling").click()
    expect(tab.get_by_text("Text 3 of 20")).to_be_visible(timeout=WAIT)
    expect(tab.locator(".labeler[data-painted]")).to_be_visible(timeout=WAIT)
    for place in range(18):
        labeler.press(str(place % 3 + 1))
    labeler.all_saved()
    expect(tab.get_by_text("All 20 texts are labelled")).to_be_visible()
    assert len(host.labels(project)) == 20
    manifest = space.export_manifest(project.id)
    assert reproduce(manifest, host.folder / f"{project.id}.jsonl").differences == ()


def test_the_whole_of_it_with_a_model_behind_http(host, page, open_labeler, endpoint):
    space = host.workspace
    project = host.project(TEXTS, queued=0, name="Endpoint")
    space.save_model_settings(
        project.id, ModelSettings(tier="openai", model=MODEL, base_url=endpoint.url, way="echo", timeout=60.0)
    )
    endpoint.fail_every = 7
    choose_two_rounds(page, host, project)
    expect(page.get_by_text(f"Next: {MODEL} looks at every other text")).to_be_visible()
    assert endpoint.calls == []
    page.close()
    labeler = open_labeler(project)
    label_round_one(labeler)
    open_round_two(labeler.page)
    assert any(call["status"] == 500 for call in endpoint.calls)
    assert {call["key"] for call in endpoint.calls} == {f"Bearer {KEY}"}
    second = space.rounds(project.id)[1]
    assert second.method == "vote-k"
    assert MODEL in second.parameters["scoring"]["scorer"]
    manifest = space.export_manifest(project.id)
    assert KEY not in str(manifest)
    again = reproduce(manifest, host.folder / f"{project.id}.jsonl")
    assert again.differences == ()
    assert "was taken from the manifest" in again.notes[0]
    assert all(KEY.encode() not in path.read_bytes() for path in host.folder.rglob("*") if path.is_file())


def test_going_on_by_fast_vote_k_instead(host, page):
    project = host.project(TEXTS, queued=0, name="Instead")
    choose_two_rounds(page, host, project)
    page.get_by_role("button", name="Go on without round 2").click()
    page.get_by_role("button", name="Go on by fast vote-k").click()
    expect(page.get_by_text("20 picks cover")).to_be_visible(timeout=WAIT)
    expect(page.get_by_text("Round 1 of 2")).to_have_count(0)
    assert [made.method for made in host.workspace.rounds(project.id)] == ["fast-vote-k", "fast-vote-k"]
