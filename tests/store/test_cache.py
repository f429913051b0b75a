"""Stored stages: whole or absent, checked against their digest, never pickled, never lost to a full disk."""

import errno
import json
import logging
import os

import numpy as np
import pytest

from votek.errors import StorageError
from votek.store.cache import StageCache

ARRAYS = {
    "vectors": np.arange(3000, dtype=np.float32).reshape(1000, 3),
    "rows": np.arange(5, dtype=np.int64),
    "empty": np.empty((0, 4), dtype=np.float32),
    "scalar": np.array(7.5),
}


@pytest.fixture
def cache(tmp_path):
    return StageCache(tmp_path / "stages")


def stored(cache, kind):
    return sorted(path for path in (cache.folder / kind).iterdir())


def test_what_goes_in_comes_out(cache):
    cache.put("a-1", ARRAYS)
    for reader in (cache, StageCache(cache.folder)):
        found = reader.get("a-1")
        assert found.keys() == ARRAYS.keys()
        for name, array in ARRAYS.items():
            assert found[name].dtype == array.dtype
            assert found[name].shape == array.shape
            assert np.array_equal(found[name], array)


def test_absent_key(cache):
    assert cache.get("nothing") is None


def test_arrays_cannot_be_changed(cache):
    cache.put("a", ARRAYS)
    for array in cache.get("a").values():
        assert not array.flags.writeable


def test_large_arrays_are_memory_maps(cache):
    cache.put("a", ARRAYS)
    assert isinstance(cache.get("a")["vectors"], np.memmap)


def test_a_non_contiguous_array_is_stored_by_its_values(cache):
    cache.put("a", {"x": ARRAYS["vectors"].T, "y": ARRAYS["vectors"][::2]})
    assert np.array_equal(cache.get("a")["x"], ARRAYS["vectors"].T)
    assert np.array_equal(cache.get("a")["y"], ARRAYS["vectors"][::2])


def test_equal_arrays_are_stored_once(cache):
    cache.put("a", {"x": ARRAYS["vectors"]})
    cache.put("b", {"y": ARRAYS["vectors"].copy(), "z": ARRAYS["rows"]})
    assert len(stored(cache, "arrays")) == 2


def test_same_bytes_of_another_shape_or_type_are_another_array(cache):
    zeros = np.zeros(8, dtype=np.int32)
    cache.put("a", {"x": zeros, "y": zeros.reshape(2, 4), "z": zeros.view(np.float32)})
    found = cache.get("a")
    assert (found["x"].shape, found["y"].shape, found["z"].dtype) == ((8,), (2, 4), np.float32)


def test_a_key_is_replaced(cache):
    cache.put("a", {"x": ARRAYS["rows"]})
    cache.put("a", {"y": ARRAYS["vectors"]})
    assert cache.get("a").keys() == {"y"}


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "other", "gone"])
def test_a_damaged_array_is_not_returned_and_can_be_stored_again(cache, damage, caplog):
    cache.put("a", {"x": ARRAYS["vectors"]})
    (path,) = stored(cache, "arrays")
    content = path.read_bytes()
    os.utime(path, ns=(1, 1))
    if damage == "flip":
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    elif damage == "cut":
        path.write_bytes(content[:-100])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "other":
        path.write_bytes(b"GIF89a" * 100)
    else:
        path.unlink()
    with caplog.at_level(logging.WARNING):
        assert cache.get("a") is None
    assert "computed again" in caplog.text
    assert cache.get("a") is None
    cache.put("a", {"x": ARRAYS["vectors"]})
    assert np.array_equal(cache.get("a")["x"], ARRAYS["vectors"])


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b'{"x": "0000"}', b"\xff\xfe"])
def test_a_damaged_key_file_is_not_believed(cache, content, caplog):
    cache.put("a", {"x": ARRAYS["rows"]})
    (path,) = stored(cache, "keys")
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert cache.get("a") is None
    assert "damaged" in caplog.text
    assert not path.exists()


def test_pickled_arrays_are_refused_both_ways(cache, tmp_path):
    with pytest.raises(ValueError, match="pickle"):
        cache.put("a", {"x": np.array([{}], dtype=object)})
    cache.put("a", {"x": ARRAYS["vectors"]})
    (path,) = stored(cache, "arrays")
    np.save(tmp_path / "evil.npy", np.array([{"run": "me"}], dtype=object), allow_pickle=True)
    path.write_bytes((tmp_path / "evil.npy").read_bytes())
    assert cache.get("a") is None


@pytest.mark.parametrize("key", ["", "../a", "a/b", "a.b", "a b", "/etc/passwd"])
def test_a_key_cannot_name_a_path(cache, key):
    with pytest.raises(ValueError, match="cannot name"):
        cache.put(key, ARRAYS)
    with pytest.raises(ValueError, match="cannot name"):
        cache.get(key)


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("fail_at", [1, 2, 3])
def test_a_full_disk_leaves_the_earlier_value_and_no_half_file(cache, monkeypatch, call, fail_at):
    cache.put("a", {"x": ARRAYS["rows"]})
    before = {path: path.read_bytes() for path in cache.folder.rglob("*") if path.is_file()}
    real, calls = getattr(os, call), []

    def full(*args, **kwargs):
        calls.append(args)
        if len(calls) >= fail_at:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*args, **kwargs)

    monkeypatch.setattr(os, call, full)

    def put_three():
        for place in range(3):
            cache.put("a", {"x": np.full(1000, place)})

    with pytest.raises(StorageError, match=r"disk is full.*Free some space"):
        put_three()
    monkeypatch.undo()
    assert not list(cache.folder.rglob("*.part"))
    found = cache.get("a")
    assert found is not None
    assert np.array_equal(found["x"], ARRAYS["rows"]) or len(found["x"]) == 1000
    for path, content in before.items():
        if path.suffix == ".npy":
            assert path.read_bytes() == content


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "stages").write_text("in the way")
    with pytest.raises(StorageError, match=r"cannot be written.*VOTEK_DATA"):
        StageCache(tmp_path / "stages").put("a", ARRAYS)


def test_dropping_keys_keeps_arrays_that_others_list(cache):
    cache.put("a", {"x": ARRAYS["vectors"], "y": ARRAYS["rows"]})
    cache.put("b", {"x": ARRAYS["vectors"]})
    cache.drop(["a", "never-there"])
    assert cache.get("a") is None
    assert np.array_equal(cache.get("b")["x"], ARRAYS["vectors"])
    assert len(stored(cache, "arrays")) == 1
    cache.drop(["b"])
    assert stored(cache, "arrays") == []


def test_key_files_are_readable_json(cache):
    cache.put("a", {"x": ARRAYS["rows"]})
    (path,) = stored(cache, "keys")
    listed = json.loads(path.read_text())
    assert [f"{digest}.npy" for digest in listed.values()] == [p.name for p in stored(cache, "arrays")]
