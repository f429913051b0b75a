"""Records in which anything may be anything: each is read or refused with a reason, and nothing else happens."""

import json
import random

import pytest

from votek.errors import InputError
from votek.imports import label_formats, read_labels

ODD = (None, True, 0, -1, 1e400, "", "x", "\0", "\ud83d", [], {}, [[]], [None], {"a": None}, {"choices": 5}, [["x", 1]])
RECORDS = {
    "label-studio": {
        "id": 1,
        "data": {"text": "Parcel"},
        "annotations": [
            {
                "completed_by": {"id": 1, "first_name": "Ann"},
                "updated_at": "2024-01-01T00:00:00Z",
                "comments": [{"text": "hm"}],
                "result": [{"from_name": "t", "type": "choices", "value": {"choices": ["late"]}}],
            }
        ],
        "predictions": [{}],
    },
    "argilla": {
        "id": "r",
        "fields": {"text": "Parcel"},
        "responses": {"topic": [{"value": "late", "user_id": "u", "status": "submitted"}]},
        "suggestions": {"topic": {"value": "late"}},
        "metadata": {"m": 1},
    },
    "prodigy": {
        "text": "Parcel",
        "options": [{"id": 1, "text": "late"}],
        "accept": [1],
        "answer": "accept",
        "_timestamp": 17e8,
        "_annotator_id": "ann",
        "meta": {"id": 3},
        "config": {"choice_style": "single"},
    },
    "potato": {
        "id": "i",
        "displayed_text": "Parcel",
        "label_annotations": {"mood": {"good": "true"}},
        "span_annotations": {"ner": []},
    },
    "doccano": {"id": 1, "text": "Parcel", "label": ["late"], "Comments": ["hm"], "entities": [], "cats": ["late"]},
}


def places(value, path=()):
    """Every place within a value."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*path, key))


def changed(value, path, new):
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize("format", RECORDS)
def test_any_part_may_be_anything(format):
    rng = random.Random(7)
    whole = RECORDS[format]
    cases = [(path, odd) for path in places(whole) for odd in ODD]
    read = 0
    for path, odd in cases:
        other = changed(whole, path, odd)
        records = [other, whole] if rng.random() < 0.5 else [whole, other, other]
        content = (
            json.dumps(records)
            if rng.random() < 0.5 or format == "label-studio"
            else "\n".join(map(json.dumps, records))
        )
        try:
            found = read_labels(content.encode("utf-8", "surrogatepass"), name="x.json", format=format)
        except InputError:
            continue
        read += 1
        names = (*found.labels, *found.people, *found.dataset.texts)
        assert [one for one in names if not isinstance(one, str) or "\0" in one or "\ud83d" in one] == [], (path, odd)
        json.dumps(found.to_json())
    assert read > len(cases) // 3


def test_every_tool_of_the_records_is_recognised():
    for format, record in RECORDS.items():
        assert read_labels(json.dumps([record]).encode(), name="x.json").tool == format
    assert set(RECORDS) < set(label_formats())
