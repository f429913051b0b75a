"""The check on the Prompts page: what was found, worst first, how to get there, and a calm word where nothing was."""

import dataclasses

import pytest

from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, TaskSpec
from votek.workspace import NewEvent

PAGE = "pages/6_Prompts.py"


def words(at):
    shown = (*at.markdown, *at.text, *at.caption, *at.info, *at.error, *at.warning, *at.success)
    return " ".join(element.value for element in shown)


@pytest.fixture
def check(open_at):
    """`check(project_id)`: the page with the section open."""

    def opened(project):
        at = open_at(PAGE, project)
        at.get("button_group")[0].set_value("Check").run()
        assert not at.exception
        return at

    return opened


@pytest.fixture
def faulty(space, tested):
    """One label without a text, a label in the texts that the task does not name, and a template without the label."""
    kept = space.project(tested.id)
    labels = (*kept.task.labels, LabelSpec("*gift*", "#000009"))
    space.set_task(tested.id, TaskSpec("single", labels, kept.task.version))
    space.set_prompts(tested.id, dataclasses.replace(kept.prompts, demonstration="{text}"))
    return tested


def test_nothing_found_is_said_with_what_was_looked_at(check, tested):
    at = check(tested.id)
    assert at.success[0].value == "Nothing found in 12 labelled texts, 2 test items and 2 prompts."


def test_findings_stand_by_rule_worst_first_with_reason_and_fix(check, space, faulty):
    at = check(faulty.id)
    report = space.lint(faulty.id)
    assert [finding.rule for finding in report.findings] == ["template", "missing-class"]
    labels = [expander.label for expander in at.expander]
    assert labels[:2] == ["Error: Templates that the data do not fill (1)", "Warning: Labels without an example (1)"]
    said = words(at)
    assert "**1 error, 1 warning** in 12 labelled texts" in said
    assert "**Label \\*gift\\*.**" in said
    assert "What to do: Write \\{label\\} into it" in said


def test_a_finding_leads_to_its_place(check, faulty):
    at = check(faulty.id)
    at.button("lint-go-template-0").click().run()
    assert not at.exception
    assert at.text_area(f"{faulty.id}-prompt-demonstration").value == "{text}"


def test_a_text_is_shown_word_for_word_with_the_way_to_its_label(check, space, project, compare_texts, texts_of):
    texts = ["Write to *anna*@shop-kunde.de", *texts_of(11)]
    data = make_dataset([f"t{at}" for at in range(12)], texts, {})
    space.import_dataset(project.id, data, role="pool", name="mail.csv")
    compare_texts(space, project.id)
    space.add_to_queue(project.id, range(8))
    labels = [label.name for label in project.task.labels]
    events = [NewEvent(f"e{at}", f"t{at}", "label", labels[at % 4], 1, 1) for at in range(8)]
    assert all(ack.accepted for ack in space.record_events(project.id, "local", events))
    at = check(project.id)
    assert at.expander[0].label == "Warning: Personal data (1)"
    assert "anna" not in words(at)
    at.button("lint-go-personal-data-0").click().run()
    assert not at.exception
    assert texts[0] in [code.value for code in at.code]
    assert "Open it on the Annotate page" in [link.proto.label for link in at.get("page_link")]


def test_a_change_is_checked_again_and_a_target_is_minded(check, space, tested):
    at = check(tested.id)
    at.selectbox(f"{tested.id}-lint-target").set_value("dspy-knn").run()
    assert at.expander[0].label == "Warning: Order of the demonstrations (1)"
    space.set_prompts(tested.id, dataclasses.replace(space.project(tested.id).prompts, order="descending"))
    at.run()
    assert at.success


def test_many_findings_are_counted_not_all_drawn(check, space, tested):
    space.set_prompts(tested.id, dataclasses.replace(space.project(tested.id).prompts, token_budget=70))
    at = check(tested.id)
    assert any(expander.label.startswith("Error: Prompts too long (2)") for expander in at.expander)
    at.button("lint-go-over-long-0").click().run()
    assert not at.exception
    assert space.prompt_set(tested.id, test_ids=["q1"]).prompts[0].text in [code.value for code in at.code]
