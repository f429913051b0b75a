"""What becomes of the labels of a file in a project, and the record of what was imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from votek.workspace.import_plan import Conflict

if TYPE_CHECKING:
    import datetime as dt

    from votek.imports.labels import Loss

__all__ = ["LabelImport", "LabelsImported"]


@dataclass(frozen=True)
class LabelsImported:
    """What became of the labels of a file, or would become (`preview`).

    `added`: answers that are new; `known`: those that were there already. `texts`: texts they are about. `people`: name
    in the file -> id here; "" stands for answers that name nobody. `conflicts`: texts that people labelled otherwise
    here; `agreeing`: how many they labelled the same. `losses`: what the project could not take, and what reading the
    file had to leave out. `import_id`: takes it back, "" where nothing was added.
    """

    project: str
    import_id: str
    preview: bool
    added: int
    known: int
    texts: int
    people: Mapping[str, str]
    new_labels: tuple[str, ...]
    agreeing: int
    conflicts: tuple[Conflict, ...]
    losses: tuple[Loss, ...]

    def to_json(self) -> dict[str, Any]:
        """The same as plain dictionaries, lists, strings and numbers."""
        from votek.imports.labels import losses_json

        plain = {name: getattr(self, name) for name in ("project", "import_id", "preview", "added", "known", "texts")}
        return {
            **plain,
            "people": dict(self.people),
            "new_labels": list(self.new_labels),
            "agreeing": self.agreeing,
            "conflicts": [
                {"item": one.item, "here": one.here, "who": one.who, "there": one.there} for one in self.conflicts
            ],
            "losses": losses_json(self.losses),
        }


@dataclass(frozen=True)
class LabelImport:
    """One import of labels: when and from which file of which tool, how many answers it added, how many still stand."""

    id: str
    time: dt.datetime
    who: str
    tool: str
    file: str
    added: int
    standing: int
