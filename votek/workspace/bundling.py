"""One project as a file: written here, looked into, and opened elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from votek.annotation import IMPORT
from votek.datatypes import LOCAL, Project
from votek.errors import VotekError
from votek.jobs.context import Context, now
from votek.store import Transaction
from votek.store import data as data_rows
from votek.store import events as event_rows
from votek.store import people as people_rows
from votek.store import projects as project_rows
from votek.store.archive import BUNDLE, Backup, damaged
from votek.store.bundle import people_named, write_bundle
from votek.store.store import Store
from votek.store.taking_over import TakenOver, take_over
from votek.store.unpacking import refused_rows, unpacked
from votek.workspace.bundle_check import check_project
from votek.workspace.projects import checked_name

__all__ = ["BundleContents", "Bundling", "OpenedBundle"]


@dataclass(frozen=True)
class BundleContents:
    """What a bundle holds. `people`: the names of those who did something; `roles`: address -> role in force.

    `events`: entries in the log of labels. `here`: the project is on this machine already, so opening makes a copy.
    """

    name: str
    texts: int
    tests: int
    labelled: int
    events: int
    rounds: int
    people: tuple[str, ...]
    roles: dict[str, str]
    here: bool


@dataclass(frozen=True)
class OpenedBundle:
    """A project that came out of a bundle.

    `copied`: it was here already, so this is another one, which shares nothing with it. `known`, `new`: people who
    were here before, and who were made; `notes`: one sentence for each thing that is not as it was.
    """

    project: Project
    copied: bool
    known: int
    new: int
    notes: tuple[str, ...]

    @property
    def id(self) -> str:
        """The project's id."""
        return self.project.id


class Bundling(Context):
    """The part of the workspace that writes and opens bundles."""

    def bundle(self, project_id: str, path: Path, *, addresses: bool = True) -> Backup:
        """Write everything of one project into one new file, while people go on working.

        addresses: with the e-mail addresses of its people and the roles, which belong to them.

        Raises:
            NotFoundError: there is no such project.
            InputError: `path` is there already.
            StorageError, CorruptFileError: a file of the project is missing or damaged, or the place is full.
        """
        return write_bundle(self.store, project_id, path, addresses=addresses)

    def look_into_bundle(self, path: Path) -> BundleContents:
        """What a bundle holds; nothing changes.

        Raises:
            StorageError, FileError, CorruptFileError: it is not one, was changed, or is that of a newer program.
        """
        with self._unpacked(path) as (source, project_id):
            return self._contents(source, project_id)

    def open_bundle(
        self, path: Path, *, name: str | None = None, roles: bool = True, who: str = LOCAL.id
    ) -> OpenedBundle:
        """Make a project of a bundle; it is there wholly when this returns, or not at all.

        A project that is here already stays as it is, and the bundle becomes a copy beside it. Whoever opens it,
        signed in, is an owner of it.

        name: what to call it; None: as it was called, with a number behind it where a project has that name. roles:
        give the addresses in it the roles they had.

        Raises:
            InputError: the name cannot be used.
            StorageError, FileError, CorruptFileError: it is not a bundle, was changed, or is that of a newer program.
        """
        wanted = None if name is None else checked_name(name)
        with self._unpacked(path) as (source, project_id), refused_rows(path):
            came_as: list[str] = []
            made = take_over(
                source,
                project_id,
                self.store,
                roles=roles,
                then=lambda tx, found: came_as.append(self._settle(tx, found, wanted, who)),
            )
        with self.store.read() as tx:
            project = project_rows.get(tx, made.project)
        renamed = wanted is None and project.name != came_as[-1]
        notes = _notes(made, project.name if renamed else "", roles=roles)
        return OpenedBundle(project, made.copied, made.known, made.new, notes)

    @contextmanager
    def _unpacked(self, path: Path) -> Iterator[tuple[Store, str]]:
        """The bundle in a store of its own, in which everything that pages do with a project was tried."""
        most = self.settings.max_unpacked_mb * 1_000_000
        with unpacked(path, self.settings.data, most=most) as (source, project_id):
            try:
                check_project(self.settings, source, project_id)
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, VotekError) as error:
                raise damaged(path, f"its parts do not fit together ({_said(error)})", BUNDLE) from error
            yield source, project_id

    def _contents(self, source: Store, project_id: str) -> BundleContents:
        space = Context(self.settings, source)
        with source.read() as tx, space.labelling_lock:
            sizes = data_rows.sizes(tx)
            named = people_named(tx, project_id)
            known = people_rows.people(tx, named)
            unnamed = {LOCAL.id, IMPORT}
            names = [known[one].name or one if one in known else one for one in sorted(named - unnamed)]
            with self.store.read() as mine:
                here = any(one.id == project_id for one in project_rows.listed(mine, archived=True))
            return BundleContents(
                name=project_rows.get(tx, project_id).name,
                texts=sizes.get((project_id, "pool"), 0),
                tests=sizes.get((project_id, "test"), 0),
                labelled=len(space.labelling(tx, project_id).labels()),
                events=event_rows.last_sequence(tx, project_id),
                rounds=len(space.rounds_in_force(tx, project_id)),
                people=tuple(sorted(names)),
                roles={member.email: member.role for member in people_rows.members(tx, project_id)},
                here=here,
            )

    def _settle(self, tx: Transaction, made: TakenOver, name: str | None, who: str) -> str:
        """Give a project that has just come in its name and owner; returns what it was called."""
        project, time = project_rows.get(tx, made.project), now()
        taken = {one.name for one in project_rows.listed(tx, archived=True) if one.id != made.project}
        wanted = name or _free(project.name, taken)
        if wanted != project.name:
            project_rows.add_revision(tx, made.project, "name", wanted, time=time, who=who)
        opener = people_rows.by_id(tx, who)
        if opener is not None and opener.email:
            mine = {member.email: member.role for member in people_rows.members(tx, made.project)}
            if mine.get(opener.email) != "owner":
                people_rows.set_role(tx, made.project, opener.email, "owner", who=who, time=time)
        return project.name


def _free(name: str, taken: set[str]) -> str:
    free, count = name, 2
    while free in taken:
        free, count = f"{name[:190]} ({count})", count + 1
    return free


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, VotekError) else type(error).__name__


def _notes(made: TakenOver, new_name: str, *, roles: bool) -> tuple[str, ...]:
    notes = []
    if made.copied:
        notes.append("The project was here already and stays as it is; this is a copy of its own.")
    if new_name:
        notes.append(f"A project of its name is here already, so this one is called {new_name!r}.")
    if made.new:
        notes.append(f"{made.new} {'person was' if made.new == 1 else 'people were'} not known here; they are now.")
    if not roles:
        notes.append("No role was taken over.")
    return tuple(notes)
