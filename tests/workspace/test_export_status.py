"""Exports say how each label came about, and count what is left out."""

import csv
import io
import itertools
import json

import pandas as pd
import pytest

from votek.datasets import make_dataset
from votek.datatypes import HandoutSettings, LabelSpec, TaskSpec
from votek.exports import labelled_rows, read_manifest
from votek.exports.manifest import manifest_bytes
from votek.store import projects as project_rows
from votek.workspace import NewEvent

TASK = TaskSpec("single", (LabelSpec("x", "#0072B2"), LabelSpec("y", "#E69F00")))
EXPECTED = {
    "t0": ("x", "unanimous", 2, 2, ""),
    "t1": ("y", "majority", 2, 3, ""),
    "t2": ("y", "adjudicated", 1, 2, "=because of the parcel"),
    "t3": ("x", "single", 1, 1, ""),
    "t8": ("x", "single", 0, 0, ""),
}
"""id -> label, status, how many agreed of how many, why."""


@pytest.fixture
def project(workspace, texts):
    made = workspace.create_project("Several", task=TASK)
    named = ["" for _ in range(8)] + ["x"]
    data = make_dataset([f"t{i}" for i in range(9)], texts(9), {"topic": named})
    workspace.import_dataset(made.id, data, role="pool", name="t.csv", columns={"topic": "labelled"})
    workspace.add_to_queue(made.id, range(8))
    settings = HandoutSettings(overlap=2, items={"t1": 3, "t3": 1})
    with workspace.store.write() as tx:
        project_rows.lock(tx, made.id)
        project_rows.add_revision(tx, made.id, "handout", vars(settings), time=made.created)
    numbers = itertools.count()

    def act(who, kind, item, value=None):
        event = NewEvent(f"e{next(numbers)}", item, kind, value, workspace.project(made.id).task.version, 1)
        (ack,) = workspace.record_events(made.id, who, [event])
        assert ack.accepted, ack.reason

    for item, answers in {
        "t0": "xx", "t1": "yxy", "t2": "xy", "t3": "x", "t4": "xy", "t5": "x", "t6": "--", "t7": "y-",
    }.items():  # fmt: skip
        for who, answer in zip(("ann", "bob", "cem"), answers, strict=False):
            act(who, "skip" if answer == "-" else "label", item, None if answer == "-" else answer)
    act("eve", "adjudicate", "t2", {"label": "y", "why": EXPECTED["t2"][-1]})
    act("eve", "adjudicate", "t7", {"label": None, "why": "nothing fits"})
    return made


def test_every_labelled_set_says_how_each_label_came_about(workspace, project):
    lines = workspace.export(project.id, "labelled-jsonl").content.decode().splitlines()
    found = {one["id"]: one for one in map(json.loads, lines)}
    names = ("label", "status", "agreed", "people", "why")
    assert {item: tuple(one[name] for name in names) for item, one in found.items()} == EXPECTED
    assert (found["t2"]["who"], found["t8"]["source"]) == ("eve", "import")
    cells = csv.DictReader(io.StringIO(workspace.export(project.id, "labelled-csv").content.decode(), newline=""))
    assert {one["id"]: (one["status"], one["agreed"], one["people"], one["why"].lstrip("'")) for one in cells} == {
        item: (status, str(agreed), str(people), why) for item, (_, status, agreed, people, why) in EXPECTED.items()
    }
    table = pd.read_parquet(io.BytesIO(workspace.export(project.id, "labelled-parquet").content))
    assert {row.id: (row.label, row.status, row.agreed, row.people, row.why) for row in table.itertuples()} == EXPECTED


def test_the_manifest_keeps_every_answer_and_counts_what_is_left_out(workspace, project):
    manifest = workspace.export_manifest(project.id)
    assert manifest["left_out"] == {"open": 1, "disputed": 1, "skipped": 2}
    ruled = next(label for label in manifest["labels"] if label["id"] == "t2")
    assert (ruled["status"], ruled["who"], ruled["why"]) == ("adjudicated", "eve", "=because of the parcel")
    assert ruled["answers"] == [{"who": "ann", "value": "x"}, {"who": "bob", "value": "y"}]
    back = labelled_rows(read_manifest(manifest_bytes(manifest)), workspace.dataset(project.id))
    assert {row.id: (row.value, row.status, row.agreed, row.people, row.why) for row in back} == EXPECTED
    assert back == workspace.labelled_rows(project.id)


def test_a_manifest_from_before_is_read_as_labels_of_single_people(workspace, project):
    manifest = workspace.export_manifest(project.id)
    del manifest["left_out"]
    for label in manifest["labels"]:
        for name in ("status", "answers", "why"):
            del label[name]
    rows = labelled_rows(read_manifest(manifest_bytes(manifest)), workspace.dataset(project.id))
    assert {row.status for row in rows} == {"single"}
