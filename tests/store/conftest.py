"""An empty, migrated store in a temporary folder, on each kind of database."""

import pytest

from votek.store import Store


@pytest.fixture
def store(tmp_path, database_url):
    made = Store(database_url, tmp_path)
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def address(store):
    """Where other processes find the database of `store`."""
    return store.database.engine.url.render_as_string(hide_password=False)
