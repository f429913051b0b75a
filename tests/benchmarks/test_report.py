"""The benchmark's table: every row is judged, and the page takes it in."""

import pytest

from benchmarks import __main__ as report
from benchmarks import tables
from benchmarks.corpus import messages
from benchmarks.targets import verdict


def row(name, size, ratio, peer="", ours_s=1.0, trust=(0.98, 0.98)):
    return {
        "name": name, "size": size, "ours_s": ours_s, "peer": peer, "peer_s": 1.0, "ratio": ratio, "note": "n",
        "trust": trust,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("measured", "ends"),
    [
        (row("embedding", 1_000, 1.8), "met"),
        (row("embedding", 1_000, 1.79), "MISSED"),
        (row("map", 1_000, 4.0, trust=(0.976, 0.98)), "met"),
        (row("map", 1_000, 4.0, trust=(0.974, 0.98)), "MISSED"),
        (row("map", 1_000, 3.9), "MISSED"),
        (row("graph", 10_000, 1.1), "met"),
        (row("graph", 10_000, 1.2), "MISSED"),
        (row("graph", 1_000, 1.2), ""),
        (row("graph + selection", 10_000, 150, "loops with lists, with its own neighbours"), "met"),
        (row("graph + selection", 10_000, 149, "loops with lists, with its own neighbours"), "MISSED"),
        (row("graph + selection", 100_000, None, "loops with lists, with sets"), ""),
        (row("graph + selection", 10_000, 5, "loops with sets, with its own neighbours"), ""),
        (row("selection alone", 10_000, 9, ours_s=0.02), "met"),
        (row("selection alone", 10_000, 9, ours_s=0.021), "MISSED"),
        (row("selection alone", 3_000, 9), ""),
        (row("peak extra memory of graph", 1_000, None), ""),
    ],
    ids=lambda value: f"{value['name']} {value['size']} {value['ratio']}" if isinstance(value, dict) else value,
)
def test_each_row_is_held_against_its_target(measured, ends):
    assert verdict(measured).endswith(ends)
    assert bool(verdict(measured)) == bool(ends)


def test_the_table_is_printed_and_written_between_the_marks_only(tmp_path, monkeypatch, capsys):
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{tables.BEGIN}\nold\n{tables.END}\nafter\n", encoding="utf-8")
    asked = []

    def measure(sizes):
        asked.extend(sizes)
        return [row("embedding", size, 2.0, "fixed") for size in sizes]

    monkeypatch.setattr(report, "PAGE", page)
    monkeypatch.setattr(report, "PARTS", {"embedding": measure})
    assert report.main(["--sizes", "1k", "100K", "--write"]) == 0
    assert asked == [1_000, 100_000]
    printed = capsys.readouterr().out
    assert "cores" in printed
    assert ">= 1.8x: met" in printed
    written = page.read_text(encoding="utf-8")
    assert written.startswith("before\n")
    assert written.endswith(f"{tables.END}\nafter\n")
    assert "old" not in written
    assert "| embedding | 100,000 | 1.00 s | fixed | 1.00 s | 2.00 | >= 1.8x: met | n |" in written


@pytest.mark.parametrize("size", ["10", "much", "0k"])
def test_a_size_that_cannot_be_measured_is_refused(size, capsys):
    with pytest.raises(SystemExit):
        report.main(["--sizes", size])
    assert "--sizes" in capsys.readouterr().err


def test_the_page_in_the_documentation_has_the_marks():
    page = report.PAGE.read_text(encoding="utf-8")
    assert page.count(tables.BEGIN) == page.count(tables.END) == 1


def test_made_up_messages_stand_in_for_real_ones_and_repeat(monkeypatch):
    monkeypatch.delenv("VOTEK_TEST_DATA", raising=False)
    texts = messages(300)
    assert texts == messages(300)
    lengths = [len(text.split()) for text in texts]
    assert min(lengths) < 15 < 60 < max(lengths)
