"""What the worker has computed, for pages: memory maps of stored arrays, None while there is nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import Embeddings, Explanation, Projection, Round
from votek.jobs.context import Context
from votek.jobs.explain import round_evidence, round_k
from votek.selection.evidence import RemappedEvidence
from votek.settings import Settings
from votek.store import Store
from votek.store import data as data_rows
from votek.store import projects as project_rows
from votek.store.data import Role

if TYPE_CHECKING:
    from votek.pipeline import Prepared

__all__ = ["Results", "SelectionView"]

KEPT_ROUNDS = 64


@dataclass(frozen=True, eq=False)
class SelectionView:
    """The picks of all rounds together (repairs apart), in pick order.

    `indices`: int64 (m,), rows. `gains`: float64 (m,). `coverage`: float64 (m,), share of distinct texts
    covered after each pick. `random_coverage`: float64 (m,), the mean of 20 random selections. `method`: that of the
    last round.
    """

    indices: NDArray[np.int64]
    gains: NDArray[np.float64]
    coverage: NDArray[np.float64]
    random_coverage: NDArray[np.float64]
    method: str
    k: int
    evidence: tuple[tuple[int, RemappedEvidence], ...]

    def __len__(self) -> int:
        return len(self.indices)

    def explain(self, i: int) -> Explanation:
        """Why pick number `i` (from 0, in pick order) was chosen."""
        place = range(len(self))[i]
        for size, evidence in self.evidence:
            if place < size:
                return replace(evidence.explain(place), rank=range(len(self))[i])
            place -= size
        raise IndexError(f"pick {i} of {len(self)}")


class Results(Context):
    """The part of the workspace that reads what the worker stored."""

    def __init__(self, settings: Settings, store: Store) -> None:
        super().__init__(settings, store)
        self._evidence: dict[str, RemappedEvidence] = {}

    def embeddings(self, project_id: str, role: Role = "pool") -> Embeddings | None:
        """Vectors of the texts or of the test items, once they are computed."""
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            row = data_rows.current(tx, project_id, role)
        return None if row is None else self._embeddings_of(project_id, row.digest)

    def prepared(self, project_id: str) -> Prepared | None:
        """Vectors, copies and graph of the texts, once they are computed."""
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            return self.prepared_in_force(tx, project_id)

    def projection(self, project_id: str, method: Literal["umap", "pca"] = "umap") -> Projection | None:
        """The map by this method, once it is computed."""
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            row = data_rows.current(tx, project_id, "pool")
            found = data_rows.results(tx, project_id, row.digest).get(f"map-{method}") if row else None
        stored = self.store.cache.get(found[0]) if found else None
        return None if found is None or stored is None else Projection(stored["xy"], method, dict(found[1]))

    def _embeddings_of(self, project_id: str, digest: str) -> Embeddings | None:
        """Vectors of the data set of this digest, even where another has taken its place since it was read."""
        with self.store.read() as tx:
            found = data_rows.results(tx, project_id, digest).get("embed")
        stored = self.store.cache.get(found[0]) if found else None
        if found is None or stored is None:
            return None
        details = found[1]
        return Embeddings(stored["vectors"], details["model"], details["model_digest"], stored["mean"])

    def rounds(self, project_id: str) -> list[Round]:
        """The rounds that make up the queue, in order, repairs included."""
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            return self.rounds_in_force(tx, project_id)

    def selection(self, project_id: str) -> SelectionView | None:
        """All picks with coverage and reasons; None before the first selection."""
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            rounds = [made for made in self.rounds_in_force(tx, project_id) if made.kind != "repair"]
            prepared = self.prepared_in_force(tx, project_id) if rounds else None
            row = data_rows.current(tx, project_id, "pool")
            random = data_rows.results(tx, project_id, row.digest).get("random") if row else None
        if not rounds or prepared is None:
            return None
        evidence = [self.evidence(made, prepared) for made in rounds]
        stored = self.store.cache.get(random[0]) if random else None
        size = sum(len(made.indices) for made in rounds)
        return SelectionView(
            indices=np.array([row for made in rounds for row in made.indices], dtype=np.int64),
            gains=np.array([gain for made in rounds for gain in made.gains], dtype=np.float64),
            coverage=np.concatenate([found.coverage for found in evidence]),
            random_coverage=stored["curve"][:size] if stored else np.empty(0),
            method=rounds[-1].method,
            k=round_k(rounds[0], prepared),
            evidence=tuple((len(made.indices), found) for made, found in zip(rounds, evidence, strict=True)),
        )

    def evidence(self, made: Round, prepared: Prepared) -> RemappedEvidence:
        """The explainer of a round, kept from call to call."""
        key = f"{made.id}-{prepared.keys['graph']}"
        with self.labelling_lock:
            found = self._evidence.get(key)
            if found is None:
                found = self._evidence[key] = round_evidence(made, prepared)
                while len(self._evidence) > KEPT_ROUNDS:
                    self._evidence.pop(next(iter(self._evidence)))
        return found
