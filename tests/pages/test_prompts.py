"""The Prompts page: what is missing is said, the preview is the literal prompt, settings are kept."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import SHOP_LABELS as LABELS
from ui.prompts_page import SECTIONS
from ui.prompts_page_preview import cosines
from votek.datatypes import PromptSettings
from votek.workspace import NewEvent

PAGE = "pages/6_Prompts.py"


def section(at, project, name):
    at.segmented_control(f"{project.id}-prompts-section").set_value(name).run()
    assert not at.exception
    return at


def words(at):
    shown = (*at.markdown, *at.text, *at.caption, *at.info, *at.error, *at.warning)
    return " ".join(element.value for element in shown)


def test_an_empty_project_asks_for_a_file(open_at, project):
    assert open_at(PAGE, project.id).button("next-step").label == "Load a file"


def test_without_labels_it_leads_to_the_page_that_makes_them(open_at, space, filled):
    assert open_at(PAGE, filled.id).button("next-step").label == "Choose what to label"
    space.add_to_queue(filled.id, [1])
    at = open_at(PAGE, filled.id)
    assert at.button("next-step").label == "Start labelling"
    assert "No text is labelled yet" in words(at)


def test_without_vectors_one_button_has_them_made(open_at, space, filled):
    space.add_to_queue(filled.id, [1])
    assert space.record_events(filled.id, "local", [NewEvent("e1", "1", "label", "late", 1, 1)])[0].accepted
    at = open_at(PAGE, filled.id)
    at.button("next-step").click().run()
    assert not at.exception
    assert [job.kind for job in space.jobs(filled.id, active=True)] == ["prepare"]


def test_the_preview_is_the_literal_prompt_of_the_chosen_item(open_at, space, tested):
    at = open_at(PAGE, tested.id)
    assert "**2 test items**" in words(at)
    expected = space.prompt_set(tested.id, test_ids=["q1"]).prompts[0]
    assert at.code[0].value == expected.text
    assert expected.text.endswith("Text: My {parcel} costs $5 & is *late* <b>\nLabel:")
    assert f"**{expected.tokens:,} tokens** · 8 demonstrations" in words(at)
    table = next(one.value for one in at.dataframe if "Similarity" in one.value)
    assert [int(item) for item in table["Item"]] == list(expected.demonstrations)
    assert table["Similarity"].is_monotonic_increasing
    at.text_input(f"{tested.id}-prompt-search").set_value("ACCOUNT").run()
    assert at.code[0].value == space.prompt_set(tested.id, test_ids=["q2"]).prompts[0].text


def test_without_a_test_file_prompts_are_for_the_texts_without_a_label(open_at, space, labelled):
    at = open_at(PAGE, labelled.id)
    assert "18 texts without a label" in words(at)
    assert at.code[0].value == space.prompt_set(labelled.id, test_ids=["12"]).prompts[0].text


def test_settings_change_the_preview_and_stay_in_the_project(open_at, space, tested):
    at = open_at(PAGE, tested.id)
    at.text_area(f"{tested.id}-prompt-instruction").set_value("Say what it is about.").run()
    at.text_area(f"{tested.id}-prompt-demonstration").set_value("{field:team}: {text} -> {label}\n").run()
    at.number_input(f"{tested.id}-prompt-n").set_value(3).run()
    assert not at.exception
    assert at.code[0].value.startswith("Say what it is about.\n\n")
    assert at.code[0].value.count(" -> ") == 3
    stored = space.project(tested.id).prompts
    assert (stored.instruction, stored.n) == ("Say what it is about.", 3)
    again = open_at(PAGE, tested.id)
    assert again.code[0].value == at.code[0].value


def test_a_token_budget_is_kept_and_what_did_not_fit_is_counted(open_at, space, tested):
    at = open_at(PAGE, tested.id)
    at.toggle(f"{tested.id}-prompt-limited").set_value(True).run()
    at.number_input(f"{tested.id}-prompt-reserve").set_value(0).run()
    at.number_input(f"{tested.id}-prompt-budget").set_value(60).run()
    assert not at.exception
    assert space.prompt_set(tested.id, test_ids=["q1"]).prompts[0].tokens <= 60
    assert "best did not fit" in words(at)
    at.number_input(f"{tested.id}-prompt-budget").set_value(5).run()
    assert "longer than the tokens allow" in words(at)


@pytest.mark.parametrize(
    ("template", "said"),
    [("Text: {text}} {label}", "lone"), ("{text.__class__}", "is not a field"), ("{field:truth}", "is not a field")],
    ids=["a lone brace", "an attribute", "the hidden labels"],
)
def test_a_template_that_cannot_be_used_is_explained_and_not_kept(open_at, space, tested, template, said):
    before = space.project(tested.id).prompts
    at = open_at(PAGE, tested.id)
    at.text_area(f"{tested.id}-prompt-demonstration").set_value(template).run()
    assert not at.exception
    assert len(at.error) == 1
    assert said in at.error[0].value
    assert any(said in element.value for element in at.info)  # again where the preview would be
    assert any("loaded as labels" in element.value for element in at.info) == ("truth" in template)
    assert not at.code
    assert space.project(tested.id).prompts == before
    section(at, tested, "Take away")
    assert said in at.warning[0].value
    assert at.button("prepare-labelled-jsonl")
    section(at, tested, "Write")
    assert at.text_area(f"{tested.id}-prompt-demonstration").value == template


def fields_and_messages(at):
    """Text areas, errors and warnings, from the top of the page down."""
    listed, todo = [], [at.main]
    while todo:
        block = todo.pop(0)
        children = list(getattr(block, "children", {}).values())
        todo = children + todo
        if block.type in ("text_area", "error", "warning"):
            listed.append(block.label if block.type == "text_area" else block.type)
    return listed


@pytest.mark.parametrize(
    ("field", "template", "shown"),
    [
        ("demonstration", "{txt} {label}", "error"),
        ("demonstration", "{text}", "warning"),
        ("demonstration", "{label}", "warning"),
        ("query", "{txt}", "error"),
        ("query", "Label:", "warning"),
        ("instruction", "One of {lables}", "warning"),
    ],
)
def test_what_is_wrong_stands_right_under_its_field(open_at, tested, field, template, shown):
    at = open_at(PAGE, tested.id)
    assert fields_and_messages(at) == ["Instruction", "Each demonstration", "The test item"]
    at.text_area(f"{tested.id}-prompt-{field}").set_value(template).run()
    assert not at.exception
    label = {"instruction": "Instruction", "demonstration": "Each demonstration", "query": "The test item"}[field]
    listed = fields_and_messages(at)
    assert len(listed) == 4
    assert listed[listed.index(label) + 1] == shown
    assert bool(at.code) == (shown == "warning")


def test_the_instruction_names_the_task_until_it_is_changed_or_emptied(open_at, space, tested):
    at = open_at(PAGE, tested.id)
    assert at.code[0].value.startswith(f"Give the text one of these labels: {', '.join(LABELS)}.\n\nText: ")
    assert space.project(tested.id).prompts.instruction is None
    at.text_area(f"{tested.id}-prompt-instruction").set_value("").run()
    assert at.code[0].value.startswith("Text: ")
    assert space.project(tested.id).prompts.instruction == ""
    assert open_at(PAGE, tested.id).text_area(f"{tested.id}-prompt-instruction").value == ""


def test_the_separator_can_be_chosen(open_at, space, tested):
    at = open_at(PAGE, tested.id)
    at.selectbox(f"{tested.id}-prompt-separator").set_value("\n\n---\n\n").run()
    assert at.code[0].value.count("\n\n---\n\n") == 9
    assert space.project(tested.id).prompts.separator == "\n\n---\n\n"


def test_the_literal_prompt_is_one_click_away_from_every_section(open_at, space, tested):
    expected = space.prompt_set(tested.id, test_ids=["q1"]).prompts[0].text
    at = open_at(PAGE, tested.id)
    for name in [one.label for one in SECTIONS if one.label != "Write"]:
        section(at, tested, name)
        assert expected not in [shown.value for shown in at.code]
        at.button("show-prompt").click().run()
        assert not at.exception
        assert expected in [shown.value for shown in at.code]


def test_choices_in_narrow_places_wrap_so_that_none_is_cut_off(open_at, tested):
    at = open_at(PAGE, tested.id)
    for name in ("prompts-section", "prompt-order"):
        assert at.get("button_group")[0].proto.wrap is not None
        (found,) = [one for one in at.get("button_group") if one.key == f"{tested.id}-{name}"]
        assert found.proto.wrap is True


def test_stored_settings_that_no_longer_fit_the_columns_are_said(open_at, space, tested):
    space.set_prompts(tested.id, PromptSettings(query="{field:gone} {text}"))
    at = section(open_at(PAGE, tested.id), tested, "Take away")
    assert "is not a field" in at.error[0].value
    assert not [button for button in at.button if str(button.key).startswith("prepare-")]


def test_similarities_are_centred_cosines():
    pool, mean = np.array([[2, 1], [1, 1], [1, 3]], dtype=np.float32), np.array([1, 1], dtype=np.float32)
    assert cosines(pool, np.array([3, 1], dtype=np.float32), mean).tolist() == [1.0, 0.0, 0.0]


def test_a_reviewer_is_not_led_to_the_data_page(open_at, space, labelled):
    def links(at):
        return [link.label for link in at.main.get("page_link")]

    assert links(open_at(PAGE, labelled.id)) == ["Add test items"]
    script = f"""
from ui.frame import OpenPage, workspace
from ui.prompts_page import draw_prompts
summary = next(s for s in workspace().projects() if s.project.id == "{labelled.id}")
draw_prompts(OpenPage(workspace(), summary, role="reviewer"))
"""
    at = AppTest.from_string(script, default_timeout=60).run()
    assert not at.exception
    assert links(at) == []
