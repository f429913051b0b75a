"""The Evaluate page: one question at a time, each with its answer or with what is missing for it."""

import pytest

from ui.evaluate_page import SECTIONS

PAGE = "pages/7_Evaluate.py"


def test_an_empty_project_leads_to_the_data_page(open_at, space):
    empty = space.create_project("Empty")
    at = open_at(PAGE, empty.id)
    assert "no texts" in at.info[0].value
    at.button("next-step").click().run()
    assert at.title[0].value == "Data"


@pytest.fixture
def project(space, texts_of):
    from votek.datasets import map_columns, read_table

    made = space.create_project("Help desk")
    content = "\n".join(["text", *texts_of(60)]).encode()
    space.import_dataset(made.id, map_columns(read_table(content, name="a.csv")), role="pool", name="a.csv")
    return made


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.label)
def test_every_question_can_be_asked(open_at, project, section):
    at = open_at(PAGE, project.id)
    at.segmented_control(f"{project.id}-evaluate-section").set_value(section.label).run()
    assert not at.exception
    assert section.question in [header.value for header in at.header]
