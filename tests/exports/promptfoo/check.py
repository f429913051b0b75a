"""Lets the real promptfoo evaluate the export of all hostile texts, and compares its schema with the one kept here.

    python -m tests.exports.promptfoo.check [--version 0.123.1] [--modules FOLDER/node_modules] [--write-schema]

Needs npm, a network and some 2 GB unless `--modules` names an installed one, so it is no part of `make test`: the tests
there read `schema.json` and imitate what promptfoo does to texts. Node is the one that Playwright brings.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright._impl._driver import compute_driver_executable

from tests.exports import hostile_prompts as made

HERE = Path(__file__).parent
QUIET = {"PROMPTFOO_DISABLE_TELEMETRY": "1", "PROMPTFOO_DISABLE_UPDATE": "1"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", default="0.123.1")
    parser.add_argument("--modules", type=Path)
    parser.add_argument("--write-schema", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        modules = asked.modules.resolve() if asked.modules else installed(folder, asked.version)
        schema = run(folder, HERE / "schema.mjs", modules).stdout
        if asked.write_schema:
            (HERE / "schema.json").write_text(schema, "utf-8")
        same_schema = json.loads(schema) == json.loads((HERE / "schema.json").read_text("utf-8"))
        print("The schema is the one kept here." if same_schema else "The schema differs from the one kept here.")
        found, passed = evaluated(folder, modules)
    wanted = [made.literal(at) for at in range(made.SIZE)]
    lost = set(wanted) ^ set(found)
    print(f"{len(found)} of {len(wanted)} prompts asked, {len(lost)} changed; {passed} of {len(wanted)} tests passed.")
    return int(bool(lost) or len(found) != len(wanted) or passed != len(wanted) or not same_schema)


def installed(folder: Path, version: str) -> Path:
    command = ["npm", "install", f"promptfoo@{version}", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "node_modules"


def run(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    node, _ = compute_driver_executable()
    around = os.environ | QUIET | {"HOME": str(folder), "PROMPTFOO_CONFIG_DIR": str(folder / "home")}
    done = subprocess.run(
        [node, *map(str, arguments)], cwd=folder, env=around, text=True, stdout=subprocess.PIPE, check=False
    )
    if done.returncode not in (0, 100):  # 100: a test failed
        sys.exit(f"{arguments[0]} ended with {done.returncode}:\n{done.stdout}")
    return done


def evaluated(folder: Path, modules: Path) -> tuple[list[str], int]:
    """The prompts that a model would have been sent, and how many right answers were taken for right."""
    answers = {prompt.id: label for prompt, label in zip(made.material()["prompts"].prompts, made.LABELS, strict=True)}
    (folder / "promptfooconfig.json").write_bytes(made.content("promptfoo", answers=answers))
    shutil.copy(HERE / "provider.cjs", folder)
    entry = modules / "promptfoo" / "dist" / "src" / "entrypoint.js"
    options = ["--no-write", "--no-cache", "--no-table", "--no-progress-bar", "-o", "results.json"]
    run(folder, entry, "eval", "-c", "promptfooconfig.json", "-r", "file://provider.cjs", *options)
    asked = [json.loads(json.loads(line)) for line in (folder / "asked.jsonl").read_text("utf-8").split("\n")[:-1]]
    assert all(len(chat) == 1 and chat[0]["role"] == "user" for chat in asked)
    results = json.loads((folder / "results.json").read_text("utf-8"))["results"]
    return [chat[0]["content"] for chat in asked], results["stats"]["successes"]


if __name__ == "__main__":
    sys.exit(main())
