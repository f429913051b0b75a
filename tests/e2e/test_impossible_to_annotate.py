"""From the difficulty of a project's texts to the impossible one in the labeler, labelled already or not."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, TaskSpec
from votek.workspace import NewEvent, label_color

pytestmark = pytest.mark.browser

LABELS = ("parcel", "refund", "lamp")
PLACES = ("in Berlin", "in Paris", "in Rome", "to my office", "at the post", "to my aunt", "on the island")
TIMES = ("since Monday", "for three weeks", "before Easter", "yesterday evening", "twice now", "after I moved")
TEXTS = {
    "parcel": "my parcel has not come",
    "refund": "please give me my money back",
    "lamp": "the lamp arrived broken",
}


@pytest.fixture
def project(server):
    """63 texts with gold labels, of which p7 has a wrong one; p7 is labelled already, p0 to p2 wait."""
    space = server.workspace
    task = TaskSpec("single", tuple(LabelSpec(name, label_color(at)) for at, name in enumerate(LABELS)))
    made = space.create_project("Desk", task=task)
    gold = [LABELS[i % 3] for i in range(63)]
    texts = [f"{TEXTS[gold[i]]} {PLACES[i % 7]} {TIMES[i // 7 % 6]}, order {100 + i}" for i in range(63)]
    gold[7] = "lamp"
    data = make_dataset([f"p{i}" for i in range(63)], texts, {"gold": gold})
    space.import_dataset(made.id, data, role="pool", name="desk.csv", columns={"gold": "gold"})
    space.add_to_queue(made.id, [0, 1, 2])
    (ack,) = space.record_events(made.id, "local", [NewEvent("e1", "p7", "label", "refund", 1, 1)])
    assert ack.accepted, ack
    return made


def test_a_wrong_label_is_found_and_opened(server, page, project) -> None:
    server.start_worker()
    page.goto(f"{server.url}/Annotate?project={project.id}")
    expect(page.locator(".labeler .body")).to_contain_text("order 100")
    page.goto(f"{server.url}/Evaluate?project={project.id}")
    page.get_by_role("radio", name="Difficulty").click()
    page.get_by_role("button", name="Find what is hard").click()
    expect(page.get_by_text("4 simple models on")).to_be_visible(timeout=180_000)
    expect(page.get_by_text("No model is right on 1 item")).to_be_visible()
    page.get_by_role("button", name="Open it in Annotate").click()
    expect(page.locator(".labeler .body")).to_have_text(
        "please give me my money back in Berlin for three weeks, order 107"
    )
    assert "item=" not in page.url
    page.locator(".labeler[data-painted]").wait_for()
    page.keyboard.press("3")
    expect(page.locator(".labeler .saved")).to_have_text("All saved")
    assert server.labels(project)["p7"] == "lamp"
    page.reload()
    expect(page.locator(".labeler .body")).to_contain_text("order 100")
