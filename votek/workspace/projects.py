"""Projects: making, renaming, putting away, and what people typed about them."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Literal

from votek.annotation import Queue, Resolution, two_rounds
from votek.datatypes import LOCAL, LabelSpec, Project, PromptSettings, TaskSpec
from votek.errors import InputError
from votek.jobs.context import Context, now
from votek.store import Transaction
from votek.store import data as data_rows
from votek.store import events as event_rows
from votek.store import people as people_rows
from votek.store import projects as project_rows

__all__ = ["MAX_GUIDELINES", "ProjectSummary", "Projects", "checked_name", "checked_task"]

MAX_NAME = 200
MAX_GUIDELINES = 200_000
NextStep = Literal["data", "select", "annotate", "review", "prompts"]
_TYPES = {"single": "Choose one label", "multi": "Choose several labels", "text": "Write an answer"}


@dataclass(frozen=True)
class ProjectSummary:
    """A project, how far it is, and what to do next.

    `done` of the `queued` texts to label have a label; `labelled` counts all texts that have one, also those that came
    with a file.
    """

    project: Project
    texts: int
    tests: int
    queued: int
    done: int
    labelled: int
    next_step: NextStep


class Projects(Context):
    """The part of the workspace that keeps projects."""

    def projects(self, *, archived: bool = False, only: Collection[str] | None = None) -> list[ProjectSummary]:
        """All projects, oldest first; archived ones only when asked for. `only`: none but those with these ids."""
        with self.store.read() as tx:
            sizes = data_rows.sizes(tx)
            listed = [p for p in project_rows.listed(tx, archived=archived) if only is None or p.id in only]
            summaries = []
            for project in listed:
                texts, tests = sizes.get((project.id, "pool"), 0), sizes.get((project.id, "test"), 0)
                queue = self.build_queue(tx, project.id) if texts else None
                total = [item for item in queue.items if item.row not in queue.skipped] if queue else []
                done = sum(1 for item in total if queue and item.row in queue.labelled)
                disputed = self._disputed(tx, project.id, [item.item for item in total])
                labelled = len(queue.labelled) if queue else 0
                step = _next_step(texts=texts, queued=len(total), done=done, disputed=disputed, labelled=labelled)
                if queue is not None and step == "prompts" and self._between_rounds(tx, project.id, queue):
                    step = "select"
                summaries.append(ProjectSummary(project, texts, tests, len(total), done, labelled, step))
            return summaries

    def _disputed(self, tx: Transaction, project_id: str, items: Collection[str]) -> int:
        """How many of these texts everybody asked has labelled, without a majority."""
        with self._lock:
            state = self.labelling(tx, project_id)
            found = [state.resolution(item) for item in items]
        return sum(one is not None and one.status == "disputed" for one in found)

    def _between_rounds(self, tx: Transaction, project_id: str, queue: Queue) -> bool:
        """Whether round one of two is labelled and round two not opened yet."""
        stand = two_rounds(self.rounds_in_force(tx, project_id), queue)
        return stand is not None and stand.ready

    def project(self, project_id: str) -> Project:
        """One project.

        Raises:
            NotFoundError: there is no such project.
        """
        with self.store.read() as tx:
            return project_rows.get(tx, project_id)

    def create_project(
        self, name: str, *, task: TaskSpec | None = None, sample: bool = False, who: str = LOCAL.id
    ) -> Project:
        """Make an empty project; whoever makes it, signed in, is its owner."""
        name = checked_name(name)
        spec = checked_task(task or TaskSpec())
        project_id, time = secrets.token_hex(8), now()
        with self.store.write() as tx:
            project_rows.insert(tx, project_id, created=time, sample=sample)
            project_rows.add_revision(tx, project_id, "name", name, time=time)
            project_rows.add_revision(tx, project_id, "task", project_rows.task_value(spec), time=time)
            project_rows.add_revision(tx, project_id, "guidelines", "", time=time)
            project_rows.add_revision(tx, project_id, "prompts", asdict(PromptSettings()), time=time)
            maker = people_rows.by_id(tx, who)
            if maker is not None and maker.email:
                people_rows.set_role(tx, project_id, maker.email, "owner", who=who, time=time)
            return project_rows.get(tx, project_id)

    def rename_project(self, project_id: str, name: str) -> Project:
        """Give a project another name."""
        name = checked_name(name)
        with self.store.write() as tx:
            project_rows.lock(tx, project_id)
            project_rows.add_revision(tx, project_id, "name", name, time=now())
            return project_rows.get(tx, project_id)

    def archive_project(self, project_id: str, archived: bool = True) -> None:
        """Put a project away, or bring it back; nothing is deleted."""
        with self.store.write() as tx:
            project_rows.set_archived(tx, project_id, archived)

    def set_task(self, project_id: str, task: TaskSpec, *, who: str = LOCAL.id) -> Project:
        """Set type and labels of the task; equal ones make no new version.

        Raises:
            InputError: the labels cannot be used, or labels that somebody gave already would become invalid.
        """
        spec = checked_task(task)
        with self.writing() as tx:
            project_rows.lock(tx, project_id)
            before = project_rows.get(tx, project_id).task
            if (before.type, before.labels) == (spec.type, spec.labels):
                return project_rows.get(tx, project_id)
            given = [found for found in map(_given, self.labelling(tx, project_id).resolutions().values()) if found]
            _refuse_loss(before, spec, Counter(name for names in given for name in names), texts=len(given))
            project_rows.add_revision(tx, project_id, "task", project_rows.task_value(spec), time=now(), who=who)
            return project_rows.get(tx, project_id)

    def set_guidelines(self, project_id: str, text: str, *, who: str = LOCAL.id) -> Project:
        """Set the guidelines shown beside each text; an equal text makes no new version."""
        if len(text) > MAX_GUIDELINES:
            raise InputError(f"The guidelines have {len(text):,} characters; {MAX_GUIDELINES:,} are allowed.")
        with self.store.write() as tx:
            project_rows.lock(tx, project_id)
            if project_rows.get(tx, project_id).guidelines != text:
                project_rows.add_revision(tx, project_id, "guidelines", text, time=now(), who=who)
            return project_rows.get(tx, project_id)

    def delete_project(self, project_id: str) -> None:
        """Remove a project, its labels, and the files that no other project uses. This cannot be undone."""
        with self.store.write() as tx:
            project_rows.lock(tx, project_id)
            files, digests, keys = data_rows.unshared(tx, project_id)
            project_rows.delete(tx, project_id)
        self.forget_labelling(project_id)
        self.store.remove_files(files, digests, keys)

    def has_events(self, project_id: str) -> bool:
        """Whether people have worked in the project (labels that came with the file do not count)."""
        with self.store.read() as tx:
            return event_rows.made_by_people(tx, project_id)


def _next_step(*, texts: int, queued: int, done: int, disputed: int, labelled: int) -> NextStep:
    if not texts:
        return "data"
    if not queued:
        return "select" if labelled < texts else "prompts"
    if disputed and done + disputed == queued:  # nobody has anything left to label, and somebody has to settle these
        return "review"
    return "annotate" if done < queued else "prompts"


def checked_name(name: str) -> str:
    """A project's name without blanks around it; InputError when it cannot be one."""
    stripped = name.strip()
    if not stripped or len(stripped) > MAX_NAME or not stripped.isprintable():
        raise InputError(f"A project needs a name of 1 to {MAX_NAME} printable characters; {name[:60]!r} was given.")
    return stripped


def checked_task(task: TaskSpec) -> TaskSpec:
    """A task that can be asked of people; InputError when a label, colour or key cannot be used."""
    if task.type not in ("single", "multi", "text"):
        raise InputError(f"There is no task type {task.type!r}: use single, multi or text.")
    labels = tuple(task.labels) if task.type != "text" else ()
    _distinct([label.name for label in labels], "name")
    _distinct([label.key for label in labels if label.key], "key")
    for label in labels:
        _check_label(label)
    return TaskSpec(task.type, labels)


def _check_label(label: LabelSpec) -> None:
    if not label.name.strip() or label.name != label.name.strip() or len(label.name) > MAX_NAME:
        raise InputError(f"{label.name[:60]!r} cannot be a label: 1 to {MAX_NAME} characters, no blanks at its ends.")
    if any(ord(character) < 32 or "\ud800" <= character <= "\udfff" for character in label.name):
        raise InputError(f"The label {label.name[:60]!r} holds control characters. Use letters, digits and signs.")
    color = label.color
    if len(color) != 7 or color[0] != "#" or any(digit not in "0123456789abcdefABCDEF" for digit in color[1:]):
        raise InputError(f"The colour {color!r} of label {label.name!r} must look like #0072b2.")
    if label.key not in ("", *"1234567890"):
        raise InputError(f"The key {label.key!r} of label {label.name!r} must be one of 1 to 9, 0, or empty.")


def _distinct(values: list[str], what: str) -> None:
    twice = [value for value, count in Counter(values).items() if count > 1]
    if twice:
        raise InputError(f"Two labels have the same {what} {twice[0]!r}. Make them differ.")


def _given(found: Resolution) -> set[str]:
    """The labels that a text has from anybody, also while others are still to decide, or that it was settled for."""
    settled = found.event is not None and found.event.kind == "adjudicate"
    values = [found.value] if settled else [one.value for one in found.decisions]
    return {name for value in values if value is not None for name in (value if isinstance(value, list) else [value])}


def _texts(count: int) -> str:
    return f"{count:,} texts are" if count != 1 else "1 text is"


def _refuse_loss(before: TaskSpec, after: TaskSpec, used: Counter[str], *, texts: int) -> None:
    if used and before.type != after.type:
        raise InputError(
            f"{_texts(texts)} already labelled as “{_TYPES[before.type]}”, so the task cannot become "
            f"“{_TYPES[after.type]}”. Keep it, or make a new project for the other task."
        )
    if after.type == "text":
        return
    kept = {label.name for label in after.labels}
    for name, count in used.items():
        if name not in kept:
            raise InputError(
                f"The label {name!r} is in use on {count:,} text{'' if count == 1 else 's'}, so it cannot be "
                "removed or renamed yet. Give those texts another label on the Annotate page first, settle them on the "
                "Review page, or keep it."
            )
