"""Two rounds as pages and exports see them: the next step, the reasons, and a set that can be made again."""

import json

import pytest

from votek.datasets import map_columns, read_table
from votek.exports import manifest_bytes, read_manifest
from votek.reproduction import reproduce
from votek.scoring import ModelSettings, Score


@pytest.fixture
def file(tmp_path, texts):
    path = tmp_path / "pool.csv"
    path.write_text("\n".join(["text,place", *(f"{text},p{row % 3}" for row, text in enumerate(texts(90)))]), "utf-8")
    return path


@pytest.fixture
def begun(workspace, project, finish, file):
    made = workspace.create_project("Two", task=workspace.project(project.id).task)
    table = read_table(file.read_bytes(), name=file.name)
    workspace.import_dataset(made.id, map_columns(table, text="text"), role="pool", name=file.name)
    workspace.request_selection(made.id, budget=20, method="vote-k", groups=["place"], floor=2)
    assert [job.state for job in finish(made.id)] == ["done"]
    return made


def summary(workspace, project):
    return next(found for found in workspace.projects() if found.project.id == project.id)


def label_all(workspace, project, act):
    known = workspace.labels(project.id)
    for place, item in enumerate(item for item in workspace.queue(project.id) if item.item not in known):
        assert act(project, "label", item.item, "xy"[place % 2]).accepted


def test_the_next_step_after_round_one_is_to_open_round_two(workspace, begun, act, finish):
    assert summary(workspace, begun).next_step == "annotate"
    label_all(workspace, begun, act)
    assert summary(workspace, begun).next_step == "select"
    workspace.request_second_round(begun.id)
    assert [job.state for job in finish(begun.id)] == ["done"]
    assert summary(workspace, begun).next_step == "annotate"
    reasons = [item.reason for item in workspace.annotation_state(begun.id, "ann").items]
    assert "model" not in reasons[0]
    assert all("model is about equally sure" in reason for reason in reasons[2:])
    assert workspace.selection(begun.id).method == "vote-k"
    label_all(workspace, begun, act)
    assert summary(workspace, begun).next_step == "prompts"


def test_the_set_is_made_again_from_its_manifest(workspace, begun, act, finish, file):
    label_all(workspace, begun, act)
    workspace.request_second_round(begun.id)
    finish(begun.id)
    skipped = workspace.queue(begun.id)[6].item
    act(begun, "skip", skipped)
    assert [job.state for job in finish(begun.id)] == ["done"]
    label_all(workspace, begun, act)
    manifest = read_manifest(manifest_bytes(workspace.export_manifest(begun.id, "prompts-jsonl")))
    first, second, repair = manifest["rounds"]
    assert (first["method"], second["method"], repair["method"]) == ("fast-vote-k", "vote-k", "vote-k")
    assert second["parameters"]["scoring"]["scorer"] == "knn"
    assert [row for row, _ in second["parameters"]["scoring"]["labels"]] == [pick["row"] for pick in first["picks"]]
    assert manifest["confidence"] == {}
    again = reproduce(manifest, file)
    assert again.differences == ()
    for label in second["parameters"]["scoring"]["labels"]:
        label[1] = "x"
    assert any("(vote-k): pick" in line for line in reproduce(manifest, file).differences)


class Guesser:
    """Answers by the length of the prompt; never asked twice for the same."""

    name = "guesser"
    digest = "0" * 64

    def score(self, requests, *, done=None):
        for request in requests:
            yield Score(request.id, request.labels[0], -float(hash_of(request.prompt)))


def hash_of(text):
    return sum(ord(letter) * place for place, letter in enumerate(text, 1)) % 9973


def test_what_a_model_said_travels_in_the_manifest(workspace, begun, act, finish, file, monkeypatch):
    monkeypatch.setattr("votek.jobs.confidence.project_scorer", lambda *_: Guesser())
    label_all(workspace, begun, act)
    workspace.request_second_round(begun.id, model=ModelSettings(tier="openai", model="m", way="generate"))
    assert [job.state for job in finish(begun.id)] == ["done"]
    label_all(workspace, begun, act)
    manifest = read_manifest(manifest_bytes(workspace.export_manifest(begun.id, "prompts-jsonl")))
    (values,) = manifest["confidence"].values()
    assert (len(values), sum(value is None for value in values)) == (90, 2)
    again = reproduce(manifest, file)
    assert again.differences == ()
    assert "How sure 'guesser' was of each text in round 2 was taken from the manifest" in again.notes[0]
    without = json.loads(json.dumps({**manifest, "confidence": {}}))
    assert any("cannot be picked again" in line for line in reproduce(without, file).differences)


def test_a_model_that_tells_no_confidence_ends_the_job_with_what_to_do(workspace, begun, act, finish, monkeypatch):
    class Silent(Guesser):
        def score(self, requests, *, done=None):
            for request in requests:
                yield Score(request.id, request.labels[0], None)

    monkeypatch.setattr("votek.jobs.confidence.project_scorer", lambda *_: Silent())
    label_all(workspace, begun, act)
    workspace.request_second_round(begun.id, model=ModelSettings(tier="openai", model="m", way="generate"))
    (job,) = finish(begun.id)
    assert job.state == "failed"
    assert "gave no confidence for any text" in job.message
    assert "fast vote-k" in job.message
    assert workspace.two_rounds(begun.id).ready
    workspace.request_selection(begun.id, budget=20, method="fast-vote-k")
    assert [job.state for job in finish(begun.id)] == ["done"]


def test_texts_without_a_confidence_count_as_least_sure_and_are_told(workspace, begun, act, finish, monkeypatch):
    class Halting(Guesser):
        def score(self, requests, *, done=None):
            for place, request in enumerate(requests):
                yield Score(request.id, None, None if place % 10 == 0 else -1.0 - place)

    monkeypatch.setattr("votek.jobs.confidence.project_scorer", lambda *_: Halting())
    label_all(workspace, begun, act)
    workspace.request_second_round(begun.id, model=ModelSettings(tier="openai", model="m", way="generate"))
    (job,) = finish(begun.id)
    assert (job.state, "no confidence for 9 of 88 texts" in job.message) == ("done", True)
