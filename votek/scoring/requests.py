"""From labelled rows and texts to requests: the prompts of `votek.prompts`, and what scorers need beside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from votek.datatypes import Embeddings, Progress, PromptSettings, TaskSpec
from votek.prompts import LabelledRow, QueryRow, build_prompts, label_text, parse_template
from votek.prompts.cosine import checked_vectors, unit_rows
from votek.prompts.retrieval import checked_mean
from votek.scoring.protocol import CONTENT_FREE, Request

__all__ = ["build_requests", "labels_of"]


def labels_of(task: TaskSpec | None) -> tuple[str, ...]:
    """What may be answered: the labels where one is chosen; () where several are, or a text is written."""
    return tuple(label.name for label in task.labels) if task is not None and task.type == "single" else ()


def build_requests(
    settings: PromptSettings,
    *,
    pool: Sequence[LabelledRow],
    pool_vectors: ArrayLike | Embeddings,
    queries: Sequence[QueryRow],
    query_vectors: ArrayLike | Embeddings,
    task: TaskSpec | None,
    mean: ArrayLike | None = None,
    copies: ArrayLike | None = None,
    near_copy_threshold: float | None = 0.95,
    progress: Progress | None = None,
) -> tuple[Request, ...]:
    """One request per query, in the order given: its prompt, and its demonstrations' answers and similarities.

    Arguments are those of `votek.prompts.build_prompts`: the same prompts come out. `pool_vectors`: floats
    (len(pool), d), raw, row by row those of `pool`; `query_vectors`: (len(queries), d); `mean`: (d,), subtracted
    from both. The similarities are the cosines by which demonstrations are retrieved.

    Raises:
        InputError: settings, templates or vectors that cannot be used.
    """
    prompts = build_prompts(
        settings,
        pool=pool,
        pool_vectors=pool_vectors,
        queries=queries,
        query_vectors=query_vectors,
        mean=mean,
        copies=copies,
        near_copy_threshold=near_copy_threshold,
        task=task,
        progress=progress,
    )
    if not prompts:
        return ()
    asked = checked_vectors(query_vectors, "query_vectors")
    centre = checked_mean(mean, asked.shape[1])
    queries_units = unit_rows(asked, centre)
    pool_units = unit_rows(checked_vectors(pool_vectors, "pool_vectors"), centre) if len(pool) else np.empty((0, 0))
    place = {row.row: at for at, row in enumerate(pool)}
    answers = [label_text(row.value) for row in pool]
    labels, blanks = labels_of(task), _blanks(settings, queries)
    requests = []
    for query, prompt, unit in zip(queries, prompts, queries_units, strict=True):
        shown = [place[row] for row in prompt.demonstrations]
        requests.append(
            Request(
                id=query.id,
                prompt=prompt.text,
                answers=tuple(answers[at] for at in shown),
                similarities=tuple((pool_units[shown] @ unit).tolist()) if shown else (),
                labels=labels,
                turn=prompt.turn,
                blanks=blanks,
            )
        )
    return tuple(requests)


def _blanks(settings: PromptSettings, queries: Sequence[QueryRow]) -> tuple[str, ...]:
    """The query's template with nothing asked: text and columns replaced by what says nothing."""
    names = list(queries[0].fields)
    template = parse_template(settings.query, fields=names, label=False, name="query template")
    return tuple(template.render(text, fields=dict.fromkeys(names, text)) for text in CONTENT_FREE)
