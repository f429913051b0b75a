"""`embed`: order, batches, equal texts, the mean, progress and what is refused."""

import numpy as np
import pytest

from votek.embeddings import embed
from votek.embeddings.standin import HashEncoder
from votek.errors import InputError, ModelError


def test_vectors_are_those_of_the_encoder_in_the_order_given(texts):
    result = embed(texts, model="votek-hash")
    np.testing.assert_array_equal(result.vectors, HashEncoder().encode(texts))
    assert (result.model, result.model_digest) == ("votek-hash", HashEncoder.digest)
    assert not result.vectors.flags.writeable


def test_batches_hold_texts_of_like_length_and_each_distinct_text_once(encoder, texts):
    embed(texts + texts[:50], batch_size=32)
    sizes = [len(batch) for batch in encoder.batches]
    assert sizes == [32] * 21 + [28]
    sent = [text for batch in encoder.batches for text in batch]
    assert sorted(sent) == sorted(texts)
    lengths = encoder.lengths(sent)
    assert (np.diff(lengths) <= 0).all()


def test_equal_texts_get_equal_bits_and_count_in_the_mean():
    result = embed(["rain", "sun and rain", "rain", "rain"], model="votek-hash")
    np.testing.assert_array_equal(result.vectors[0], result.vectors[2])
    np.testing.assert_array_equal(result.vectors[0], result.vectors[3])
    expected = result.vectors.astype(np.float64).mean(axis=0).astype(np.float32)
    np.testing.assert_array_equal(result.mean, expected)


def test_batches_do_not_depend_on_the_order_of_the_file(encoder, texts):
    embed(texts)
    first, encoder.batches = encoder.batches, []
    embed(texts[::-1] + texts[:3])
    assert encoder.batches == first


def test_the_mean_is_summed_in_double_precision(monkeypatch):
    class Large(HashEncoder):
        dimension = 1

        def encode(self, texts):
            return np.array([[1e8] if text == "0" else [1.0] for text in texts], dtype=np.float32)

    monkeypatch.setattr("votek.embeddings.pool.open_encoder", lambda model, device: Large())
    result = embed([str(i) for i in range(1_000)])
    assert result.mean[0] == np.float32((1e8 + 999) / 1_000)


def test_no_texts_give_an_empty_pool():
    calls = []
    result = embed([], model="votek-hash", progress=lambda *call: calls.append(call))
    assert result.vectors.shape == (0, 64)
    np.testing.assert_array_equal(result.mean, np.zeros(64))
    assert calls == [("embed", 0, 0)]


def test_progress_counts_given_texts_and_ends_at_all(texts):
    calls = []
    embed(texts + texts[:100], model="votek-hash", progress=lambda *call: calls.append(call))
    assert {stage for stage, _, _ in calls} == {"embed"}
    assert {total for *_, total in calls} == {800}
    done = [done for _, done, _ in calls]
    assert done[0] == 0
    assert done[-1] == 800
    assert len(done) == 1 + 22
    assert (np.diff(done) > 0).all()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("one text", "give a list of strings"),
        (["fine", 3], "Text 1 is int 3"),
        (["fine", None], "Text 1 is NoneType"),
        (["fine", "half \ud83d"], "Text 1 holds half of a character pair .* position 5"),
    ],
    ids=["bare string", "number", "None", "lone surrogate"],
)
def test_what_is_no_list_of_texts_is_refused(given, said):
    with pytest.raises(InputError, match=said):
        embed(given, model="votek-hash")


@pytest.mark.parametrize("batch_size", [0, -1, 2.5, True, "32"])
def test_a_batch_size_below_one_is_refused(batch_size):
    with pytest.raises(InputError, match=r"batch_size is .*at least 1"):
        embed(["a"], model="votek-hash", batch_size=batch_size)


def test_vectors_that_are_not_finite_are_refused_and_not_kept(monkeypatch, tmp_path):
    class Broken(HashEncoder):
        def encode(self, texts):
            return np.full((len(texts), 64), np.nan, dtype=np.float32)

    monkeypatch.setattr("votek.embeddings.pool.open_encoder", lambda model, device: Broken())
    with pytest.raises(ModelError, match="NaN or infinite"):
        embed(["a"], cache=tmp_path)
    assert list(tmp_path.rglob("*.npy")) == []
