"""One plain sentence for each text of the queue: why it is there."""

from __future__ import annotations

from votek.annotation import Queue
from votek.datatypes import Round
from votek.selection.evidence import RemappedEvidence
from votek.store import Transaction
from votek.workspace.results import Results

__all__ = ["Reasons", "sentence"]


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
    if made.method == "random":
        return "Drawn at random."
    if evidence is None:
        return f"Picked by {made.method}."
    told = evidence.explain(made.indices.index(row))
    return sentence(len(told.voters), len(set(told.newly_covered) - {row}))


def sentence(votes: int, fresh: int) -> str:
    """The reason in words.

    >>> sentence(23, 18)
    '23 texts have this one among their nearest neighbours; 18 of them were not covered by an earlier pick.'
    >>> sentence(1, 1)
    '1 text has this one among its nearest neighbours; it was not covered by an earlier pick.'
    """
    if votes == 0:
        return "No other text has this one among its nearest neighbours; it stands for itself."
    if votes == 1:
        state = "was not" if fresh else "was already"
        return f"1 text has this one among its nearest neighbours; it {state} covered by an earlier pick."
    verb = "was" if fresh == 1 else "were"
    return (
        f"{votes} texts have this one among their nearest neighbours; {fresh} of them {verb} not covered by "
        "an earlier pick."
    )
