"""Key to next text painted, and key to label stored, in a real browser: `python -m benchmarks.labelling`.

100 texts are labelled by keyboard, once on an idle server and once while the worker embeds 10,000
texts beside it. Painted: from the key event to the second animation frame after it, so at most one
frame (17 ms at 60 Hz) is counted too much. Stored: until the server has acknowledged the label.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, expect, sync_playwright

from votek.datasets import read_dataset
from votek.datatypes import LabelSpec, TaskSpec
from votek.settings import Settings
from votek.workspace import Workspace, label_color

__all__ = ["main", "run"]

TEXTS, LOAD_TEXTS = 100, 10_000
PACE_MS = 120
PAINT_TARGET_MS, STORE_TARGET_MS = 50.0, 150.0
ROOT = Path(__file__).resolve().parent.parent

_WATCH = """
window.measured = { painted: [], stored: [], waiting: [] };
addEventListener("keydown", (event) => {
  measured.waiting.push(event.timeStamp);
  requestAnimationFrame(() => requestAnimationFrame(() => {
    measured.painted.push(performance.now() - event.timeStamp);
  }));
}, true);
const send = window.fetch;
window.fetch = async (target, options) => {
  const answer = await send(target, options);
  if (String(target).endsWith("/api/labels") && answer.ok) {
    const now = performance.now();
    const events = JSON.parse(options.body).events.length;
    for (const from of measured.waiting.splice(0, events)) measured.stored.push(now - from);
  }
  return answer;
};
"""


def _import(space: Workspace, folder: Path, name: str, texts: list[str]) -> str:
    project = space.create_project(name)
    file = folder / f"{name}.jsonl"
    file.write_text("\n".join(json.dumps({"text": text}) for text in texts), "utf-8")
    space.import_dataset(project.id, read_dataset(file), role="pool", name=file.name)
    labels = tuple(LabelSpec(f"label {i + 1}", label_color(i)) for i in range(8))
    space.set_task(project.id, TaskSpec(type="single", labels=labels))
    return project.id


def _texts(count: int, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    words = [f"{a}{b}" for a in ("par", "ord", "ref", "lam", "cus", "add") for b in ("cel", "er", "und", "p", "tom")]
    return [f"{i}: " + " ".join(rng.choice(words, rng.integers(6, 30))) for i in range(count)]


@contextmanager
def _process(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "VOTEK_DATA": str(folder)}
    with (folder / "log").open("ab") as log:
        command = [sys.executable, "-m", *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(url: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{url}/api/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"the server at {url} did not start")


def _label_all(page: Page, url: str, project: str) -> dict[str, Any]:
    page.goto(f"{url}/Annotate?project={project}")
    expect(page.locator(".labeler[data-painted]")).to_be_visible(timeout=60_000)
    for i in range(TEXTS):
        page.keyboard.press("12345678"[i % 8])
        page.wait_for_timeout(PACE_MS)
    expect(page.locator(".labeler .saved")).to_have_text("All saved", timeout=60_000)
    return dict(page.evaluate("measured"))


def _rows(condition: str, measured: dict[str, Any], stored: int) -> list[dict[str, Any]]:
    rows = []
    for name, target in (("painted", PAINT_TARGET_MS), ("stored", STORE_TARGET_MS)):
        times = np.asarray(measured[name])
        p50, p95 = np.percentile(times, [50, 95])
        row = {"name": f"key to {name}, {condition}", "count": len(times), "labels_in_store": stored}
        rows.append(
            {**row, "p50_ms": float(p50), "p95_ms": float(p95), "max_ms": float(times.max()), "target_ms": target}
        )
    return rows


def run() -> list[dict[str, Any]]:
    """Rows of {name, count, labels_in_store, p50_ms, p95_ms, max_ms, target_ms}."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        space = Workspace.open(Settings(data=folder))
        system = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
        browser = playwright.chromium.launch(executable_path=system, args=["--no-sandbox"])
        with _process(folder, "streamlit", "run", "app.py", "--server.port", str(port)):
            _wait_for(url)
            rows += _measure(space, folder, browser.new_page(), url, "idle")
            space.request_preparation(_import(space, folder, "load", _texts(LOAD_TEXTS, 1)))
            with _process(folder, "votek.cli", "worker"):
                _wait_until_embedding(space)
                rows += _measure(space, folder, browser.new_page(), url, "while the worker embeds")
                if not _embedding(space):
                    rows[-1]["note"] = rows[-2]["note"] = "the worker was done before the last key"
        browser.close()
        space.close()
    return rows


def _measure(space: Workspace, folder: Path, page: Page, url: str, condition: str) -> list[dict[str, Any]]:
    page.add_init_script(_WATCH)
    project = _import(space, folder, condition.replace(" ", "-"), _texts(TEXTS, 2))
    space.add_to_queue(project, list(range(TEXTS)))
    measured = _label_all(page, url, project)
    page.close()
    return _rows(condition, measured, len(space.labels(project)))


def _embedding(space: Workspace) -> bool:
    load = next(summary.project.id for summary in space.projects() if summary.project.name == "load")
    return any(job.state == "running" and job.stages.get("embed", (0, 0))[0] for job in space.jobs(load, active=True))


def _wait_until_embedding(space: Workspace) -> None:
    deadline = time.monotonic() + 120
    while not _embedding(space):
        if time.monotonic() > deadline:
            raise SystemExit("the worker did not begin to embed within two minutes")
        time.sleep(0.2)


def main() -> None:
    """Print the rows as a table."""
    print(f"{'':38}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}{'target':>9}{'in store':>10}")
    for row in run():
        figures = f"{row['p50_ms']:9.1f}{row['p95_ms']:9.1f}{row['max_ms']:9.1f}{row['target_ms']:9.0f}"
        print(f"{row['name']:38}{figures}{row['labels_in_store']:10}  {row.get('note', '')}")


if __name__ == "__main__":
    main()
