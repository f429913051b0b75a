"""Fixtures that several parts share."""

import os
from pathlib import Path

import pytest


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
