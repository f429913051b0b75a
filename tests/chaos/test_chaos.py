"""A short run of the chaos harness: what it finds in fifty kills, it would find in three."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.chaos import __main__ as chaos
from benchmarks.chaos import database_killed, disk_full, load, network_cut, report, web_killed, worker_killed
from benchmarks.chaos.promise import Outcome, Tally
from benchmarks.tables import BEGIN, END


def assert_kept(outcome: Outcome, *, labels: int) -> None:
    assert outcome.errors == ()
    assert (outcome.lost, outcome.doubled, outcome.misplaced) == (0, 0, 0)
    assert outcome.acknowledged == outcome.stored >= labels
    assert outcome.kept


def test_a_killed_web_server_loses_nothing_of_a_team() -> None:
    assert_kept(web_killed.browserless(rounds=3, seed=1), labels=10)


def test_a_killed_worker_is_followed_by_one_that_picks_the_same() -> None:
    work = worker_killed.Work(600, "votek-hash", 1.0)
    assert_kept(worker_killed.run(rounds=2, seed=1, works=[work]), labels=0)


def test_a_killed_postgresql_loses_nothing_of_a_team() -> None:
    assert_kept(database_killed.run(rounds=2, seed=1, texts=60, model="votek-hash"), labels=10)


def test_a_full_disk_loses_nothing_and_what_was_not_stored_arrives_later() -> None:
    assert_kept(disk_full.run(seed=1, chromium=False, seconds=2.0), labels=10)


def test_the_disk_is_full_too_where_no_file_system_may_be_mounted(monkeypatch) -> None:
    monkeypatch.setattr(disk_full, "MOUNT", "false")
    outcome = disk_full.run(seed=2, chromium=False, seconds=2.0)
    assert "RLIMIT_FSIZE" in outcome.broke
    assert_kept(outcome, labels=10)


@pytest.mark.browser
def test_a_cut_network_loses_nothing() -> None:
    # In a thread of its own: the harness has its own Playwright, of which a thread takes one at a time.
    with ThreadPoolExecutor(1) as apart:
        outcome = apart.submit(network_cut.run, seed=1, seconds=4.0, other_key=False).result()
    assert_kept(outcome, labels=25)


def test_a_team_at_two_labels_a_second_has_no_errors() -> None:
    outcome = load.run(seed=1, seconds=3.0, people=4, embed=False)
    assert_kept(outcome, labels=24)
    assert {"p50 ms", "p95 ms", "max ms"} <= set(outcome.figures)


# ------------------------------------------------------------ the harness finds what it looks for


class Event:
    kind = "label"

    def __init__(self, event_id: str, item: str, value: str, who: str = "ada") -> None:
        self.event_id, self.item, self.value, self.who = event_id, item, value, who


def test_what_was_told_and_is_not_stored_is_lost() -> None:
    tally = Tally()
    told = {"e1": ("t1", "alpha"), "e2": ("t2", "beta"), "e3": ("t3", "beta")}
    tally.check_told(told, [Event("e1", "t1", "alpha"), Event("e3", "t3", "gamma")], who="ada")
    assert tally.lost == 2
    assert len(tally.errors) == 2


def test_what_is_stored_twice_is_doubled_and_what_is_missing_lost() -> None:
    tally = Tally()
    events = [Event("e1", "t1", "alpha"), Event("e2", "t1", "alpha"), Event("e3", "t9", "beta", who="bo")]
    tally.check_given([("t1", "alpha"), ("t2", "beta")], events, who="ada")
    assert (tally.acknowledged, tally.stored, tally.lost, tally.doubled) == (2, 2, 1, 1)


def test_another_item_than_before_is_a_lost_place() -> None:
    tally = Tally()
    tally.check_place("t1", "t1", who="ada")
    tally.check_place(None, "t5", who="ada")
    assert tally.misplaced == 0
    tally.check_place("t1", "t2", who="ada")
    assert tally.misplaced == 1


# ------------------------------------------------------------ the command and its table


def outcome(name: str, *errors: str, lost: int = 0) -> Outcome:
    tally = Tally(acknowledged=5, stored=5, lost=lost, errors=list(errors))
    return Outcome.of(name, tally, broke="b", by="people", seconds=1.0, figures={"p95 ms": 12.5, "p95 target ms": 12.0})


def test_the_command_says_whether_the_promise_held(tmp_path, monkeypatch, capsys) -> None:
    page = tmp_path / "reliability.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    asked = []

    def run(options):
        asked.append((options.rounds, options.seconds))
        return outcome("load")

    scenarios = {
        "load": ("load", run),
        "web": ("web server killed, Chromium", lambda _: outcome("web", "gone", lost=1)),
    }
    monkeypatch.setattr(chaos, "SCENARIOS", scenarios)
    assert chaos.main(["load", "--seconds", "9", "--write", str(page), "--json", str(tmp_path / "all.json")]) == 0
    assert asked == [(None, 9.0)]
    assert json.loads((tmp_path / "all.json").read_text())[0]["kept"] is True
    assert chaos.main(["web", "--write", str(page)]) == 1
    written = page.read_text("utf-8")
    assert written.startswith("before\n")
    assert written.endswith(f"{END}\nafter\n")
    assert "| load | b | people | 5 | 0 | 0 | 0 | kept; p95 at most 12 ms: MISSED |" in written
    assert "| web | b | people | 5 | 1 | 0 | 0 | BROKEN: gone;" in written
    assert "BROKEN" in capsys.readouterr().out


def test_an_unknown_scenario_is_refused(capsys) -> None:
    with pytest.raises(SystemExit):
        chaos.main(["earthquake"])
    assert "there is no scenario 'earthquake'" in capsys.readouterr().err


def test_the_page_has_the_marks_and_names_every_scenario() -> None:
    page = chaos.PAGE.read_text("utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
    assert {name for name in chaos.SCENARIOS if f"`{name}`" not in page} == set()
    assert len(re.findall("^# ", page, re.MULTILINE)) == 1
    assert report.HEADINGS[0]
