"""What is kept, what is asked again, and what a damaged file costs."""

import json
import multiprocessing
from pathlib import Path

import pytest

from votek.errors import ScoringError, StorageError
from votek.scoring import CachedScorer, Request, Score
from votek.scoring.cached import ScoreFile
from votek.scoring.digests import request_key


class Counting:
    """Answers with the prompt's length and remembers what it was asked; fails at the prompts it is told to."""

    name = "counting"
    digest = "c" * 64

    def __init__(self, fail=()):
        self.asked = []
        self.fail = set(fail)

    def score(self, requests, *, done=None):
        for request in requests:
            self.asked.append(request.prompt)
            if request.prompt in self.fail:
                # Others may have finished before the failure is told of.
                for later in requests:
                    if later.prompt > request.prompt:
                        self.asked.append(later.prompt)
                        done(later, answer(later))
                raise ScoringError("the endpoint is gone")
            if done is not None:
                done(request, answer(request))
            yield answer(request)


def answer(request):
    """What `Counting` says."""
    return Score(request.id, "a", -0.1 * len(request.prompt), {"a": -0.5, "b": -1.0}, 0.25)


def ask(*prompts):
    """One request for each prompt."""
    return [Request(f"item-{at}", prompt, (), (), ("a", "b")) for at, prompt in enumerate(prompts)]


def test_a_second_run_asks_nothing_and_says_the_same(tmp_path):
    requests = ask("one", "three", "seven")
    first = list(CachedScorer(Counting(), tmp_path).score(requests))
    again = Counting()
    assert list(CachedScorer(again, tmp_path).score(requests)) == first == [answer(request) for request in requests]
    assert again.asked == []


def test_only_what_is_new_is_asked_and_the_order_stays(tmp_path):
    list(CachedScorer(Counting(), tmp_path).score(ask("bb", "dddd")))
    counting = Counting()
    cached = CachedScorer(counting, tmp_path)
    requests = ask("a", "bb", "ccc", "dddd", "a")
    assert [one.prompt for one in cached.missing(requests)] == ["a", "ccc"]
    found = list(cached.score(requests))
    assert [score.confidence for score in found] == [answer(request).confidence for request in requests]
    assert [score.id for score in found] == [f"item-{at}" for at in range(5)]
    assert counting.asked == ["a", "ccc"]


def test_every_request_is_told_once_under_its_own_id(tmp_path):
    list(CachedScorer(Counting(), tmp_path).score(ask("kept")))
    told = []
    requests = ask("new", "kept", "new")
    list(CachedScorer(Counting(), tmp_path).score(requests, done=lambda request, score: told.append(score.id)))
    assert sorted(told) == ["item-0", "item-1", "item-2"]


def test_other_labels_are_another_question(tmp_path):
    request = ask("one")[0]
    assert request_key(request) != request_key(Request("x", "one", (), (), ("b", "a")))
    assert request_key(request) == request_key(Request("y", "one", ("a",), (0.5,), ("a", "b")))


def test_what_was_finished_beside_a_failure_is_kept(tmp_path):
    cached = CachedScorer(Counting(fail=["b"]), tmp_path)
    with pytest.raises(ScoringError):
        list(cached.score(ask("a", "b", "c", "d")))
    mended = Counting()
    assert len(list(CachedScorer(mended, tmp_path).score(ask("a", "b", "c", "d")))) == 4
    assert mended.asked == ["b"]


def test_a_line_cut_off_costs_that_score_alone(tmp_path):
    requests = ask("a", "bb", "ccc")
    list(CachedScorer(Counting(), tmp_path).score(requests))
    path = next(tmp_path.iterdir())
    whole = path.read_bytes()
    for size in range(len(whole) - 1, len(whole) - 60, -1):
        path.write_bytes(whole[:size])
        counting = Counting()
        assert list(CachedScorer(counting, tmp_path).score(requests)) == [answer(request) for request in requests]
        assert counting.asked in (["ccc"], [])
        again = Counting()
        list(CachedScorer(again, tmp_path).score(requests))
        assert again.asked == []


@pytest.mark.parametrize(
    "line",
    [b"\xff\xfe", b"[]", b"{}", b'{"key": 1}', b'{"key":"k","prediction":null,"confidence":NaN,"labels":{}}'],
)
def test_a_line_that_holds_no_score_is_passed_over(tmp_path, line):
    requests = ask("a")
    list(CachedScorer(Counting(), tmp_path).score(requests))
    path = next(tmp_path.iterdir())
    path.write_bytes(line + b"\n" + path.read_bytes())
    counting = Counting()
    list(CachedScorer(counting, tmp_path).score(requests))
    assert counting.asked == []


def test_the_file_holds_no_text_and_is_for_its_owner_alone(tmp_path):
    list(CachedScorer(Counting(), tmp_path).score(ask("a secret prompt")))
    path = next(tmp_path.iterdir())
    assert b"secret prompt" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert set(json.loads(path.read_text().strip())) == {"key", "prediction", "confidence", "labels", "missing"}


def write_many(path, start, count):
    """Add scores from a process of its own."""
    file = ScoreFile(Path(path))
    for at in range(start, start + count):
        file.put(f"key-{at}", Score("", "x" * 500, -float(at), {}, None))
    file.close()


def test_two_processes_add_to_one_file(tmp_path):
    path = tmp_path / "scores.jsonl"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=write_many, args=(str(path), start, 300)) for start in (0, 300)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    file = ScoreFile(path)
    assert all(file.get(f"key-{at}").confidence == -at for at in range(600))
    file.close()


def test_an_answer_after_the_end_is_kept_too(tmp_path):
    file = ScoreFile(tmp_path / "scores.jsonl")
    file.close()
    file.put("late", Score("", "a", -1.0))
    again = ScoreFile(tmp_path / "scores.jsonl")
    assert again.get("late") == Score("", "a", -1.0)
    again.close()


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "scores").write_text("")
    with pytest.raises(StorageError, match="cannot be used"):
        ScoreFile(tmp_path / "scores" / "a.jsonl")
