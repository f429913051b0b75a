"""A real server on a free port with a data folder of its own, a real Chromium, and the labeler as a person sees it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from votek.datasets import read_dataset
from votek.datatypes import LabelSpec, Project, TaskSpec
from votek.settings import Settings
from votek.workspace import Workspace, label_color

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# Software drawing, and nothing that looks for a network.
QUIET = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Two cores may be shared with many others.
expect.set_options(timeout=20_000)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """`streamlit run app.py` and, when asked for, a worker; both on one data folder."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=_free_port)
    _web: subprocess.Popen[bytes] | None = None
    _worker: subprocess.Popen[bytes] | None = None
    _workspace: Workspace | None = None

    @property
    def url(self) -> str:
        """Address of the home page."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def workspace(self) -> Workspace:
        """The same projects, seen from the test's process."""
        if self._workspace is None:
            self._workspace = Workspace.open(Settings(data=self.folder))
        return self._workspace

    def _run(self, *arguments: str, log: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "HF_HUB_OFFLINE": "1", "VOTEK_DATA": str(self.folder), **self.environment}
        environment["VOTEK_PORT"] = str(self.port)  # where the worker asks for the key of a model
        with (self.folder / log).open("ab") as output:
            command = [sys.executable, "-m", *arguments]
            return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)

    def start(self) -> None:
        """Start the web server and wait until its health route answers."""
        assert self.workspace is not None  # the database is migrated before the server opens it
        self._web = self._run("streamlit", "run", "app.py", "--server.port", str(self.port), log="web.log")
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/api/health", timeout=5) as answer:
                    assert answer.status == 200
                    return
            except (urllib.error.URLError, OSError):
                assert self._web.poll() is None, (self.folder / "web.log").read_text()[-3000:]
                time.sleep(0.1)
        pytest.fail(f"the server did not start: {(self.folder / 'web.log').read_text()[-3000:]}")

    def kill(self) -> None:
        """End the web server at once, as a crash would."""
        assert self._web is not None
        self._web.send_signal(signal.SIGKILL)
        self._web.wait()

    def restart(self) -> None:
        """Kill the web server if it still runs, and start it on the same port and folder."""
        if self._web is not None and self._web.poll() is None:
            self.kill()
        self.start()

    def start_worker(self) -> None:
        """Start the worker, unless it runs."""
        if self._worker is None or self._worker.poll() is not None:
            self._worker = self._run("votek.cli", "worker", log="worker.log")

    def close(self) -> None:
        """Stop everything."""
        for process in (self._web, self._worker):
            if process is not None and process.poll() is None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        if self._workspace is not None:
            self._workspace.close()

    def project(
        self,
        texts: Sequence[str],
        labels: Sequence[str] = ("alpha", "beta", "gamma"),
        *,
        kind: str = "single",
        queued: int | None = None,
        guidelines: str = "",
        definitions: Sequence[str] = (),
        name: str = "Labelling",
    ) -> Project:
        """A project whose first `queued` texts (default: all) wait to be labelled, in file order."""
        space = self.workspace
        project = space.create_project(name)
        table = self.folder / f"{project.id}.jsonl"
        table.write_text("\n".join(_json({"id": f"t{i}", "text": text}) for i, text in enumerate(texts)), "utf-8")
        space.import_dataset(project.id, read_dataset(table, id="id"), role="pool", name="texts.jsonl")
        words = [*definitions, *[""] * len(labels)]
        specs = tuple(
            LabelSpec(label, label_color(i), definition=words[i]) for i, label in enumerate(labels) if kind != "text"
        )
        space.set_task(project.id, TaskSpec(type=kind, labels=specs))  # type: ignore[arg-type]
        if guidelines:
            space.set_guidelines(project.id, guidelines)
        rows = range(len(texts) if queued is None else queued)
        if rows:
            space.add_to_queue(project.id, list(rows))
        return space.project(project.id)

    def labels(self, project: Project) -> dict[str, Any]:
        """item -> value of the label in force."""
        return {item: label.value for item, label in self.workspace.labels(project.id).items()}


def _json(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server per test module; tests make projects of their own in it."""
    made = Server(tmp_path_factory.mktemp("votek"))
    made.start()
    yield made
    made.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, started once."""
    system = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=system, args=[*QUIET, "--enable-unsafe-swiftshader", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def new_context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """`new_context(**options)`: a fresh browser profile; one whose pages raise script errors fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def make(**options: Any) -> BrowserContext:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        context.on("weberror", lambda error: errors.append(str(error.error)))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page of a fresh profile."""
    return new_context().new_page()


# Notes, for each key, what was on the screen when it went down; for each click that there was one.
_WATCH = """
(() => {
  const find = (root, selector) => {
    const found = root.querySelector(selector);
    if (found) return found;
    for (const element of root.querySelectorAll("*")) {
      const inside = element.shadowRoot && find(element.shadowRoot, selector);
      if (inside) return inside;
    }
    return null;
  };
  let body = null;
  let root = null;
  const shown = () => {
    if (!body?.isConnected) body = find(document, ".labeler .body");
    return body ? body.textContent : null;
  };
  window.watched = { keys: [], mouse: 0, paints: [], saved: [] };
  window.labelerPart = (selector) => find(document, selector);
  addEventListener("keydown", (event) => {
    if (!event.isTrusted) return;
    const from = event.timeStamp;
    watched.keys.push({ key: event.key, text: shown() });
    requestAnimationFrame(() => requestAnimationFrame(() => watched.paints.push(performance.now() - from)));
  }, true);
  for (const name of ["mousedown", "mousemove", "pointerdown", "touchstart", "wheel"]) {
    addEventListener(name, (event) => { if (event.isTrusted) watched.mouse += 1; }, true);
  }
})();
"""


_PAINTED = """
new Promise((done) => {
  const look = () => (labelerPart(".labeler[data-painted]") ? done() : requestAnimationFrame(look));
  requestAnimationFrame(() => requestAnimationFrame(look));
})
"""


@dataclass
class LabelerPage:
    """The Annotate page in one tab."""

    page: Page
    url: str

    @property
    def text(self) -> str:
        """The text that is shown."""
        return self.page.locator(".labeler .body").text_content() or ""

    @property
    def where(self) -> str:
        """Its place in the queue, and its marks."""
        return self.page.locator(".labeler .where").inner_text()

    @property
    def count(self) -> str:
        """How far it is: "3 of 40 labelled"."""
        return self.page.locator(".labeler .count").inner_text()

    @property
    def saved(self) -> str:
        """What it says about saving."""
        return self.page.locator(".labeler .saved").inner_text()

    def open(self) -> LabelerPage:
        """Load the page and wait for the first text."""
        self.page.goto(self.url)
        expect(self.page.locator(".labeler[data-painted]")).to_be_visible()
        return self

    def reload(self) -> None:
        """Refresh the tab and wait for the text it goes on with."""
        self.page.reload()
        expect(self.page.locator(".labeler[data-painted]")).to_be_visible()

    def press(self, *keys: str) -> None:
        """Press keys one after the other, each after the text before it was painted."""
        for key in keys:
            self.page.keyboard.press(key)
            self.page.evaluate(_PAINTED)

    def all_saved(self, timeout: float = 30_000) -> None:
        """Wait until it says that everything is saved."""
        expect(self.page.locator(".labeler .saved")).to_have_text("All saved", timeout=timeout)

    def watched(self, name: str) -> Any:
        """What the page noted: keys, mouse, paints."""
        return self.page.evaluate(f"watched.{name}")


@pytest.fixture
def open_labeler(server: Server, new_context: Callable[..., BrowserContext]) -> Callable[..., LabelerPage]:
    """`open_labeler(project, context=None, **options)`: the Annotate page of a project in a new tab."""

    def make(project: Project, context: BrowserContext | None = None, **options: Any) -> LabelerPage:
        context = context or new_context(**options)
        tab = context.new_page()
        tab.add_init_script(_WATCH)
        return LabelerPage(tab, f"{server.url}/Annotate?project={project.id}").open()

    return make
