"""A project's data: the pool of texts, the test items, and labels that come with them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal

from votek.annotation import IMPORT, check_value
from votek.datatypes import LabelEvent, LabelSpec, Project, TaskSpec
from votek.errors import InputError
from votek.jobs.context import Context, now
from votek.store import Transaction
from votek.store import data as data_rows
from votek.store import events as event_rows
from votek.store import jobs as job_rows
from votek.store import projects as project_rows
from votek.store.data import Role

if TYPE_CHECKING:
    from votek.datatypes import Dataset

__all__ = ["OKABE_ITO", "ColumnUse", "Data", "label_color", "label_key", "label_parts"]

ColumnUse = Literal["labelled", "gold", "ignore"]
_ROLES: tuple[Role, ...] = ("pool", "test")
OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#7A7A7A")
"""The strongest first; its black is replaced by a grey that shows on both themes."""


def label_color(position: int) -> str:
    """The colour of the label at this position: the Okabe-Ito palette, told apart by most colour-blind people."""
    return OKABE_ITO[position % len(OKABE_ITO)]


def label_key(position: int) -> str:
    """The key of the label at this position: 1 to 9, 0, then none."""
    return "1234567890"[position : position + 1]


class Data(Context):
    """The part of the workspace that keeps data sets."""

    def import_dataset(
        self,
        project_id: str,
        dataset: Dataset,
        *,
        role: Role,
        name: str,
        columns: Mapping[str, ColumnUse] | None = None,
    ) -> None:
        """Make `dataset` the project's texts (role "pool") or its test items ("test").

        A pool column used as "labelled" becomes labels in force, given by "import", and labels of the
        task; a "gold" one is only remembered. Work for the replaced texts is stopped.

        Raises:
            InputError: people have labelled texts of the pool already, or a column cannot be used so.
        """
        uses = dict(columns or {})
        _check_columns(dataset, role, uses)
        file = self.save_pool(dataset)
        with self.writing() as tx:
            project_rows.lock(tx, project_id)
            before = data_rows.current(tx, project_id, role)
            if role == "pool" and event_rows.made_by_people(tx, project_id):
                raise InputError(
                    "Texts of this project have been labelled already, so its data cannot be replaced. Make a new "
                    "project for other data, or add test items."
                )
            data_rows.add_dataset(tx, project_id, role, dataset, file=file, name=name, columns=uses, time=now())
            if before is not None and before.digest != dataset.digest:
                job_rows.ask_to_stop(tx, project_id, time=now())
            if role == "pool":
                self._import_labels(tx, project_id, dataset, [c for c, use in uses.items() if use == "labelled"])

    def dataset(self, project_id: str, role: Role = "pool") -> Dataset | None:
        """The project's texts or test items; None before an import."""
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            pool = self.pool(tx, project_id, role)
        return None if pool is None else pool.dataset

    def gold_columns(self, project_id: str) -> tuple[str, ...]:
        """Columns of the pool that hold hidden gold labels."""
        return self._columns(project_id, "pool", "gold")

    def columns(self, project_id: str, role: Role = "pool") -> Mapping[str, str]:
        """What each column was imported as."""
        with self.store.read() as tx:
            row = data_rows.current(tx, project_id, role)
        return {} if row is None else row.columns

    def template_columns(self, project_id: str) -> tuple[list[str], list[str]]:
        """Columns that the demonstration and the query template may name: those that hold no labels."""
        pool, tests = self.dataset(project_id), self.dataset(project_id, "test")
        uses = (item for role in _ROLES for item in self.columns(project_id, role).items())
        hidden = {name for name, use in uses if use in ("gold", "labelled")}

        def free(dataset: Dataset | None) -> list[str]:
            return [] if dataset is None else [str(c) for c in dataset.fields.columns if str(c) not in hidden]

        return free(pool), free(tests if tests is not None else pool)

    def _columns(self, project_id: str, role: Role, use: ColumnUse) -> tuple[str, ...]:
        return tuple(name for name, found in self.columns(project_id, role).items() if found == use)

    def _import_labels(self, tx: Transaction, project_id: str, dataset: Dataset, columns: list[str]) -> None:
        """Take back what an earlier file labelled, then record the labels of this one."""
        earlier = self.labelling(tx, project_id).labels().items()
        project = project_rows.get(tx, project_id)
        undone = [(item, "undo", {"event": label.event_id}) for item, label in earlier if label.source == IMPORT]
        given: list[tuple[str, str, object]] = []
        if columns:
            cells = dataset.fields[columns[0]].tolist()
            project = self._with_labels(tx, project, [cell for cell in cells if cell.strip()])
            for item, cell in zip(dataset.ids, cells, strict=True):
                if cell.strip():
                    given.append((item, "label", self._imported_value(project.task, cell, columns[0])))
        sequence = event_rows.last_sequence(tx, project_id)
        time = now()
        event_rows.append(
            tx,
            [
                LabelEvent(
                    project=project_id,
                    sequence=sequence + place,
                    event_id=f"import-{secrets.token_hex(12)}",
                    who=IMPORT,
                    item=item,
                    task_version=project.task.version,
                    value=value,
                    kind="undo" if kind == "undo" else "label",
                    source=IMPORT,
                    guideline_version=project.guidelines_version,
                    time=time,
                )
                for place, (item, kind, value) in enumerate([*undone, *given], start=1)
            ],
        )

    def _with_labels(self, tx: Transaction, project: Project, cells: Iterable[str]) -> Project:
        task = project.task
        if task.type == "text":
            return project
        names = dict.fromkeys(part for cell in cells for part in label_parts(task, cell))
        known = {label.name for label in task.labels}
        new = [name for name in names if name not in known]
        if not new:
            return project
        taken = {label.key for label in task.labels}
        labels = list(task.labels)
        for name in new:
            key = label_key(len(labels))
            labels.append(LabelSpec(name, label_color(len(labels)), key="" if key in taken else key))
        value = project_rows.task_value(TaskSpec(task.type, tuple(labels)))
        project_rows.add_revision(tx, project.id, "task", value, time=now())
        return project_rows.get(tx, project.id)

    def _imported_value(self, task: TaskSpec, cell: str, column: str) -> object:
        raw = cell if task.type == "text" else label_parts(task, cell)
        value, reason = check_value(
            task, raw[0] if task.type == "single" else raw, max_chars=self.settings.max_text_chars
        )
        if reason:
            raise InputError(f"Column {column!r} holds {cell[:60]!r}, which cannot be a label: {reason}.")
        return value


def label_parts(task: TaskSpec, cell: str) -> list[str]:
    """The labels in a cell; several are separated by semicolons."""
    if task.type == "single":
        return [cell.strip()]
    return list(dict.fromkeys(part.strip() for part in cell.split(";") if part.strip()))


def _check_columns(dataset: Dataset, role: str, uses: Mapping[str, str]) -> None:
    if role not in ("pool", "test"):
        raise InputError(f"There is no role {role!r} for data: use pool or test.")
    if not len(dataset):
        raise InputError("The file holds no text that can be used; every row was refused. Look at the reasons.")
    there_are = list(map(str, dataset.fields.columns))
    for name, use in uses.items():
        if name not in there_are:
            raise InputError(f"There is no column {name!r} in the file; there are {', '.join(there_are)}.")
        if use not in ("labelled", "gold", "ignore"):
            raise InputError(f"Column {name!r} cannot be used as {use!r}: choose labelled, gold or ignore.")
    labelled = [name for name, use in uses.items() if use == "labelled"]
    if len(labelled) > 1:
        raise InputError(
            f"Two columns are marked as labelled, {labelled[0]!r} and {labelled[1]!r}; a text has one label in force. "
            "Keep one and mark the other as gold or ignore."
        )
