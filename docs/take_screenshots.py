"""Takes the screenshots of docs/images from a running app: `python docs/take_screenshots.py ADDRESS`.

Run it on a fresh data folder: it labels some texts of the sample project and evaluates its picks first, so that
every page has something to show.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
PAGES = ("Home", "Data", "Select", "Map", "Annotate", "Review", "Prompts", "Evaluate")
LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 860}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 860}},
    "phone": {"color_scheme": "light", "viewport": {"width": 360, "height": 740}},
}
LABELS = "12345678123"
SETTLED = "[data-testid=stApp]:not([data-test-script-state=running])"


def main(address: str) -> None:
    """Label a few texts, then take every page in every look."""
    browsers = ("chromium", "chromium-browser", "google-chrome")
    system = next((path for name in browsers if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=system, args=["--no-sandbox", "--enable-unsafe-swiftshader"]
        )
        query = _label(browser, address)
        for look in LOOKS:
            _take(browser, address, query, look)
        browser.close()


def _label(browser: Browser, address: str) -> str:
    """Label the first texts of the sample and evaluate its picks; returns the query that names the project."""
    page = browser.new_page()
    page.goto(address)
    page.get_by_role("button", name="Continue").first.click()
    page.wait_for_selector(".labeler[data-painted]", timeout=60_000)
    for key in LABELS:
        page.keyboard.press(key)
        page.wait_for_timeout(300)
    page.locator(".labeler .saved", has_text="All saved").wait_for()
    query = page.url.partition("?")[2]
    page.goto(f"{address}/Evaluate?{query}")
    page.get_by_role("button", name="Check against random").click()
    page.get_by_text("Place among random pools").wait_for(timeout=60_000)
    page.close()
    return query


def _take(browser: Browser, address: str, query: str, look: str) -> None:
    context = browser.new_context(**LOOKS[look])
    page = context.new_page()
    for name in PAGES:
        page.goto(f"{address}/{'' if name == 'Home' else name}?{query}")
        _settle(page)
        shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        # 200 colours are plenty for an interface, and keep the repository small.
        shot.quantize(200, dither=Image.Dither.NONE).save(IMAGES / f"{name.lower()}-{look}.png", optimize=True)
    context.close()


def _settle(page: Page) -> None:
    page.wait_for_selector(SETTLED, timeout=60_000)
    page.wait_for_timeout(6_000)


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    main(sys.argv[1].rstrip("/"))
