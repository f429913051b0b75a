"""An empty, migrated store in a temporary folder."""

import pytest

from votek.store import Store


@pytest.fixture
def store(tmp_path):
    made = Store(f"sqlite:///{tmp_path / 'votek.db'}", tmp_path)
    made.migrate()
    yield made
    made.close()
