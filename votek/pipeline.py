"""Composes the stages: texts -> vectors -> copies -> graph -> picks, and the map of them.

The web app, the command line and `votek reproduce` all go through here, so that they give the same
picks. Each finished stage is kept under a key made of its content, its parameters and the version of
its algorithm: a second budget or another method starts from what is there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from votek.datatypes import Embeddings, Projection, SimilarityGraph, read_only
from votek.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from votek.datatypes import Progress, Selection

__all__ = [
    "Prepared",
    "choose",
    "embed_texts",
    "graph_k",
    "layout",
    "layout_key",
    "load_layout",
    "load_prepared",
    "prepare",
]

VERSIONS = {"embed": 1, "copies": 1, "graph": 1, "map": 1}
"""Raised when a stage's algorithm changes its result, so that nothing stale is re-used."""

DEFAULT_K = 150


def graph_k(k: int | Literal["auto"]) -> int:
    """Neighbours to link when a selection asks for `k`: fewer are read off the same graph."""
    return DEFAULT_K if k == "auto" else max(DEFAULT_K, k)


class Cache(Protocol):
    """Where finished stages are kept (`votek.store.cache.StageCache`, or nothing)."""

    def get(self, key: str) -> dict[str, NDArray[Any]] | None:
        """The arrays under `key`, or None."""

    def put(self, key: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep `arrays` under `key`."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """Everything that a selection needs, made once per data set.

    `copies`: int64 (n,), for each text the first text of its group of exact and near-copies. `rows`:
    int64 (nodes,), the original row of each graph node (one node per group). `graph`: over the nodes.
    `keys`: stage name -> cache key, enough for `load_prepared` in another process.
    """

    embeddings: Embeddings
    copies: NDArray[np.int64]
    rows: NDArray[np.int64]
    graph: SimilarityGraph
    keys: Mapping[str, str]

    @cached_property
    def node_of(self) -> NDArray[np.int64]:
        """int64 (n,): the graph node of each original row."""
        return read_only(np.searchsorted(self.rows, self.copies).astype(np.int64))


def _key(stage: str, *parts: object) -> str:
    content = json.dumps([stage, VERSIONS[stage], *parts], ensure_ascii=False).encode("utf-8", "surrogatepass")
    return f"{stage}-{hashlib.sha256(content).hexdigest()}"


def _silent(stage: str, done: int, total: int) -> None:
    pass


def prepare(
    texts: Sequence[str],
    *,
    model: str = "all-MiniLM-L6-v2",
    threshold: float = 0.95,
    k: int = DEFAULT_K,
    cache: Cache | None = None,
    embed_cache: Path | None = None,
    progress: Progress | None = None,
) -> Prepared:
    """Embed the texts, group their copies and link the distinct ones into the similarity graph.

    Args:
        texts: n texts.
        model: embedding model, as in `votek.embed`.
        threshold: cosine in (0, 1] from which two texts count as near-copies.
        k: neighbours per text; a selection may use fewer.
        cache: keeps finished stages; `embed_cache` is a folder that keeps parts of the embedding.
        progress: called as (stage, done, total) for the stages "embed", "copies" and "graph".
    """
    from votek.duplicates import find_copies
    from votek.embeddings import model_digest
    from votek.graph import build_graph

    report = progress or _silent
    digest = model_digest(model)
    embed_key = _key("embed", model, digest, list(texts))
    embeddings = _embeddings(
        texts, embed_key, model=model, digest=digest, cache=cache, folder=embed_cache, report=report
    )

    copies_key = _key("copies", embed_key, threshold)
    found = cache.get(copies_key) if cache else None
    if found is None:
        copies = find_copies(texts, embeddings.vectors, threshold=threshold, progress=report)
        found = {"copies": copies, "rows": np.unique(copies)}
        if cache:
            cache.put(copies_key, found)
    report("copies", 1, 1)

    graph_key = _key("graph", copies_key, k)
    edges = cache.get(graph_key) if cache else None
    if edges is None:
        report("graph", 0, 1)
        graph = build_graph(embeddings.vectors[found["rows"]], k=k)
        if cache:
            indptr, sources = graph.incoming
            cache.put(
                graph_key,
                {
                    "neighbors": graph.neighbors,
                    "similarities": graph.similarities,
                    "indptr": indptr,
                    "sources": sources,
                },
            )
    else:
        graph = _graph(edges)
    report("graph", 1, 1)
    keys = {"embed": embed_key, "copies": copies_key, "graph": graph_key, "model": model, "model_digest": digest}
    return Prepared(embeddings, read_only(found["copies"]), read_only(found["rows"]), graph, keys)


def _embeddings(
    texts: Sequence[str],
    key: str,
    *,
    model: str,
    digest: str,
    cache: Cache | None,
    folder: Path | None,
    report: Progress,
) -> Embeddings:
    from votek.embeddings import embed

    stored = cache.get(key) if cache else None
    if stored is not None:
        report("embed", len(texts), len(texts))
        return Embeddings(stored["vectors"], model, digest, stored["mean"])
    embeddings = embed(texts, model=model, cache=folder, progress=report)
    if cache:
        cache.put(key, {"vectors": embeddings.vectors, "mean": embeddings.mean})
    report("embed", len(texts), len(texts))
    return embeddings


def embed_texts(
    texts: Sequence[str],
    *,
    model: str,
    cache: Cache | None = None,
    embed_cache: Path | None = None,
    progress: Progress | None = None,
) -> tuple[Embeddings, str]:
    """Embed other texts, such as test items, and the key under which their vectors are kept."""
    from votek.embeddings import model_digest

    digest = model_digest(model)
    key = _key("embed", model, digest, list(texts))
    report = progress or _silent
    return _embeddings(texts, key, model=model, digest=digest, cache=cache, folder=embed_cache, report=report), key


def _graph(edges: Mapping[str, NDArray[Any]]) -> SimilarityGraph:
    graph = SimilarityGraph(edges["neighbors"], edges["similarities"])
    # The sorted in-neighbours are stored too: sorting them again would cost every page a second.
    graph.__dict__["incoming"] = (read_only(edges["indptr"]), read_only(edges["sources"]))
    return graph


def load_prepared(keys: Mapping[str, str], cache: Cache) -> Prepared | None:
    """What `prepare` made under these keys, or None where a part is not (or no longer) there."""
    vectors, groups, edges = (cache.get(keys[stage]) for stage in ("embed", "copies", "graph"))
    if vectors is None or groups is None or edges is None:
        return None
    embeddings = Embeddings(vectors["vectors"], keys["model"], keys["model_digest"], vectors["mean"])
    return Prepared(embeddings, groups["copies"], groups["rows"], _graph(edges), dict(keys))


def choose(
    prepared: Prepared,
    *,
    budget: int,
    method: str = "auto",
    k: int | Literal["auto"] = "auto",
    rho: float = 10.0,
    seed: int = 0,
    labeled: Sequence[int] = (),
    exclude: Sequence[int] = (),
    confidence: NDArray[np.float64] | None = None,
    groups: Sequence[Hashable] | None = None,
    floor: int = 0,
    progress: Progress | None = None,
) -> Selection:
    """Pick `budget` new texts; rows in and out are positions in the original data set.

    A labelled or excluded row stands for its whole group of copies; of `confidence` and `groups`, one per
    original row, those of the first text of each group of copies count. The other options are those of
    `votek.select`.

    Raises:
        InputError: rows that are not there, or not one confidence or group per original row; and as `votek.select`.
    """
    from votek.selection import remap, select_linked
    from votek.selection.checks import row_numbers

    node_of, n = prepared.node_of, len(prepared.copies)
    for name, given in (("confidence", confidence), ("groups", groups)):
        if given is not None and len(given) != n:
            raise InputError(
                f"{name} holds {len(given):,} entries for {n:,} texts; give one per text, copies included."
            )
    warm = sorted({int(node_of[row]) for row in row_numbers("labeled", list(labeled), n)})
    barred = sorted({int(node_of[row]) for row in row_numbers("exclude", list(exclude), n)} - set(warm))
    selection = select_linked(
        prepared.graph,
        prepared.embeddings.vectors[prepared.rows],
        budget=budget,
        method=method,
        k=k,
        rho=rho,
        seed=seed,
        labeled=warm,
        exclude=barred,
        confidence=None if confidence is None else np.asarray(confidence)[prepared.rows],
        groups=None if groups is None else [groups[row] for row in prepared.rows.tolist()],
        floor=floor,
        progress=progress,
    )
    return remap(selection, prepared.rows)


def layout(
    prepared: Prepared,
    *,
    method: Literal["umap", "pca"] = "umap",
    seed: int = 0,
    cache: Cache | None = None,
    progress: Progress | None = None,
) -> Projection:
    """The map: float32 (n, 2) for all original rows; copies lie on the text they are copies of."""
    from votek.projection import project_2d

    report = progress or _silent
    key = layout_key(prepared.keys, method=method, seed=seed)
    found = cache.get(key) if cache else None
    if found is None:
        report("map", 0, 1)
        nodes = project_2d(prepared.graph, prepared.embeddings.vectors[prepared.rows], method=method, seed=seed)
        found = {"xy": nodes.xy[prepared.node_of]}
        if cache:
            cache.put(key, found)
    report("map", 1, 1)
    return Projection(found["xy"], method, {"seed": seed})


def layout_key(keys: Mapping[str, str], *, method: str, seed: int = 0) -> str:
    """The cache key of a map."""
    return _key("map", keys["graph"], method, seed)


def load_layout(keys: Mapping[str, str], cache: Cache, *, method: str = "umap", seed: int = 0) -> Projection | None:
    """The map that `layout` made, or None."""
    found = cache.get(layout_key(keys, method=method, seed=seed))
    return None if found is None else Projection(found["xy"], method, {"seed": seed})
