"""In-context accuracy: the same items for every pool, counted as they are answered."""

from dataclasses import replace

import numpy as np
import pytest

from votek.datatypes import LabelSpec, PromptSettings, TaskSpec
from votek.errors import InputError
from votek.evaluation import Ask, in_context_accuracy, in_context_requests
from votek.prompts import LabelledRow, QueryRow
from votek.scoring import CachedScorer, KnnScorer, Score

LABELS = ("a", "b", "c")


@pytest.fixture
def ask():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(60, 5))
    labels = [LABELS[i % 3] for i in range(60)]
    rows = [LabelledRow(f"p{i}", i, f"text {i}", labels[i]) for i in range(60)]
    pools = {"chosen": rows[:6], **{f"random {i + 1}": rows[6 + i : 12 + i] for i in range(20)}}
    return Ask(
        pools=pools,
        vectors=vectors,
        queries=[QueryRow(f"q{i}", f"query {i}") for i in range(12)],
        query_vectors=rng.normal(size=(12, 5)),
        answers=[LABELS[i % 2] for i in range(12)],
        settings=PromptSettings(n=3),
        task=TaskSpec(labels=tuple(LabelSpec(name, "#000000") for name in LABELS)),
        mean=vectors.mean(axis=0),
    )


class Parrot:
    """Answers with the last demonstration's label; cannot be read where there is none."""

    name, digest = "parrot", "0"

    def __init__(self):
        self.asked = []

    def score(self, requests, *, done=None):
        for request in requests:
            self.asked.append(request.prompt)
            score = Score(request.id, request.answers[-1] if request.answers else None, None, {}, 0.25)
            if done is not None:
                done(request, score)
            yield score


def test_every_pool_is_asked_about_the_same_items(ask):
    requests = in_context_requests(ask)
    assert list(requests)[:3] == ["chosen", "zero-shot", "random-retrieval"]
    assert {tuple(one.id for one in row) for row in requests.values()} == {tuple(f"q{i}" for i in range(12))}
    assert all(not one.answers for one in requests["zero-shot"])
    assert all(len(one.answers) == 3 for name, row in requests.items() if name != "zero-shot" for one in row)
    assert requests["random-retrieval"] != requests["chosen"]


def test_accuracies_are_those_of_the_answers(ask):
    requests, parrot = in_context_requests(ask), Parrot()
    found = in_context_accuracy(ask, parrot)
    for name, row in requests.items():
        right = [one.answers[-1:] == (answer,) for one, answer in zip(row, ask.answers, strict=True)]
        assert found.rows[name].accuracy.value == pytest.approx(np.mean(right))
    assert found.comparison.accuracy == found.rows["chosen"].accuracy.value
    assert found.comparison.random == tuple(found.rows[f"random {i + 1}"].accuracy.value for i in range(20))
    assert found.comparison.others["zero-shot"] == 0.0
    assert found.rows["zero-shot"].unparsed == 1.0
    assert found.rows["chosen"].unparsed == 0.0
    assert found.rows["chosen"].missing_mass == 0.25
    assert (found.scorer, found.size, found.n) == ("parrot", 6, 12)
    assert found.to_json()["sentence"] == found.sentence


def test_an_answer_that_is_no_label_is_unparsed(ask):
    task = TaskSpec(labels=(LabelSpec("x", "#000000"), LabelSpec("y", "#000000")))
    assert in_context_accuracy(replace(ask, task=task), Parrot()).rows["chosen"].unparsed == 1.0


def test_the_stand_in_answers_offline_and_repeats(ask):
    first, second = (in_context_accuracy(ask, KnnScorer(), seed=1) for _ in range(2))
    assert first == second
    assert first.rows["chosen"].missing_mass == 0.0


def test_a_prompt_that_pools_share_is_asked_once(ask, tmp_path):
    requests, parrot = in_context_requests(ask), Parrot()
    distinct = {one.prompt for row in requests.values() for one in row}
    in_context_accuracy(ask, CachedScorer(parrot, tmp_path), requests=requests)
    assert sorted(parrot.asked) == sorted(distinct)
    assert len(distinct) < 23 * 12


def test_progress_counts_answers(ask):
    told = []
    in_context_accuracy(ask, Parrot(), progress=lambda stage, done, total: told.append((stage, done, total)))
    assert told[0] == ("score", 1, 23 * 12)
    assert told[-1] == ("score", 23 * 12, 23 * 12)


def test_pools_to_compare_with_are_needed(ask):
    with pytest.raises(InputError, match="Give the pools 'chosen'"):
        in_context_requests(replace(ask, pools={"chosen": ask.pools["chosen"]}))
    with pytest.raises(InputError, match="12 test items and 1 answers"):
        in_context_requests(replace(ask, answers=["a"]))
