"""A prompt pack writes the prompts of its project elsewhere, and is refused where it is not what was written."""

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController

import votek
from votek.datatypes import LabelSpec, PromptSet, PromptSettings, TaskSpec
from votek.embeddings import embed, model_digest
from votek.errors import CorruptFileError, FileError, InputError, ModelError, UnknownNameError
from votek.exports.files import ExportRequest, LabelledVectors
from votek.exports.pack import FORMAT
from votek.prompts import LabelledRow, QueryRow, build_prompts, default_instruction, in_pick_order, label_text
from votek.prompts.pack_files import about_digest

MODEL = "votek-hash"
DOCS = Path(votek.__file__).resolve().parents[1] / "docs"
TASK = TaskSpec("single", (LabelSpec("pay {x}", "#000000"), LabelSpec("ship", "#ffffff", "Where it is.")), 3)
WORDS = ["card", "parcel", "late", "refund", "{text}", "%s", "$x", "\\", "voucher", "\u05e9\u05dc", "app", "lost"]
QUERIES = ["my card is late", "card parcel late refund 3", "{text} {label}", "a lost\nvoucher\r", "", "\U0001f600 x"]
PLAIN = PromptSettings(n=4)
SETTINGS = {
    "plain": PLAIN,
    "descending": replace(PLAIN, order="descending", separator="\n--\n", instruction="One of {labels}; {json}."),
    "columns": replace(PLAIN, demonstration="{text}\t{field:city}\t{label}\n\n", query="{text}\t{field:city}\t"),
    "budget": replace(PLAIN, n=9, token_budget=90, answer_reserve=10),
    "random": replace(PLAIN, retrieval="random", seed=4),
    "fixed": replace(PLAIN, retrieval="fixed"),
    "nothing": replace(PLAIN, n=0),
}


def labelled_rows(size=24, several=False):
    rng = np.random.default_rng(3)
    return in_pick_order(
        [
            LabelledRow(
                f"id {at}",
                at * 1_000_003,
                f"{' '.join(rng.choice(WORDS, 4))} {at // 2}",  # every other text has a near-copy
                ("pay {x}", "ship")[: 1 + at % 2] if several else ("pay {x}", "ship")[at % 2],
                fields={"city": f"{at}\u2028{{x}}"},
                rank=size - at if at % 3 else None,
            )
            for at in range(size)
        ]
    )


def make(settings=PLAIN, several=False):
    """(the request that is exported, prompts of QUERIES as the app writes them)"""
    rows, asked = labelled_rows(several=several), replace(TASK, type="multi" if several else "single")
    mean = embed([row.text for row in rows] + ["another text", "of the pool"], model=MODEL).mean
    groups = np.array([row.row // 1_000_003 // 6 for row in rows])
    vectors = LabelledVectors(
        embed([row.text for row in rows], model=MODEL).vectors, mean, groups, MODEL, model_digest(MODEL), 0.95
    )
    queries = [QueryRow(f"q{at}", text, fields={"city": text + "!"}) for at, text in enumerate(QUERIES)]
    copies = {row.row: group for row, group in zip(rows, groups.tolist(), strict=True)}
    dense = {row: at for at, row in enumerate(sorted(copies))}
    prompts = build_prompts(
        settings,
        pool=[replace(row, row=dense[row.row]) for row in rows],
        pool_vectors=vectors.rows,
        queries=queries,
        query_vectors=embed(QUERIES, model=MODEL).vectors,
        mean=mean,
        copies=[copies[row] for row in sorted(copies)],
        task=asked,
    )
    back = sorted(copies)
    prompts = tuple(replace(one, demonstrations=tuple(back[at] for at in one.demonstrations)) for one in prompts)
    manifest = {
        "schema": "votek.manifest/1",
        "prompts": {"settings": asdict(replace(settings, instruction=settings.instruction or "")), "order": "as said"},
    }
    request = ExportRequest(rows, PromptSet(prompts, manifest), asked, vectors=vectors)
    if settings.instruction is None:  # the manifest holds the settings in force
        manifest["prompts"]["settings"]["instruction"] = default_instruction(asked)
    return request, prompts


def written(request):
    out = io.BytesIO()
    FORMAT.write(request, out)
    return out.getvalue()


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    path = tmp_path_factory.mktemp("plain") / "pack.zip"
    path.write_bytes(written(make()[0]))
    return path


@pytest.fixture
def folder(plain, tmp_path):
    with zipfile.ZipFile(plain) as archive:
        archive.extractall(tmp_path / "votek-pack")
    return tmp_path / "votek-pack"


def change(folder, name, edit, *, honest):
    """Edit one file of a pack. `honest`: with sizes and digests that say so, as a forger would."""
    path = folder / name
    path.write_bytes(edit(path.read_bytes()))
    if honest:
        about = json.loads((folder / "pack.json").read_bytes())
        if name != "pack.json":
            raw = path.read_bytes()
            about["members"][name] = {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
        about["digest"] = about_digest(about)
        (folder / "pack.json").write_text(json.dumps(about))


def edited_json(**changes):
    return lambda raw: json.dumps({**json.loads(raw), **changes}).encode()


@pytest.mark.parametrize("name", SETTINGS)
def test_prompts_are_those_of_the_app(name, tmp_path):
    request, prompts = make(SETTINGS[name])
    (tmp_path / "pack.zip").write_bytes(written(request))
    pack = votek.load_pack(tmp_path / "pack.zip")
    by_row = {row.row: row for row in request.labelled}
    for prompt in prompts:
        given = {"fields": {"city": prompt.query + "!"}, "id": prompt.id}
        assert pack.prompt(prompt.query, **given) == prompt.text
        assert pack.build(prompt.query, **given) == prompt
        shown = pack.retrieve(prompt.query, **given)
        assert [(row.row, row.text, row.value) for row in shown] == [
            (row, by_row[row].text, by_row[row].value) for row in prompt.demonstrations
        ]
        vector = embed([prompt.query], model=MODEL).vectors[0]
        assert pack.prompt(prompt.query, **given, vector=vector.tolist()) == prompt.text
    assert len({prompt.text for prompt in prompts}) == len(prompts)
    assert (pack.settings.n, pack.task, pack.model, len(pack)) == (SETTINGS[name].n, TASK, MODEL, 24)


def test_it_is_read_as_its_manifest_says(plain):
    given = {"votek": votek, "FILE": plain, "TEXT": "my card"}
    assert eval(FORMAT.load, given).endswith("Text: my card\nLabel:")  # noqa: S307


def test_a_text_that_is_labelled_is_not_shown_to_itself(plain):
    pack = votek.load_pack(plain)
    for row in pack.rows:
        group = {other.row for other in pack.rows if other.row // 6_000_018 == row.row // 6_000_018}
        assert row.row in group
        assert not group & set(pack.build(f"  {row.text}\n").demonstrations)


def test_several_labels(tmp_path):
    request, prompts = make(several=True)
    (tmp_path / "pack.zip").write_bytes(written(request))
    pack = votek.load_pack(tmp_path / "pack.zip")
    assert [row.value for row in pack.rows] == [row.value for row in request.labelled]
    assert pack.task == request.task
    assert any("pay {x}, ship" in prompt.text for prompt in prompts)
    assert [pack.prompt(prompt.query, id=prompt.id) for prompt in prompts] == [prompt.text for prompt in prompts]


def test_a_folder_is_read_like_its_zip_and_the_same_export_has_the_same_bytes(plain, folder):
    assert votek.load_pack(folder).prompt("a card") == votek.load_pack(plain).prompt("a card")
    assert written(make()[0]) == plain.read_bytes()
    names = {"settings.json", "rows.jsonl", "vectors.npy", "mean.npy", "manifest.json", "pack.json"}
    assert {path.name for path in folder.iterdir()} == names
    stored = np.load(folder / "vectors.npy", allow_pickle=False)
    assert (stored.dtype, stored.shape) == (np.float32, (24, 64))
    np.testing.assert_array_equal(stored, make()[0].vectors.rows)
    assert "votek-pack" in repr(votek.load_pack(folder)) or "24 labelled texts" in repr(votek.load_pack(folder))


@pytest.mark.parametrize("n", [4, 0, 99])
def test_the_few_lines_of_the_page_write_the_same_prompt(folder, n):
    settings = json.loads((folder / "settings.json").read_bytes())["settings"] | {"n": n}
    change(folder, "settings.json", edited_json(settings=settings), honest=True)
    page = (DOCS / "packs.md").read_text("utf-8")
    (reader,) = re.findall(r"<!-- the reader -->\n```python\n(.*?)```", page, re.DOTALL)
    assert len(reader.splitlines()) <= 12
    assert "votek" not in reader
    pack = votek.load_pack(folder)
    for text in ("which voucher for my app", "{text} lost {label}", "price\nof a card"):
        vector = pack.embed(text)
        names = {"folder": folder, "text": text, "vector": vector}
        exec(reader, names)  # noqa: S102
        assert names["prompt"] == pack.prompt(text, vector=vector)


def test_nothing_of_the_app_is_loaded(plain):
    code = (
        "import sys, votek\n"
        f"pack = votek.load_pack({str(plain)!r})\n"
        "assert pack.prompt('my card').endswith('Text: my card\\nLabel:')\n"
        "print(sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert not {"streamlit", "umap", "plotly", "pandas", "sqlalchemy"} & set(json.loads(done.stdout.replace("'", '"')))


def test_several_threads_ask_at_once(plain):
    pack = votek.load_pack(plain, warm=False)
    texts = [f"{query} {at}" for at in range(20) for query in QUERIES]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(pack.prompt, texts))
    assert found == [votek.load_pack(plain).prompt(text) for text in texts]


def test_the_threads_of_the_program_around_it_are_left_as_they_were(plain):
    pools = ThreadpoolController()
    before = pools.info()
    votek.load_pack(plain).prompt("a card")
    assert pools.info() == before
    with pytest.raises(InputError):
        votek.load_pack(plain).prompt("a card", vector=[1.0])
    assert pools.info() == before


# ---------------------------------------------------------------- the model


def test_another_model_of_the_same_name_is_refused(folder):
    change(folder, "pack.json", edited_json(model={"name": MODEL, "digest": "0" * 64}), honest=True)
    with pytest.raises(ModelError, match=r"digest 000000000000….*Give the folder of the right model"):
        votek.load_pack(folder)
    pack = votek.load_pack(folder, warm=False)
    vector = embed(["my card"], model=MODEL).vectors[0]
    assert pack.prompt("my card", vector=vector).endswith("Text: my card\nLabel:")
    with pytest.raises(ModelError):
        pack.prompt("my card")


def test_a_model_that_is_not_here_is_needed_only_for_texts_without_a_vector(folder):
    change(folder, "pack.json", edited_json(model={"name": "/nowhere/model", "digest": "0"}), honest=True)
    with pytest.raises(ModelError, match="is not on this machine"):
        votek.load_pack(folder)
    assert votek.load_pack(folder, warm=False).prompt("x", vector=np.ones(64))
    change(folder, "pack.json", edited_json(model={"name": "gone", "digest": model_digest(MODEL)}), honest=True)
    assert votek.load_pack(folder, model=MODEL).prompt("x")


def test_a_tokenizer_that_is_not_here_can_be_replaced(tmp_path):
    request, _ = make(SETTINGS["budget"])
    request.prompts.manifest["prompts"]["settings"]["tokenizer"] = "characters/4"
    (tmp_path / "pack.zip").write_bytes(written(request))
    with pytest.raises(UnknownNameError, match="no tokenizer called '/nowhere'"):
        votek.load_pack(tmp_path / "pack.zip", tokenizer="/nowhere")
    pack = votek.load_pack(tmp_path / "pack.zip", tokenizer="wordpiece")
    assert pack.prompt("x", id="q") == votek.load_pack(packed(tmp_path, SETTINGS["budget"])).prompt("x", id="q")


def packed(folder, settings):
    path = folder / "other.zip"
    path.write_bytes(written(make(settings)[0]))
    return path


# ---------------------------------------------------------------- what is asked for


@pytest.mark.parametrize(
    ("vector", "says"),
    [(np.ones(3), r"shape \(3,\); give 64"), (np.ones((1, 64)), r"shape \(1, 64\)"), (np.full(64, np.nan), "finite"),
     (["a"] * 64, "must be 64 numbers")],
)  # fmt: skip
def test_a_vector_that_does_not_fit(plain, vector, says):
    with pytest.raises(InputError, match=says):
        votek.load_pack(plain, warm=False).prompt("x", vector=vector)


@pytest.mark.parametrize("text", [None, 3, b"x", ["x"], "half \ud83d of a character"])
def test_what_is_no_text(plain, text):
    with pytest.raises(InputError, match="give one text"):
        votek.load_pack(plain, warm=False).prompt(text)
    with pytest.raises(InputError, match="the column 'city' is"):
        votek.load_pack(plain, warm=False).prompt("x", fields={"city": text})


def test_a_column_that_is_missing(tmp_path):
    pack = votek.load_pack(packed(tmp_path, SETTINGS["columns"]), warm=False)
    with pytest.raises(InputError, match="field:city"):
        pack.prompt("x")


# ---------------------------------------------------------------- what is no pack


def test_where_there_is_none(tmp_path):
    with pytest.raises(FileError, match="There is no prompt pack at"):
        votek.load_pack(tmp_path / "nothing")
    with pytest.raises(FileError, match=r"lacks pack\.json"):
        votek.load_pack(tmp_path)
    (tmp_path / "text").write_text("hello")
    with pytest.raises(FileError, match="is no prompt pack"):
        votek.load_pack(tmp_path / "text")


@pytest.mark.parametrize("name", ["settings.json", "rows.jsonl", "vectors.npy", "mean.npy", "manifest.json"])
def test_a_changed_or_missing_file_is_refused(folder, name):
    last = (folder / name).read_bytes()[-1:]
    change(folder, name, lambda raw: raw[:-1] + (b"x" if last != b"x" else b"y"), honest=False)
    with pytest.raises(CorruptFileError, match=rf"{re.escape(name)} is not the file that was written"):
        votek.load_pack(folder)
    change(folder, name, lambda raw: raw + b" ", honest=False)
    with pytest.raises(CorruptFileError, match=rf"{re.escape(name)} is longer"):
        votek.load_pack(folder)
    (folder / name).unlink()
    with pytest.raises(FileError, match=rf"lacks {re.escape(name)}"):
        votek.load_pack(folder)


def test_a_changed_statement_is_refused(folder):
    change(folder, "pack.json", edited_json(near_copy_threshold=None), honest=False)
    with pytest.raises(CorruptFileError, match=r"pack\.json is not what was written"):
        votek.load_pack(folder)


@pytest.mark.parametrize("schema", ["votek.pack/2", "votek.pack/10"])
def test_a_newer_pack_is_refused(folder, schema):
    change(folder, "pack.json", edited_json(schema=schema), honest=True)
    with pytest.raises(FileError, match=rf"{schema}.*reads 'votek.pack/1'.*version of votek that wrote it"):
        votek.load_pack(folder)


@pytest.mark.parametrize("schema", ["votek.manifest/1", "votek.pack", "votek.pack/x", 1, None])
def test_another_schema_is_no_pack(folder, schema):
    change(folder, "pack.json", edited_json(schema=schema), honest=True)
    with pytest.raises(FileError, match="is no prompt pack: its schema is"):
        votek.load_pack(folder)


def test_a_setting_of_a_newer_version_is_refused(folder):
    def add(raw):
        recorded = json.loads(raw)
        recorded["settings"]["mood"] = "calm"
        return json.dumps(recorded).encode()

    change(folder, "settings.json", add, honest=True)
    with pytest.raises(FileError, match="'mood', which this version"):
        votek.load_pack(folder)


def forged_header(raw):
    """A .npy file that claims to hold far more numbers than it does."""
    out = io.BytesIO()
    np.lib.format.write_array_header_1_0(out, {"descr": "<f4", "fortran_order": False, "shape": (10**12, 64)})
    return out.getvalue() + raw[128:]


def pickled(raw):
    out = io.BytesIO()
    np.save(out, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return out.getvalue()


def not_finite(raw):
    return raw[:-4] + np.float32(np.nan).tobytes()


FORGERIES = {
    "numbers beyond memory": ("vectors.npy", forged_header),
    "a pickle": ("vectors.npy", pickled),
    "not a number": ("vectors.npy", not_finite),
    "numbers cut short": ("vectors.npy", lambda raw: raw[:-8]),
    "no numbers": ("mean.npy", lambda raw: b"hello"),
    "no JSON": ("settings.json", lambda raw: b"{"),
    "deep JSON": ("settings.json", lambda raw: b"[" * 200_000),
    "no settings": ("settings.json", lambda raw: b"[]"),
    "a row less": ("rows.jsonl", lambda raw: raw[raw.index(b"\n") + 1 :]),
    "no rows": ("rows.jsonl", lambda raw: b""),
    "not UTF-8": ("rows.jsonl", lambda raw: b"\xff" + raw),
    "a row without text": ("rows.jsonl", lambda raw: raw.replace(b'"text"', b'"words"', 1)),
    "a label that is none": ("rows.jsonl", lambda raw: raw.replace(b'"label": "', b'"label": 1, "old": "', 1)),
    "a group that is none": ("rows.jsonl", lambda raw: raw.replace(b'"group": ', b'"group": "x", "old": ', 1)),
    "no model": ("pack.json", edited_json(model=None)),
    "no count": ("pack.json", edited_json(rows="many")),
    "members that are none": ("pack.json", edited_json(members={"../settings.json": {}})),
    "sizes that are none": (
        "pack.json",
        lambda raw: raw.replace(b'"bytes": ', b'"bytes": 9999999999', 1),
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_with_digests_that_fit_is_refused_all_the_same(folder, name):
    file, edit = FORGERIES[name]
    before = (folder / file).read_bytes()
    change(folder, file, edit, honest=True)
    assert (folder / file).read_bytes() != before
    with pytest.raises((CorruptFileError, FileError)):
        votek.load_pack(folder, warm=False)


def zipped(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return path


def test_a_name_that_leads_out_is_refused(folder, tmp_path):
    good = [(f"votek-pack/{file.name}", file.read_bytes()) for file in sorted(folder.iterdir())]
    assert votek.load_pack(zipped(tmp_path / "good.zip", good))
    assert votek.load_pack(zipped(tmp_path / "flat.zip", [(name[11:], content) for name, content in good]))
    for name in ("../evil", "/evil", "votek-pack/../../evil", "a\\..\\evil"):
        with pytest.raises(CorruptFileError, match="leads out of it"):
            votek.load_pack(zipped(tmp_path / "bad.zip", [*good, (name, b"x")]))
    assert not (tmp_path.parent / "evil").exists()
    with pytest.warns(UserWarning, match="Duplicate name"):
        zipped(tmp_path / "twice.zip", [*good, good[0]])
    with pytest.raises(CorruptFileError, match="two files of the same name"):
        votek.load_pack(tmp_path / "twice.zip")


def test_a_file_that_unpacks_without_end_is_refused(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("votek.prompts.pack_files._MOST_UNSEEN", 1 << 16)
    change(folder, "rows.jsonl", lambda raw: raw + b" " * 2_000_000, honest=True)
    files = [(file.name, file.read_bytes()) for file in folder.iterdir()]
    with pytest.raises(CorruptFileError, match=r"would unpack to 2,\d+,\d+ bytes out of"):
        votek.load_pack(zipped(tmp_path / "bomb.zip", files))


def test_a_zip_that_is_cut_or_flipped_is_refused(plain, tmp_path):
    raw = plain.read_bytes()
    (tmp_path / "cut.zip").write_bytes(raw[: len(raw) // 2])
    with pytest.raises(FileError, match="is no prompt pack"):
        votek.load_pack(tmp_path / "cut.zip")
    for at in range(0, len(raw), len(raw) // 40):
        flipped = raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :]
        (tmp_path / "flipped.zip").write_bytes(flipped)
        try:
            text = votek.load_pack(tmp_path / "flipped.zip").prompt("my card")
        except (FileError, CorruptFileError):
            continue
        assert text == votek.load_pack(plain).prompt("my card")  # a byte that says nothing, such as an attribute


def test_an_export_without_vectors_or_prompt_set_says_so():
    request, _ = make()
    with pytest.raises(InputError, match=r"vectors .* are not computed yet"):
        written(replace(request, vectors=None))
    with pytest.raises(InputError, match="needs the prompt set"):
        written(replace(request, prompts=None))


def test_rows_say_what_stands_in_a_prompt(folder):
    rows = [json.loads(line) for line in (folder / "rows.jsonl").read_text("utf-8").splitlines()]
    request = make()[0]
    assert [(row["id"], row["text"], row["label"], row["demonstration"]) for row in rows] == [
        (row.id, row.text, row.value, f"Text: {row.text}\nLabel: {label_text(row.value)}\n\n")
        for row in request.labelled
    ]
