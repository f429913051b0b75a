"""What people really wrote raises no false alarm."""

import csv
from pathlib import Path

import pytest

from votek.datatypes import LabelSpec, PromptSettings, TaskSpec
from votek.prompts import LabelledRow, lint

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


def checked(path):
    """A report about all texts of a file under their right labels, and the texts by id."""
    with path.open(encoding="utf-8", newline="") as lines:
        given = [(row["text"], row["intent"]) for row in csv.DictReader(lines)]
    names = dict.fromkeys(intent for _, intent in given)
    rows = [LabelledRow(str(at), at, text, intent) for at, (text, intent) in enumerate(given)]
    task = TaskSpec("single", tuple(LabelSpec(name, "#000000") for name in names))
    report = lint(prompts=(), pool=rows, settings=PromptSettings(), task=task)
    return report, {row.id: row.text for row in rows}


@pytest.mark.parametrize("name", ["helpdesk.csv", "helpdesk_test.csv"])
def test_nothing_in_the_sample_project(name):
    assert checked(EXAMPLES / name)[0].findings == ()


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "spaced"), [("banking77_test.csv", 22), ("clinc150_test.csv", 2)])
def test_only_stray_blanks_in_thousands_of_questions(real_data, name, spaced):
    report, texts = checked(real_data(name))
    assert report.counts == {"whitespace": spaced}
    assert report.passed
    for finding in report.findings:
        text = texts[finding.item]
        assert text != text.strip() or "  " in text or "\u00a0 " in text
