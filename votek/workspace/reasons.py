"""A plain reason for each text of the queue: why it is there."""

from __future__ import annotations

from votek.annotation import Queue
from votek.datatypes import Round
from votek.selection.evidence import RemappedEvidence
from votek.store import Transaction
from votek.workspace.reason_words import reason_words
from votek.workspace.results import Results

__all__ = ["Reasons"]


class Reasons(Results):
    """The part of the workspace that puts reasons into words."""

    def reasons(self, tx: Transaction, project_id: str, queue: Queue) -> dict[int, str]:
        """row -> sentence, for every text of the queue."""
        rounds = {made.id: made for made in self.rounds_in_force(tx, project_id)}
        prepared = self.prepared_in_force(tx, project_id) if rounds else None
        evidence = {made.id: self.evidence(made, prepared) for made in rounds.values()} if prepared else {}
        found = {}
        for item in queue.items:
            if item.origin == "added" or item.round is None:
                found[item.row] = "Added by hand."
                continue
            words = _words(rounds[item.round], evidence.get(item.round), item.row)
            found[item.row] = f"Replaces a skipped text. {words}" if item.origin == "replacement" else words
        return found


def _words(made: Round, evidence: RemappedEvidence | None, row: int) -> str:
    place = made.indices.index(row)
    return reason_words(made, place, None if evidence is None else evidence.explain(place))
