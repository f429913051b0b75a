"""The Annotate page in a real Chromium, with a witness of every key and of everything it was told to be saved."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect, sync_playwright

from benchmarks.chaos.installation import LABELS

__all__ = ["Tab", "browser"]

PATIENCE_MS = 60_000

# Notes what was on the screen when a label key went down, and which events an answer acknowledged.
_WITNESS = """
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
  const kept = {};
  const part = (selector) => {
    if (!kept[selector]?.isConnected) kept[selector] = find(document, selector);
    return kept[selector];
  };
  window.witness = { keys: [], told: [] };
  window.labelerPart = part;
  addEventListener("keydown", (event) => {
    if (event.isTrusted && "123".includes(event.key)) {
      witness.keys.push([part(".labeler .body")?.textContent ?? null, event.key]);
    }
  }, true);
  const send = window.fetch;
  window.fetch = async (target, options) => {
    const answer = await send(target, options);
    if (String(target).endsWith("api/labels") && answer.ok) {
      const accepted = new Set((await answer.clone().json()).acknowledged.map((ack) => ack.event_id));
      for (const event of JSON.parse(options.body).events) {
        if (accepted.has(event.event_id)) witness.told.push([event.event_id, event.item, event.value]);
      }
    }
    return answer;
  };
})();
"""

_PAINTED = """
new Promise((done) => {
  const look = () => (labelerPart(".labeler[data-painted]") ? done() : requestAnimationFrame(look));
  requestAnimationFrame(() => requestAnimationFrame(look));
})
"""

_NOW = """
() => ({
  saved: labelerPart(".labeler .saved").textContent,
  text: labelerPart(".labeler .body").textContent,
  keys: witness.keys,
  told: witness.told,
})
"""


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium: the system's, else Playwright's own."""
    names = ("chromium", "chromium-browser", "google-chrome")
    system = next((path for name in names if (path := shutil.which(name))), None)
    quiet = ["--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=system, args=[*quiet, "--disable-dev-shm-usage"])
        try:
            yield made
        finally:
            made.close()


class Tab:
    """One annotator's browser profile and the tab they label in."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self.address = address
        self.context: BrowserContext = chromium.new_context(viewport={"width": 1100, "height": 800})
        self._earlier_keys: list[tuple[str, str]] = []
        self._earlier_told: dict[str, tuple[str, Any]] = {}
        self.page: Page = self._new_tab()

    def close(self) -> None:
        """Close the profile; what it kept is gone."""
        self.context.close()

    # ------------------------------------------------------------ what a person does

    def press(self, *keys: str) -> None:
        """Press keys, each after the text before it was painted."""
        for key in keys:
            self.page.keyboard.press(key)
            self.page.evaluate(_PAINTED)

    def pause(self, seconds: float) -> None:
        """Look at the text for a while."""
        self.page.wait_for_timeout(seconds * 1000)

    def reload(self) -> None:
        """Refresh the tab."""
        self._remember()
        self.page.reload()
        self._wait()

    def crash(self) -> None:
        """Close the tab without a word and open another one in the same profile."""
        self._remember()
        self.page.close(run_before_unload=False)
        self.page = self._new_tab()

    def _new_tab(self) -> Page:
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.add_init_script(_WITNESS)
        self.page.on("dialog", _leave)
        self.page.goto(self.address)
        self._wait()
        return self.page

    def _wait(self) -> None:
        expect(self.page.locator(".labeler[data-painted]")).to_be_visible(timeout=PATIENCE_MS)

    # ------------------------------------------------------------ what the screen says

    @property
    def text(self) -> str:
        """The text on the screen."""
        return str(self.page.evaluate(_NOW)["text"])

    def comes_back_to(self, text: str) -> str:
        """The text on the screen, as soon as it is the one given; else the one after waiting for it."""
        try:
            expect(self.page.locator(".labeler .body")).to_have_text(text, timeout=20_000)
        except AssertionError:
            return self.text
        return text

    def all_saved(self, seconds: float = 60.0) -> bool:
        """Whether the screen comes to say that everything is saved."""
        try:
            expect(self.page.locator(".labeler .saved")).to_have_text("All saved", timeout=seconds * 1000)
        except AssertionError:
            return False
        return True

    def says(self, words: str, seconds: float = 20.0) -> bool:
        """Whether the line about saving comes to hold these words."""
        try:
            expect(self.page.locator(".labeler .saved")).to_contain_text(words, timeout=seconds * 1000)
        except AssertionError:
            return False
        return True

    @property
    def given(self) -> list[tuple[str, str]]:
        """(item, label) of every label key so far, by the text that was on the screen."""
        return [*self._earlier_keys, *_given(self.page.evaluate(_NOW)["keys"])]

    @property
    def told(self) -> dict[str, tuple[str, Any]]:
        """event id -> (item, label) of everything that was acknowledged so far."""
        return {**self._earlier_told, **_told(self.page.evaluate(_NOW)["told"])}

    def shown_as_saved(self) -> list[tuple[str, str]] | None:
        """All that was given so far, if the screen says "All saved" at this moment; else None."""
        now = self.page.evaluate(_NOW)
        return [*self._earlier_keys, *_given(now["keys"])] if now["saved"] == "All saved" else None

    def _remember(self) -> None:
        now = self.page.evaluate(_NOW)
        self._earlier_keys += _given(now["keys"])
        self._earlier_told |= _told(now["told"])


def _given(keys: list[list[str]]) -> list[tuple[str, str]]:
    return [(f"t{text.rsplit(' ', 1)[1]}", LABELS[int(key) - 1]) for text, key in keys]


def _told(told: list[list[Any]]) -> dict[str, tuple[str, Any]]:
    return {event_id: (item, value) for event_id, item, value in told}


def _leave(dialog: Dialog) -> None:
    dialog.accept()
