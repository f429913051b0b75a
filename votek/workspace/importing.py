"""Labels from other tools into a project: each annotator apart, nothing overwritten, and a way back."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from votek.annotation import IMPORT, IMPORTED_FROM, Labelling
from votek.datatypes import LOCAL, EventKind, LabelEvent, Project, TaskSpec
from votek.errors import InputError, NotFoundError
from votek.jobs.context import now
from votek.jobs.requests import Requests
from votek.store import Transaction
from votek.store import events as event_rows
from votek.store import people as people_rows
from votek.store import projects as project_rows
from votek.workspace.data import Data
from votek.workspace.import_plan import Existing, Given, Match, Plan, Wish, plan_labels, with_label_names
from votek.workspace.import_report import LabelImport, LabelsImported
from votek.workspace.projects import checked_task

if TYPE_CHECKING:
    from votek.imports.labels import ImportedLabels
    from votek.workspace.workspace import Workspace

__all__ = ["Importing", "fill_from_labels", "project_from_labels"]

ACTION = "import_labels"
MAX_SOURCE = 32


class Importing(Data, Requests):
    """The part of the workspace that takes labels over from files of other tools."""

    def import_labels(
        self,
        project_id: str,
        imported: ImportedLabels,
        *,
        file: str = "",
        match: Match = "auto",
        existing: Existing = "keep",
        queued_only: bool = False,
        preview: bool = False,
        who: str = LOCAL.id,
    ) -> LabelsImported:
        """Take the labels of a file over for the texts of this project; the same file again adds nothing.

        Everybody whom the file names becomes a person of this project who cannot sign in, so that agreement and
        disputes are those of the people who labelled. Labels that name nobody count until a person decides otherwise.
        Labels of the file that the task lacks are added to it; a task that was never described becomes the file's.

        Args:
            file: what to call the file in the record of imports.
            match: "id", "text" (exactly the same), or "auto": by id where the file has ids and the text agrees, else
                by text.
            existing: about texts that people have labelled here, "keep" leaves the file's answers out; "add" puts them
                beside, so that the text may become disputed. Nothing is ever overwritten.
            queued_only: take only labels of texts that are to be labelled here.
            preview: only say what would happen.

        Raises:
            InputError: the project has no texts, an option is unknown, or a name cannot be a label.
            NotFoundError: there is no such project.
        """
        wish = Wish(match, existing, queued_only)
        try:
            with self.writing() as tx:
                project_rows.lock(tx, project_id)
                return self._import(tx, project_id, imported, file, wish, preview, who)
        except BaseException:
            self.forget_labelling(project_id)
            raise

    def label_imports(self, project_id: str) -> list[LabelImport]:
        """The imports of labels into this project, newest first."""
        with self.labelling_lock, self.store.read() as tx:
            project_rows.get(tx, project_id)
            state = self.labelling(tx, project_id)
            events = [event for event in event_rows.since(tx, project_id) if event.kind != "undo"]
            notes = people_rows.notes(tx, project_id, action=ACTION)
            found = []
            for note in notes:
                mine = [event for event in events if event.event_id.startswith(_prefix(note.details["import"]))]
                standing = sum(state.can_undo(event.who, event.event_id) is not None for event in mine)
                about = {name: str(note.details.get(name, "")) for name in ("tool", "file")}
                added = sum(event.kind in ("label", "skip") for event in mine)
                found.append(
                    LabelImport(note.details["import"], note.time, note.who, **about, added=added, standing=standing)
                )
        return found

    def take_back_labels(self, project_id: str, import_id: str, *, who: str = LOCAL.id) -> int:
        """Take back everything that one import added and that still stands; returns how many labels and skips that is.

        The log keeps both. What people decided here stays, as do labels that were added to the task.

        Raises:
            NotFoundError: there is no such import in this project.
        """
        try:
            with self.writing() as tx:
                project_rows.lock(tx, project_id)
                state = self.labelling(tx, project_id)
                mine = [e for e in event_rows.since(tx, project_id) if e.event_id.startswith(_prefix(import_id))]
                if not import_id or not mine:
                    raise NotFoundError(
                        f"There is no import {import_id!r} in this project. List those there are first."
                    )
                standing = [event for event in mine if state.can_undo(event.who, event.event_id) is not None]
                undone = [_undo(event, state.sequence + at) for at, event in enumerate(reversed(standing), start=1)]
                if undone:
                    event_rows.append(tx, undone)
                    about = {"import": import_id, "events": len(undone)}
                    self._note(tx, project_id, who, "take_back_labels", about)
                return sum(event.kind in ("label", "skip") for event in standing)
        except BaseException:
            self.forget_labelling(project_id)
            raise

    # ------------------------------------------------------------ inside

    def _import(
        self, tx: Transaction, project_id: str, imported: ImportedLabels, file: str, wish: Wish, preview: bool, who: str
    ) -> LabelsImported:
        project, pool = project_rows.get(tx, project_id), self.needed_pool(tx, project_id)
        state = self.labelling(tx, project_id)
        task = _task_for(project, imported, untouched=not event_rows.last_sequence(tx, project_id))
        queued = {item.item for item in self.build_queue(tx, project_id).items}
        longest = self.settings.max_text_chars
        plan = plan_labels(imported, pool=pool, state=state, task=task, queued=queued, wish=wish, max_chars=longest)
        task = checked_task(plan.task)
        people = self._people(tx, project_id, imported, plan, preview)
        import_id = secrets.token_hex(4)
        fresh, known = _fresh(plan.given, people, state)
        if not preview and fresh:
            if (task.type, task.labels) != (project.task.type, project.task.labels):
                project_rows.add_revision(tx, project_id, "task", project_rows.task_value(task), time=now(), who=who)
                project = project_rows.get(tx, project_id)
            event_rows.append(tx, _events(fresh, people, project, imported.tool, import_id, state.sequence))
            self._note(tx, project_id, who, ACTION, {"import": import_id, "tool": imported.tool, "file": file[:200]})
        return LabelsImported(
            project=project_id,
            import_id="" if preview or not fresh else import_id,
            preview=preview,
            added=sum(kind in ("label", "skip") for _, kind, _ in fresh),
            known=known,
            texts=len({one.item for one in plan.given}),
            people=people,
            new_labels=plan.new_labels,
            agreeing=plan.agreeing,
            conflicts=tuple(plan.conflicts),
            losses=(*plan.losses(), *imported.losses),
        )

    def _note(self, tx: Transaction, project_id: str, who: str, action: str, about: dict[str, Any]) -> None:
        """After events were appended: replace what is skipped now, and write the change to the audit log."""
        self.labelling(tx, project_id)
        self.request_repair(tx, project_id)
        people_rows.note(tx, who=who, action=action, project=project_id, details=about, time=now())

    def _people(
        self, tx: Transaction, project_id: str, imported: ImportedLabels, plan: Plan, preview: bool
    ) -> dict[str, str]:
        """name in the file -> person id; before anything is stored, new people have no id yet."""
        issuer = f"{IMPORTED_FROM}{imported.tool}"
        # By name among those who labelled here: a project that was opened from a bundle has another id than before.
        ids = {event.who for event in event_rows.since(tx, project_id) if event.source == issuer[:MAX_SOURCE]}
        here = {person.name: person.id for person in people_rows.people(tx, ids).values()}
        found: dict[str, str] = {}
        for name in dict.fromkeys(one.answer.who for one in plan.given):
            subject = f"{project_id}/{name}"
            shown = f"{name} ({imported.title})"
            if not name:
                found[name] = IMPORT
            elif shown in here:
                found[name] = here[shown]
            elif preview:
                known = people_rows.by_subject(tx, issuer, subject)
                found[name] = known.id if known is not None else ""
            else:
                found[name] = people_rows.add_imported(tx, issuer=issuer, subject=subject, name=shown, time=now())
        return found


_Fresh = tuple[Given, EventKind, Any]


def _fresh(given: list[Given], people: Mapping[str, str], state: Labelling) -> tuple[list[_Fresh], int]:
    """(what is not in force yet: answer, kind, value; how many answers are)."""
    fresh: list[_Fresh] = []
    known = 0
    for one in given:
        who = people[one.answer.who]
        stands = state.decision(one.item, who) if who else None
        if stands is not None and (stands.kind, stands.value) == (one.answer.kind, one.value):
            known += 1
        else:
            fresh.append((one, one.answer.kind, one.value))
        if one.answer.comment and (not who or state.comment(one.item, who) != one.answer.comment):
            fresh.append((one, "comment", one.answer.comment))
        if one.answer.flagged and (not who or not state.flagged(one.item, who)):
            fresh.append((one, "flag", True))
    return fresh, known


def _events(
    fresh: list[_Fresh], people: Mapping[str, str], project: Project, tool: str, import_id: str, last: int
) -> list[LabelEvent]:
    moment = now()
    return [
        LabelEvent(
            project=project.id,
            sequence=last + place,
            event_id=_prefix(import_id) + _digest(people[one.answer.who], one.item, kind, value),
            who=people[one.answer.who],
            item=one.item,
            task_version=project.task.version,
            value=value,
            kind=kind,
            source=f"{IMPORTED_FROM}{tool}"[:MAX_SOURCE] if one.answer.who else IMPORT,
            guideline_version=project.guidelines_version,
            time=min(one.answer.time or moment, moment),
        )
        for place, (one, kind, value) in enumerate(fresh, start=1)
    ]


def _undo(event: LabelEvent, sequence: int) -> LabelEvent:
    moment = now()
    undone = {"event": event.event_id}
    return replace(
        event, sequence=sequence, event_id=f"back-{secrets.token_hex(12)}", kind="undo", value=undone, time=moment
    )


def _prefix(import_id: str) -> str:
    return f"import-{import_id}-"


def _digest(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()[:24]


def _task_for(project: Project, imported: ImportedLabels, *, untouched: bool) -> TaskSpec:
    """The project's task; the file's kind of answers where nobody has described or used one."""
    described = bool(project.task.labels) or project.task.type != "single"
    return project.task if described or not untouched else replace(project.task, type=imported.task)


def project_from_labels(
    space: Workspace, name: str, imported: ImportedLabels, *, file: str = ""
) -> tuple[Project, LabelsImported]:
    """A new project of the texts of a file, with its labels. Raises as `fill_from_labels` does.

    `space`: the workspace as whoever asks may use it.
    """
    _check_texts(imported)
    task = checked_task(with_label_names(TaskSpec(imported.task), imported.labels))
    project = space.create_project(name, task=task)
    return project, fill_from_labels(space, project.id, imported, file=file)


def fill_from_labels(space: Workspace, project_id: str, imported: ImportedLabels, *, file: str = "") -> LabelsImported:
    """Load the texts of a file into a project that has none yet, and then its labels.

    A task that nobody has described becomes that of the file, with all its labels.

    Raises:
        InputError: the file holds ids instead of texts.
    """
    _check_texts(imported)
    task = space.project(project_id).task
    if task.type == "single" and not task.labels:
        space.set_task(project_id, with_label_names(TaskSpec(imported.task), imported.labels))
    space.import_dataset(project_id, imported.dataset, role="pool", name=file or imported.dataset.details["name"])
    return space.import_labels(project_id, imported, file=file, match="id")


def _check_texts(imported: ImportedLabels) -> None:
    if not imported.has_texts:
        raise InputError(
            "The file holds ids and no texts, so no project can be made of it. Import the texts first, then label them "
            "from this file."
        )
