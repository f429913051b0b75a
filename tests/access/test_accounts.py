"""Accounts are on exactly when secrets.toml says so, and a mistake in it lets nobody in."""

from pathlib import Path

import pytest

from votek.access.accounts import _configured, accounts_configured, check_address, sign_in_providers
from votek.errors import InputError

SHARED = f'redirect_uri = "http://localhost:8501/oauth2callback"\ncookie_secret = "{"k" * 40}"\n'
PROVIDER = 'client_id = "votek"\nclient_secret = "s"\nserver_metadata_url = "https://id.example.org/metadata"\n'


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`secrets(text)`: what the secrets file holds."""
    path = tmp_path / "secrets.toml"
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(path))
    _configured.cache_clear()
    return path.write_text


def test_without_a_file_or_a_section_there_are_none(secrets) -> None:
    assert sign_in_providers() == ()
    secrets('[other]\nname = "x"\n')
    assert sign_in_providers() == ()
    assert not accounts_configured()


def test_one_provider_or_several_by_name(secrets) -> None:
    secrets(f"[auth]\n{SHARED}{PROVIDER}")
    assert accounts_configured()
    assert sign_in_providers() == ("default",)
    secrets(f"[auth]\n{SHARED}[auth.work]\n{PROVIDER}[auth.home]\n{PROVIDER}")
    assert sign_in_providers() == ("work", "home")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[auth]\n", "lacks redirect_uri and cookie_secret"),
        (f"[auth]\n{SHARED}", "lacks client_id and client_secret and server_metadata_url"),
        (f'[auth]\n{SHARED}[auth.work]\nclient_id = "x"\n', r"\[auth.work\] of secrets.toml lacks client_secret"),
        (f"[auth]\n{SHARED.replace('k' * 40, 'short')}{PROVIDER}", "at least 32 are needed"),
        ("[auth\n", "cannot be read"),
        ('auth = "yes"\n', "must be a section"),
    ],
)
def test_a_mistake_is_an_error_and_never_means_no_accounts(secrets, text: str, words: str) -> None:
    secrets(text)
    with pytest.raises(InputError, match=words):
        accounts_configured()


def test_the_last_file_is_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "a.toml", tmp_path / "b.toml"
    first.write_text(f"[auth]\n{SHARED}{PROVIDER}")
    second.write_text(f"[auth]\n{SHARED}[auth.work]\n{PROVIDER}")
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", f"{first} {second}")
    assert sign_in_providers() == ("work",)


def test_a_file_that_goes_away_does_not_open_the_door(secrets, tmp_path: Path) -> None:
    secrets(f"[auth]\n{SHARED}{PROVIDER}")
    assert accounts_configured()
    (tmp_path / "secrets.toml").unlink()
    assert accounts_configured()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_this_computer_may_connect_without_accounts(host: str) -> None:
    check_address(host, accounts=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org", ""])
def test_listening_beyond_it_needs_accounts(host: str) -> None:
    check_address(host, accounts=True)
    with pytest.raises(InputError, match=r"without accounts only this computer may connect.*docs/team\.md"):
        check_address(host, accounts=False)
