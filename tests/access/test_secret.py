"""The signing key is made once, kept private, and never a weak or a default one."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from votek.access import load_secret, mint_token, read_token, rotate_key
from votek.errors import AccessError, InputError, StorageError
from votek.settings import Settings


def settings(folder: Path, secret: str | None = None) -> Settings:
    return Settings(data=folder, secret=secret)


def test_it_is_made_once_and_private(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    first = load_secret(settings(folder))
    assert len(first) >= 32
    assert load_secret(settings(folder)) == first
    assert (folder / "secret").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in folder.iterdir()] == ["secret"]


def test_two_folders_have_two_keys(tmp_path: Path) -> None:
    assert load_secret(settings(tmp_path / "a")) != load_secret(settings(tmp_path / "b"))


def test_a_key_that_others_can_read_is_made_private(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s" * 40)
    (tmp_path / "secret").chmod(0o644)
    assert load_secret(settings(tmp_path)) == "s" * 40
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_the_variable_wins_and_writes_nothing(tmp_path: Path) -> None:
    assert load_secret(settings(tmp_path, "v" * 20)) == "v" * 20
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", ["", "short", "x" * 15])
def test_a_weak_key_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(InputError, match=r"VOTEK_SECRET has .* at least 16"):
        load_secret(settings(tmp_path, given))
    (tmp_path / "secret").write_text(given)
    with pytest.raises(InputError, match="at least 16"):
        load_secret(settings(tmp_path))


def test_a_key_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"\xff\xfe\x00" * 20)
    with pytest.raises(InputError, match="Delete it"):
        load_secret(settings(tmp_path))


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    found: list[str] = []
    starters = [threading.Thread(target=lambda: found.append(load_secret(settings(tmp_path)))) for _ in range(16)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert len(found) == 16
    assert len(set(found)) == 1


def test_a_folder_that_cannot_be_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="VOTEK_DATA"):
        load_secret(settings(tmp_path / "file"))


def test_several_keys_in_the_variable(tmp_path: Path) -> None:
    assert load_secret(settings(tmp_path, f"{'a' * 20}, {'b' * 20}")) == f"{'a' * 20},{'b' * 20}"
    with pytest.raises(InputError, match="at least 16"):
        load_secret(settings(tmp_path, f"{'a' * 20},"))


def test_a_new_key_signs_and_the_earlier_one_counts_until_its_tokens_have_expired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load_secret(settings(tmp_path))
    token = mint_token(first, project="p", person="a")
    assert rotate_key(settings(tmp_path)) == 1
    both = load_secret(settings(tmp_path))
    assert both.split(",")[1:] == [first]
    assert both.split(",")[0] != first
    assert read_token(both, token).person == "a"
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["secret"]
    assert rotate_key(settings(tmp_path)) == 2
    later = time.time() + 3700
    monkeypatch.setattr("votek.access.secret.time.time", lambda: later)
    assert len(load_secret(settings(tmp_path)).split(",")) == 1
    assert rotate_key(settings(tmp_path)) == 1


def test_a_key_that_leaked_is_dropped_at_once(tmp_path: Path) -> None:
    token = mint_token(load_secret(settings(tmp_path)), project="p", person="a")
    assert rotate_key(settings(tmp_path), keep=False) == 0
    with pytest.raises(AccessError, match="not made by this server"):
        read_token(load_secret(settings(tmp_path)), token)


def test_a_key_from_the_variable_is_changed_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="write a new one before it"):
        rotate_key(settings(tmp_path, "v" * 20))
    assert list(tmp_path.iterdir()) == []
