"""The same bytes in memory, in a file and at a path; what is said beside a file; what may stand in it."""

import dataclasses
import io
import json
import tracemalloc
import zipfile

import pytest

from votek.datatypes import PromptSet, TaskSpec
from votek.errors import InputError, StorageError
from votek.exports import catalogue, formats, manifest_file, registry, save, write, write_to
from votek.exports.digesting import DigestingFile
from votek.exports.files import json_bytes
from votek.exports.format import Format
from votek.prompts import LabelledRow


def given_by(project, **more):
    _, rows, prompts, task = project
    return {"labelled": rows, "prompts": prompts, "task": task, "own": prompts, **more}


class OneWay(io.RawIOBase):
    """Takes what is written, piece by piece, and can do nothing else."""

    def __init__(self):
        self.pieces = []

    def writable(self):
        return True

    def write(self, data):
        self.pieces.append(bytes(data))
        return len(data)


def listed(monkeypatch, **formats):
    """The registry with these formats alone."""
    made = {
        name: Format(
            name, name.title(), "One.", f"{name}.txt", "text/plain", "prompts", "prompts", "any", "open", **about
        )
        for name, about in formats.items()
    }
    monkeypatch.setattr(registry, "_FORMATS", made)


def test_memory_file_and_path_hold_the_same_bytes(project, tmp_path):
    for name in formats():
        if name in ("labelled-csv", "labelled-parquet", "prompts-jsonl", "all"):
            file, out = write(name, **given_by(project)), OneWay()
            made = write_to(name, out, **given_by(project))
            assert b"".join(out.pieces) == file.content
            assert (made.name, made.size, made.sha256) == (file.name, file.size, file.sha256)
            assert save(name, tmp_path / "file", **given_by(project)) == made
            assert (tmp_path / "file").read_bytes() == file.content


def test_rows_are_written_as_they_come(project):
    out = OneWay()
    write_to("labelled-jsonl", out, **given_by(project))
    assert len(out.pieces) == len(project[1])
    assert all(piece.endswith(b"\n") for piece in out.pieces)


def test_parquet_goes_out_in_groups_of_rows(project, monkeypatch):
    import pyarrow.parquet as pq

    monkeypatch.setattr("votek.exports.labelled_parquet.ROWS_TOGETHER", 100)
    found = pq.ParquetFile(io.BytesIO(write("labelled-parquet", **given_by(project)).content))
    assert found.num_row_groups == -(-len(project[1]) // 100)
    assert found.metadata.num_rows == len(project[1])


def test_a_file_is_there_whole_or_not_at_all(project, tmp_path):
    target = tmp_path / "set.jsonl"
    target.write_bytes(b"before")
    broken = dataclasses.replace(project[1][-1], text="half \ud800")
    with pytest.raises(InputError, match="half of a character"):
        save("labelled-jsonl", target, **given_by(project, labelled=[*project[1][:3], broken]))
    assert [path.name for path in tmp_path.iterdir()] == ["set.jsonl"]
    assert target.read_bytes() == b"before"
    with pytest.raises(StorageError, match="could not be written"):
        save("labelled-jsonl", tmp_path / "no" / "folder", **given_by(project))


def test_the_digest_is_that_of_what_went_through():
    out = io.BytesIO()
    file = DigestingFile(out)
    for piece in (b"a", memoryview(b"bc"), b""):
        file.write(piece)
    assert (out.getvalue(), file.size, file.tell()) == (b"abc", 3, 3)
    assert file.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert not file.seekable()


def test_right_answers_reach_only_formats_that_say_so(project, monkeypatch):
    def told(request, out):
        out.write(json_bytes(json.dumps(request.answers)))

    listed(monkeypatch, holds={"write": told, "answers": True}, silent={"write": told})
    given = given_by(project, answers={"test 1": "RIGHT", "nobody's": "x"})
    holds, silent = write("holds", **given), write("silent", **given)
    assert (b"RIGHT" in holds.content, b"RIGHT" in silent.content) == (True, False)
    assert (holds.answers, silent.answers) == (1, 0)
    assert write("holds", **given_by(project)).answers == 0
    beside = [json.loads(manifest_file({}, file, format="holds").content)["export"] for file in (holds, silent)]
    assert [one["answers"] for one in beside] == [1, 0]


def test_what_refuses_is_left_out_of_everything_and_named(project, monkeypatch):
    def refuses(request, out):
        out.write(b"begun")
        raise InputError("It cannot hold row 7.")

    listed(monkeypatch, good={"write": lambda request, out: out.write(b"x")}, bad={"write": refuses})
    made = write("all", **given_by(project))
    archive = zipfile.ZipFile(io.BytesIO(made.content))
    assert archive.namelist() == ["good.txt", "good.txt.manifest.json", "left-out.txt"]
    assert "bad: It cannot hold row 7." in archive.read("left-out.txt").decode()
    assert made.left_out == {"bad": "It cannot hold row 7."}
    listed(monkeypatch, bad={"write": refuses})
    with pytest.raises(InputError, match="row 7"):
        write("all", **given_by(project))


def test_the_manifest_says_the_order_how_to_load_and_whether_cells_were_guarded(project, material):
    for format in catalogue():
        file = write(format.name, **material(format.name))
        about = json.loads(manifest_file({}, file, format=format.name).content)["export"]
        assert (about["order"], about["load"]) == (format.order, format.load)
        assert about["formula_guard"] == (True if format.texts_guarded else None)
    open_to_run = write("labelled-csv", **given_by(project, formula_guard=False))
    assert json.loads(manifest_file({}, open_to_run, format="labelled-csv").content)["export"]["formula_guard"] is False


def test_prompts_of_the_labelled_texts_are_asked_for_where_they_are_needed(project, monkeypatch):
    _, rows, _, task = project
    plain = Format("o", "O", "One.", "o", "x", "libraries", "own prompts", "any", "open", lambda request, out: None)
    monkeypatch.setattr(registry, "_FORMATS", {"o": plain})
    with pytest.raises(InputError, match="prompt for each labelled text"):
        write("o", labelled=rows, task=task)
    assert write("o", labelled=rows, task=task, own=PromptSet((), {})).size == 0


def test_each_format_says_what_a_person_needs():
    names = {format.name for format in catalogue()}
    assert len({format.title for format in catalogue()}) == len({format.file for format in catalogue()}) == len(names)
    for format in catalogue():
        assert format.sentence.endswith(".")
        assert format.order
        assert "FILE" in format.load or "FOLDER" in format.load


@pytest.mark.parametrize("format", ["labelled-jsonl", "labelled-csv", "labelled-parquet", "labelled-datasets"])
def test_a_large_file_is_never_in_memory_as_a_whole(format, tmp_path):
    """Long texts, all one object here, make a file many times larger than what is held while writing."""
    text = "long " * 1_200
    rows = [LabelledRow(f"id {at}", at, text, "a", rank=at + 1) for at in range(4_000)]
    tracemalloc.start()
    try:
        made = save(format, tmp_path / "large", labelled=rows, task=TaskSpec("single"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12_000_000
    if format in ("labelled-jsonl", "labelled-csv"):
        assert made.size > 24_000_000
        assert peak < 2_000_000


def test_a_member_of_a_zip_may_be_larger_than_two_gigabytes(project, tmp_path, monkeypatch):
    """Tried with a limit of the format that is lower by a lot, and so with the extension that lifts it."""
    whole = {name: write(name, **given_by(project)).content for name in ("labelled-datasets", "lm-eval")}
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 2_000)
    for name, content in whole.items():
        large = zipfile.ZipFile(io.BytesIO(write(name, **given_by(project)).content))
        plain = zipfile.ZipFile(io.BytesIO(content))
        assert max(member.file_size for member in plain.infolist()) > 2_000
        assert {one: large.read(one) for one in large.namelist()} == {one: plain.read(one) for one in plain.namelist()}
