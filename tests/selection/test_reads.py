"""A setting is listed for a method if, and only if, it changes what the method picks."""

import numpy as np
import pytest

from votek.selection import select
from votek.selection.reads import SETTINGS, reads
from votek.selection.registry import METHODS

VALUES = {"k": (5, 20, 40), "rho": (2.0, 50.0), "seed": (1, 2, 3)}


@pytest.mark.parametrize("name", list(METHODS))
def test_the_list_is_what_has_an_effect(name):
    vectors = np.random.default_rng(1).normal(size=(160, 8)).astype(np.float32)
    sure = None if METHODS[name].confidence != "needed" else np.random.default_rng(2).random(160)

    def run(**settings):
        chosen = {"k": 8, "rho": 10.0, "seed": 0, **settings}
        found = select(vectors, budget=25, method=name, confidence=sure, **chosen)
        return found.indices.tolist(), found.gains.tolist()

    usual = run()
    found = [setting for setting in SETTINGS if any(run(**{setting: value}) != usual for value in VALUES[setting])]
    assert found == list(reads(name))
