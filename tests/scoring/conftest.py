"""One tiny language model for all tests of scoring, and a server around it for each."""

import pytest

from tests.scoring.language_model import build_language_model
from tests.scoring.server import MODEL, serve
from votek.scoring import ModelSettings, Request

LABELS = ("delivery_status", "return_refund", "red", "dark blue")


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory):
    """The folder of a tiny model of the GPT-2 kind."""
    return build_language_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="session")
def llama_folder(tmp_path_factory):
    """The folder of a tiny model with rotary positions and a begin mark."""
    return build_language_model(tmp_path_factory.mktemp("llama"), kind="llama", seed=1)


@pytest.fixture
def server(model_folder):
    """A server of its own around the tiny model."""
    with serve(model_folder) as running:
        yield running


@pytest.fixture
def endpoint(server, monkeypatch):
    """`endpoint(way="letters", ...)`: settings that reach the server; waits between attempts are short."""
    for name in ("VOTEK_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("votek.scoring.client.FIRST_WAIT", 0.01)

    def settings(**given):
        return ModelSettings(**{"tier": "openai", "model": MODEL, "base_url": server.url, "timeout": 20.0, **given})

    return settings


@pytest.fixture
def requests_of():
    """`requests_of(n)`: n different requests, each with two demonstrations."""

    def made(count, labels=LABELS):
        asked = []
        for at in range(count):
            turn = f"Text: question number {at}\nLabel:"
            blanks = tuple(f"Text: {text}\nLabel:" for text in ("N/A", "", "[MASK]"))
            prompt = "Text: where is it\nLabel: delivery_status\n\nText: money back\nLabel: return_refund\n\n" + turn
            answers = ("delivery_status", "return_refund")
            asked.append(Request(f"item-{at}", prompt, answers, (0.2, 0.4), labels, turn, blanks))
        return asked

    return made
