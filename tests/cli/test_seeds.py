"""A seed that nothing can be drawn by is one clear line, before anything takes long."""

import sys

import pytest

import votek.cli

COMMANDS = {
    "select": ["--budget", "2", "--out", "picks.jsonl"],
    "compare": ["--budget", "2"],
    "evaluate": ["--picks", "ids.txt"],
    "difficulty": ["--gold", "gold"],
    "prune": ["--out", "kept.csv"],
    "groups": ["--group", "topic", "--prediction", "answer"],
}


@pytest.mark.parametrize("seed", ["-1", str(2**32)])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_seed_out_of_range_is_one_clear_line(command, seed, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["votek", command, "texts.csv", *COMMANDS[command], "--seed", seed])
    with pytest.raises(SystemExit) as end:
        votek.cli.main()
    assert end.value.code == 2
    shown = capsys.readouterr()
    assert shown.err == f"votek: seed = {seed} cannot be used; give a whole number from 0 to 4294967295.\n"
    assert shown.out == ""
