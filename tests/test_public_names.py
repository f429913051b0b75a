"""The public names keep their forms, load on use, and leave heavy libraries alone until then."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
import time

import pytest

import votek

FORMS = {
    "agreement": "table *level *order *draws *seed",
    "read_dataset": "path *text *label *id *group *format *encoding",
    "read_labels": "source *format *text *id *label *who *time *question *task *encoding *delimiter *name *limits",
    "build_prompts": (
        "settings *pool *pool_vectors *queries *query_vectors *mean *copies *near_copy_threshold *task *progress"
    ),
    "open_workspace": "folder",
    "embed": "texts *model *device *batch_size *cache *progress",
    "build_graph": "embeddings_or_vectors *k *centre *approximate",
    "select": "data *budget *method *k *rho *seed *labeled *exclude *copies *confidence *groups *floor *progress",
    "methods": "",
    "project_2d": "graph vectors *method *seed",
    "load_pack": "path *model *tokenizer *device *warm",
    "retrieve": "pool_vectors query_vectors *n *order *mean",
}
DEFAULTS = {
    "agreement": {"level": "auto", "order": None, "draws": 2000, "seed": 0},
    "build_graph": {"k": 150, "centre": True, "approximate": "auto"},
    "select": {"method": "auto", "k": "auto", "rho": 10.0, "seed": 0, "labeled": (), "exclude": (), "floor": 0},
    "embed": {"model": "all-MiniLM-L6-v2", "device": "auto", "batch_size": 32},
    "project_2d": {"method": "umap", "seed": 0},
    "load_pack": {"model": None, "tokenizer": None, "device": "auto", "warm": True},
    "retrieve": {"n": 8, "order": "ascending", "mean": None},
    "read_dataset": {"text": "text", "label": None, "id": None, "group": None, "format": None, "encoding": None},
}
HEAVY = {"faiss", "numba", "pandas", "pyarrow", "scipy", "sentence_transformers", "sklearn", "torch", "umap"}


def _python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def _quickest(code: str) -> float:
    """Seconds of the best of three, so that a busy machine does not decide."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        _python(code)
        times.append(time.perf_counter() - start)
    return min(times)


def test_all_is_sorted_and_complete() -> None:
    assert votek.__all__ == sorted(votek.__all__)
    assert set(votek.__all__) == {*FORMS, "__version__"}
    assert set(votek.__all__) <= set(dir(votek))


@pytest.mark.parametrize("name", sorted(FORMS))
def test_each_name_keeps_its_form(name: str) -> None:
    parameters = inspect.signature(getattr(votek, name)).parameters
    form = [("*" if p.kind is p.KEYWORD_ONLY else "") + p.name for p in parameters.values()]
    promised = FORMS[name].split()
    assert form[: len(promised)] == promised
    for extra in list(parameters.values())[len(promised) :]:
        assert extra.kind is extra.KEYWORD_ONLY
        assert extra.default is not extra.empty
    for option, value in DEFAULTS.get(name, {}).items():
        assert parameters[option].default == value


def test_an_unknown_name_says_what_there_is() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'pick'; it offers .*select"):
        votek.pick  # noqa: B018


def test_importing_loads_nothing_heavy_and_is_quick() -> None:
    code = "import sys, json, votek; print(json.dumps(sorted(sys.modules)))"
    assert not HEAVY & {name.split(".")[0] for name in json.loads(_python(code))}
    assert _quickest("import votek") - _quickest("pass") < 0.3


def test_asking_what_there_is_loads_no_compiler_and_no_index() -> None:
    code = (
        "import sys, json, votek, votek.selection, votek.duplicates, votek.graph; votek.methods();"
        "print(json.dumps(sorted(sys.modules)))"
    )
    assert not (HEAVY - {"pandas", "pyarrow"}) & {name.split(".")[0] for name in json.loads(_python(code))}
