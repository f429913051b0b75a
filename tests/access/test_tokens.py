"""Tokens say who may label where, and nobody can make or stretch one without the key."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from votek.access import mint_token, read_token
from votek.errors import AccessError

SECRET = "k" * 32


def test_a_token_carries_its_project_and_person() -> None:
    token = mint_token(SECRET, project="p-1", person="Ada Łovelace 🦊")
    grant = read_token(SECRET, token)
    assert (grant.project, grant.person) == ("p-1", "Ada Łovelace 🦊")
    assert abs(grant.since.timestamp() - time.time()) < 5
    assert token.isascii()
    assert not set(token) & set(" \"'<>&;\n")


def test_it_expires_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("votek.access.tokens.time.time", lambda: 1000.0)
    token = mint_token(SECRET, project="p", person="a", seconds=60)
    monkeypatch.setattr("votek.access.tokens.time.time", lambda: 1059.9)
    assert read_token(SECRET, token).person == "a"
    monkeypatch.setattr("votek.access.tokens.time.time", lambda: 1060.0)
    with pytest.raises(AccessError, match="expired"):
        read_token(SECRET, token)


def test_another_key_is_refused() -> None:
    with pytest.raises(AccessError, match="not made by this server"):
        read_token("z" * 32, mint_token(SECRET, project="p", person="a"))


def test_no_single_character_can_be_changed() -> None:
    token = mint_token(SECRET, project="p", person="a")
    for i, character in enumerate(token[:-1]):  # the last one may carry unused bits
        changed = token[:i] + ("A" if character != "A" else "B") + token[i + 1 :]
        with pytest.raises(AccessError):
            read_token(SECRET, changed)


@pytest.mark.parametrize("token", [None, "", 3, ["x"], {"a": 1}, "é", "a.b", ".", "x" * 5000, "\ud800"])
def test_anything_else_is_refused_with_what_to_do(token: object) -> None:
    with pytest.raises(AccessError, match="Annotate page"):
        read_token(SECRET, token)


def test_a_payload_of_another_shape_is_refused() -> None:
    from votek.access.tokens import _serializer

    for payload in (["p"], {"p": "x"}, "text", 7, None):
        with pytest.raises(AccessError):
            read_token(SECRET, _serializer(SECRET).dumps(payload))


def test_a_token_for_one_purpose_is_worth_nothing_for_another() -> None:
    with pytest.raises(AccessError, match="not made by this server"):
        read_token(SECRET, mint_token(SECRET, project="p", person="a"), purpose="keys")
    with pytest.raises(AccessError, match="not made by this server"):
        read_token(SECRET, mint_token(SECRET, project="p", person="a", purpose="keys"))
    assert (
        read_token(SECRET, mint_token(SECRET, project="p", person="a", purpose="keys"), purpose="keys").project == "p"
    )


def test_it_carries_when_the_session_began() -> None:
    began = dt.datetime(2026, 3, 1, 12, 30, 5, 250_000, tzinfo=dt.UTC)
    assert read_token(SECRET, mint_token(SECRET, project="p", person="a", since=began)).since == began


def test_no_token_is_valid_for_more_than_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    token = mint_token(SECRET, project="p", person="a", seconds=10**6)
    monkeypatch.setattr("votek.access.tokens.time.time", lambda: now + 3602)
    with pytest.raises(AccessError, match="expired"):
        read_token(SECRET, token)


def test_the_first_of_several_keys_signs_and_all_are_accepted() -> None:
    old, new = "o" * 32, "n" * 32
    token = mint_token(old, project="p", person="a")
    assert read_token(f"{new},{old}", token).person == "a"
    assert read_token(new, mint_token(f"{new},{old}", project="p", person="a")).person == "a"
    with pytest.raises(AccessError, match="not made by this server"):
        read_token(old, mint_token(f"{new},{old}", project="p", person="a"))
    with pytest.raises(AccessError, match="not made by this server"):
        read_token(new, token)
