"""Fixtures that several parts share."""

import os
import sys
from pathlib import Path

import pytest

from tests.browser import chromium, new_context, page  # noqa: F401  (fixtures)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Whatever opens a browser belongs to the later parts: see tests/run.sh."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(autouse=True)
def own_main():
    """A page under test takes the place of the main module, which a process that is spawned later would run."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before


@pytest.fixture(scope="session")
def real_data():
    """`real_data(name)`: the path of a real file. Without VOTEK_TEST_DATA the test is left out; a wrong name fails."""

    def find(name: str) -> Path:
        folder = os.environ.get("VOTEK_TEST_DATA")
        if not folder:
            pytest.skip("VOTEK_TEST_DATA does not name the folder of real files")
        path = Path(folder) / name
        assert path.is_file(), f"{path} is missing"
        return path

    return find


@pytest.fixture(scope="session")
def postgres():
    """A throwaway PostgreSQL server: `postgres.url()` is a fresh, empty database. It starts when first asked."""
    from tests.postgres import Postgres

    server = Postgres()
    yield server
    server.stop()


@pytest.fixture
def own_postgres():
    """`own_postgres(durable=False)`: a server of this test alone, to kill and restart; durable writes to the disk."""
    from tests.postgres import Postgres

    servers = []

    def make(*, durable=False):
        servers.append(Postgres(durable=durable))
        return servers[-1]

    yield make
    for server in servers:
        server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request, tmp_path):
    """The address of a database of each kind without any tables: a test that takes this runs once on either."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = request.getfixturevalue("postgres")
    url = server.url()
    yield url
    server.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """The address of a database of each kind for one test, empty or with empty tables of the newest version."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'votek.db'}"
        return
    with request.getfixturevalue("postgres").migrated() as url:
        yield url


@pytest.fixture
def chosen_database(request):
    """For `Settings(database_url=…)`: None is SQLite in the data folder. A folder's tests choose where they run.

    On PostgreSQL every transaction is watched: it must lock a project before it writes in it.
    """
    if getattr(request, "param", "sqlite") == "sqlite":
        yield None
        return
    from tests.locking import watched

    with request.getfixturevalue("postgres").migrated() as url, watched():
        yield url


@pytest.fixture(scope="session")
def compare_texts():
    """`compare_texts(space, project_id, umap=True)`: what a worker would store, made here at once.

    Vectors come from the stand-in encoder, and the map is the first sketch under the finer map's name, so
    that no test waits for a model or for UMAP's compilation.
    """
    from votek.jobs.context import now
    from votek.pipeline import embed_texts, layout, layout_key, prepare
    from votek.store import data as data_rows

    def stored(space, project_id, *, umap=True):
        cache, dataset = space.store.cache, space.dataset(project_id)
        prepared = prepare(dataset.texts, model="votek-hash", threshold=0.95, cache=cache)
        sketch = layout(prepared, method="pca", cache=cache)
        keys = dict(prepared.keys)
        found = [(kind, keys[kind], keys, dataset.digest) for kind in ("embed", "copies", "graph")]
        for method in ("pca", "umap") if umap else ("pca",):
            key = layout_key(prepared.keys, method=method)
            cache.put(key, {"xy": sketch.xy})
            found.append((f"map-{method}", key, {"seed": 0}, dataset.digest))
        tests = space.dataset(project_id, "test")
        if tests is not None:
            vectors, key = embed_texts(tests.texts, model="votek-hash", cache=cache)
            details = {"model": vectors.model, "model_digest": vectors.model_digest}
            found.append(("embed", key, details, tests.digest))
        with space.store.write() as tx:
            for kind, key, details, digest in found:
                data_rows.add_result(tx, project_id, kind, key, digest=digest, details=details, time=now())
        return prepared

    return stored
