"""The Map page: says what is missing, shows what was clicked, and changes the queue by hand."""

import numpy as np
import pytest

from ui.map_page_area import area_rows, inside
from ui.map_page_data import find_matches
from votek.datatypes import LabelSpec, TaskSpec
from votek.workspace import NewEvent

PAGE = "pages/3_Map.py"


@pytest.fixture
def project(space):
    return space.create_project("Shop", task=TaskSpec("single", (LabelSpec("late", "#0072B2"),)))


@pytest.fixture
def filled(space, project, texts_of, tmp_path):
    """The project with 40 texts, not compared yet."""
    from votek.datasets import read_dataset

    rows = [f'{i},"{text}",{"XYZ"[i % 3]},{"AB"[i % 2]}' for i, text in enumerate(texts_of(40))]
    (tmp_path / "texts.csv").write_text("\n".join(["id,text,truth,team", *rows]))
    dataset = read_dataset(tmp_path / "texts.csv", text="text", id="id")
    space.import_dataset(project.id, dataset, role="pool", name="texts.csv", columns={"truth": "gold"})
    return project


@pytest.fixture
def mapped(space, filled, compare_texts):
    """The project with its map, five texts in the queue, the first one labelled."""
    compare_texts(space, filled.id)
    space.add_to_queue(filled.id, [3, 1, 4, 15, 9])
    event = NewEvent("e1", "3", "label", "late", 1, 1)
    assert space.record_events(filled.id, "local", [event])[0].accepted
    return filled


def words(at):
    shown = (*at.markdown, *at.text, *at.caption, *at.info, *at.error, *at.success, *at.subheader)
    return " ".join(element.value for element in shown)


def chosen_area(at, project, rows):
    at.session_state[f"{project.id}-map-area"] = rows
    return at.run()


def test_an_empty_project_asks_for_a_file(open_at, project):
    at = open_at(PAGE, project.id)
    assert "no texts" in words(at)
    assert at.button("next-step").label == "Load a file"


def test_without_a_map_one_button_draws_it(open_at, space, filled):
    at = open_at(PAGE, filled.id)
    assert at.button("next-step").label == "Draw the map"
    at.button("next-step").click().run()
    assert not at.exception
    assert [job.kind for job in space.jobs(filled.id, active=True)] == ["prepare"]


def test_the_first_sketch_is_shown_while_the_finer_map_is_drawn(open_at, space, filled, compare_texts):
    compare_texts(space, filled.id, umap=False)
    at = open_at(PAGE, filled.id)
    assert "first sketch (PCA)" in words(at)
    assert at.selectbox(f"{filled.id}-map-colour").value == "Picks"
    next(button for button in at.button if button.label == "Draw the finer map").click().run()
    assert [job.kind for job in space.jobs(filled.id, active=True)] == ["prepare"]
    assert "will take its place" in words(at)


def test_the_map_is_there_at_once_when_it_is_stored(open_at, mapped):
    at = open_at(PAGE, mapped.id)
    assert "sketch" not in words(at)
    options = at.selectbox(f"{mapped.id}-map-colour").options
    assert options == ["Picks", "Label", "Votes", "Gain", "Column: team", "Column: truth (hidden labels)"]
    for option in ("Label", "Votes", "Gain", "team", "truth", "Picks"):
        at.selectbox(f"{mapped.id}-map-colour").select(option).run()
        assert not at.exception


def test_a_clicked_text_is_shown_as_it_is_with_its_links(open_at, space, mapped):
    at = open_at(PAGE, mapped.id)
    at.session_state[f"{mapped.id}-map-row"] = 3
    at.run()
    assert space.dataset(mapped.id).texts[3] in [text.value for text in at.text]
    assert "number 1" in words(at)
    assert "labelled" in words(at)
    assert "Blue lines: the" in words(at)


def test_an_area_is_added_to_the_queue_and_excluded_again(open_at, space, mapped):
    at = chosen_area(open_at(PAGE, mapped.id), mapped, [1, 20, 21])
    assert "3 texts in the area" in words(at)
    assert at.dataframe[0].value["Item"].tolist() == ["1", "20", "21"]
    next(button for button in at.button if button.label == "Add to labelling queue (2)").click().run()
    assert not at.exception
    assert [item.row for item in space.queue(mapped.id)] == [3, 1, 4, 15, 9, 20, 21]
    next(button for button in at.button if button.label == "Exclude from labelling queue (3)").click().run()
    assert [item.row for item in space.queue(mapped.id)] == [3, 4, 15, 9]


def test_labelled_texts_are_never_excluded(open_at, space, mapped):
    at = chosen_area(open_at(PAGE, mapped.id), mapped, [3])
    button = next(button for button in at.button if button.label == "Exclude from labelling queue (0)")
    assert button.disabled
    assert 3 in [item.row for item in space.queue(mapped.id)]


def test_a_search_says_how_many_texts_hold_the_words(open_at, mapped):
    at = open_at(PAGE, mapped.id)
    at.text_input(f"{mapped.id}-map-search").set_value("REFUND").run()
    assert "8 of 40 texts" in words(at)
    next(button for button in at.button if button.label == "List them").click().run()
    assert "8 texts with “REFUND”" in words(at)
    at.button("map-clear").click().run()
    assert "REFUND" not in words(at)
    assert not at.dataframe


def queued(space, project):
    return [(item.row, item.origin) for item in space.queue(project.id)]


def test_undo_takes_out_exactly_what_was_added_and_lets_it_be_picked(open_at, space, mapped):
    space.exclude(mapped.id, [20])
    before = queued(space, mapped)
    at = chosen_area(open_at(PAGE, mapped.id), mapped, [1, 20, 21])
    at.button("map-add").click().run()
    assert "2 texts added to the labelling queue." in words(at)
    assert len(queued(space, mapped)) == len(before) + 2
    at.button("map-undo").click().run()
    assert not at.exception
    assert queued(space, mapped) == before
    assert space.excluded(mapped.id) == {20}


def test_undo_brings_excluded_texts_back_into_the_queue(open_at, space, mapped):
    space.exclude(mapped.id, [20])
    before = set(queued(space, mapped))
    at = chosen_area(open_at(PAGE, mapped.id), mapped, [1, 3, 20, 21])
    at.button("map-exclude").click().run()
    assert space.excluded(mapped.id) == {1, 20, 21}
    at.button("map-undo").click().run()
    assert set(queued(space, mapped)) == before
    assert space.excluded(mapped.id) == {20}


def test_excluded_texts_are_allowed_again(open_at, space, mapped):
    space.exclude(mapped.id, [20])
    at = chosen_area(open_at(PAGE, mapped.id), mapped, [20, 21])
    assert at.button("map-include").label == "Allow these again (1)"
    at.button("map-include").click().run()
    assert space.excluded(mapped.id) == frozenset()
    assert at.button("map-include").disabled


def test_an_empty_area_says_so_and_can_be_cleared(open_at, mapped):
    at = chosen_area(open_at(PAGE, mapped.id), mapped, [])
    assert "No texts in that area" in words(at)
    at.button("map-clear").click().run()
    assert "that area" not in words(at)


def test_the_last_button_says_how_far_labelling_is(open_at, space, mapped):
    assert open_at(PAGE, mapped.id).button("next-step").label == "Go on labelling"
    events = [NewEvent(f"f{row}", str(row), "label", "late", 1, 1) for row in (1, 4, 15, 9)]
    space.record_events(mapped.id, "local", events)
    assert open_at(PAGE, mapped.id).button("next-step").label == "Build prompts"


def test_a_damaged_store_is_one_message(open_at, mapped, monkeypatch):
    from votek.errors import StorageError
    from votek.workspace import Workspace

    def fail(self, project_id, method="umap"):
        raise StorageError("The disk cannot be read. Look at it.")

    monkeypatch.setattr(Workspace, "projection", fail)
    at = open_at(PAGE, mapped.id)
    assert [error.value.replace("\\", "") for error in at.error] == ["The disk cannot be read. Look at it."]


def test_a_search_takes_the_words_as_they_stand(space, mapped):
    dataset = space.dataset(mapped.id)
    assert find_matches(dataset, "number 1").tolist() == [1, *range(10, 20)]
    assert find_matches(dataset, ".*").tolist() == []
    assert find_matches(dataset, "  ").tolist() == []


def test_inside_an_outline_is_told_as_by_hand():
    xy = np.array([[0, 0], [1, 1], [3, 1], [1, 3], [-1, 0]], dtype=np.float32)
    square = ([-0.5, 2, 2, -0.5], [-0.5, -0.5, 2, 2])
    assert inside(xy, *square).tolist() == [0, 1]
    hollow = ([0, 4, 4, 2, 0], [0.5, 0.5, 4, 2, 4])  # the notch leaves (1, 3.5) in and (2, 3) out
    assert inside(np.array([[1, 2], [2, 3], [2, 1]], dtype=np.float32), *hollow).tolist() == [0, 2]


def test_rows_from_the_browser_are_checked():
    xy = np.zeros((5, 2), dtype=np.float32)
    assert area_rows(xy, {"rows": [4, 1, 1, -1, 99, "2", None]}).tolist() == [1, 4]
    assert area_rows(xy, {}).tolist() == []


def test_on_a_thinned_map_an_area_holds_the_texts_that_are_not_drawn_too():
    rng = np.random.default_rng(2)
    xy = rng.uniform(-1, 1, size=(60_000, 2)).astype(np.float32)
    outline = {"x": [0.0, 0.5, 0.5, 0.0], "y": [0.0, 0.0, 0.5, 0.5]}
    found = area_rows(xy, {"rows": [3], "outline": outline})
    expected = np.flatnonzero(((xy.round(3) > 0) & (xy.round(3) < 0.5)).all(axis=1))
    assert np.isin(expected, found).all()
    assert len(found) <= len(expected) + 200  # points on the border, after rounding
