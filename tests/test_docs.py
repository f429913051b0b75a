"""Every method has its page and its figure, and every link in the documents leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from votek.selection.registry import METHODS

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
PARTS = ("Formula", "When to use it", "When not", "Cost", "Parameters")


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_a_page_with_a_figure(method: str) -> None:
    page = (DOCS / "methods" / f"{method}.md").read_text("utf-8")
    known = METHODS[method]
    assert f"(`{method}`" in page.splitlines()[0]
    headings = re.findall(r"^## (.*)$", page, re.MULTILINE)
    assert [part for part in PARTS if part not in headings] == []
    assert f"](../images/methods/{method}.png)" in page
    assert [number for number in re.findall(r"arXiv (\S+?\d)(?![\d.v])", known.paper) if number not in page] == []
    assert f'method="{method}"' in page
    with Image.open(DOCS / "images" / "methods" / f"{method}.png") as figure:
        assert figure.size == (1120, 800)
        assert len(set(figure.convert("RGB").resize((140, 100)).get_flattened_data())) > 20


def test_the_index_names_every_method_once() -> None:
    table = re.findall(
        r"^\| \[`(.*?)`\]\(methods/(.*?)\.md\) \|", (DOCS / "methods.md").read_text("utf-8"), re.MULTILINE
    )
    assert sorted(table) == sorted((method, method) for method in METHODS)


def test_no_page_or_figure_is_left_over() -> None:
    assert {page.stem for page in (DOCS / "methods").glob("*.md")} == set(METHODS)
    assert {image.stem for image in (DOCS / "images" / "methods").iterdir()} == set(METHODS)


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(DOCS)) for page in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_threat_model_names_every_test_of_security() -> None:
    page = (DOCS / "security.md").read_text("utf-8")
    tests = sorted(path.name for path in (DOCS.parent / "tests" / "security").glob("test_*.py"))
    assert len(tests) >= 9
    assert [name for name in tests if name not in page] == []
