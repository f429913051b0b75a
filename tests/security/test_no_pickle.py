"""Nothing that runs what it reads: no pickle, no evaluated text, no shell, and weights only as safetensors."""

import ast
import json
import os
import pickle
import shutil
import zipfile
from pathlib import Path

import pytest

from tests.scoring.language_model import build_language_model
from votek.embeddings import embed
from votek.embeddings.packaged import packaged_folder
from votek.errors import ModelError, ScoringError
from votek.scoring import ModelSettings, Request, open_scorer

ROOT = Path(__file__).resolve().parents[2]
MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "yaml", "jsonpickle"}
CALLS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen"}
METHODS = {"read_pickle", "to_pickle", "load_module"}


def product_files():
    """Every module that the product runs."""
    return sorted([ROOT / "app.py", *(p for top in ("votek", "ui", "pages") for p in (ROOT / top).rglob("*.py"))])


def keyword(call, name):
    """The constant given for a keyword; None without it."""
    return next((k.value.value for k in call.keywords if k.arg == name and isinstance(k.value, ast.Constant)), None)


def faults(source):
    """What in a module could run what it reads, as "line: what"."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            found += [f"{node.lineno}: import {name}" for name in names if name.split(".")[0] in MODULES]
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        last = called.rpartition(".")[2]
        if called in CALLS or last in METHODS:
            found.append(f"{node.lineno}: {called}")
        if keyword(node, "shell") is True or keyword(node, "allow_pickle") is True:
            found.append(f"{node.lineno}: {called}(shell or pickle)")
        if called in ("np.load", "numpy.load") and keyword(node, "allow_pickle") is not False:
            found.append(f"{node.lineno}: {called} without allow_pickle=False")
        if called == "torch.load" and keyword(node, "weights_only") is not True:
            found.append(f"{node.lineno}: torch.load without weights_only=True")
        if keyword(node, "trust_remote_code") is True:
            found.append(f"{node.lineno}: {called} trusts remote code")
    return found


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "import yaml",
        "eval('1')",
        "exec(text)",
        "np.load(path)",
        "np.load(path, allow_pickle=True)",
        "torch.load(path)",
        "subprocess.run(command, shell=True)",
        "os.system(command)",
        "pd.read_pickle(path)",
        "AutoModel.from_pretrained(name, trust_remote_code=True)",
    ],
)
def test_the_scan_sees_each_of_them(source):
    assert faults(source)


def test_no_module_of_the_product_runs_what_it_reads():
    files = product_files()
    assert len(files) > 100
    found = [f"{path.relative_to(ROOT)}:{fault}" for path in files for fault in faults(path.read_text("utf-8"))]
    assert found == []


class Planted:
    """What a hostile pickle does when it is opened."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (Path.touch, (self.mark,))


def plant(path, mark, *, archived):
    """A weights file that makes the file `mark` when somebody opens it."""
    raw = pickle.dumps(Planted(mark), protocol=2)
    if not archived:
        path.write_bytes(raw)
        return
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", raw)
        archive.writestr("archive/version", "3\n")


def packaged_copy(folder):
    """The packaged model with a symbolic link per file."""
    return Path(shutil.copytree(packaged_folder(), folder, copy_function=os.symlink))


@pytest.mark.parametrize("archived", [True, False])
@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt"])
def test_an_embedding_model_of_pickled_weights_is_refused_unopened(tmp_path, name, archived):
    folder = packaged_copy(tmp_path / "model")
    (folder / "model.safetensors").unlink()
    plant(folder / name, tmp_path / "opened", archived=archived)
    with pytest.raises(ModelError, match=f"{name}.*never opened.*safetensors"):
        embed(["a"], model=str(folder))
    assert not (tmp_path / "opened").exists()


def test_a_pickled_part_in_a_folder_below_is_refused(tmp_path):
    folder = packaged_copy(tmp_path / "model")
    (folder / "3_Dense").mkdir()
    plant(folder / "3_Dense" / "pytorch_model.bin", tmp_path / "opened", archived=True)
    with pytest.raises(ModelError, match=r"3_Dense.pytorch_model\.bin"):
        embed(["a"], model=str(folder))
    assert not (tmp_path / "opened").exists()


def test_pickled_weights_beside_safetensors_are_never_opened(tmp_path):
    folder = packaged_copy(tmp_path / "model")
    plant(folder / "pytorch_model.bin", tmp_path / "opened", archived=True)
    assert embed(["a"], model=str(folder), device="cpu").vectors.shape == (1, 384)
    assert not (tmp_path / "opened").exists()


def test_code_that_comes_with_an_embedding_model_is_not_run(tmp_path):
    folder = packaged_copy(tmp_path / "model")
    (folder / "modules.json").unlink()
    (folder / "modules.json").write_text(json.dumps([{"idx": 0, "name": "0", "path": "", "type": "own.Own"}]))
    (folder / "own.py").write_text(f"open({str(tmp_path / 'opened')!r}, 'w')\nclass Own: pass\n")
    with pytest.raises(ModelError, match=r"'own\.Own'.*never run"):
        embed(["a"], model=str(folder))
    assert not (tmp_path / "opened").exists()


def ask(folder):
    """One request to the language model in a folder."""
    request = Request("a", "Text: a\nLabel:", (), (), labels=("b", "c"))
    settings = ModelSettings(tier="transformers", model=str(folder))
    return next(iter(open_scorer(settings).score([request])))


@pytest.fixture(scope="module")
def language_model(tmp_path_factory):
    """The folder of a tiny language model, saved as safetensors."""
    return build_language_model(tmp_path_factory.mktemp("language-model"))


def test_a_language_model_of_pickled_weights_is_refused_unopened(tmp_path, language_model):
    folder = Path(shutil.copytree(language_model, tmp_path / "model"))
    (folder / "model.safetensors").unlink()
    plant(folder / "pytorch_model.bin", tmp_path / "opened", archived=True)
    with pytest.raises(ModelError, match="never opened"):
        ask(folder)
    assert not (tmp_path / "opened").exists()


def test_code_that_comes_with_a_language_model_is_not_run(tmp_path, language_model):
    folder = Path(shutil.copytree(language_model, tmp_path / "model"))
    config = json.loads((folder / "config.json").read_text())
    config |= {
        "model_type": "own",
        "auto_map": {"AutoConfig": "own.OwnConfig", "AutoModelForCausalLM": "own.OwnModel"},
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "own.py").write_text(f"open({str(tmp_path / 'opened')!r}, 'w')\n")
    with pytest.raises((ModelError, ScoringError), match="cannot be loaded"):
        ask(folder)
    assert not (tmp_path / "opened").exists()
