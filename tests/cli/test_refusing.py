"""Whatever is wrong with a command is one line that begins with the name of the program, and exit code 2."""

import sys

import pytest

import votek.cli


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lint"], "Missing argument 'project'. Try: votek lint --help"),
        (["nosuch"], "No such command 'nosuch'. Try: votek --help"),
        (["lint", "shop", "--nosuch"], "No such option: --nosuch. Try: votek lint --help"),
        (["pick", "shop", "--budget", "many"], "'--budget'"),
        (["diff", "x" * 300, "shop"], "File name too long"),
    ],
)
def test_arguments_that_cannot_be_used(arguments, words, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("VOTEK_DATA", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["votek", *arguments])
    with pytest.raises(SystemExit) as end:
        votek.cli.main()
    shown = capsys.readouterr()
    assert end.value.code == 2
    assert shown.out == ""
    assert shown.err.startswith("votek: ")
    assert shown.err.count("\n") == 1
    assert words in shown.err


@pytest.mark.parametrize("arguments", [["--help"], ["lint", "--help"], ["formats", "--json"]])
def test_what_is_done_ends_with_0(arguments, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["votek", *arguments])
    with pytest.raises(SystemExit) as end:
        votek.cli.main()
    assert end.value.code == 0
    assert capsys.readouterr().err == ""


def test_without_arguments_the_guide_is_shown(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["votek"])
    with pytest.raises(SystemExit) as end:
        votek.cli.main()
    assert end.value.code == 2
    assert "Which texts should a person label?" in "".join(capsys.readouterr())
