"""The values that flow through the pipeline: frozen, self-explaining, arrays read-only.

Reason for the length: every stage's result and every stored record is described here once, so that
no stage needs to import another to speak about its result.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from votek.notebook import html_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "LOCAL",
    "Dataset",
    "Embeddings",
    "EventKind",
    "Evidence",
    "Explanation",
    "HandoutSettings",
    "Job",
    "LabelEvent",
    "LabelSpec",
    "Member",
    "Person",
    "Progress",
    "Project",
    "Projection",
    "Prompt",
    "PromptSet",
    "PromptSettings",
    "QueueItem",
    "Refusal",
    "Role",
    "Round",
    "Selection",
    "SimilarityGraph",
    "SuggestionSettings",
    "TaskSpec",
    "TaskType",
    "read_only",
]

Progress = Callable[[str, int, int], None]
"""Called as `progress(stage, done, total)`; raising `votek.errors.Cancelled` in it stops the work."""

TaskType = Literal["single", "multi", "text"]
EventKind = Literal["label", "skip", "flag", "comment", "undo", "adjudicate"]
_Array = TypeVar("_Array", bound=np.generic)


def read_only(array: NDArray[_Array]) -> NDArray[_Array]:
    """A view of `array` that cannot be written to."""
    view = array.view()
    view.flags.writeable = False
    return view


def _freeze(record: object, *names: str) -> None:
    for name in names:
        object.__setattr__(record, name, read_only(getattr(record, name)))


# ---------------------------------------------------------------- data


@dataclass(frozen=True)
class Refusal:
    """One row that was not loaded: its 1-based number in the file (header not counted) and why."""

    row: int
    reason: str
    excerpt: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """The texts of one file, in file order, without the refused rows.

    `ids`: n unique strings. `texts`: n strings. `fields`: the original columns, n rows, as strings
    (missing = ""). `duplicates`: int64 (n,), for each row the first row whose text is exactly the same.
    `digest`: SHA-256 over ids, texts and fields. `label`, `groups`: names of columns in `fields`.
    """

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    fields: pd.DataFrame
    refusals: tuple[Refusal, ...]
    duplicates: NDArray[np.int64]
    digest: str
    label: str | None = None
    groups: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    """How the file was read: format, encoding, delimiter, text columns or template, rows in the file."""

    def __post_init__(self) -> None:
        _freeze(self, "duplicates")

    def __len__(self) -> int:
        return len(self.texts)

    def __repr__(self) -> str:
        return f"<Dataset: {self._caption}>"

    def _repr_html_(self) -> str:
        return html_table(
            self._caption, ["row", "id", "text"], len(self), lambda row: (row, self.ids[row], self.texts[row])
        )

    @property
    def _caption(self) -> str:
        copies = len(self) - len(np.unique(self.duplicates))
        return f"{len(self):,} texts, {len(self.refusals):,} rows refused, {copies:,} exact copies"

    def to_pandas(self) -> pd.DataFrame:
        """One row per text: `id`, `text`, then the original columns as `field:NAME`; the index is the row."""
        import pandas as pd

        columns: dict[str, Any] = {"id": list(self.ids), "text": list(self.texts)}
        columns |= {f"field:{name}": self.fields[name].to_numpy() for name in self.fields.columns}
        return pd.DataFrame(columns, index=pd.RangeIndex(len(self), name="row"))


# ---------------------------------------------------------------- vectors, graph, map


@dataclass(frozen=True, eq=False)
class Embeddings:
    """Raw sentence vectors: float32 (n, d), with the model that made them and the pool mean (d,)."""

    vectors: NDArray[np.float32]
    model: str
    model_digest: str
    mean: NDArray[np.float32]

    def __post_init__(self) -> None:
        _freeze(self, "vectors", "mean")

    def __len__(self) -> int:
        return len(self.vectors)


@dataclass(frozen=True, eq=False)
class SimilarityGraph:
    """Whom each text votes for: its k nearest neighbours by cosine, most similar first, self excluded.

    `neighbors`: int32 (n, k). `similarities`: float32 (n, k), in [-1, 1]. Ties: the lower row first.
    Truncating columns gives the graph for a smaller k.
    """

    neighbors: NDArray[np.int32]
    similarities: NDArray[np.float32]

    def __post_init__(self) -> None:
        _freeze(self, "neighbors", "similarities")

    def __len__(self) -> int:
        return len(self.neighbors)

    @property
    def k(self) -> int:
        """Neighbours per text."""
        return int(self.neighbors.shape[1])

    def truncate(self, k: int) -> SimilarityGraph:
        """The graph with the `k` nearest neighbours of each text only (k <= self.k)."""
        if k == self.k:
            return self
        return SimilarityGraph(self.neighbors[:, :k], self.similarities[:, :k])

    @cached_property
    def incoming(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Who votes for each text, as CSC: `sources[indptr[u]:indptr[u + 1]]`, ascending."""
        from scipy.sparse import csr_array

        n, k = self.neighbors.shape
        starts = np.arange(n + 1, dtype=np.int64) * k
        votes = csr_array((np.ones(n * k, dtype=np.int8), self.neighbors.ravel(), starts), shape=(n, n)).tocsc()
        return read_only(votes.indptr.astype(np.int64)), read_only(votes.indices.astype(np.int32, copy=False))

    def voters(self, row: int) -> NDArray[np.int32]:
        """Rows that have `row` among their nearest neighbours, ascending."""
        indptr, sources = self.incoming
        return sources[indptr[row] : indptr[row + 1]]


@dataclass(frozen=True, eq=False)
class Projection:
    """A map: float32 (n, 2), one point per text."""

    xy: NDArray[np.float32]
    method: str
    parameters: Mapping[str, Any]

    def __post_init__(self) -> None:
        _freeze(self, "xy")


# ---------------------------------------------------------------- selection


@dataclass(frozen=True)
class Explanation:
    """Why one text was picked, at the moment it was picked.

    `rank`: 0-based place in the pick order. `index`: its row. `gain`: the method's score. `voters`: rows
    that have it among their k nearest neighbours. `newly_covered`: rows (itself included) that neither an
    earlier pick nor a labelled text covered. `nearest_earlier`: the most similar earlier pick or labelled
    text among its graph neighbours (either direction), or None, with its cosine `similarity`.
    """

    rank: int
    index: int
    gain: float
    voters: tuple[int, ...]
    newly_covered: tuple[int, ...]
    nearest_earlier: int | None
    similarity: float | None


class Evidence(Protocol):
    """What stands behind a selection; worked out when first asked for."""

    @property
    def digest(self) -> str:
        """SHA-256 over the graph, the parameters and the rows given as labelled and excluded."""

    @property
    def coverage(self) -> NDArray[np.float64]:
        """Share of distinct texts covered after each pick."""

    def explain(self, i: int) -> Explanation:
        """Why pick number `i` was chosen."""


@dataclass(frozen=True, eq=False, repr=False)
class Selection:
    """Picks in pick order.

    `indices`: int64 (m,), row positions in the Dataset. `gains`: float64 (m,), the method's score at
    picking (0 where the method has none). `parameters`: everything needed to run it again.
    """

    indices: NDArray[np.int64]
    gains: NDArray[np.float64]
    method: str
    parameters: Mapping[str, Any]
    evidence: Evidence = field(repr=False)

    def __post_init__(self) -> None:
        _freeze(self, "indices", "gains")

    def __len__(self) -> int:
        return len(self.indices)

    def __repr__(self) -> str:
        rows = ", ".join(str(row) for row in self.indices[:5].tolist()) + (", …" if len(self) > 5 else "")
        return f"<Selection: {len(self):,} picks by {self.method}: rows {rows}>"

    def _repr_html_(self) -> str:
        rows, gains = self.indices.tolist(), self.gains.tolist()
        caption = f"{len(self):,} picks by {self.method}, best first"
        return html_table(caption, ["rank", "row", "gain"], len(self), lambda at: (at + 1, rows[at], gains[at]))

    def to_pandas(self, data: Dataset | None = None) -> pd.DataFrame:
        """One row per pick, in pick order: `rank` (1 first), `row`, `gain`; with `data`, its `id` and `text` as well.

        Raises IndexError when `data` is not the data set that was selected from.
        """
        import pandas as pd

        columns: dict[str, Any] = {"rank": range(1, len(self) + 1), "row": self.indices, "gain": self.gains}
        if data is not None:
            columns["id"] = [data.ids[row] for row in self.indices.tolist()]
            columns["text"] = [data.texts[row] for row in self.indices.tolist()]
        return pd.DataFrame(columns)

    @property
    def digest(self) -> str:
        """SHA-256 over the graph, the parameters and the rows given as labelled and excluded."""
        return self.evidence.digest

    @property
    def coverage(self) -> NDArray[np.float64]:
        """float64 (m,): share of distinct texts covered after each pick, those of labelled texts included.

        A text is covered when it is picked or a pick is among its k neighbours.
        """
        return self.evidence.coverage

    def explain(self, i: int) -> Explanation:
        """Why pick number `i` (0-based, in pick order) was chosen."""
        return self.evidence.explain(i)


# ---------------------------------------------------------------- people's work


@dataclass(frozen=True)
class LabelSpec:
    """One label a person can choose: name, `#rrggbb` colour, definition, key ("1".."9", "0" or "")."""

    name: str
    color: str
    definition: str = ""
    key: str = ""


@dataclass(frozen=True)
class TaskSpec:
    """What a person is asked to do with each text; `version` grows with every change of the labels."""

    type: TaskType = "single"
    labels: tuple[LabelSpec, ...] = ()
    version: int = 1


@dataclass(frozen=True)
class PromptSettings:
    """How prompts are retrieved and written.

    Templates are plain substitution of `{text}`, `{label}` and `{field:NAME}` in one pass; braces in
    data are never read as fields. `order`: "ascending" puts the most similar demonstration last, whichever was chosen
    first; "random" and "fixed" retrieval keep the order of the draw and of the picks. `separator` stands between
    instruction, demonstrations and query. In `instruction`, `{labels}` alone is a field; None: the task's default, "":
    none.
    `token_budget` None means that `n` alone limits; `answer_reserve` tokens of it stay free.
    `retrieval`: "similar" and "mmr" (similar, but unlike each other) rank by cosine, "balanced" takes the labels in
    turn, the most similar text of each. `floor`: the least cosine to the query that a demonstration must have, in
    all three; None: any. `label_cap`: at most so many demonstrations of one label, in every retrieval; None: any.
    `diversity`: in [0, 1], the weight that "mmr" gives to being unlike what is chosen already.
    """

    instruction: str | None = None
    demonstration: str = "Text: {text}\nLabel: {label}"
    query: str = "Text: {text}\nLabel:"
    separator: str = "\n\n"
    retrieval: Literal["similar", "mmr", "balanced", "random", "fixed"] = "similar"
    n: int = 8
    token_budget: int | None = None
    answer_reserve: int = 64
    order: Literal["ascending", "descending"] = "ascending"
    tokenizer: str = "wordpiece"
    seed: int = 0
    floor: float | None = None
    label_cap: int | None = None
    diversity: float = 0.3


@dataclass(frozen=True)
class HandoutSettings:
    """How texts are handed out to a team.

    `overlap`: how many distinct people label each text; `items`: other numbers for some item ids. `assignment`: "open"
    (whoever comes next), "shares" (each person of `shares` gets that part of the work, in whole parts such as 2 : 1),
    "named" (`named` gives the people of some items; everything else is open). People are named by person id.
    `minutes`: how long a text stays with somebody who does nothing.
    """

    overlap: int = 1
    items: Mapping[str, int] = field(default_factory=dict)
    assignment: Literal["open", "shares", "named"] = "open"
    shares: Mapping[str, int] = field(default_factory=dict)
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minutes: int = 30


@dataclass(frozen=True)
class SuggestionSettings:
    """Whether a likely label is shown beside a text, from where, and in which share of texts it is held back.

    `source`: "knn" (nearest labelled texts) or "model" (the project's language model). `blind_share`: share of the
    texts, in [0, 1], for which nothing is shown, so that its influence can be measured.
    """

    on: bool = False
    source: Literal["knn", "model"] = "knn"
    blind_share: float = 0.2


Role = Literal["owner", "reviewer", "annotator"]


@dataclass(frozen=True)
class Person:
    """Somebody who may work here. `email`: the verified address, lower case, "" for the one person without accounts."""

    id: str
    email: str = ""
    name: str = ""


LOCAL = Person("local", name="You")
"""Who works here while there are no accounts."""


@dataclass(frozen=True)
class Member:
    """One address and its role in a project; `person` is None until somebody has signed in with it."""

    project: str
    email: str
    role: Role
    person: Person | None = None


@dataclass(frozen=True)
class Project:
    """One job of labelling."""

    id: str
    name: str
    created: dt.datetime
    archived: bool
    task: TaskSpec
    guidelines: str
    guidelines_version: int
    prompts: PromptSettings
    sample: bool = False
    handout: HandoutSettings = field(default_factory=HandoutSettings)
    suggestions: SuggestionSettings = field(default_factory=SuggestionSettings)
    prompts_version: int = 1


@dataclass(frozen=True)
class Round:
    """One run of a selector in a project, with everything that is needed to run it again.

    `labeled`, `excluded`: rows given as warm start and as never to be picked. `kind`: "select" (first),
    "raise" (more budget), "repair" (replaces skipped picks).
    """

    id: str
    project: str
    number: int
    kind: Literal["select", "raise", "repair"]
    method: str
    parameters: Mapping[str, Any]
    labeled: tuple[int, ...]
    excluded: tuple[int, ...]
    indices: tuple[int, ...]
    gains: tuple[float, ...]
    created: dt.datetime


@dataclass(frozen=True)
class Job:
    """One piece of background work. `stages`: name -> (done, total)."""

    id: str
    project: str
    kind: str
    parameters: Mapping[str, Any]
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    stages: Mapping[str, tuple[int, int]]
    message: str
    created: dt.datetime
    started: dt.datetime | None
    finished: dt.datetime | None
    attempts: int


@dataclass(frozen=True)
class QueueItem:
    """One text in the labelling queue. `origin`: "pick", "added" (by hand) or "replacement"."""

    row: int
    item: str
    rank: int
    origin: Literal["pick", "added", "replacement"]
    gain: float | None
    round: str | None


@dataclass(frozen=True)
class LabelEvent:
    """One thing a person did; append-only.

    `event_id` is made in the browser and is the idempotency key. `item`: a Dataset id. `value`:
    label -> a name, a list of names, or a text; skip -> None; flag -> bool; comment -> str;
    adjudicate -> {"label": as for label, or None for "no label fits", "why": str};
    undo -> {"event": event_id of the undone event}.
    """

    project: str
    sequence: int
    event_id: str
    who: str
    item: str
    task_version: int
    value: Any
    kind: EventKind
    source: str
    guideline_version: int
    time: dt.datetime


# ---------------------------------------------------------------- prompts


@dataclass(frozen=True)
class Prompt:
    """The prompt of one test item.

    `query`: the item's text. `demonstrations`: rows of the pool Dataset, in the order of the text.
    `text`: the literal prompt, `tokens` long. `skipped`: how many demonstrations that would stand there without a limit
    of tokens do not. `over_budget`: even the query alone is too long. `turn`: the query as its template renders it.
    """

    id: str
    query: str
    demonstrations: tuple[int, ...]
    text: str
    tokens: int
    skipped: int = 0
    over_budget: bool = False
    turn: str = ""


@dataclass(frozen=True, repr=False)
class PromptSet:
    """One prompt per test item, and the lineage manifest."""

    prompts: tuple[Prompt, ...]
    manifest: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.prompts)

    def __repr__(self) -> str:
        return f"<PromptSet: {self._caption}>"

    def _repr_html_(self) -> str:
        def cells(at: int) -> tuple[object, ...]:
            one = self.prompts[at]
            return one.id, one.query, len(one.demonstrations), one.tokens, one.text[-400:]

        columns = ["id", "text", "demonstrations", "tokens", "end of the prompt"]
        return html_table(self._caption, columns, len(self), cells)

    @property
    def _caption(self) -> str:
        over = sum(one.over_budget for one in self.prompts)
        return f"{len(self):,} prompts" + (f", {over:,} over the token budget" if over else "")

    def to_pandas(self) -> pd.DataFrame:
        """One row per test item: id, text, prompt, demonstrations (a tuple of rows), tokens, skipped, over_budget."""
        import pandas as pd

        records = [
            {
                "id": one.id,
                "text": one.query,
                "prompt": one.text,
                "demonstrations": one.demonstrations,
                "tokens": one.tokens,
                "skipped": one.skipped,
                "over_budget": one.over_budget,
            }
            for one in self.prompts
        ]
        names = ["id", "text", "prompt", "demonstrations", "tokens", "skipped", "over_budget"]
        return pd.DataFrame(records, columns=names)
