"""Hostile and broken files of labels: a clear refusal, with the row where there is one, and no harm done."""

import io
import json
import pickle
import zipfile

import pytest

from votek.datasets import Limits
from votek.errors import FileError, InputError, UnknownNameError
from votek.imports import label_formats, read_labels
from votek.imports.arrow_sizes import declared_size

TASK = {"id": 1, "data": {"text": "Parcel"}, "annotations": []}


def refused(content, name, **options):
    with pytest.raises(FileError) as error:
        read_labels(content, name=name, **options)
    return str(error.value)


def test_unusable_rows_are_named_and_the_others_kept(lines, answers, lost):
    content = (
        lines({"text": "Fine", "label": "a", "answer": "accept", "_task_hash": 1})
        + b"{broken\n"
        + b'["a list"]\n'
        + lines(
            {"text": "N\0L", "label": "a", "answer": "accept"},
            {"label": "a", "answer": "accept"},
            {"text": "   ", "label": "a", "answer": "accept"},
        )
        + b'{"text": "half \\ud83d", "label": "a", "answer": "accept"}\n'
        + b'{"text": "deep", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"
    )  # fmt: skip
    found = read_labels(content, name="x.jsonl")
    assert found.tool == "prodigy"
    assert answers(found) == [("1", "", "a")]
    assert [one.row for one in found.dataset.refusals] == [2, 3, 4, 5, 6, 7, 8]
    assert lost(found)["refused"] == 7
    reasons = " ".join(one.reason for one in found.dataset.refusals)
    for part in ("not JSON", "an object was expected", "NUL", "no text", "surrogate", "nested too deeply"):
        assert part in reasons


def test_a_document_that_is_nested_too_deeply_names_the_entry():
    deep = json.dumps(TASK)[:-1] + ', "x": ' + "[" * 100_000 + "]" * 100_000 + "}"
    assert "x.json: row 2: " in refused(f"[{json.dumps(TASK)}, {deep}]".encode(), "x.json", format="label-studio")
    assert "row 2" in refused(f"[{json.dumps(TASK)}, {{]".encode(), "x.json", format="label-studio")


def test_archives_that_lead_out_lie_or_explode(zipped):
    for name in ("../ann.jsonl", "/etc/ann.jsonl", "a\\b.jsonl", "c:ann.jsonl"):
        assert "leads out of it" in refused(zipped({name: b"{}"}), "x.zip")
    bomb = zipped({"ann.jsonl": b" " * 40_000_000})
    assert "which no ordinary text does" in refused(bomb, "x.zip")
    assert "VOTEK_MAX_UNPACKED_MB" in refused(bomb, "x.zip", limits=Limits(max_unpacked_bytes=1_000_000))
    assert "damaged" in refused(zipped({"a.jsonl": b"{}"})[:-30], "x.zip")
    many = zipped({f"{n}.jsonl": b"" for n in range(10_001)})
    assert "at most 10,000" in refused(many, "x.zip")


def test_an_archive_whose_sizes_are_not_true():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ann.jsonl", b'{"text": "x", "label": ["a"]}\n' * 1000)
    content = bytearray(out.getvalue())
    for at in (content.index(b"PK\x03\x04") + 22, content.index(b"PK\x01\x02") + 24):
        content[at : at + 4] = (20).to_bytes(4, "little")
    assert refused(bytes(content), "x.zip")


def test_no_pickle_is_opened(zipped, tmp_path):
    content = pickle.dumps({"text": "x"})
    assert "pickle" in refused(content, "x.json", format="label-studio")
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "data-00000-of-00001.arrow").write_bytes(content)
    assert "damaged" in refused(folder, "set")
    (folder / "data-00000-of-00001.arrow").write_bytes(b"\xff\xff\xff\xff" + b"\x7f" * 400)
    assert "damaged" in refused(folder, "set")


def test_an_arrow_file_that_grows_is_refused_before_it_is_unpacked(tmp_path):
    import pyarrow as pa

    table = pa.table({"text": ["x"] * 10, "label": ["a" * 1_000_000] * 10})
    for number, (writer, packing) in enumerate(
        [(pa.ipc.new_stream, "zstd"), (pa.ipc.new_file, "lz4"), (pa.ipc.new_stream, None)]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = folder / "data-00000-of-00001.arrow"
        with writer(path, table.schema, options=pa.ipc.IpcWriteOptions(compression=packing)) as out:
            out.write_table(table)
        assert (path.stat().st_size < 100_000) == (packing is not None)
        content = path.read_bytes()
        assert 10_000_000 < declared_size(content) < 10_001_000
        said = refused(folder, None, limits=Limits(max_unpacked_bytes=9_000_000))
        assert "VOTEK_MAX_UNPACKED_MB" in said
        assert ("it says that it holds more" in said) == (packing is not None)
        few = Limits(max_text_chars=2_000_000)
        assert len(read_labels(folder, label="label", text="text", limits=few).answers) == 10


def test_links_in_a_folder_are_not_followed(tmp_path, lines):
    secret = tmp_path / "secret.jsonl"
    secret.write_bytes(lines({"text": "secret", "label": ["a"]}))
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "link.jsonl").symlink_to(secret)
    (folder / "ann.jsonl").write_bytes(lines({"text": "mine", "label": ["a"]}))
    assert read_labels(folder).dataset.texts == ("mine",)


def test_limits_hold(lines):
    content = lines(*({"text": str(n), "label": ["a"]} for n in range(30)))
    assert "VOTEK_MAX_ROWS" in refused(content, "x.jsonl", limits=Limits(max_rows=20))
    assert "VOTEK_MAX_UPLOAD_MB" in refused(content, "x.jsonl", limits=Limits(max_bytes=100))


@pytest.mark.parametrize(
    "time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1e400", "nan", "-1e11", "2024-02-30", "9" * 500]
)
def test_a_time_that_no_database_holds_is_a_loss_of_the_time_alone(time, lost):
    found = read_labels(f"text,label,time\nx,a,{time}\n".encode(), name="x.csv")
    assert (found.answers[0].value, found.answers[0].time, lost(found)) == ("a", None, {"time": 1})


def test_what_is_asked_for_must_be_there(lines):
    plain = lines({"text": "x", "label": ["a"]})
    with pytest.raises(UnknownNameError, match="label-studio, argilla"):
        read_labels(plain, name="x.jsonl", format="brat")
    with pytest.raises(InputError, match="There is no question 'mood'"):
        read_labels(plain, name="x.jsonl", question="mood")
    assert "what tool wrote this is not clear" in refused(b"hello", "notes.xyz")
    assert "no field 'body'" in refused(json.dumps([TASK]).encode(), "x.json", text="body")
    two = {"id": 1, "data": {"first": "a", "second": "b"}, "annotations": []}
    assert "one of: first, second" in refused(json.dumps([two]).encode(), "x.json")
    assert "there is no column 'mood'" in refused(b"text,label\nx,a\n", "x.csv", label="mood").replace("There", "there")
    assert "no column 'wehn' for the time" in refused(b"text,label,when\nx,a,1\n", "x.csv", time="wehn")
    assert "Check the path" in refused("/nowhere/at/all.json", None)


def test_the_format_can_be_overridden_and_says_so(lines):
    content = lines({"text": "x", "label": ["a"]})
    assert read_labels(content, name="x.jsonl").tool == "doccano"
    assert read_labels(content, name="x.jsonl", format="table").why == "the format was given"
    assert list(label_formats())[-1] == "table"
    assert all(format.title and format.sentence.endswith(".") for format in label_formats().values())
