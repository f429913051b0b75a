"""How prompts are written, version by version: set, looked back on, taken back."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from votek.datatypes import LOCAL, Project, PromptSettings
from votek.errors import NotFoundError
from votek.jobs.context import Context, now
from votek.store import Transaction
from votek.store import projects as project_rows

if TYPE_CHECKING:
    from votek.prompts import PromptsVersion

__all__ = ["PromptVersions"]


class PromptVersions(Context):
    """The part of the workspace that keeps the settings of prompts."""

    def set_prompts(self, project_id: str, settings: PromptSettings, *, who: str = LOCAL.id) -> Project:
        """Set how prompts are retrieved and written; equal settings make no new version."""
        with self.store.write() as tx:
            project_rows.lock(tx, project_id)
            return _set(tx, project_id, settings, who)

    def prompt_versions(self, project_id: str) -> list[PromptsVersion]:
        """Every version of the prompt settings, oldest first, with who made it when; the last one is in force."""
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            return _versions(tx, project_id)

    def restore_prompts(self, project_id: str, version: int, *, who: str = LOCAL.id) -> Project:
        """Take the settings of an earlier version back, as a new version.

        Raises:
            NotFoundError: there is no such version.
        """
        with self.store.write() as tx:
            project_rows.lock(tx, project_id)
            made = {one.version: one for one in _versions(tx, project_id)}
            if version not in made:
                raise NotFoundError(
                    f"There is no version {version!r} of the prompts; there are the versions 1 to {max(made)}."
                )
            return _set(tx, project_id, made[version].settings, who)


def _set(tx: Transaction, project_id: str, settings: PromptSettings, who: str) -> Project:
    if project_rows.get(tx, project_id).prompts != settings:
        project_rows.add_revision(tx, project_id, "prompts", asdict(settings), time=now(), who=who)
    return project_rows.get(tx, project_id)


def _versions(tx: Transaction, project_id: str) -> list[PromptsVersion]:
    from votek.prompts import PromptsVersion

    return [
        PromptsVersion(made.version, project_rows.prompts_of(made), made.time, made.who)
        for made in project_rows.revisions(tx, project_id, "prompts")
    ]
