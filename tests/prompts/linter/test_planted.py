"""Every planted fault is found: alone it is all that is found, and all together none hides another."""

import dataclasses

import numpy as np
import pytest

from votek.datatypes import PromptSettings
from votek.prompts.linter import lint, rules

AXES = np.eye(64)


def missing_class(case):
    case.label("voucher")


def skew(case):
    rng = np.random.default_rng(8)
    for at in range(40):
        case.add(f"Is parcel {at} lost?", "delivery", AXES[0] + rng.normal(scale=0.09, size=64))


def same_last_label(case):
    """One text that is near everything that is asked, as there are in every space of many dimensions."""
    case.add("Hello, I have a question", "refund", AXES[10] + 0.1 * AXES[20])


def near_twins(case):
    own = case.asked[0] - AXES[0] - 1.2 * AXES[10]
    near = 0.3 * AXES[0] + 0.6 * AXES[10] + 0.74 * own / np.linalg.norm(own)
    case.add("Where is the parcel I ordered?", "delivery", near)
    case.add("Where is the parcel that I ordered?", "delivery", near + 0.05 * AXES[30])


def leak(case):
    given = case.queries[1]
    row = case.add(given.text, "refund", case.asked[1])
    case.after.append(lambda made: _show(made, 1, lambda shown: (*shown[1:], row)))


def over_long(case):
    case.queries[2] = dataclasses.replace(case.queries[2], text="And then this happened, too. " * 80 + "Help!")


def conflict(case):
    case.add("Do you take Apple Pay, or just cards?", "account", case.vectors[6] + 0.01 * AXES[31])


def empty_label(case):
    case.change(0, value="  ")


def unused_label(case):
    case.label("gift")
    rng = np.random.default_rng(9)
    for at in range(8):
        case.add(f"Gift wrap number {at}?", "gift", -AXES[10] + rng.normal(scale=0.09, size=64))


def unknown_label(case):
    case.change(5, value="money back")


def not_labelled(case):
    case.after.append(lambda made: _show(made, 3, lambda shown: (999, *shown[1:])))


def template(case):
    case.change(2, fields={"channel": " "})


def whitespace(case):
    case.change(3, text=case.pool[3].text + " ")


def encoding(case):
    case.change(7, text="The cafÃ© at the station has my parcel")


def order(case):
    case.target = "langchain-selector"


def personal_data(case):
    case.change(10, text="Write to anna.schmidt@shop-kunde.de please")


PLANTS = {
    plant.__name__.replace("_", "-"): plant
    for plant in (
        near_twins, missing_class, skew, same_last_label, leak, over_long, conflict, empty_label, unused_label,
        unknown_label, not_labelled, template, whitespace, encoding, order, personal_data,
    )
}  # fmt: skip


def _show(made, at, change):
    made[at] = dataclasses.replace(made[at], demonstrations=change(made[at].demonstrations))


def test_there_is_a_fault_for_every_rule():
    assert set(PLANTS) == {rule.name for rule in rules()}


def test_nothing_is_found_in_a_clean_set(case):
    report = case.report()
    assert report.findings == ()
    assert report.passed
    assert report.not_checked == {}
    assert report.checked == tuple(rule.name for rule in rules())
    assert (report.prompts, report.labelled, report.tests) == (30, 24, 30)


@pytest.mark.parametrize("name", PLANTS)
def test_a_fault_alone_is_all_that_is_found(case, name):
    PLANTS[name](case)
    report = case.report()
    assert set(report.counts) == {name}, report.findings
    assert all(finding.item and finding.reason and finding.fix for finding in report.findings)
    assert not case.report(ignore=[name]).findings


def test_all_faults_together_are_all_found(case):
    for plant in PLANTS.values():
        plant(case)
    report = case.report()
    assert set(report.counts) == set(PLANTS)
    ranks = [("error", "warning", "note").index(finding.severity) for finding in report.findings]
    assert ranks == sorted(ranks)
    assert not report.passed
    for name in PLANTS:
        assert set(case.report(only=[name]).counts) == {name}


WHERE = {
    "missing-class": ("label", "voucher"), "skew": ("label", "delivery"), "same-last-label": ("label", "refund"),
    "leak": ("test item", "q1"), "over-long": ("test item", "q2"), "conflict": ("text", "p6"),
    "empty-label": ("text", "p0"), "unused-label": ("label", "gift"), "unknown-label": ("label", "money back"),
    "not-labelled": ("test item", "q3"), "template": ("settings", "demonstration template"),
    "whitespace": ("text", "p3"), "encoding": ("text", "p7"), "order": ("settings", "order"),
    "personal-data": ("text", "p10"),
}  # fmt: skip


@pytest.mark.parametrize("name", WHERE)
def test_a_finding_names_its_item(case, name):
    PLANTS[name](case)
    (finding,) = case.report().of(name)
    assert (finding.about, finding.item) == WHERE[name]


def test_reasons_hold_the_numbers(case):
    skew(case)
    (found,) = case.report().findings
    assert "46 of 64 labels (72%)" in found.reason
    assert "16.0 (25%)" in found.reason


def test_of_nothing_at_all_nothing_is_said():
    report = lint(prompts=(), pool=(), settings=PromptSettings())
    assert report.findings == ()
    assert set(report.not_checked) | set(report.checked) == {rule.name for rule in rules()}
    assert report.not_checked["leak"] == "nothing is labelled yet"
