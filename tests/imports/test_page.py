"""The page about imports tells of every format there is."""

import re
from pathlib import Path

from votek.imports import label_formats

PAGE = Path(__file__).resolve().parents[2] / "docs" / "imports.md"


def test_the_page_tells_of_every_format():
    named = re.findall(r"^\| `([a-z][a-z-]*)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(label_formats())
