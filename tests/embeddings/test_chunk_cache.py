"""The chunk cache: a stopped run goes on, damage is redone, a refusing disk is said."""

import errno
import logging

import numpy as np
import pytest

from votek.embeddings import embed
from votek.errors import Cancelled, StorageError


def stop_at(limit):
    def progress(stage, done, total):
        if done >= limit:
            raise Cancelled("stop")

    return progress


def test_a_second_run_encodes_nothing_and_gives_the_same_bits(encoder, texts, tmp_path):
    fresh = embed(texts, cache=tmp_path)
    encoder.batches.clear()
    calls = []
    again = embed(texts, cache=str(tmp_path), progress=lambda *call: calls.append(call))
    assert encoder.batches == []
    np.testing.assert_array_equal(again.vectors, fresh.vectors)
    assert calls[-1] == ("embed", 700, 700)


def test_a_cancelled_run_goes_on_at_the_chunk_it_stopped_in(encoder, texts, tmp_path):
    whole = embed(texts)
    encoder.batches.clear()
    with pytest.raises(Cancelled):
        embed(texts, cache=tmp_path, progress=stop_at(400))
    assert len(encoder.batches) == 13
    encoder.batches.clear()
    resumed = embed(texts, cache=tmp_path)
    assert len(encoder.batches) == 22 - 8
    np.testing.assert_array_equal(resumed.vectors, whole.vectors)
    assert list(tmp_path.rglob("*.part")) == []


def test_cancel_at_the_start_encodes_nothing(encoder, texts):
    with pytest.raises(Cancelled):
        embed(texts, progress=stop_at(0))
    assert encoder.batches == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-40]),
        lambda path: path.write_bytes(path.read_bytes()[:-4] + b"\1\2\3\4"),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"nonsense" * 100),
        lambda path: path.unlink(),
    ],
    ids=["cut short", "changed", "empty", "no npy", "gone"],
)
def test_a_damaged_chunk_is_computed_again_and_said(encoder, texts, tmp_path, caplog, damage):
    fresh = embed(texts, cache=tmp_path)
    encoder.batches.clear()
    damage(sorted(tmp_path.rglob("*.npy"))[0])
    with caplog.at_level(logging.WARNING):
        again = embed(texts, cache=tmp_path)
    np.testing.assert_array_equal(again.vectors, fresh.vectors)
    assert 0 < len(encoder.batches) <= 8
    assert "computed again" in caplog.text
    encoder.batches.clear()
    embed(texts, cache=tmp_path)
    assert encoder.batches == [], "the mended chunk was not kept"


def test_chunks_of_another_batch_size_model_or_device_are_not_used(encoder, texts, tmp_path, monkeypatch):
    embed(texts[:64], cache=tmp_path)
    for options in ({"batch_size": 16}, {"device": "cpu"}):
        encoder.batches.clear()
        embed(texts[:64], cache=tmp_path, **options)
        assert encoder.batches, options
    encoder.batches.clear()
    monkeypatch.setattr(encoder, "digest", "ab" * 32)
    embed(texts[:64], cache=tmp_path)
    assert encoder.batches


def test_a_folder_that_cannot_be_made_is_said_before_any_work(encoder, texts, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="file"):
        embed(texts, cache=tmp_path / "file" / "cache")
    assert encoder.batches == []


def test_a_full_disk_is_said_and_leaves_no_half_file(encoder, texts, tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("votek.store.files.os.fsync", full)
        with pytest.raises(StorageError, match="disk is full"):
            embed(texts, cache=tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert len(embed(texts, cache=tmp_path)) == len(texts)
