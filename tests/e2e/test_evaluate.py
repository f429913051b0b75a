"""The Evaluate page in a real browser: one button on the sample project, and the verdict with its numbers."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from votek.workspace.sample import ensure_sample

pytestmark = pytest.mark.browser

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SECONDS = 10.0


@pytest.fixture(scope="module")
def sample(server):
    """The sample project, once the worker has compared the test items, too."""
    project = ensure_sample(server.workspace, EXAMPLES)
    server.start_worker()
    deadline = time.monotonic() + 240
    while server.workspace.jobs(project.id, active=True) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert not server.workspace.jobs(project.id, active=True)
    return project


def _open(server, new_context, project, **options):
    tab = new_context(**options).new_page()
    tab.goto(f"{server.url}/Evaluate?project={project.id}")
    expect(tab.get_by_role("heading", name="Does the pool beat random?")).to_be_visible()
    return tab


def test_one_button_tells_whether_the_picks_beat_random(server, new_context, sample):
    tab = _open(server, new_context, sample)
    began = time.monotonic()
    tab.get_by_role("button", name="Check against random").click()
    verdict = tab.locator("[data-testid=stAlert]").filter(has_text="test items right")
    expect(verdict).to_be_visible(timeout=SECONDS * 1000)
    assert time.monotonic() - began < SECONDS
    told = server.workspace.analysis(sample.id, "against-random")[1]
    said = verdict.inner_text()
    assert said == told["sentence"]
    assert re.search(r"95% interval [+-]\d+\.\d to [+-]\d+\.\d", said)
    assert re.match(r"(Beats|Cannot tell with n = 60|Does not beat)", said)
    expect(tab.get_by_text(f"Percentile {told['main']['percentile']:.0f}", exact=True)).to_be_visible()
    expect(tab.get_by_text(f"of {told['pools']} pools")).to_be_visible()
    assert told["pools"] >= 20
    # Every random pool is a dot, and the picks are marked among them.
    drawn = tab.locator(".js-plotly-plot").first.evaluate("chart => chart._fullData.map(t => [t.name, t.x.length])")
    shown = [told["main"], *told["more"]]
    assert dict(map(tuple, drawn))["random pools"] == sum(len(one["random"]) for one in shown)
    assert dict(map(tuple, drawn))["these picks"] == len(shown)


def test_the_table_of_the_comparison_downloads(server, new_context, sample):
    tab = _open(server, new_context, sample, accept_downloads=True)
    if server.workspace.analysis(sample.id, "against-random") is None:
        tab.get_by_role("button", name="Check against random").click()
    with tab.expect_download() as found:
        tab.get_by_role("button", name="Download this table (CSV)").first.click()
    lines = Path(found.value.path()).read_text("utf-8").splitlines()
    assert lines[0].startswith("Measure,These picks,Random pools,Gain over random,Percentile")
    assert lines[1].startswith("Nearest labelled text,")


def test_the_health_of_the_picks_stands_beside_random_pools(server, new_context, sample):
    tab = _open(server, new_context, sample)
    tab.get_by_role("radio", name="Pool health").or_(tab.get_by_role("button", name="Pool health")).first.click()
    tab.get_by_role("button", name="Check the picks").click()
    told = tab.locator("[data-testid=stAlert]").filter(has_text="close by")
    expect(told).to_be_visible()
    assert told.inner_text() == server.workspace.analysis(sample.id, "health")[1]["sentence"]
    expect(tab.get_by_text("The next 10 labels would add")).to_be_visible()


def test_nothing_runs_off_a_narrow_screen(server, new_context, sample):
    tab = _open(server, new_context, sample, viewport={"width": 360, "height": 740})
    tab.get_by_role("button", name="Check against random").wait_for()
    tab.wait_for_timeout(2_000)
    wide = tab.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth")
    assert wide <= 0
