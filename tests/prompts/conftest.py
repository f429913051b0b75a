"""What the tests of prompts share."""

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def vocabulary_folder():
    """The folder of tiktoken's files that comes with a library the tests need anyway."""
    library = importlib.util.find_spec("litellm")
    return Path(library.submodule_search_locations[0]) / "litellm_core_utils" / "tokenizers"
