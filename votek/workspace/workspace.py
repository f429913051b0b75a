"""The one door to everything about projects: web pages, routes, command line and worker use it."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from votek.access.accounts import accounts_configured
from votek.datatypes import Person
from votek.settings import Settings
from votek.store import Store
from votek.workspace.bundling import Bundling
from votek.workspace.evaluating import Evaluating
from votek.workspace.exporting import Exporting
from votek.workspace.guarded import guarded
from votek.workspace.handout_settings import HandoutWork
from votek.workspace.importing import Importing
from votek.workspace.labelling import LabellingWork
from votek.workspace.linting import Linting
from votek.workspace.models import Models
from votek.workspace.people import People
from votek.workspace.projects import Projects
from votek.workspace.prompt_versions import PromptVersions
from votek.workspace.reviewing import Reviewing

__all__ = ["Workspace", "open_workspace"]


class Workspace(
    Projects,
    People,
    Importing,
    LabellingWork,
    HandoutWork,
    Reviewing,
    PromptVersions,
    Exporting,
    Linting,
    Models,
    Evaluating,
    Bundling,
):
    """Projects, data, background work, results, labels and prompts of one data folder.

    Every method raises only errors of `votek.errors` on what a person can mend, and may be called from
    any thread. Loads nothing heavy: arrays are memory maps of what the worker stored.
    """

    @classmethod
    def open(cls, settings: Settings | None = None, *, migrate: bool = True, accounts: bool | None = None) -> Workspace:
        """Open the data folder of `settings` (the environment's when None), making it when needed.

        `accounts`: whether people sign in; None: as secrets.toml says now. It stays so while the workspace is open,
        so that a file that goes away does not open the door.

        Raises:
            InputError: the `[auth]` section of secrets.toml cannot be used.
            StorageError: the folder cannot be written, or its database is newer than this program.
        """
        settings = settings or Settings()
        store = Store(settings.database_url_or_default, settings.data)
        if migrate:
            store.migrate()
        opened = cls(settings, store)
        opened.accounts = accounts_configured() if accounts is None else accounts
        return opened

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def as_person(self, person: Person, *, since: dt.datetime | None = None) -> Workspace:
        """This workspace as `person` may use it: every call is checked against `votek.access.policy`.

        The role is read from the database at each call. `since`: when the person's session began; a session that
        has ended is refused as well. Calls raise AccessError on what the person may not do.
        """
        return guarded(self, person, since=since)


def open_workspace(folder: str | os.PathLike[str] | None = None) -> Workspace:
    """The projects of a data folder, for a script or notebook: what pages and commands do are methods of it.

    `folder`: made when it is not there; None: the one that VOTEK_DATA names, as for the app. Close it at the end, or
    use it in a `with` statement. Long work runs when `votek.jobs.inline.finish_job(space, job)` is called, or in a
    worker.

    Raises:
        StorageError: the folder cannot be written, or its database is newer than this program.
    """
    return Workspace.open(Settings() if folder is None else Settings(data=Path(folder)))
