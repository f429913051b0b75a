"""Predictions that somebody brings: kept for the items they are of, or refused with what does not match."""

import pytest

from votek.errors import InputError
from votek.evaluation import Predictions
from votek.jobs.kept_predictions import load_predictions


def _of(*ids):
    return Predictions(ids, ("m1", "m2", "m3"), (("x",) * len(ids),) * 3)


def test_predictions_are_of_the_items_with_their_ids(workspace, project, dataset, load):
    load(project, dataset(10, prefix="t"), role="test")
    for ids, role in ((("a1", "a2"), "pool"), (("t1", "t2"), "test")):
        found, key = workspace.keep_predictions(project.id, _of(*ids))
        assert found == role
        assert load_predictions(workspace, key) == _of(*ids)


def test_ids_of_texts_and_test_items_alike_are_told_and_kept_for_those_named(workspace, project, dataset, load):
    load(project, dataset(3, prefix="a"), role="test")
    assert workspace.predictions_fit(project.id, _of("a1", "a2")) == ["pool", "test"]
    assert workspace.predictions_fit(project.id, _of("a1", "a9")) == ["pool"]
    assert workspace.predictions_fit(project.id, _of("b1")) == []
    assert workspace.keep_predictions(project.id, _of("a1", "a2"), of="test")[0] == "test"
    with pytest.raises(InputError, match="none of the test items"):
        workspace.keep_predictions(project.id, _of("a1", "a9"), of="test")


def test_ids_that_do_not_match_are_counted_and_named(workspace, project):
    with pytest.raises(InputError, match=r"2 of 3 ids .* 'b1', 'b2'; 1 match"):
        workspace.keep_predictions(project.id, _of("a1", "b1", "b2"))


def test_a_project_without_texts_takes_none(workspace):
    empty = workspace.create_project("Empty")
    with pytest.raises(InputError, match="no texts yet"):
        workspace.keep_predictions(empty.id, _of("a1"))


def test_deleting_the_project_removes_them(workspace, project):
    _, key = workspace.keep_predictions(project.id, _of("a1", "a2"))
    workspace.delete_project(project.id)
    assert workspace.store.cache.get(key) is None
