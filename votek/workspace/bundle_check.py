"""Whether what was unpacked is a project that this program could have made: everything pages do with it is tried."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from votek.access.roles import RANK
from votek.annotation import check_value
from votek.datasets import Limits
from votek.datatypes import LabelEvent, PromptSettings, SuggestionSettings, TaskSpec
from votek.errors import InputError
from votek.store import data as data_rows
from votek.store import events as event_rows
from votek.store import people as people_rows
from votek.store import projects as project_rows
from votek.workspace.projects import MAX_GUIDELINES, checked_name, checked_task

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from votek.settings import Settings
    from votek.store import Transaction
    from votek.store.store import Store
    from votek.workspace.workspace import Workspace

__all__ = ["check_project"]

_KINDS = ("label", "skip", "flag", "comment", "undo", "adjudicate")
_ALIKE: tuple[tuple[Any, Any], ...] = (
    (bool, bool),
    (int | float, int | float),
    (str, str),
    (list | tuple, list | tuple),
)
LONG_ANSWER = 1_000_000
"""Characters of an answer: more than any installation allows by itself, so that a lower limit here refuses nothing."""


def check_project(settings: Settings, store: Store, project_id: str) -> None:
    """Raise where a project does not hold together, whatever the error: its texts, revisions, log, picks, vectors.

    A bundle may come from anybody. What was typed is let in through the same doors as on a page, and the log is
    folded here first: one that cannot be would stop every page that lists projects.
    """
    from votek.workspace.workspace import Workspace

    with store.read() as tx:
        _check_revisions(tx, project_id)
        _check_log(tx, project_id, most=max(settings.max_text_chars, LONG_ANSWER))
        _check_data(tx, store, project_id, settings)
    space = Workspace(settings, store)
    _check_shapes(space, project_id)
    space.projects(archived=True)
    space.review(project_id)
    space.history(project_id)
    if space.dataset(project_id) is not None:
        space.queue(project_id)


def _check_revisions(tx: Transaction, project_id: str) -> None:
    for one in project_rows.revisions(tx, project_id, "name"):
        checked_name(one.value)
    for one in project_rows.revisions(tx, project_id, "task"):
        task = project_rows.task_of(one)
        _same(checked_task(task).labels, task.labels if task.type != "text" else (), "labels")
    for one in project_rows.revisions(tx, project_id, "guidelines"):
        if not isinstance(one.value, str) or len(one.value) > MAX_GUIDELINES:
            raise InputError("its guidelines are no text of a fair length")
    for one in project_rows.revisions(tx, project_id, "prompts"):
        _check_like(PromptSettings(), one.value)
    for one in project_rows.revisions(tx, project_id, "suggestions"):
        _check_like(SuggestionSettings(), one.value)
    project_rows.get(tx, project_id)
    for email, role in ((m.email, m.role) for m in people_rows.members(tx, project_id)):
        if role not in RANK or "@" not in email:
            raise InputError("a role in it is none")


def _check_like(like: Any, value: Any) -> None:
    """Settings of the kind that `like` is an example of."""
    made = type(like)(**value)
    for field in fields(made):
        usual = getattr(like, field.name)
        kinds = next((kinds for kind, kinds in _ALIKE if isinstance(usual, kind)), object)
        if usual is not None and not isinstance(getattr(made, field.name), kinds):
            raise InputError(f"its setting {field.name!r} is no {type(usual).__name__}")


def _check_log(tx: Transaction, project_id: str, *, most: int) -> None:
    tasks = [project_rows.task_of(one) for one in project_rows.revisions(tx, project_id, "task")]
    for place, event in enumerate(event_rows.since(tx, project_id), 1):
        if event.sequence != place or event.kind not in _KINDS:
            raise InputError("its log of labels has a gap, or an entry of no known kind")
        if not _fits(event, tasks, most=most):
            raise InputError("an entry of its log of labels holds what cannot be a label")


def _fits(event: LabelEvent, tasks: Sequence[TaskSpec], *, most: int) -> bool:
    """Whether the value of an event is one that some version of the task allows."""
    value = event.value
    if event.kind == "undo":
        return isinstance(value["event"], str)
    if event.kind == "comment":
        return isinstance(value, str)
    if event.kind == "adjudicate":
        if not isinstance(value["why"], str):
            return False
        value = value["label"]
        if value is None:
            return True
    if event.kind in ("label", "adjudicate"):
        return any(not check_value(task, value, max_chars=most)[1] for task in tasks)
    return value is None or isinstance(value, bool)


def _check_data(tx: Transaction, store: Store, project_id: str, settings: Settings) -> None:
    import pyarrow.parquet as pq

    most = Limits.from_settings(settings).max_unpacked_bytes
    for role in ("pool", "test"):
        row = data_rows.current(tx, project_id, role)
        if row is None:
            continue
        about = pq.read_metadata(store.dataset_path(row.file))
        groups = (about.row_group(place) for place in range(about.num_row_groups))
        if sum(group.total_byte_size for group in groups) > most or about.num_rows > settings.max_rows:
            raise InputError("its texts are more than VOTEK_MAX_UNPACKED_MB or VOTEK_MAX_ROWS allow")


def _check_shapes(space: Workspace, project_id: str) -> None:
    for role in ("pool", "test"):
        data = space.dataset(project_id, role)
        if data is None:
            continue
        with space.store.read() as tx:
            row = data_rows.current(tx, project_id, role)
        if row is None or (row.digest, row.size) != (data.digest, len(data)):
            raise InputError("its texts are not those that it names")
        vectors = space.embeddings(project_id, role)
        if vectors is not None:
            _same(len(vectors.vectors), len(data), "vectors")
    data = space.dataset(project_id)
    if data is None:
        return
    _check_rows((row for made in space.rounds(project_id) for row in (*made.indices, *made.labeled)), len(data))
    for method in ("umap", "pca"):
        found = space.projection(project_id, method)
        if found is not None:
            _same(found.xy.shape, (len(data), 2), "map")
    prepared = space.prepared(project_id)
    if prepared is not None:
        _same(len(prepared.embeddings.vectors), len(data), "graph")
        space.selection(project_id)


def _check_rows(rows: Iterable[int], size: int) -> None:
    for row in rows:
        if isinstance(row, bool) or not isinstance(row, int) or not 0 <= row < size:
            raise InputError("a pick in it is no row of its texts")


def _same(given: object, wanted: object, what: str) -> None:
    if given != wanted:
        raise InputError(f"its {what} are not what they should be")
