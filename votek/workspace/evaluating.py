"""What evaluation needs from a project beside its analyses: predictions that somebody brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from votek.errors import InputError
from votek.jobs.context import Context
from votek.jobs.kept_predictions import keep_predictions
from votek.store import projects as project_rows
from votek.store.data import Role

if TYPE_CHECKING:
    from votek.evaluation import Predictions

__all__ = ["Evaluating"]


class Evaluating(Context):
    """The part of the workspace that takes predictions of other models."""

    def predictions_fit(self, project_id: str, predictions: Predictions) -> list[Role]:
        """Which items have all of these ids: often both, where texts and test items are numbered."""
        known = self._known(project_id)
        return [role for role, ids in known.items() if ids.issuperset(predictions.ids)]

    def keep_predictions(
        self, project_id: str, predictions: Predictions, *, of: Role | None = None
    ) -> tuple[Role, str]:
        """Keep predictions for the analysis "difficulty"; returns what they are of, and their key.

        `of`: which items they are of; left out, those that have more of their ids, the texts where both have as many.

        Raises:
            InputError: an id belongs to no item, or there is no right answer to any.
        """
        known = self._known(project_id)
        role = of if of is not None else max(known, key=lambda name: len(known[name].intersection(predictions.ids)))
        unknown = [item for item in predictions.ids if item not in known[role]]
        if unknown:
            there = "texts" if role == "pool" else "test items"
            raise InputError(
                f"{len(unknown):,} of {len(predictions.ids):,} ids of the predictions belong to none of the {there}, "
                f"the first being {', '.join(repr(item[:40]) for item in unknown[:5])}; "
                f"{len(predictions.ids) - len(unknown):,} match. The {there} have ids such as "
                f"{', '.join(repr(item[:40]) for item in sorted(known[role])[:3])}. Choose the column that holds these "
                "ids, or leave the other rows out."
            )
        return role, keep_predictions(self, project_id, predictions)

    def _known(self, project_id: str) -> dict[Role, set[str]]:
        """The ids of the texts and of the test items."""
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            pool, test = self.needed_pool(tx, project_id), self.pool(tx, project_id, "test")
        return {"pool": set(pool.row_of), "test": set(test.row_of) if test else set()}
