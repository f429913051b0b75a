"""`votek --help` is a guide: every command is in it, answers in JSON, and everything a page does has a command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import typer
from typer.testing import CliRunner

from votek.access.policy import POLICY
from votek.cli import load_commands
from votek.cli.guide import PARTS

ROOT = Path(__file__).resolve().parents[2]
SERVERS = {"app", "web", "worker"}
"""Commands that run until they are stopped and answer nothing."""

COMMANDS = {
    "projects": "projects", "create_project": "import", "project": "project", "rename_project": "project",
    "archive_project": "project", "delete_project": "project", "set_task": "task", "set_guidelines": "task",
    "set_prompts": "prompts", "has_events": "history", "members": "members", "person_names": "history",
    "invite": "members", "set_role": "members", "remove_member": "members", "audit_log": "history",
    "import_dataset": "import", "dataset": "queue", "columns": "import", "gold_columns": "import",
    "embeddings": "embed", "prepared": "pick", "projection": "map", "rounds": "pick", "selection": "pick",
    "request_preparation": "map", "request_selection": "pick", "restart_selection": "pick",
    "two_rounds": "pick", "request_second_round": "pick",
    "queue": "queue", "excluded": "queue", "add_to_queue": "queue", "exclude": "queue", "include_again": "queue",
    "record_events": "label", "events": "history", "labels": "queue",
    "set_handout": "handout", "handout_progress": "handout", "overlap_plan": "handout", "apply_overlap_plan": "handout",
    "agreement": "agreement", "answers": "agreement", "disagreements": "settle", "history": "history",
    "set_suggestions": "suggestions", "suggestion_report": "suggestions", "labelled_rows": "export",
    "prompt_set": "export", "export": "export", "export_manifest": "export", "analysis": "evaluate",
    "request_analysis": "evaluate", "model_settings": "model", "save_model_settings": "model",
    "export_files": "export", "right_answers_known": "export", "lint": "lint", "prompt_versions": "prompts",
    "restore_prompts": "prompts", "template_columns": "prompts", "bundle": "bundle", "look_into_bundle": "open-bundle",
    "open_bundle": "open-bundle", "import_labels": "import-labels", "label_imports": "import-labels",
    "take_back_labels": "import-labels",
}  # fmt: skip
"""Method of the workspace that pages use -> the command that does the same."""

IN_THE_BROWSER_ONLY = {
    "my_role", "may_make_projects",  # whoever has the command line owns the data folder
    "annotation_state", "label_and_hand", "hand", "leave", "my_rechecks",  # a person reads and decides, text by text
    "review", "to_recheck", "revisions",  # tables to look at; the log behind them is `votek history`
    "jobs", "job", "cancel_job",  # a command waits for its work, and Ctrl-C stops it
    "predictions_fit", "keep_predictions",  # `votek difficulty` and `votek groups` read the file at each call
}  # fmt: skip


def registered() -> dict[str, object]:
    """Every command by name."""
    return dict(typer.main.get_command(load_commands()).commands)  # type: ignore[attr-defined]


def test_every_command_has_its_place_in_the_guide():
    commands = registered()
    shown = CliRunner().invoke(load_commands(), ["--help"], terminal_width=100).output
    placed = [name for names in PARTS.values() for name in names]
    assert sorted(placed) == sorted(commands)
    assert all(f" {part} " in shown for part in PARTS)
    order = [shown.index(f"│ {name} ") for name in placed]
    assert order == sorted(order)


def test_every_command_that_answers_does_so_in_json_and_says_what_it_is_for():
    for name, command in registered().items():
        options = {option for parameter in command.params for option in parameter.opts}
        assert ("--json" in options) is (name not in SERVERS), name
        assert (command.help or "").split("\n")[0].endswith("."), name
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{name} {parameter.name}"


def test_everything_a_page_does_has_a_command():
    commands = registered()
    assert set(POLICY) == {*COMMANDS, *IN_THE_BROWSER_ONLY}
    assert set(COMMANDS.values()) <= set(commands)


def test_projects_are_completed_at_the_tab_key(tmp_path):
    environment = {**os.environ, "VOTEK_DATA": str(tmp_path), "VOTEK_MODEL": "votek-hash"}
    table = tmp_path / "a.csv"
    table.write_text("text\none\ntwo\n", "utf-8")

    def call(*arguments, **more):
        return subprocess.run(
            [Path(sys.executable).with_name("votek"), *arguments], cwd=ROOT, env={**environment, **more},
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip

    call("import", str(table), "--project", "Letters")
    call("import", str(table), "--project", "Numbers")
    words = {"_VOTEK_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "votek export Le"}
    shown = call(**words)
    assert "Letters" in shown
    assert "Numbers" not in shown
