"""Each tool's documented format is read: every annotator apart, and what cannot be kept is reported."""

import datetime as dt
import json

from votek.imports import read_labels


def choice(name, *labels):
    return {"from_name": name, "to_name": "text", "type": "choices", "value": {"choices": list(labels)}}


def task(id, text, *annotations, **more):
    return {"id": id, "data": {"text": text, "source": "mail"}, "annotations": list(annotations), **more}


def annotation(who, *results, **more):
    return {"id": 7, "completed_by": who, "result": list(results), "was_cancelled": False, **more}


SPAN = {"from_name": "ner", "to_name": "text", "type": "labels", "value": {"start": 0, "end": 3, "labels": ["ORG"]}}
TEXTAREA = {"from_name": "why", "to_name": "text", "type": "textarea", "value": {"text": ["It is late."]}}


def test_label_studio(answers, lost):
    ann = {"id": 2, "email": "ann@example.org", "first_name": "Ann", "last_name": "Lee"}
    content = json.dumps(
        [
            task(
                11,
                "Where is my parcel?",
                annotation(1, choice("topic", "late"), TEXTAREA, updated_at="2024-03-01T10:00:00.5Z"),
                annotation(ann, choice("topic", "lost"), SPAN),
                predictions=[{"model_version": "m1", "score": 0.9, "result": [choice("topic", "late")]}],
                drafts=[{"id": 1, "result": []}],
                project=3,
                updated_at="2024-03-01T10:00:00Z",
            ),
            task(12, "My card is blocked", annotation(1, was_cancelled=True)),
            task(13, "Nobody looked at this"),
            {"id": 14, "data": {"text": ""}, "annotations": []},
            {"id": 15, "data": {"text": "A relation"}, "annotations": [annotation(1, {"type": "relation"})]},
        ]
    ).encode()
    found = read_labels(content, name="project-1-at-2024.json")
    assert (found.tool, found.task, found.question) == ("label-studio", "single", "topic")
    assert "annotations" in found.why
    assert found.dataset.ids == ("11", "12", "13", "15")
    assert found.dataset.texts[0] == "Where is my parcel?"
    assert found.dataset.fields["source"].tolist() == ["mail", "mail", "mail", ""]
    assert answers(found) == [
        ("11", "annotator 1", "late"),
        ("11", "Ann Lee", "lost"),
        ("12", "annotator 1", None),
    ]
    assert found.answers[0].time == dt.datetime(2024, 3, 1, 10, 0, 0, 500_000, dt.UTC)
    assert [one.kind for one in found.answers] == ["label", "label", "skip"]
    assert found.labels == ("late", "lost")
    once = ("refused", "spans", "relations", "prediction", "draft", "empty", "question")
    assert lost(found) == {**dict.fromkeys(once, 1), "field": 2}
    fields = next(loss for loss in found.losses if loss.kind == "field")
    assert [(one.row, one.excerpt) for one in fields.examples] == [(1, "project"), (1, "updated_at")]
    assert found.dataset.refusals[0].row == 4


def test_label_studio_texts_and_the_other_question(answers):
    content = json.dumps([task(1, "Parcel", annotation(5, choice("topic", "late"), TEXTAREA))]).encode()
    found = read_labels(content, name="x.json", question="why")
    assert (found.task, found.labels) == ("text", ())
    assert answers(found) == [("1", "annotator 5", "It is late.")]
    assert found.questions == ("topic", "why")


def test_label_studio_json_min(answers):
    rows = [
        {"text": "Parcel", "id": 1, "topic": "late", "annotator": 1, "annotation_id": 4, "lead_time": 2.5},
        {"text": "Parcel", "id": 1, "topic": {"choices": ["late", "lost"]}, "annotator": 2, "annotation_id": 5},
    ]
    found = read_labels(json.dumps(rows).encode(), name="min.json")
    assert (found.tool, found.task) == ("label-studio", "multi")
    assert answers(found) == [("1", "annotator 1", ("late",)), ("1", "annotator 2", ("late", "lost"))]


def test_doccano_with_a_file_for_each_person(lines, zipped, answers, lost):
    content = zipped(
        {
            "ann.jsonl": lines(
                {"id": 1, "text": "Parcel", "label": ["late"], "Comments": ["not sure"], "topic": "x"},
                {"id": 2, "text": "Card", "label": ["blocked"]},
            ),
            "bob.jsonl": lines(
                {"id": 1, "text": "Parcel", "label": ["lost"]}, {"id": 2, "text": "Card", "label": []},
                {"id": 3, "text": "Some name", "label": [[0, 4, "ORG"]]},
            ),
        }
    )  # fmt: skip
    found = read_labels(content, name="export.zip")
    assert (found.tool, found.task) == ("doccano", "single")
    assert answers(found) == [("1", "ann", "late"), ("2", "ann", "blocked"), ("1", "bob", "lost")]
    assert found.answers[0].comment == "not sure"
    assert found.dataset.fields["topic"].tolist() == ["x", "", ""]
    assert lost(found) == {"spans": 1}


def test_doccano_sequence_to_sequence_and_csv(lines, zipped, answers, lost):
    written = [f"A rather long answer number {n}, which nobody would choose from a list of labels." for n in range(30)]
    entries = [{"id": n, "text": f"Question {n}", "label": [text, "Another one"]} for n, text in enumerate(written)]
    found = read_labels(lines(*entries), name="all.jsonl")
    assert (found.tool, found.task, found.answers[3].value) == ("doccano", "text", written[3])
    assert lost(found) == {"several": 30}
    table = zipped({"ann.csv": b"id,text,label\n1,Parcel,late#lost\n", "bob.csv": b"id,text,label\n1,Parcel,late\n"})
    assert answers(read_labels(table, name="x.zip")) == [("1", "ann", ("late", "lost")), ("1", "bob", ("late",))]


def test_argilla_records(answers, lost):
    first, second = "1f2e", "9a8b"
    records = [
        {
            "id": "rec-1",
            "fields": {"text": "Parcel"},
            "metadata": {"split": "train"},
            "suggestions": {"topic": {"value": "late", "score": 0.8, "agent": "m"}},
            "responses": {
                "topic": [
                    {"value": "late", "user_id": first, "status": "submitted"},
                    {"value": "lost", "user_id": second, "status": "submitted"},
                ],
                "note": [{"value": "I am sure", "user_id": first}],
            },
            "vectors": {"v": [0.1, 0.2]},
            "_server_id": "5",
        },
        {
            "id": "rec-2",
            "fields": {"text": "Card"},
            "responses": {
                "topic": [
                    {"value": None, "user_id": first, "status": "discarded"},
                    {"value": "late", "user_id": second, "status": "draft"},
                ]
            },
        },
    ]
    found = read_labels(json.dumps(records).encode(), name="records.json")
    assert (found.tool, found.question) == ("argilla", "topic")
    assert answers(found) == [("rec-1", first, "late"), ("rec-1", second, "lost"), ("rec-2", first, None)]
    assert found.dataset.fields["split"].tolist() == ["train", ""]
    assert lost(found) == {"prediction": 1, "draft": 1, "question": 1, "field": 1}


def test_argilla_version_1_and_rows_of_a_data_set(lines, answers):
    old = {
        "fields": {"text": "Parcel"},
        "external_id": "e1",
        "responses": [
            {"user_id": "u1", "status": "submitted", "values": {"topic": {"value": ["late", "lost"]}}},
            {"user_id": "u2", "status": "discarded", "values": {}},
        ],
    }
    found = read_labels(json.dumps([old]).encode(), name="records.json")
    assert answers(found) == [("e1", "u1", ("late", "lost")), ("e1", "u2", None)]
    flat = {
        "id": "a",
        "status": "completed",
        "text": "Parcel",
        "topic.responses": ["late", "lost"],
        "topic.responses.users": ["u1", "u2"],
        "topic.responses.status": ["submitted", "submitted"],
        "topic.suggestion": "late",
    }
    rows = read_labels(lines(flat), name="rows.jsonl")
    assert (rows.tool, answers(rows)) == ("argilla", [("a", "u1", "late"), ("a", "u2", "lost")])


def test_argilla_settings_tell_the_order_of_the_labels(lines, zipped):
    options = [{"value": name, "text": name} for name in ("never", "lost", "late")]
    settings = {"questions": [{"name": "topic", "settings": {"type": "label_selection", "options": options}}]}
    record = {"id": 1, "fields": {"text": "Parcel"}, "responses": {"topic": [{"value": "late", "user_id": "u"}]}}
    content = zipped({".argilla/settings.json": json.dumps(settings), "records.json": json.dumps([record])})
    assert read_labels(content, name="x.zip").labels == ("never", "lost", "late")


def test_prodigy(lines, answers, lost):
    options = [{"id": 1, "text": "late"}, {"id": 2, "text": "lost"}]
    about = {"_input_hash": 3, "_task_hash": 4, "_view_id": "choice", "options": options}
    found = read_labels(
        lines(
            {
                "text": "Parcel",
                "accept": [1],
                "answer": "accept",
                "_annotator_id": "db-ann",
                "_timestamp": 17e8,
                **about,
                "meta": {"source": "mail"},
                "flagged": True,
            },
            {"text": "Parcel", "accept": [2], "answer": "accept", "_annotator_id": "db-bob", **about},
            {"text": "Card", "accept": [], "answer": "ignore", "_annotator_id": "db-ann", **about},
            {"text": "Card", "accept": [1], "answer": "reject", "_annotator_id": "db-bob", **about},
            {"text": "Name", "spans": [{"start": 0, "end": 4, "label": "ORG"}], "answer": "accept", "_input_hash": 9},
        ),
        name="annotations.jsonl",
    )
    assert (found.tool, found.labels) == ("prodigy", ("late", "lost"))
    assert answers(found) == [("1", "db-ann", "late"), ("1", "db-bob", "lost"), ("3", "db-ann", None)]
    assert found.answers[0].flagged
    assert found.answers[0].time == dt.datetime.fromtimestamp(17e8, dt.UTC)
    assert found.dataset.fields["source"].tolist() == ["mail", "", ""]
    assert lost(found) == {"spans": 1, "rejected": 1, "field": 3}


def test_prodigy_binary_and_written(lines, answers, lost):
    found = read_labels(
        lines(
            {"text": "Parcel", "label": "LATE", "answer": "accept", "_session_id": "ann", "_task_hash": 1},
            {"text": "Card", "label": "LATE", "answer": "reject", "_session_id": "ann", "_task_hash": 2},
        ),
        name="x.jsonl",
    )
    assert (answers(found), lost(found)) == ([("1", "ann", "LATE")], {"rejected": 1, "field": 1})
    line = {"text": "Say it", "user_input": "In other words", "answer": "accept", "_task_hash": 3}
    assert read_labels(lines(line), name="x.jsonl", who="Cy").answers[0].who == "Cy"


def test_potato_folder(tmp_path, lines, answers, lost):
    for user, label in (("ann", "positive"), ("bob@example.org", "neutral")):
        folder = tmp_path / "annotation_output" / user
        folder.mkdir(parents=True)
        line = {
            "id": "item_1",
            "displayed_text": "Aliquam eius",
            "label_annotations": {"sentiment": {label: "true"}, "note": {"text_box": "hm"}},
            "span_annotations": {"ner": [{"start": 0, "end": 3}]},
            "behavioral_data": {"time_string": "Time spent: 0d 0h 0m 1s "},
        }
        (folder / "annotated_instances.jsonl").write_bytes(lines(line))
    found = read_labels(tmp_path / "annotation_output")
    assert (found.tool, found.question) == ("potato", "sentiment")
    assert answers(found) == [("item_1", "ann", "positive"), ("item_1", "bob@example.org", "neutral")]
    assert lost(found) == {"spans": 2, "question": 2, "field": 1}


def test_potato_state_without_texts_and_csv(zipped, lines, answers):
    state = {
        "user_id": "ann",
        "instance_id_to_label_to_value": {"i1": {"scale": {"scale_3": "3"}}, "i2": {"scale": {"labels": {"2": True}}}},
    }
    content = zipped({"ann/user_state.json": json.dumps(state)})
    found = read_labels(content, name="x.zip")
    assert not found.has_texts
    assert answers(found) == [("i1", "ann", "3"), ("i2", "ann", "2")]
    data = lines({"id": "i1", "text": "One"}, {"id": "i2", "text": "Two"})
    both = read_labels(zipped({"ann/user_state.json": json.dumps(state), "data.jsonl": data}), name="x.zip")
    assert (both.has_texts, both.dataset.texts) == (True, ("One", "Two"))
    table = b"user,instance_id,displayed_text,mood:::good,mood:::bad\nann,i1,One,true,\nbob,i1,One,,true\n"
    assert answers(read_labels(table, name="annotated.csv")) == [("i1", "ann", "good"), ("i1", "bob", "bad")]


def test_potato_states_as_its_server_saves_them(tmp_path, answers, lost):
    """`user_state.json` holds pairs of a label and its value, and much that only the tool needs."""

    def pair(schema, name, value):
        return [{"schema": schema, "name": name}, value]

    for user, given in {
        "ann": [pair("mood", "good", "true"), pair("note", "text_box", "So it is"), pair("mood", "bad", False)],
        "bob": [pair("mood", "bad", True), "nonsense"],
        "cy": [pair("mood", "good", "1")],
    }.items():
        (tmp_path / "out" / user).mkdir(parents=True)
        span = [{"schema": "ner", "name": "X", "start": 0, "end": 3, "title": "X"}, "true"]
        state = {
            "user_id": user,
            "instance_id_ordering": ["i1"],
            "instance_id_to_label_to_value": {"i1": given},
            "instance_id_to_span_to_value": {"i1": [span]},
        }
        (tmp_path / "out" / user / "user_state.json").write_text(json.dumps(state, indent=2))
    found = read_labels(tmp_path / "out")
    assert (found.tool, found.has_texts, found.question) == ("potato", False, "mood")
    assert answers(found) == [("i1", "ann", "good"), ("i1", "bob", "bad"), ("i1", "cy", "good")]
    assert lost(found) == {"spans": 3, "question": 1, "kind": 1, "field": 1}


def test_a_data_set_of_hugging_face(tmp_path, answers):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import datasets

        features = datasets.Features(
            {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["never", "late", "lost"])}
        )
        train = datasets.Dataset.from_dict({"text": ["Parcel", "Card"], "label": [2, 1]}, features=features)
        test = datasets.Dataset.from_dict({"text": ["Parcel"], "label": [-1]}, features=features)
        datasets.disable_progress_bars()
        datasets.DatasetDict({"train": train, "test": test}).save_to_disk(tmp_path / "set")
        train.to_parquet(tmp_path / "one.parquet")
    found = read_labels(tmp_path / "set")
    assert (found.tool, found.labels) == ("datasets", ("never", "late", "lost"))
    assert found.dataset.texts == ("Parcel", "Parcel", "Card")
    assert found.dataset.fields["split"].tolist() == ["test", "train", "train"]
    assert answers(found) == [("2", "", "lost"), ("3", "", "late")]
    assert answers(read_labels(tmp_path / "one.parquet")) == [("1", "", "lost"), ("2", "", "late")]


def test_splits_that_each_count_their_ids_from_the_beginning(tmp_path, answers):
    import pyarrow as pa
    import pyarrow.parquet as pq

    def split(name, texts):
        ids = [str(at) for at in range(len(texts))]
        pq.write_table(pa.table({"id": ids, "text": texts, "label": ["a"] * len(texts)}), tmp_path / f"{name}.parquet")

    split("train", ["One", "Two"])
    split("test", ["Three"])
    found = read_labels(tmp_path)
    assert found.dataset.refusals == ()
    assert answers(found) == [("test-0", "", "a"), ("train-0", "", "a"), ("train-1", "", "a")]
    split("test", ["One"])
    assert answers(read_labels(tmp_path)) == [("0", "", "a"), ("1", "", "a")]


def test_tables(answers, lost):
    rows = ("Parcel,late,ann,2024-01-02", "Parcel,lost,bob,never", "Parcel,late,ann,", "Parcel,late,bob,", "Card,,ann,")
    content = "\n".join(["text,label,annotator,when", *rows]).encode()
    found = read_labels(content, name="labels.csv", time="when")
    assert (found.tool, found.details["who"]) == ("table", "annotator")
    assert answers(found) == [("1", "ann", "late"), ("1", "bob", "late")]
    assert found.dataset.texts == ("Parcel", "Card")
    assert lost(found) == {"duplicate": 1, "time": 1}
    multi = read_labels(b"id,label\n7,a;b\n", name="x.csv", task="multi", who="Cy")
    assert (multi.has_texts, answers(multi)) == (False, [("7", "Cy", ("a", "b"))])
    listed = read_labels(b'{"text": "x", "labels": ["a", "b"]}\n', name="x.jsonl", format="table")
    assert answers(listed) == [("1", "", ("a", "b"))]


def test_label_studio_keeps_two_people_of_one_name_apart(answers, lost):
    def said(label, email, number):
        anna = {"id": number, "first_name": "Anna", "last_name": "Lee", "email": email}
        result = [{"type": "choices", "from_name": "topic", "value": {"choices": [label]}}]
        return {"completed_by": anna, "result": result, "was_cancelled": False}

    given = [said("late", "anna@a.org", 1), said("lost", "anna@b.org", 2)]
    task = {"id": 7, "data": {"text": "Parcel"}, "annotations": given}
    found = read_labels(json.dumps([task]).encode(), name="x.json")
    assert answers(found) == [("7", "Anna Lee (anna@a.org)", "late"), ("7", "Anna Lee (anna@b.org)", "lost")]
    assert not lost(found)
    alone = read_labels(json.dumps([task | {"annotations": given[:1]}]).encode(), name="x.json")
    assert alone.people == ("Anna Lee",)


def test_doccano_without_ids_keeps_every_text_and_tells_of_every_label(lines, zipped, answers, lost):
    people = ("ann", "bob", "cy", "dee")
    content = zipped({f"{who}.jsonl": lines({"text": f"Of {who}", "label": ["a"]}) for who in people})
    found = read_labels(content, name="x.zip")
    assert not found.dataset.refusals
    assert [(who, value) for _, who, value in answers(found)] == [(who, "a") for who in people]
    odd = lines(
        {"id": 1, "text": "One", "label": ["a"]},
        {"id": 2, "text": "Two", "label": [], "labels": ["b"]},
        {"id": 3, "text": "Three", "cats": {"a": 1.0}},
        {"id": 4, "text": "Four", "label": None},
    )
    found = read_labels(odd, name="x.jsonl")
    assert (answers(found), lost(found)) == ([("1", "", "a"), ("2", "", "b")], {"kind": 1})


def test_a_person_who_answered_nothing_has_an_empty_file(lines, zipped, answers):
    entry = lines({"id": 1, "text": "One", "label": ["a"]})
    for nothing in (b"", b"\n", b"[]"):
        found = read_labels(zipped({"ann.jsonl": nothing, "bob.jsonl": entry}), name="x.zip")
        assert (found.tool, answers(found)) == ("doccano", [("1", "bob", "a")])
    table = {"ann.csv": b"id,text,label\n", "bob.csv": b"id,text,label\n1,One,a\n", "cy.csv": b""}
    assert answers(read_labels(zipped(table), name="x.zip")) == [("1", "bob", "a")]
    line = lines({"id": "i1", "displayed_text": "One", "label_annotations": {"mood": {"good": "1"}}})
    potato = {"ann/annotated_instances.jsonl": b"", "bob/annotated_instances.jsonl": line}
    assert answers(read_labels(zipped(potato), name="x.zip")) == [("i1", "bob", "good")]


def test_prodigy_without_its_hashes_and_with_nothing_chosen(lines, answers, lost):
    found = read_labels(
        lines(
            {"text": "Parcel", "label": "LATE", "answer": "accept"},
            {"text": "Card", "label": "LATE", "answer": "reject"},
            {"text": "Name", "answer": "accept"},
        ),
        name="x.jsonl",
    )
    assert (found.tool, answers(found)) == ("prodigy", [("1", "", "LATE")])
    assert lost(found) == {"rejected": 1, "empty": 1}


def test_a_table_with_ids_and_several_people_is_never_read_by_its_people(answers):
    rows = ["7,urgent;billing,ann", "7,urgent,bob", "8,billing; question,ann", "9,spam,ann"]
    found = read_labels("\n".join(["id,label,who", *rows]).encode(), name="x.csv", task="multi")
    assert (found.has_texts, found.details["label"]) == (False, "label")
    assert answers(found)[:2] == [("7", "ann", ("urgent", "billing")), ("7", "bob", ("urgent",))]
    with_texts = ["id,text,label,who", "7,Late,a,ann", "7,Late,b,bob", "8,Late,a,ann"]
    found = read_labels("\n".join(with_texts).encode(), name="x.csv")
    assert answers(found) == [("7", "ann", "a"), ("7", "bob", "b"), ("8", "ann", "a")]
    unlike = ["id,text,label,who", "7,Late,a,ann", "7,Lost,b,bob"]
    found = read_labels("\n".join(unlike).encode(), name="x.csv")
    assert (found.own_ids, len(found.answers), found.dataset.refusals) == (False, 2, ())
    long_names = ["id,label,annotator", "7,a,ann.of.a.long.name@example.org", "7,b,bob.of.a.long.name@example.org"]
    found = read_labels("\n".join(long_names).encode(), name="x.csv")
    assert [(item, value) for item, _, value in answers(found)] == [("7", "a"), ("7", "b")]
    phrases = ["phrase,label,annotator", "Late,a,ann.of.a.long.name@example.org", "Lost,b,bob@example.org"]
    assert read_labels("\n".join(phrases).encode(), name="x.csv").dataset.texts == ("Late", "Lost")
    student = read_labels(b"answer,topic\nA long answer of a student,good\nAnother long one,bad\n", name="x.csv")
    assert answers(student) == [("1", "", "good"), ("2", "", "bad")]
