"""Where people sign in, a tokenizer named in a project's settings opens no file outside the operator's folder."""

import shutil
from dataclasses import replace

import pytest

from votek.datatypes import PromptSettings
from votek.embeddings import packaged_tokenizer_path
from votek.errors import UnknownNameError, VotekError
from votek.prompts import check_settings, token_counter

OUTSIDE = ["../outside/tokenizer.json", "../outside", "mine/../../outside", "link", "link/tokenizer.json"]


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """The operator's folder with one model in it, and a tokenizer beside it."""
    for name in ("models/mine", "outside"):
        (tmp_path / name).mkdir(parents=True)
        shutil.copy(packaged_tokenizer_path(), tmp_path / name / "tokenizer.json")
    (tmp_path / "models" / "link").symlink_to(tmp_path / "outside")
    monkeypatch.setenv("VOTEK_MODEL_FOLDER", str(tmp_path / "models"))
    return tmp_path


@pytest.fixture
def accounts(monkeypatch):
    monkeypatch.setattr("votek.prompts.tokenizer_files.accounts_configured", lambda: True)


@pytest.mark.usefixtures("accounts")
def test_the_operators_folder_is_open(folders):
    for name in ("mine", "mine/tokenizer.json"):
        assert token_counter(name).count(["two words"]).tolist() == [2]


@pytest.mark.usefixtures("accounts")
@pytest.mark.parametrize("name", OUTSIDE)
def test_nothing_else_is_and_the_words_do_not_tell_what_is_there(folders, name):
    said = set()
    for tried in (name, name.replace("outside", "nowhere").replace("link", "nothing")):
        with pytest.raises(UnknownNameError) as caught:
            token_counter(tried)
        said.add(str(caught.value).replace(tried, "NAME"))
    absolute = str(folders / "outside" / "tokenizer.json")
    with pytest.raises(UnknownNameError):
        token_counter(absolute)
    assert len(said) == 1


@pytest.mark.usefixtures("accounts")
def test_without_a_folder_no_file_is_open(folders, monkeypatch):
    monkeypatch.delenv("VOTEK_MODEL_FOLDER")
    for name in ("mine", "/etc/passwd", str(folders / "outside"), "."):
        with pytest.raises(UnknownNameError):
            check_settings(replace(PromptSettings(), tokenizer=name))


def test_the_one_person_of_a_computer_may_name_any_file(folders):
    assert token_counter(str(folders / "outside")).count(["two words"]).tolist() == [2]
    with pytest.raises(VotekError):
        token_counter(str(folders / "nowhere"))
