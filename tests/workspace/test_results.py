"""What pages read of the worker's results, and that reading needs nothing heavy."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import votek
from votek.pipeline import choose
from votek.workspace import Workspace

ROOT = Path(votek.__file__).resolve().parents[1]


def test_nothing_yet(workspace, project):
    assert workspace.embeddings(project.id) is None
    assert workspace.embeddings(project.id, "test") is None
    assert workspace.prepared(project.id) is None
    assert workspace.projection(project.id) is None
    assert workspace.projection(project.id, "pca") is None
    assert workspace.rounds(project.id) == []
    assert workspace.selection(project.id) is None


def test_the_stored_selection_is_that_of_select(workspace, picked):
    prepared = workspace.prepared(picked.id)
    direct = choose(prepared, budget=12)
    view = workspace.selection(picked.id)
    assert view.indices.tolist() == direct.indices.tolist() == [item.row for item in workspace.queue(picked.id)]
    assert np.array_equal(view.gains, direct.gains)
    assert np.allclose(view.coverage, direct.coverage)
    assert [view.explain(i) for i in range(12)] == [direct.explain(i) for i in range(12)]
    assert (view.method, view.k) == (direct.method, direct.parameters["k"])
    (made,) = workspace.rounds(picked.id)
    assert made.parameters["digest"] == direct.digest
    assert (made.kind, made.labeled, made.excluded, made.number) == ("select", (), (), 1)


def test_random_picks_cover_less_and_more_with_each(workspace, picked):
    view = workspace.selection(picked.id)
    assert view.random_coverage.shape == (12,)
    assert (np.diff(view.random_coverage) > 0).all()
    assert view.random_coverage[-1] < view.coverage[-1] <= 1


def test_explaining_after_a_raise_counts_on(workspace, picked, finish):
    first = workspace.selection(picked.id)
    workspace.request_selection(picked.id, budget=20)
    finish(picked.id)
    view = workspace.selection(picked.id)
    assert view.indices.tolist()[:12] == first.indices.tolist()
    assert [view.explain(i).rank for i in range(20)] == list(range(20))
    assert [view.explain(i).index for i in range(20)] == view.indices.tolist()
    assert view.explain(-1) == view.explain(19)
    assert (np.diff(view.coverage) >= 0).all()
    assert len(view.random_coverage) == 20
    with pytest.raises(IndexError):
        view.explain(20)


def test_results_are_memory_maps_that_cannot_be_changed(workspace, picked):
    prepared = workspace.prepared(picked.id)
    assert workspace.embeddings(picked.id).vectors.shape == (120, 64)
    assert workspace.projection(picked.id, "pca").xy.shape == (120, 2)
    for array in (prepared.embeddings.vectors, prepared.graph.neighbors, prepared.graph.similarities):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_lost_stage_files_are_made_again(workspace, settings, picked, finish):
    before = workspace.queue(picked.id)
    for path in (settings.data / "stages" / "arrays").iterdir():
        path.write_bytes(b"broken")
    again = Workspace.open(settings)
    assert again.prepared(picked.id) is None
    assert again.selection(picked.id) is None
    assert again.queue(picked.id) == before
    assert again.annotation_state(picked.id, "ann").items[0].reason == "Picked by weighted-coverage."
    again.request_selection(picked.id, budget=14)
    (job,) = finish(picked.id)
    assert job.state == "done", job.message
    assert [item.row for item in again.queue(picked.id)][:12] == [item.row for item in before]
    assert len(again.selection(picked.id)) == 14
    again.close()


WEB = """
import sys
from pathlib import Path
from votek.settings import Settings
from votek.workspace import NewEvent, Workspace
space = Workspace.open(Settings(data=Path(sys.argv[1])))
project = space.projects()[0].project.id
view = space.selection(project)
view.explain(3)
space.prepared(project), space.embeddings(project), space.projection(project, "pca")
state = space.annotation_state(project, "ann")
space.record_events(project, "ann", [NewEvent("e", state.items[0].id, "skip", None, 1, 1)])
space.request_selection(project, budget=30)
space.export_manifest(project)
heavy = ("torch", "umap", "sklearn", "numba", "faiss", "sentence_transformers", "transformers", "alembic")
print(sorted(set(heavy) & set(sys.modules)))
"""


def test_the_web_process_loads_nothing_heavy(workspace, picked):
    done = subprocess.run(
        [sys.executable, "-c", WEB, str(workspace.settings.data)], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().strip() == "[]"
