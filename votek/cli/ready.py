"""What prompts need and a worker would make in the background: vectors of texts and test items."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from votek.workspace import Workspace

__all__ = ["make_ready"]


def make_ready(space: Workspace, project_id: str) -> None:
    """Compute here what vectors are missing, so that a command can write prompts where no worker runs.

    What cannot be computed is left out; the command that needs it says so.
    """
    from votek.jobs.inline import finish_job
    from votek.jobs.preparing import embed_tests

    if space.dataset(project_id) is not None and space.embeddings(project_id) is None:
        finish_job(space, space.request_preparation(project_id))
    if space.dataset(project_id, "test") is not None and space.embeddings(project_id, "test") is None:
        embed_tests(space, project_id)
