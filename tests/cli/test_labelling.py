"""`votek label` and `votek import-labels`: labels from files, with a report of what could not be kept."""

import json

import pytest
from typer.testing import CliRunner

from votek.cli import load_commands
from votek.errors import InputError, VotekError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("VOTEK_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("VOTEK_DATABASE_URL", raising=False)
    (tmp_path / "texts.csv").write_text("key,text\na,Parcel\nb,Card\nc,Refund\n")
    (tmp_path / "labels.csv").write_text(
        "text,topic,by\nParcel,late,ann\nParcel,lost,bob\nCard,card,ann\nOther,x,ann\n"
    )
    return tmp_path


def run(*arguments, code=0):
    done = CliRunner().invoke(load_commands(), [*map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.stdout


@pytest.fixture
def shop(folder):
    run("import", folder / "texts.csv", "--project", "shop", "--id", "key")
    return folder


def label(shop, *more, code=0):
    return json.loads(
        run("label", "shop", shop / "labels.csv", "--label", "topic", "--who", "by", *more, "--json", code=code)
    )


def test_labels_of_two_people_with_a_report_and_a_way_back(shop):
    seen = label(shop, "--dry-run")
    assert (seen["preview"], seen["added"]) == (True, 3)
    done = label(shop)
    assert (done["added"], done["new_labels"], done["read"]["people"]) == (
        3,
        ["late", "lost", "card"],
        ["ann", "bob"],
    )
    assert [(one["kind"], one["count"]) for one in done["losses"]] == [("missing", 1)]
    assert label(shop)["known"] == 3
    (listed,) = json.loads(run("label", "shop", "--imports", "--json"))["imports"]
    assert (listed["added"], listed["standing"], listed["file"]) == (3, 3, "labels.csv")
    agreement = json.loads(run("agreement", "shop", "--json"))
    assert agreement["items"] == 1
    assert "3 labels" in run("label", "shop", "--take-back", listed["id"])
    assert "0 of 3" in run("label", "shop", "--imports")


def test_in_words(shop):
    said = run("label", "shop", shop / "labels.csv", "--label", "topic", "--who", "by")
    assert "3 labels added to 'shop'" in said
    assert "by ann, bob" in said
    assert "Not kept (1): Texts of the file that this project does not hold.\n  row 4: Other" in said
    assert "--take-back" in said


def test_a_file_about_other_texts_is_no(shop):
    (shop / "labels.csv").write_text("text,topic,by\nOther,x,ann\n")
    assert label(shop, code=1)["added"] == 0


def test_a_new_project_from_a_tool(folder):
    task = {"id": 1, "data": {"text": "Parcel"}, "annotations": [
        {"completed_by": who, "result": [{"from_name": "t", "type": "choices", "value": {"choices": [name]}}]}
        for who, name in ((1, "late"), (2, "late"))
    ]}  # fmt: skip
    (folder / "tasks.json").write_text(json.dumps([task]))
    done = json.loads(run("import-labels", folder / "tasks.json", "--project", "LS", "--json"))
    assert (done["read"]["tool"], done["added"], done["read"]["task"]) == ("label-studio", 2, "single")
    with pytest.raises(InputError, match="There is a project 'LS' already"):
        run("import-labels", folder / "tasks.json", "--project", "LS")


def test_what_cannot_be_done_is_one_clear_line(shop):
    for arguments in (
        ("label", "shop"),
        ("label", "shop", shop / "labels.csv", "--imports"),
        ("label", "shop", shop / "nothing.csv"),
        ("label", "shop", shop / "labels.csv", "--label", "mood"),
        ("label", "shop", shop / "labels.csv", "--match", "guess", "--label", "topic"),
        ("label", "nobody", shop / "labels.csv"),
        ("import-labels", shop / "labels.csv", "--project", "x", "--task", "guess"),
    ):
        with pytest.raises(VotekError) as error:
            run(*arguments)
        assert "\n" not in str(error.value)
