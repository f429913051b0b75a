"""Map and Annotate with picks of every method, and between two rounds."""

import pytest

from votek.datatypes import LabelSpec, TaskSpec
from votek.jobs.inline import finish_job
from votek.jobs.requests import Requests
from votek.selection.registry import METHODS
from votek.workspace import NewEvent


@pytest.fixture
def project(space, texts_of, tmp_path, compare_texts):
    """50 texts with their map; two of them are labelled."""
    from votek.datasets import read_dataset

    made = space.create_project("M", task=TaskSpec("single", (LabelSpec("a", "#0072B2"), LabelSpec("b", "#E69F00"))))
    (tmp_path / "texts.csv").write_text("\n".join(["text", *texts_of(50)]))
    space.import_dataset(made.id, read_dataset(tmp_path / "texts.csv"), role="pool", name="texts.csv")
    compare_texts(space, made.id)
    return made


def label(space, project, items):
    events = [NewEvent(f"e{item}", item, "label", "ab"[i % 2], 1, 1) for i, item in enumerate(items)]
    assert all(ack.accepted for ack in space.record_events(project.id, "local", events))


def do(space, job):
    context = Requests(space.settings.model_copy(update={"model": "votek-hash"}), space.store)
    done = finish_job(context, job)
    assert done.state == "done", done.message


@pytest.mark.parametrize("method", list(METHODS))
def test_picks_of_every_method_are_drawn_and_handed_out(open_at, space, project, method):
    ids = space.dataset(project.id).ids
    label(space, project, [ids[0], ids[7]])
    do(space, space.request_selection(project.id, budget=6, method=method))
    at = open_at("pages/3_Map.py", project.id)
    at.selectbox(f"{project.id}-map-colour").set_value("Gain").run()
    assert not at.exception
    assert not open_at("pages/4_Annotate.py", project.id).exception


def test_between_two_rounds_every_page_leads_to_the_second(open_at, space, project):
    do(space, space.request_selection(project.id, budget=20, method="vote-k"))
    at = open_at("pages/4_Annotate.py", project.id)
    assert any("Round 1 of 2" in caption.value and "18 more follow" in caption.value for caption in at.caption)
    label(space, project, [item.item for item in space.queue(project.id)])
    at = open_at("pages/4_Annotate.py", project.id)
    assert [button.label for button in at.button if button.key == "next-step"] == []
    assert open_at("pages/3_Map.py", project.id).button("next-step").label == "Go to round 2"
    assert open_at("pages/2_Select.py", project.id).button("next-step").label == "Open round 2"
