"""`votek select`: the picks of the functions, whatever steers them, and one clear line on what cannot be used."""

import csv
import json

import numpy as np
import pytest
from typer.testing import CliRunner

import votek
from tests.scoring.language_model import build_language_model
from votek.cli import app, files, selecting  # noqa: F401  (each adds its commands)
from votek.datatypes import LabelSpec, PromptSettings, TaskSpec
from votek.duplicates import find_copies
from votek.errors import BudgetError, FileError, InputError, UnknownNameError
from votek.jobs.inline import finish_job
from votek.prompts import LabelledRow, QueryRow
from votek.scoring import KnnScorer, ModelSettings, build_requests, open_scorer
from votek.selection.registry import METHODS
from votek.settings import Settings
from votek.workspace import Workspace

MODEL = "votek-hash"
TOPICS = ["cards", "cash", "loans", "tax"]
N = 80


def _rows():
    rng = np.random.default_rng(5)
    for i in range(N):
        topic = TOPICS[i % 4]
        words = " ".join(rng.choice(["how", "why", "when", "today", "again", "never", "fee", "late", "form"], size=4))
        yield {
            "id": f"q{i}",
            "text": f"{words} {topic} number {i}",
            "topic": topic,
            "source": "post" if i % 20 == 7 else "chat",
            "sure": f"{-rng.exponential():.4f}",
            "label": topic if i % 10 == 0 else "",
        }


@pytest.fixture(scope="module")
def rows():
    return list(_rows())


@pytest.fixture
def table(tmp_path, rows):
    return _written(tmp_path / "questions.csv", rows)


def _written(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def select(tmp_path):
    """`select(table, *options)`: the ids picked; what goes wrong is raised."""

    def call(table, *options, told=False):
        out = tmp_path / "picks.jsonl"
        arguments = ["select", table, "--id", "id", "--model", MODEL, "--out", out, "--json", *options]
        done = CliRunner().invoke(app, [str(argument) for argument in arguments])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        picks = [json.loads(line)["id"] for line in out.read_text("utf-8").splitlines()]
        return (picks, json.loads(done.stdout)) if told else picks

    return call


@pytest.fixture
def told_by(tmp_path):
    """`told_by(table, *options)`: what the command tells, when it writes no picks."""

    def call(table, *options):
        out = tmp_path / "none.jsonl"
        arguments = ["select", table, "--id", "id", "--model", MODEL, "--out", out, "--json", *options]
        done = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        assert not out.exists()
        return json.loads(done.stdout)

    return call


@pytest.fixture
def function(table):
    """`function(**options)`: the ids that `votek.select` picks."""
    dataset = votek.read_dataset(table, id="id")
    vectors = votek.embed(dataset.texts, model=MODEL)
    copies = find_copies(dataset.texts, vectors.vectors, threshold=0.95)

    def call(**options):
        selection = votek.select(vectors, copies=copies, **options)
        return [dataset.ids[row] for row in selection.indices]

    call.dataset, call.vectors, call.copies = dataset, vectors, copies
    return call


def scored(function, labeled, scorer):
    """The confidence of a scorer that is shown the topics of `labeled`."""
    dataset, vectors = function.dataset, function.vectors
    topics = dataset.fields["topic"].tolist()
    asked = [row for row in range(N) if row not in labeled and function.copies[row] == row]
    requests = build_requests(
        PromptSettings(),
        pool=[LabelledRow(dataset.ids[row], row, dataset.texts[row], topics[row]) for row in labeled],
        pool_vectors=vectors.vectors[labeled],
        queries=[QueryRow(dataset.ids[row], dataset.texts[row]) for row in asked],
        query_vectors=vectors.vectors[asked],
        task=TaskSpec(
            labels=tuple(LabelSpec(name, "#000000") for name in dict.fromkeys(topics[row] for row in labeled))
        ),
        mean=vectors.mean,
    )
    confidence = np.full(N, np.nan)
    confidence[asked] = [score.confidence for score in scorer.score(requests)]
    return confidence


SURE = np.array([float(row["sure"]) for row in _rows()])


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_the_picks_of_the_function(select, table, function, method):
    needed = METHODS[method].confidence == "needed"
    picks = select(
        table, "--budget", 12, "--method", method, "--seed", 3, *(["--confidence", "sure"] if needed else [])
    )
    assert picks == function(budget=12, method=method, seed=3, **({"confidence": SURE} if needed else {}))


def test_a_warm_start_is_the_file_of_earlier_picks(select, table, function, tmp_path):
    vote = ["--method", "fast-vote-k", "--k", 8]
    first = select(table, "--budget", 5, *vote)
    warm = tmp_path / "round one.jsonl"
    (tmp_path / "picks.jsonl").rename(warm)
    picks, told = select(table, "--budget", 7, *vote, "--labeled", warm, told=True)
    assert first + picks == function(budget=12, k=8, method="fast-vote-k")
    assert (told["labeled"], told["excluded"]) == (5, 0)


def test_ids_one_per_line_exclude(select, table, function, tmp_path):
    barred = tmp_path / "never.txt"
    barred.write_text("\n".join(["\ufeffq3", "", "q17", "q3", "q40"]), "utf-8")
    picks = select(table, "--budget", 20, "--exclude", barred)
    assert picks == function(budget=20, exclude=[3, 17, 40])


def test_groups_are_crossed_and_get_their_floor(select, table, function, rows):
    picks, told = select(table, "--budget", 20, "--group", "topic", "--group", "source", "--floor", 2, told=True)
    groups = [(row["topic"], row["source"]) for row in rows]
    assert picks == function(budget=20, groups=groups, floor=2)
    counts = {group: sum(groups[int(name[1:])] == group for name in picks) for group in set(groups)}
    assert min(counts.values()) >= 2
    assert told["groups"] == {"count": 5, "of_one_text": 0, "floor": 2}


def test_groups_of_one_text_get_that_text_and_are_counted(select, tmp_path, rows):
    odd = [{**row, "topic": "rare" if i == 50 else row["topic"]} for i, row in enumerate(rows)]
    picks, told = select(_written(tmp_path / "odd.csv", odd), "--budget", 6, "--group", "topic", told=True)
    assert "q50" in picks
    assert told["groups"] == {"count": 5, "of_one_text": 1, "floor": 1}


def test_two_rounds_with_the_stand_in_scorer(select, table, function, tmp_path):
    first = select(table, "--budget", 4, "--k", 8, "--method", "fast-vote-k")
    warm = tmp_path / "one.jsonl"
    (tmp_path / "picks.jsonl").rename(warm)
    picks, told = select(
        table, "--budget", 36, "--k", 8, "--method", "vote-k", "--labeled", warm, "--label", "topic", told=True
    )
    labeled = [function.dataset.ids.index(name) for name in first]
    confidence = scored(function, labeled, KnnScorer())
    assert picks == function(budget=36, k=8, method="vote-k", labeled=labeled, confidence=confidence)
    assert told["scorer"] == "knn"
    assert not set(first) & set(picks)


def test_a_language_model_scores_once_and_its_answers_are_kept(select, told_by, table, function, tmp_path, monkeypatch):
    monkeypatch.setenv("VOTEK_DATA", str(tmp_path / "data"))
    folder = build_language_model(tmp_path / "model")
    (tmp_path / "ids").write_text("q0\nq1\nq2\nq3\n", "utf-8")
    model = ["--scorer", "transformers", "--scorer-model", folder]
    warm = ["--labeled", tmp_path / "ids", "--label", "topic"]
    cost = told_by(table, "--budget", 20, "--method", "covericl", *warm, *model, "--dry-run")
    assert (cost["requests"], cost["kept"]) == (N - 4, 0)
    assert cost["calls"] > 0
    assert cost["tokens_in"] > 10 * N
    picks, told = select(table, "--budget", 20, "--method", "covericl", *warm, *model, told=True)
    scorer = open_scorer(ModelSettings(tier="transformers", model=str(folder)))
    confidence = scored(function, [0, 1, 2, 3], scorer)
    assert picks == function(budget=20, method="covericl", labeled=[0, 1, 2, 3], confidence=confidence)
    assert told["scorer"] == scorer.name
    (kept,) = (tmp_path / "data" / "scores").iterdir()
    before = kept.read_bytes()
    assert select(table, "--budget", 20, "--method", "covericl", *warm, *model) == picks
    assert kept.read_bytes() == before
    again = told_by(table, "--budget", 20, "--method", "covericl", *warm, *model, "--dry-run")
    assert (again["kept"], again["calls"]) == (N - 4, 0)


def test_labels_in_the_file_are_the_warm_start(select, table, function, rows):
    labeled = [i for i, row in enumerate(rows) if row["label"]]
    assert select(table, "--budget", 10, "--label", "label") == function(budget=10, labeled=labeled)
    picks = select(table, "--budget", 10, "--label", "label", "--method", "covericl")
    assert len(set(picks)) == 10
    assert not {f"q{row}" for row in labeled} & set(picks)


def _changed(rows, place, **cells):
    return [{**row, **cells} if i == place else row for i, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--confidence", "certainty"], r"--confidence: there is no column 'certainty'.*'topic'"),
        (["--confidence", "topic"], r"'topic' is 'cards' at the row with the id 'q0'"),
        ([], r"needs to know how sure.*--confidence COLUMN.*--label COLUMN.*fast-vote-k"),
        (["--confidence", "sure", "--method", "ideal"], r"'ideal' does not read any"),
        (["--label", "topic"], r"every row has a label.*--labeled FILE"),
        (["--label", "nothing"], r"no column 'nothing'"),
        (["--label", "label", "--scorer", "oracle"], r"The tier is 'oracle'; choose one of knn, transformers, openai"),
        (["--confidence", "sure", "--dry-run"], r"nothing is to be asked"),
        (["--confidence", "sure", "--group", "place"], r"--group: there is no column 'place'"),
        (["--confidence", "sure", "--group", "id"], r"every text in a group of its own"),
        (["--confidence", "sure", "--floor", "2"], r"--floor 2 needs groups"),
    ],
    ids=[
        "unknown column",
        "words for numbers",
        "no confidence",
        "confidence unread",
        "all labelled",
        "unknown label column",
        "unknown scorer",
        "nothing to ask",
        "unknown group",
        "groups of one",
        "floor without groups",
    ],
)
def test_an_option_that_cannot_be_used_says_what_to_do(select, table, options, words):
    with pytest.raises(InputError, match=words):
        select(table, "--budget", 8, "--method", "vote-k", *options)


def test_confidence_is_needed_where_a_text_may_be_picked(select, rows, tmp_path):
    for cell, word in (("", "empty"), ("nan", "nan"), ("-inf", "-inf")):
        path = _written(tmp_path / "gap.csv", _changed(rows, 33, sure=cell))
        with pytest.raises(InputError, match=rf"'sure' is {word} at the row with the id 'q33'.*at 1 rows"):
            select(path, "--budget", 8, "--method", "vote-k", "--confidence", "sure")
    (tmp_path / "never.txt").write_text("q33\n", "utf-8")
    picks = select(
        path, "--budget", 8, "--method", "vote-k", "--confidence", "sure", "--exclude", tmp_path / "never.txt"
    )
    assert len(picks) == 8


def test_constant_confidence_is_refused(select, rows, tmp_path):
    path = _written(tmp_path / "flat.csv", [{**row, "sure": "-1"} for row in rows])
    with pytest.raises(InputError, match="says nothing about which are hard"):
        select(path, "--budget", 8, "--method", "vote-k", "--confidence", "sure")


def test_a_floor_beyond_the_budget_and_an_unknown_method_are_refused(select, table):
    with pytest.raises(BudgetError, match="takes 20 picks, but the budget is 8"):
        select(table, "--budget", 8, "--group", "topic", "--floor", 5)
    with pytest.raises(UnknownNameError, match="'magic'"):
        select(table, "--budget", 8, "--method", "magic")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"q1\nq999\n", r"line 2 of .* names the id 'q999'.*--id"),
        (b'{"id": "q1"}\n{"id": \n', r"line 2 of .* is not JSON"),
        (b'{"index": 4}\n', r'line 1 of .* has no "id"'),
        (b"q1\n\xff\xfe\n", r"not text in UTF-8"),
        (None, r"could not be read"),
    ],
    ids=["unknown id", "broken line", "no id", "not text", "no file"],
)
def test_a_file_of_ids_that_cannot_be_used_is_named_with_its_line(select, table, tmp_path, content, words):
    path = tmp_path / "ids"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises((InputError, FileError), match=words):
        select(table, "--budget", 3, "--labeled", path)


def test_labelled_and_excluded_at_once_is_refused(select, table, tmp_path):
    (tmp_path / "ids").write_text("q4\n", "utf-8")
    with pytest.raises(InputError, match="'q4' is both labelled and in --exclude"):
        select(table, "--budget", 3, "--labeled", tmp_path / "ids", "--exclude", tmp_path / "ids")


def test_a_labelled_text_needs_its_label(select, table, tmp_path):
    (tmp_path / "ids").write_text("q0\nq1\n", "utf-8")
    with pytest.raises(InputError, match=r"1 of the 2 rows of --labeled have no label in 'label'.*'q1'"):
        select(table, "--budget", 8, "--method", "vote-k", "--labeled", tmp_path / "ids", "--label", "label")


def test_methods_tell_their_needs_and_papers():
    told = CliRunner().invoke(app, ["methods"]).output
    assert "Needs a confidence for each text. Su et al. 2022, arXiv 2209.01975" in told
    assert json.loads(CliRunner().invoke(app, ["methods", "--json"]).stdout) == votek.methods()
    details = json.loads(CliRunner().invoke(app, ["methods", "--json", "--details"]).stdout)
    assert details["lm-dpp"]["needs"] == ["vectors", "confidence"]
    assert details["fast-vote-k"]["needs"] == []
    assert details["vote-k"]["label"] == "Vote-k, two stages"


def test_the_paper_s_setting_means_the_paper_s_method(table, select):
    picks, told = select(table, "--budget", 6, "--k", "paper", told=True)
    assert told["method"] == "fast-vote-k"
    assert picks == select(table, "--budget", 6, "--k", "150", "--method", "fast-vote-k")
    assert select(table, "--budget", 6, "--k", "paper", "--method", "ideal", told=True)[1]["method"] == "ideal"


def test_what_the_app_has_made_of_the_same_texts_is_used_again_and_nothing_is_left_behind(
    select, table, tmp_path, monkeypatch
):
    monkeypatch.setenv("VOTEK_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("VOTEK_MODEL", MODEL)
    first = select(table, "--budget", 5)
    assert not (tmp_path / "data").exists()
    space = Workspace.open(Settings())
    project = space.create_project("Questions")
    space.import_dataset(project.id, votek.read_dataset(table, id="id"), role="pool", name="questions.csv")
    assert finish_job(space, space.request_selection(project.id, budget=5)).state == "done"
    space.close()

    def never(*_, **__):
        raise AssertionError("embedded again")

    monkeypatch.setattr("votek.embeddings.embed", never)
    before = sorted(path.name for path in (tmp_path / "data" / "stages").rglob("*"))
    assert select(table, "--budget", 5) == first
    assert sorted(path.name for path in (tmp_path / "data" / "stages").rglob("*")) == before
    with pytest.raises(AssertionError, match="embedded again"):
        select(table, "--text", "topic", "--budget", 4)
