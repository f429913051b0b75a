"""A project's model: which one, how it is asked. Never its key."""

from __future__ import annotations

from votek.jobs.context import Context, now
from votek.jobs.models import project_model
from votek.scoring import ModelSettings
from votek.store import projects as project_rows

__all__ = ["Models"]


class Models(Context):
    """The part of the workspace that keeps model settings."""

    def model_settings(self, project_id: str) -> ModelSettings:
        """The model that was chosen for the project; the stand-in while none was.

        Raises:
            NotFoundError: there is no such project.
        """
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            return project_model(tx, project_id)

    def save_model_settings(self, project_id: str, settings: ModelSettings) -> ModelSettings:
        """Choose the project's model; equal settings make no new version.

        Raises:
            InputError: the settings cannot be used.
            NotFoundError: there is no such project.
        """
        settings.check()
        with self.store.write() as tx:
            project_rows.lock(tx, project_id)
            if project_model(tx, project_id) != settings or not project_rows.model(tx, project_id):
                project_rows.add_revision(tx, project_id, "model", settings.as_json(), time=now())
        return settings
