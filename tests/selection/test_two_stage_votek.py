"""Two-stage vote-k picks what the formulas say: stage, buckets, running discount, ties, floors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import pytest

import votek
from votek.datatypes import SimilarityGraph
from votek.errors import InputError
from votek.selection.two_stage_votek import first_stage

GOLDEN = [192, 144, 47, 87, 0, 127, 48, 78, 13, 124, 89, 30, 152, 122, 175, 185, 75, 174, 27, 77]


@pytest.fixture(scope="module")
def golden_vectors() -> np.ndarray:
    vectors = np.random.default_rng(7).normal(size=(200, 8))
    return vectors - vectors.mean(axis=0)


@pytest.fixture(scope="module")
def golden_confidence() -> np.ndarray:
    return np.random.default_rng(11).random(200)


@dataclass
class Oracle:
    """The two stages in plain Python with exact fractions, every score worked out again for every pick."""

    graph: SimilarityGraph
    k: int
    rho: float
    confidence: Sequence[float]
    labeled: Sequence[int] = ()
    exclude: Sequence[int] = ()
    groups: Sequence[object] = ()
    floor: int = 0
    empty_buckets: int = 0
    picks: list[int] = field(default_factory=list)

    def run(self, budget: int, start: Sequence[int]) -> list[int]:
        """`start`: what stage one picks."""
        n = len(self.graph)
        self.votes_for = [set(row[: self.k].tolist()) for row in self.graph.neighbors]
        self.voters = [[v for v in range(n) if u in self.votes_for[v]] for u in range(n)]
        self.picks = list(start)
        to_come = budget - len(start)
        if to_come == 0:
            return self.picks
        ordered = sorted(self.open_now(), key=lambda u: (self.confidence[u], u))
        width = max(1, int(0.9 * n / to_come))
        for i in range(to_come):
            allowed = self.allowed(budget)
            bucket = [u for u in ordered[i * width : (i + 1) * width] if u in allowed]
            self.empty_buckets += not bucket
            self.picks.append(min(bucket or allowed, key=lambda u: (-self.score(u), -len(self.voters[u]), u)))
        return self.picks

    def open_now(self) -> list[int]:
        taken = {*self.labeled, *self.exclude, *self.picks}
        return [u for u in range(len(self.graph)) if u not in taken]

    def allowed(self, budget: int) -> list[int]:
        if not self.floor:
            return self.open_now()
        lacking = {}
        for group in set(self.groups):
            members = [u for u in range(len(self.graph)) if self.groups[u] == group and u not in self.exclude]
            has = sum(u in self.labeled or u in self.picks for u in members)
            lacking[group] = max(min(len(members), self.floor) - has, 0)
        if budget - len(self.picks) > sum(lacking.values()):
            return self.open_now()
        return [u for u in self.open_now() if lacking[self.groups[u]]]

    def score(self, u: int) -> Fraction:
        chosen = {*self.labeled, *self.picks}
        return sum(
            (Fraction(self.rho) ** -len(chosen & self.votes_for[v]) for v in self.voters[u] if v not in chosen),
            Fraction(0),
        )


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_equals_the_golden_picks(golden_vectors, golden_confidence, dtype) -> None:
    options = {"method": "vote-k", "k": 10, "confidence": golden_confidence}
    assert votek.select(golden_vectors.astype(dtype), budget=20, **options).indices.tolist() == GOLDEN


def test_round_two_after_round_one_was_labelled_gives_the_same(golden_vectors, golden_confidence) -> None:
    first = votek.select(golden_vectors, budget=2, k=10, method="fast-vote-k").indices.tolist()
    scored = golden_confidence.copy()
    scored[first] = np.nan  # what is labelled is not scored
    second = votek.select(golden_vectors, budget=18, k=10, method="vote-k", labeled=first, confidence=scored)
    assert first + second.indices.tolist() == GOLDEN


def test_the_confidence_of_what_the_first_stage_picks_is_not_read(golden_vectors, golden_confidence) -> None:
    other = golden_confidence.copy()
    other[GOLDEN[:2]] = [-100.0, 100.0]
    found = votek.select(golden_vectors, budget=20, k=10, method="vote-k", confidence=other)
    assert found.indices.tolist() == GOLDEN


@pytest.mark.parametrize(("total", "stage"), [(1, 1), (4, 1), (14, 1), (15, 2), (18, 2), (25, 3), (100, 10), (104, 10)])
def test_the_first_stage_is_a_tenth_and_not_a_fixed_ten(total: int, stage: int) -> None:
    assert first_stage(total) == stage
    vectors = np.random.default_rng(total).normal(size=(200, 5))
    picks = {}
    for name, confidence in (("one", np.arange(200.0)), ("other", -np.arange(200.0))):
        picks[name] = votek.select(vectors, budget=total, k=12, method="vote-k", confidence=confidence).indices.tolist()
    alone = votek.select(vectors, budget=stage, k=12, method="fast-vote-k").indices.tolist()
    assert picks["one"][:stage] == picks["other"][:stage] == alone
    assert total == stage or picks["one"][stage:] != picks["other"][stage:]


def test_the_discount_runs_in_the_second_stage(golden_vectors, golden_confidence) -> None:
    graph = votek.build_graph(golden_vectors, k=10)
    oracle = Oracle(graph, 10, 10.0, golden_confidence)
    oracle.run(20, GOLDEN[:2])
    oracle.picks = GOLDEN[:2]  # as if picks of stage two did not count
    frozen = {u: oracle.score(u) for u in oracle.open_now()}
    selection = votek.select(graph, budget=20, k=10, method="vote-k", confidence=golden_confidence)
    fallen = [gain < frozen[u] for u, gain in zip(GOLDEN[2:], selection.gains[2:], strict=True)]
    assert sum(fallen) > 10


def test_the_surest_tenth_is_left_out(golden_vectors, golden_confidence) -> None:
    surest = set(np.argsort(golden_confidence)[-18:].tolist())
    found = votek.select(golden_vectors, budget=20, k=10, method="vote-k", confidence=golden_confidence)
    assert not surest & set(found.indices[2:].tolist())


def test_a_graph_gives_the_same_distinct_picks_each_time_it_is_used(golden_vectors, golden_confidence) -> None:
    graph = votek.build_graph(golden_vectors, k=30)
    for _ in range(5):
        selection = votek.select(graph, budget=20, k=10, method="vote-k", confidence=golden_confidence)
        assert selection.indices.tolist() == GOLDEN


def test_equals_the_oracle_on_random_graphs(oracle_on_graph, random_graph) -> None:
    rng = np.random.default_rng(0)
    empty = stages_done = 0
    for case in range(160):
        n = int(rng.integers(3, 45))
        graph = random_graph(rng, n, int(rng.integers(1, n)))
        k = int(rng.integers(1, graph.k + 1))
        rho = float(rng.choice([10, 10, 2, 3, 1, 2.5, 0.5]))
        rows = rng.permutation(n)
        labeled = rows[: rng.integers(0, n // 3 + 1)].tolist()
        exclude = rows[len(labeled) :][: rng.integers(0, n // 4 + 1)].tolist()
        room = n - len(labeled) - len(exclude)
        budget = room if case % 4 == 0 else int(rng.integers(1, room + 1))
        confidence = rng.integers(0, 6, size=n).astype(float) + np.arange(n) % 2  # many ties, never constant
        confidence[rows[-2:]] = [7.5, 8.5]
        alone = max(0, first_stage(budget + len(labeled)) - len(labeled))
        stages_done += alone == 0
        options = {"rho": rho, "labeled": labeled, "exclude": exclude}
        start = oracle_on_graph(graph, alone, k=k, **options) if alone else []
        oracle = Oracle(graph, k, confidence=confidence, **options)
        expected = oracle.run(budget, start)
        empty += oracle.empty_buckets
        selection = votek.select(graph, budget=budget, k=k, method="vote-k", confidence=confidence, **options)
        assert selection.indices.tolist() == expected, (case, n, k, budget, options)
    assert empty > 20
    assert stages_done > 20


def test_equals_the_oracle_with_floors(random_graph) -> None:
    rng = np.random.default_rng(3)
    steered = 0
    for case in range(60):
        n = int(rng.integers(20, 45))
        graph = random_graph(rng, n, 5)
        groups = rng.choice(["common", "rare", "tiny"], size=n, p=[0.8, 0.15, 0.05]).tolist()
        floor = int(rng.integers(1, 3))
        owed = sum(min(groups.count(name), floor) for name in set(groups))
        budget = owed + int(rng.integers(0, n - owed + 1)) if case % 2 else owed
        confidence = rng.random(n)
        options = {"k": 5, "groups": groups, "floor": floor}
        start = votek.select(graph, budget=budget, method="fast-vote-k", **options).indices.tolist()[
            : first_stage(budget)
        ]
        expected = Oracle(graph, rho=10.0, confidence=confidence, **options).run(budget, start)
        free = votek.select(graph, budget=budget, k=5, method="vote-k", confidence=confidence).indices.tolist()
        found = votek.select(graph, budget=budget, method="vote-k", confidence=confidence, **options).indices.tolist()
        assert found == expected, case
        steered += found != free
    assert steered > 20


def test_gains_are_the_discounted_votes_at_picking(random_graph) -> None:
    rng = np.random.default_rng(8)
    graph, confidence = random_graph(rng, 40, 6), rng.random(40)
    selection = votek.select(graph, budget=30, k=6, method="vote-k", confidence=confidence)
    oracle = Oracle(graph, 6, 10.0, confidence)
    oracle.run(30, selection.indices.tolist()[:3])
    for rank, (node, gain) in enumerate(zip(selection.indices.tolist(), selection.gains.tolist(), strict=True)):
        oracle.picks = selection.indices.tolist()[:rank]
        assert gain == pytest.approx(float(oracle.score(node)), rel=1e-12)


def test_an_empty_bucket_takes_the_best_of_all_that_is_left() -> None:
    vectors = np.random.default_rng(2).normal(size=(8, 3))
    confidence = np.array([np.nan, np.nan, np.nan, np.nan, 0.1, 0.2, 0.3, 0.4])
    options = {"labeled": [0, 1, 2], "exclude": [3], "k": 2, "confidence": confidence, "method": "vote-k"}
    assert votek.select(vectors, budget=4, **options).indices.tolist() == [4, 5, 6, 7]
    three = votek.select(vectors, budget=3, **options)  # buckets of two rows: the third is empty
    oracle = Oracle(votek.build_graph(vectors, k=2), 2, 10.0, confidence, [0, 1, 2], [3])
    assert three.indices.tolist() == oracle.run(3, [])
    assert oracle.empty_buckets == 1


def test_one_text_and_every_text_can_be_picked() -> None:
    assert votek.select([[1.0, 2.0]], budget=1, method="vote-k", confidence=[0.5]).indices.tolist() == [0]
    vectors = np.random.default_rng(3).normal(size=(60, 5))
    for budget in (45, 60):
        picks = votek.select(vectors, budget=budget, k=3, method="vote-k", confidence=np.arange(60.0)).indices
        assert len(set(picks.tolist())) == budget


def test_copies_are_picked_once_and_the_first_of_them_counts() -> None:
    vectors = np.tile(np.random.default_rng(0).normal(size=(6, 4)), (10, 1))
    confidence = np.concatenate([np.arange(6.0), np.full(54, -9.0)])
    picks = votek.select(vectors, budget=6, k=2, method="vote-k", confidence=confidence).indices
    assert sorted(picks.tolist()) == list(range(6))


def test_progress_counts_the_picks_and_may_stop_the_work() -> None:
    class Stop(Exception):
        pass

    seen: list[int] = []

    def report(stage: str, done: int, total: int) -> None:
        if stage == "select":
            seen.append(done)
            if done == 7:
                raise Stop

    vectors = np.random.default_rng(4).normal(size=(50, 4))
    with pytest.raises(Stop):
        votek.select(vectors, budget=20, method="vote-k", confidence=np.arange(50.0), progress=report)
    assert seen == [0, 3, 4, 5, 6, 7]


def test_without_confidence_it_says_what_is_missing() -> None:
    with pytest.raises(InputError, match="needs a confidence"):
        votek.select(np.eye(5), budget=2, method="vote-k")
