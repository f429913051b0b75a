"""What every encoder promises, whichever model stands behind it."""

import numpy as np
import pytest

from votek.embeddings import open_encoder

TEXTS = [
    "Where is my parcel?",
    "Where is my parcel??",
    "",
    " \n\t",
    "Wo bleibt mein Päckchen?",
    "荷物はどこですか 📦",
    "شحنتي لم تصل",
    "a\0b",
    "word " * 2_000,
    "x" * 100_000,
]


@pytest.fixture(params=["votek-hash", "all-MiniLM-L6-v2"], scope="module")
def contract_encoder(request):
    return open_encoder(request.param, device="cpu")


def test_vectors_have_the_promised_form(contract_encoder):
    vectors = contract_encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), contract_encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_the_same_call_gives_the_same_bits(contract_encoder):
    np.testing.assert_array_equal(contract_encoder.encode(TEXTS), contract_encoder.encode(TEXTS))


def test_the_batch_hardly_changes_a_vector(contract_encoder):
    together = contract_encoder.encode(TEXTS)
    alone = np.concatenate([contract_encoder.encode([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_different_texts_get_different_vectors(contract_encoder):
    parcel, _, empty, _, german, japanese, arabic, *_ = contract_encoder.encode(TEXTS)
    others = np.stack([empty, german, japanese, arabic])
    assert (others @ parcel < 0.95).all()


def test_lengths_grow_with_the_text_and_are_whole_numbers(contract_encoder):
    lengths = contract_encoder.lengths(["one", "one two three four five", ""])
    assert lengths.dtype == np.int64
    assert lengths[2] <= lengths[0] < lengths[1]
    assert contract_encoder.lengths([]).shape == (0,)


def test_no_texts_give_no_lengths_and_a_name_and_digest_exist(contract_encoder):
    assert contract_encoder.name in {"votek-hash", "all-MiniLM-L6-v2"}
    assert len(bytes.fromhex(contract_encoder.digest)) == 32


def test_the_default_reads_256_tokens_and_ignores_the_rest():
    encoder = open_encoder("all-MiniLM-L6-v2", device="cpu")
    start = "word " * 300
    assert encoder.lengths([start, "x" * 100_000, "card"]).tolist() == [256, 3, 3]
    one, other = encoder.encode([start + "about cards", start + "about rain"])
    np.testing.assert_array_equal(one, other)
