"""A real server on a free port with a data folder of its own, a real Chromium, and the labeler as a person sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.accounts import AccountsServer
from tests.e2e.serving import ROOT, Server
from votek.datatypes import Project

__all__ = ["ROOT", "AccountsServer", "LabelerPage", "Server"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server per test module; tests make projects of their own in it."""
    made = Server(tmp_path_factory.mktemp("votek"))
    made.start()
    yield made
    made.close()


@pytest.fixture(scope="module")
def accounts_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccountsServer]:
    """A server where people sign in, one per test module: `sign_in(context, email)` gives a signed-in tab.

    Two people are two contexts: `ada = accounts_server.sign_in(new_context(), "ada@example.org")`. Give them a
    role before: `accounts_server.invite(project, "ada@example.org", "annotator")`; admin@example.org may make projects.
    `accounts_server.project(texts)` makes one that the admin owns until it gets an owner.
    """
    made = AccountsServer(tmp_path_factory.mktemp("accounts"))
    made.start()
    yield made
    made.close()


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
