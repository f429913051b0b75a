"""The one door to everything about projects: web pages, routes, command line and worker use it."""

from __future__ import annotations

from votek.settings import Settings
from votek.store import Store
from votek.workspace.data import Data
from votek.workspace.evaluating import Evaluating
from votek.workspace.labelling import LabellingWork
from votek.workspace.models import Models
from votek.workspace.projects import Projects
from votek.workspace.prompting import Prompting

__all__ = ["Workspace"]


class Workspace(Projects, Data, LabellingWork, Prompting, Models, Evaluating):
    """Projects, data, background work, results, labels and prompts of one data folder.

    Every method raises only errors of `votek.errors` on what a person can mend, and may be called from
    any thread. Loads nothing heavy: arrays are memory maps of what the worker stored.
    """

    @classmethod
    def open(cls, settings: Settings | None = None, *, migrate: bool = True) -> Workspace:
        """Open the data folder of `settings` (the environment's when None), making it when needed.

        Raises:
            StorageError: the folder cannot be written, or its database is newer than this program.
        """
        settings = settings or Settings()
        store = Store(settings.database_url_or_default, settings.data)
        if migrate:
            store.migrate()
        return cls(settings, store)
