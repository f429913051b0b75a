"""A plain reason for each text of the queue: why it is there."""

from __future__ import annotations

from collections.abc import Sequence

from votek.datatypes import QueueItem, Round
from votek.selection.evidence import RemappedEvidence
from votek.settings import Settings
from votek.store import Store, Transaction
from votek.workspace.reason_words import reason_words
from votek.workspace.results import Results

__all__ = ["Reasons"]


MAX_KEPT = 50_000


class Reasons(Results):
    """The part of the workspace that puts reasons into words."""

    def __init__(self, settings: Settings, store: Store) -> None:
        super().__init__(settings, store)
        self._sentences: dict[tuple[str, int], str] = {}

    def reasons(self, tx: Transaction, project_id: str, entries: Sequence[QueueItem]) -> dict[int, str]:
        """row -> sentence, for these texts of the queue; a sentence is worked out once."""
        missing = [entry for entry in entries if entry.round and (entry.round, entry.row) not in self._sentences]
        fresh = self._worked_out(tx, project_id, missing) if missing else {}
        found = {}
        for entry in entries:
            if entry.origin == "added" or entry.round is None:
                found[entry.row] = "Added by hand."
                continue
            key = (entry.round, entry.row)
            words = fresh[key] if key in fresh else self._sentences[key]
            found[entry.row] = f"Replaces a skipped text. {words}" if entry.origin == "replacement" else words
        return found

    def _worked_out(self, tx: Transaction, project_id: str, entries: Sequence[QueueItem]) -> dict[tuple[str, int], str]:
        rounds = {made.id: made for made in self.rounds_in_force(tx, project_id)}
        prepared = self.prepared_in_force(tx, project_id)
        wanted = {entry.round: rounds[entry.round] for entry in entries if entry.round}
        evidence = {name: self.evidence(made, prepared) for name, made in wanted.items()} if prepared else {}
        fresh = {
            (entry.round, entry.row): _words(wanted[entry.round], evidence.get(entry.round), entry.row)
            for entry in entries
            if entry.round
        }
        if evidence:  # without it they say less than they will
            if len(self._sentences) + len(fresh) > MAX_KEPT:
                self._sentences = {}
            self._sentences |= fresh
        return fresh


def _words(made: Round, evidence: RemappedEvidence | None, row: int) -> str:
    place = made.indices.index(row)
    return reason_words(made, place, None if evidence is None else evidence.explain(place))
