"""Two rounds as pages and exports see them: the next step, the reasons, and a set that can be made again."""

import json
import time

import pytest

from votek.datasets import map_columns, read_table
from votek.errors import ScoringError
from votek.exports import manifest_bytes, read_manifest
from votek.reproduction import reproduce
from votek.scoring import CachedScorer, ModelSettings, Score


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
    monkeypatch.setattr("votek.jobs.confidence.project_scorer", lambda *_, **__: Guesser())
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

    monkeypatch.setattr("votek.jobs.confidence.project_scorer", lambda *_, **__: Silent())
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

    monkeypatch.setattr("votek.jobs.confidence.project_scorer", lambda *_, **__: Halting())
    label_all(workspace, begun, act)
    workspace.request_second_round(begun.id, model=ModelSettings(tier="openai", model="m", way="generate"))
    (job,) = finish(begun.id)
    assert (job.state, "no confidence for 9 of 88 texts" in job.message) == ("done", True)


def test_a_round_that_broke_off_goes_on_where_it_was(workspace, begun, act, finish, monkeypatch):
    asked = []

    class Breaking(Guesser):
        def score(self, requests, *, done=None):
            for request in requests:
                if len(asked) == 30:
                    asked.append(None)
                    raise ScoringError("The endpoint is away. Try again later.")
                asked.append(request.id)
                score = Score(request.id, request.labels[0], -float(hash_of(request.prompt)))
                done(request, score)
                yield score

    folder = workspace.store.scores_folder
    monkeypatch.setattr("votek.jobs.confidence.project_scorer", lambda *_, **__: CachedScorer(Breaking(), folder))
    label_all(workspace, begun, act)
    model = ModelSettings(tier="openai", model="m", way="generate")
    workspace.request_second_round(begun.id, model=model)
    (job,) = finish(begun.id)
    assert (job.state, job.message) == ("failed", "The endpoint is away. Try again later.")
    assert job.stages["score"] == (30, 88)
    workspace.request_second_round(begun.id, model=model)
    (job,) = finish(begun.id)
    assert job.state == "done", job.message
    names = [name for name in asked if name is not None]
    assert len(names) == len(set(names)) == 88


def test_cancelling_while_a_model_is_asked_ends_the_round_and_keeps_what_it_said(
    workspace, begun, act, finish, monkeypatch
):
    told = []

    class Cancelling(Guesser):
        def score(self, requests, *, done=None):
            for place, request in enumerate(requests):
                if place == 20 and len(told) == 20:
                    (job,) = [job for job in workspace.jobs(begun.id, active=True) if job.kind == "select"]
                    workspace.cancel_job(job.id)
                    time.sleep(0.5)  # the wish is noticed by a thread that looks every 0.3 s
                score = Score(request.id, request.labels[0], -float(hash_of(request.prompt)))
                told.append(request.id)
                done(request, score)
                yield score

    folder = workspace.store.scores_folder
    monkeypatch.setattr("votek.jobs.confidence.project_scorer", lambda *_, **__: CachedScorer(Cancelling(), folder))
    label_all(workspace, begun, act)
    model = ModelSettings(tier="openai", model="m", way="generate")
    workspace.request_second_round(begun.id, model=model)
    (job,) = finish(begun.id)
    assert job.state == "cancelled"
    assert len(workspace.queue(begun.id)) == 2
    kept = len(told)
    assert 20 <= kept < 88
    workspace.request_second_round(begun.id, model=model)
    (job,) = finish(begun.id)
    assert job.state == "done", job.message
    assert len(told) == len(set(told)) == 88
