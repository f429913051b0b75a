"""What the map shows of a project, read from the workspace once per run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from ui.components.map.colors import FAINT, Group, Groups, Scale, groups_of_values, scale_of_values
from ui.components.map.figure import HOVER_LIMIT, short_hover
from ui.palette import OKABE_ITO

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from votek.datatypes import Dataset, Project, Projection, QueueItem
    from votek.pipeline import Prepared
    from votek.workspace import SelectionView

__all__ = ["COLORINGS", "MapData", "find_matches", "hover_texts", "read_map"]

PICKS, LABEL, VOTES, GAIN, DIFFICULTY = "Picks", "Label", "Votes", "Gain", "Difficulty"
COLORINGS = (PICKS, LABEL, VOTES, GAIN)
TO_LABEL, LABELLED = ("to label", "#0072B2"), ("labelled", "#009E73")
_USUAL_K = 10  # neighbours shown before a selection has said how many it uses
_FIELD_VALUES = 0.5  # a column with more different values than this share of the rows sorts nothing


@dataclass(frozen=True, eq=False)
class MapData:
    """A project as the map needs it; rows are positions in `dataset`."""

    project: Project
    dataset: Dataset
    projection: Projection
    prepared: Prepared | None
    queue: tuple[QueueItem, ...]
    selection: SelectionView | None
    labels: dict[int, str]
    hidden: frozenset[str] = frozenset()
    """Columns that hold labels kept back for evaluation."""
    excluded: frozenset[int] = frozenset()
    """Rows that somebody excluded from the queue."""
    right_models: Mapping[int, int] = field(default_factory=dict)
    """How many models are right on each row that was judged for difficulty."""
    models: int = 0
    """How many models there were."""

    @cached_property
    def picks(self) -> NDArray[np.int64]:
        """int64 (m,): the rows of the queue, in pick order."""
        return np.array([item.row for item in self.queue], dtype=np.int64)

    @cached_property
    def rank(self) -> dict[int, QueueItem]:
        """The queue's entry of a row."""
        return {item.row: item for item in self.queue}

    @cached_property
    def k(self) -> int:
        """How many neighbours each text votes for."""
        asked = _USUAL_K if self.selection is None else self.selection.k
        return min(asked, self.prepared.graph.k) if self.prepared else asked

    @cached_property
    def votes(self) -> NDArray[np.int64]:
        """int64 (n,): how many texts have each one among their k nearest neighbours; copies share it."""
        if self.prepared is None:
            return np.zeros(len(self.dataset), dtype=np.int64)
        near = self.prepared.graph.neighbors[:, : self.k]
        counts = np.bincount(near.ravel(), minlength=len(self.prepared.graph)).astype(np.int64)
        votes: NDArray[np.int64] = counts[self.prepared.node_of]
        return votes

    def votes_for(self, row: int) -> NDArray[np.int64]:
        """Rows of the k nearest neighbours of a text, most similar first."""
        if self.prepared is None:
            return np.empty(0, dtype=np.int64)
        node = int(self.prepared.node_of[row])
        return self.prepared.rows[self.prepared.graph.neighbors[node, : self.k]]

    def voted_by(self, row: int) -> NDArray[np.int64]:
        """Rows of the texts that have this one among their k nearest neighbours, ascending."""
        if self.prepared is None:
            return np.empty(0, dtype=np.int64)
        node = int(self.prepared.node_of[row])
        voters = self.prepared.graph.voters(node)
        mutual = (self.prepared.graph.neighbors[voters, : self.k] == node).any(axis=1)
        rows: NDArray[np.int64] = self.prepared.rows[voters[mutual]]
        return rows

    def copies(self, row: int) -> int:
        """How many texts are the same as this one, or nearly."""
        return 0 if self.prepared is None else int((self.prepared.copies == self.prepared.copies[row]).sum()) - 1

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Columns of the file that can colour the map, having few different values; hidden ones last."""
        n = len(self.dataset)
        fields = self.dataset.fields
        most = max(2, min(1000, int(n * _FIELD_VALUES)))
        names = (str(name) for name in fields.columns if 1 < fields[name].nunique() <= most)
        return tuple(sorted(names, key=self.hidden.__contains__))

    def coloring(self, by: str) -> Groups | Scale:
        """What the map is coloured by: one of COLORINGS, or a column of the file."""
        if by == VOTES:
            return scale_of_values(f"votes (of {self.k} each)", self.votes.astype(np.float32))
        if by == GAIN:
            gains = np.full(len(self.dataset), np.nan, dtype=np.float32)
            for item in self.queue:
                if item.gain is not None:
                    gains[item.row] = item.gain
            return scale_of_values("gain when picked", gains)
        if by == LABEL:
            known = {label.name: label.color for label in self.project.task.labels}
            values = [self.labels.get(row, "") for row in range(len(self.dataset))]
            return groups_of_values("Label", values, empty="not labelled", colors=known)
        if by == DIFFICULTY and self.models:
            return self._difficulty()
        if by in self.columns:
            return groups_of_values(by, self.dataset.fields[by].astype(str).tolist(), empty="(blank)")
        return self._covered()

    @property
    def colorings(self) -> tuple[str, ...]:
        """What the map can be coloured by, apart from columns."""
        return (*COLORINGS, DIFFICULTY) if self.models else COLORINGS

    def _difficulty(self) -> Groups:
        groups = (
            Group("not judged", FAINT, faint=True),
            Group("impossible: no model is right", OKABE_ITO[5]),
            Group("some models are right", OKABE_ITO[4]),
            Group("trivial: all models are right", OKABE_ITO[2]),
        )
        codes = np.zeros(len(self.dataset), dtype=np.int16)
        for row, right in self.right_models.items():
            codes[row] = 1 if right == 0 else 3 if right == self.models else 2
        return Groups("Difficulty", groups, codes)

    def _covered(self) -> Groups:
        groups = (Group("not covered", FAINT, faint=True), Group("covered by a pick", OKABE_ITO[4]))
        if self.prepared is None or not len(self.picks):
            return Groups("Picks", (Group("texts", FAINT, faint=True),), np.zeros(len(self.dataset), dtype=np.int16))
        picked = np.zeros(len(self.prepared.graph), dtype=bool)
        picked[self.prepared.node_of[self.picks]] = True
        covered = picked | picked[self.prepared.graph.neighbors[:, : self.k]].any(axis=1)
        return Groups("Picks", groups, covered[self.prepared.node_of].astype(np.int16))

    def pick_state(self, row: int) -> tuple[str, str]:
        """Where a queued text stands, in words, and its colour."""
        return LABELLED if row in self.labels else TO_LABEL


def read_map(page: OpenPage, dataset: Dataset) -> MapData | None:
    """The project's map, or None while not even the first sketch is there."""
    space, project = page.workspace, page.project
    projection = space.projection(project.id, "umap") or space.projection(project.id, "pca")
    if projection is None:
        return None
    row_of = _rows(dataset)
    labels = {row_of[item]: _words(final.value) for item, final in space.labels(project.id).items() if item in row_of}
    queue = tuple(space.queue(project.id))
    hidden = frozenset(space.gold_columns(project.id))
    right_models, models = _judged(page)
    return MapData(
        project,
        dataset,
        projection,
        space.prepared(project.id),
        queue,
        space.selection(project.id),
        labels,
        hidden,
        space.excluded(project.id),
        right_models,
        models,
    )


def _judged(page: OpenPage) -> tuple[Mapping[int, int], int]:
    """What the newest analysis of difficulty says of the texts, if it was about them."""
    found = page.workspace.analysis(page.project.id, "difficulty")
    if found is None or found[1]["of"] != "pool":
        return {}, 0
    return dict(zip(found[1]["rows"], found[1]["right"], strict=True)), len(found[1]["models"])


def _words(value: Any) -> str:
    return value if isinstance(value, str) else ", ".join(str(part) for part in value)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs={"votek.datatypes.Dataset": lambda data: data.digest})
def _rows(dataset: Dataset) -> dict[str, int]:
    return {item: row for row, item in enumerate(dataset.ids)}


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs={"votek.datatypes.Dataset": lambda data: data.digest})
def _folded(dataset: Dataset) -> tuple[str, ...]:
    return tuple(text.casefold() for text in dataset.texts)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs={"votek.datatypes.Dataset": lambda data: data.digest})
def hover_texts(dataset: Dataset) -> Sequence[str] | None:
    """Short, literal hover texts of all rows; None where there are too many to send."""
    return None if len(dataset) > HOVER_LIMIT else tuple(short_hover(text) for text in dataset.texts)


def find_matches(dataset: Dataset, wanted: str) -> NDArray[np.int64]:
    """Rows whose text holds `wanted` as it stands, upper and lower case alike."""
    needle = wanted.strip().casefold()
    if not needle:
        return np.empty(0, dtype=np.int64)
    return np.array([row for row, text in enumerate(_folded(dataset)) if needle in text], dtype=np.int64)
