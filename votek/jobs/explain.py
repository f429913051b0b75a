"""Why each text of a stored round was picked: the selection's evidence, put together again for pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from votek.datatypes import Round
from votek.selection.cosines import NodeCosines
from votek.selection.evidence import GraphEvidence, RemappedEvidence

if TYPE_CHECKING:
    from votek.pipeline import Prepared

__all__ = ["round_evidence", "round_k"]


def round_k(made: Round, prepared: Prepared) -> int:
    """Neighbours that each text voted for in this round."""
    return min(int(made.parameters.get("k", prepared.graph.k)), prepared.graph.k)


def round_evidence(made: Round, prepared: Prepared) -> RemappedEvidence:
    """Explanations and coverage of a round, in rows of the data set; needs the stored graph and numpy alone."""
    node_of = prepared.node_of
    warm = np.unique(node_of[list(made.labeled)]).astype(np.int64)
    evidence = GraphEvidence(
        graph=prepared.graph,
        k=round_k(made, prepared),
        labeled=warm,
        excluded=np.setdiff1d(node_of[list(made.excluded)], warm).astype(np.int64),
        nodes=node_of[list(made.indices)].astype(np.int64),
        gains=np.array(made.gains, dtype=np.float64),
        parameters=made.parameters,
        cosines=NodeCosines(prepared.embeddings.vectors, prepared.rows),
    )
    return RemappedEvidence(evidence, prepared.rows)
