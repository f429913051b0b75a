"""Questions about geography, from two files to prompts by the command line alone: 40 labels, 344 prompts."""

import json
from contextlib import closing

import numpy as np
import pytest
from typer.testing import CliRunner

from votek.cli import load_commands
from votek.workspace import Workspace

BUDGET, TOKENS, TESTS = 40, 2000, 344


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A data folder that all commands of this file share."""
    with pytest.MonkeyPatch.context() as patch:
        path = tmp_path_factory.mktemp("geo")
        patch.setenv("VOTEK_DATA", str(path / "data"))
        patch.delenv("VOTEK_DATABASE_URL", raising=False)
        yield path


def run(*arguments, code=0):
    """What a command answers with --json."""
    done = CliRunner().invoke(load_commands(), [*map(str, arguments), "--json"], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def prompts(folder, real_data):
    """The lines of the export, and the picks, after all commands have run."""
    train, tests = real_data("geoquery_train.csv"), real_data("geoquery_eval.csv")
    loaded = run("import", train, "--project", "geo", "--text", "question", "--gold", "query")
    assert (loaded["loaded"], loaded["refused"]) == (391, [])
    run("import", tests, "--project", "geo", "--text", "question", "--gold", "query", "--role", "test")
    picked = run("pick", "geo", "--budget", BUDGET, "--out", folder / "picks.jsonl")
    assert (len(picked["picks"]), picked["to_label"]) == (BUDGET, BUDGET)
    gold = folder / "gold.csv"
    _write_gold(train, gold, picked["picks"])
    labelled = run("label", "geo", gold, "--id", "id", "--label", "query")
    assert (labelled["added"], labelled["texts"], labelled["read"]["task"]) == (BUDGET, BUDGET, "text")
    assert run("label", "geo", gold, "--id", "id", "--label", "query")["added"] == 0
    run("prompts", "geo", "--token-budget", TOKENS, "--n", BUDGET)
    out = folder / "prompts.jsonl"
    run("export", "geo", "--format", "prompts-jsonl", "--out", out)
    return [json.loads(line) for line in out.read_text().splitlines()], picked["picks"]


def _write_gold(train, path, picks):
    """The queries of the picks alone, by id: what a person who labels them would write."""
    import csv

    with train.open(newline="") as source, path.open("w", newline="") as out:
        rows = list(csv.DictReader(source))
        writer = csv.writer(out)
        writer.writerow(["id", "query"])
        writer.writerows([one["id"], rows[one["row"]]["query"]] for one in picks)


def test_every_question_has_a_prompt_of_labelled_picks_alone(prompts, real_data):
    lines, picks = prompts
    assert len(lines) == TESTS
    gold = _queries(real_data("geoquery_train.csv"))
    texts = {one["id"]: one["text"] for one in picks}
    for line in lines:
        shown = [one["id"] for one in line["demonstrations"]]
        assert 0 < len(set(shown)) == len(shown)
        assert set(shown) <= set(texts)
        for one in line["demonstrations"]:
            assert one["text"] == texts[one["id"]]
            assert (one["text"], one["label"]) in gold
            assert one["text"] in line["prompt"]
            assert one["label"] in line["prompt"]


def _queries(path):
    import csv

    with path.open(newline="") as source:
        return {(row["question"], row["query"]) for row in csv.DictReader(source)}


@pytest.fixture(scope="module")
def vectors(prompts):
    """Unit vectors of the texts and of the questions: first as the model makes them, then about the texts' mean."""
    assert prompts
    with closing(Workspace.open()) as space:
        project = space.projects()[0].project
        pool, asked = (space.embeddings(project.id, role).vectors.astype(np.float64) for role in ("pool", "test"))
    centre = pool.mean(axis=0)
    return [(_unit(pool - shift), _unit(asked - shift)) for shift in (0, centre)]


def _unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_the_most_similar_stands_last(prompts, vectors):
    lines, picks = prompts
    pool, asked = vectors[1]
    rows = np.array([one["row"] for one in picks])
    for line, query in zip(lines, asked, strict=True):
        cosines = pool @ query
        shown = [one["row"] for one in line["demonstrations"]]
        assert np.all(np.diff(cosines[shown]) > -1e-6), line["id"]
        # What did not fit is all that was passed over: the last one is the most similar of all picks that may be shown.
        allowed = [row for row in rows if vectors[0][0][row] @ vectors[0][1][int(line["id"]) - 1] < 0.95]
        assert cosines[shown[-1]] >= max(cosines[allowed]) - 1e-6
    assert sum(line["skipped"] > 0 for line in lines) > TESTS // 2  # the budget is what ends most prompts


def test_no_prompt_is_longer_than_the_budget_or_gives_its_answer_away(prompts, vectors):
    from tokenizers import Tokenizer

    from votek.embeddings.packaged import packaged_tokenizer_path

    lines, _ = prompts
    tokenizer = Tokenizer.from_file(str(packaged_tokenizer_path()))
    tokenizer.no_truncation()
    pool, asked = vectors[0]
    longest = 0
    for line, query in zip(lines, asked, strict=True):
        tokens = len(tokenizer.encode(line["prompt"], add_special_tokens=False).ids)
        assert tokens == line["tokens"] <= TOKENS
        longest = max(longest, tokens)
        shown = [one["row"] for one in line["demonstrations"]]
        assert max(pool[shown] @ query) < 0.95
        assert line["text"].casefold() not in {one["text"].casefold() for one in line["demonstrations"]}
    assert longest > TOKENS - 300
