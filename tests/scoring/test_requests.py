"""Requests hold the prompts that the app writes, and what the scorers need beside them."""

import numpy as np
import pytest

from votek.datatypes import LabelSpec, PromptSettings, TaskSpec
from votek.prompts import LabelledRow, QueryRow, build_prompts, retrieve
from votek.scoring import KnnScorer, build_requests, labels_of

TASK = TaskSpec("single", (LabelSpec("red", "#0072B2"), LabelSpec("green", "#E69F00")))


@pytest.fixture
def material():
    """Twelve labelled rows in pick order (not file order), five queries, vectors of six dimensions."""
    draw = np.random.default_rng(5)
    rows = draw.permutation(12).tolist()
    pool = [
        LabelledRow(f"p{row}", row, f"text {row}", "red" if row % 2 else "green", fields={"from": f"s{row}"})
        for row in rows
    ]
    queries = [QueryRow(f"q{at}", f"question {at}", fields={"from": f"t{at}"}) for at in range(5)]
    vectors = draw.normal(size=(12, 6)).astype(np.float32)
    return {
        "pool": pool,
        "pool_vectors": vectors[rows],
        "queries": queries,
        "query_vectors": draw.normal(size=(5, 6)).astype(np.float32),
        "mean": vectors.mean(axis=0),
    }


@pytest.mark.parametrize("order", ["ascending", "descending"])
@pytest.mark.parametrize("retrieval", ["similar", "random", "fixed"])
def test_prompts_answers_and_similarities_belong_together(material, retrieval, order):
    settings = PromptSettings(n=4, retrieval=retrieval, order=order)
    requests = build_requests(settings, task=TASK, **material)
    prompts = build_prompts(settings, task=TASK, **material)
    by_row = {row.row: (row, vector) for row, vector in zip(material["pool"], material["pool_vectors"], strict=True)}
    for request, prompt, query in zip(requests, prompts, material["query_vectors"], strict=True):
        assert (request.id, request.prompt) == (prompt.id, prompt.text)
        assert request.prompt.endswith(request.turn)
        assert request.labels == ("red", "green")
        assert len(request.answers) == 4
        for row, answer, similarity in zip(prompt.demonstrations, request.answers, request.similarities, strict=True):
            labelled, vector = by_row[row]
            assert answer == labelled.value
            a, b = vector.astype(float) - material["mean"], query.astype(float) - material["mean"]
            assert similarity == pytest.approx(a @ b / np.linalg.norm(a) / np.linalg.norm(b), abs=1e-9)


def test_the_most_similar_demonstration_stands_last_and_has_the_highest_cosine(material):
    requests = build_requests(PromptSettings(n=3), task=TASK, **material)
    nearest = retrieve(material["pool_vectors"], material["query_vectors"], n=3, mean=material["mean"])
    for request, places in zip(requests, nearest, strict=True):
        assert list(request.similarities) == sorted(request.similarities)
        assert request.answers == tuple(material["pool"][at].value for at in places)


def test_the_endings_that_ask_nothing_hold_no_text_and_no_column(material):
    settings = PromptSettings(query="From {field:from}: {text} =>")
    requests = build_requests(settings, task=TASK, **material)
    assert requests[0].turn == "From t0: question 0 =>"
    assert requests[0].blanks == ("From N/A: N/A =>", "From :  =>", "From [MASK]: [MASK] =>")


def test_without_labelled_rows_there_are_prompts_without_demonstrations(material):
    material["pool"], material["pool_vectors"] = [], []
    requests = build_requests(PromptSettings(), task=TASK, **material)
    assert [request.answers for request in requests] == [()] * 5
    assert [score.prediction for score in KnnScorer().score(requests)] == ["red"] * 5


def test_without_queries_there_is_nothing(material):
    material["queries"], material["query_vectors"] = [], []
    assert build_requests(PromptSettings(), task=TASK, **material) == ()


@pytest.mark.parametrize("kind", ["multi", "text"])
def test_only_one_choice_has_labels(kind):
    assert labels_of(TaskSpec(kind, TASK.labels)) == ()
    assert labels_of(None) == ()
    assert labels_of(TASK) == ("red", "green")
