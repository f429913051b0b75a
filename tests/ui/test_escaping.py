"""Typed text in markdown: no sign keeps a meaning, and the text reads as it was typed."""

import re

import pytest

from tests.security.xss_corpus import PAYLOADS
from ui.escaping import escape


def shown(text: str) -> str:
    """What a reader of markdown sees: backslashes and the joiner have no width."""
    return re.sub(r"\\(.)", r"\1", escape(text)).replace("\u2060", "")


@pytest.mark.parametrize("text", [*PAYLOADS, "a\nb", "a\n===", "12:30:45", "a -> b", "", "\\", "&amp;"])
def test_the_text_reads_as_it_was_typed(text: str) -> None:
    assert shown(text) == text


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        (":material/home:", r":material[/_]\w+:"),
        (":smile: :+1:", r":[\w+-]+:"),
        ("https://a.example www.a.example", r"https?://|www\."),
        ("a -> b <- c <-> d -- e >= f <= g ~= h", r"(?<!\S)(<->|->|<-|--|>=|<=|~=)(?!\S)"),
    ],
)
def test_what_is_read_out_of_the_finished_text_is_kept_apart(text: str, read_as: str) -> None:
    finished = re.sub(r"\\(.)", r"\1", escape(text))
    assert re.search(read_as, text)
    assert not re.search(read_as, finished)


def test_no_sign_with_a_meaning_stays_bare() -> None:
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_{}\[\]()<>#+.!|~$:&=-]", escape("".join(PAYLOADS).replace("\\", "")))
