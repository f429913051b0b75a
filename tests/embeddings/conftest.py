"""Encoders that count what they are asked for."""

import pytest

from votek.embeddings.standin import HashEncoder


class CountingEncoder(HashEncoder):
    """The stand-in, remembering every batch."""

    def __init__(self):
        self.batches = []

    def encode(self, texts):
        self.batches.append(list(texts))
        return super().encode(texts)


@pytest.fixture
def encoder(monkeypatch):
    """The encoder that `embed` will open, whatever the model is called."""
    counting = CountingEncoder()
    monkeypatch.setattr("votek.embeddings.pool.open_encoder", lambda model, device: counting)
    return counting


@pytest.fixture
def texts():
    """700 distinct texts of 1 to 12 words, not in order of length."""
    return [" ".join(f"w{(i * 7 + j) % 91}" for j in range(1 + (i * 5) % 12)) + f" n{i}" for i in range(700)]
