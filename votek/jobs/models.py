"""The project's model in the worker: its settings from the store, its key from the web process's memory."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from votek.access import load_secret, mint_token
from votek.scoring import ModelSettings, Scorer, open_scorer
from votek.scoring.keys import endpoint_url
from votek.store import Transaction
from votek.store import projects as project_rows

if TYPE_CHECKING:
    from votek.jobs.context import Context
    from votek.settings import Settings

__all__ = ["KEY_ROUTE", "key_from_web", "project_model", "project_scorer"]

KEY_ROUTE = "/api/model-key"
TOKEN_SECONDS = 60
PATIENCE_SECONDS = 5.0
MOST_BYTES = 10_000


def project_model(tx: Transaction, project_id: str) -> ModelSettings:
    """The model that was chosen for the project; the stand-in while none was."""
    return ModelSettings.from_json(project_rows.model(tx, project_id))


def project_scorer(
    context: Context,
    project_id: str,
    settings: ModelSettings,
    *,
    keep: bool = True,
    check: Callable[[], None] | None = None,
) -> Scorer:
    """The scorer for a project's job, with its key and, with `keep`, the folder of kept scores.

    `check`: called while an endpoint is waited for, so that a cancelled job ends (`RunningJob.check`).

    Raises:
        ScoringError, ModelError, InputError: as `votek.scoring.open_scorer`.
    """
    key = key_from_web(context.settings, project_id, settings) if settings.tier == "openai" else None
    return open_scorer(settings, key=key, cache=context.store.scores_folder if keep else None, check=check)


def key_from_web(settings: Settings, project_id: str, model: ModelSettings) -> str | None:
    """The key a person gave on the page for this endpoint, which the web process holds in memory alone.

    Asked for on the loopback address with a token signed by the secret of the data folder. None where the web process
    has none or does not run: the variables of the environment are then looked at.
    """
    token = mint_token(
        load_secret(settings), project=project_id, person="worker", seconds=TOKEN_SECONDS, purpose="keys"
    )
    body = json.dumps({"url": endpoint_url(model.base_url)})
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection(settings.host, settings.port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("POST", KEY_ROUTE, body=body, headers=headers)
        answer = connection.getresponse()
        if answer.status != 200:
            return None
        found = json.loads(answer.read(MOST_BYTES)).get("key")
        return found if isinstance(found, str) and found else None
    except (OSError, http.client.HTTPException, ValueError, AttributeError):
        return None
    finally:
        connection.close()
