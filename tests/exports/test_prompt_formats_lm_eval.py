"""The task folder in lm-evaluation-harness itself: it finds the tasks, writes its requests and scores answers."""

import json
import warnings

import pytest

from tests.exports import hostile_prompts as made
from votek.datatypes import PromptSet
from votek.exports import write

PROMPTS = [made.literal(at) for at in range(made.SIZE)]


@pytest.fixture(scope="module")
def load(tmp_path_factory):
    """`load(export)` -> its tasks by name, as `lm-eval --include_path FOLDER` finds them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lm_eval.tasks import TaskManager

    def load(raw):
        folder = made.unpack(raw, tmp_path_factory.mktemp("task"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            manager = TaskManager(include_path=str(folder), include_defaults=False)
            return manager.load(sorted(manager.all_tasks))["tasks"]

    return load


@pytest.fixture(scope="module")
def tasks(load):
    return load(made.content("lm-eval", answers=made.answers()))


def requests(task):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        task.build_all_requests()
    return task.instances


def test_every_prompt_reaches_the_model_as_it_is(tasks):
    asked = requests(tasks["votek_prompts"])
    assert [instance.args[0] for instance in asked] == PROMPTS
    assert all(instance.request_type == "generate_until" for instance in asked)
    assert all(instance.args[1] == {"until": ["\n"], "do_sample": False} for instance in asked)


def test_few_shot_examples_are_those_of_the_prompt_alone(tasks):
    assert {task.config.num_fewshot for task in tasks.values()} == {0}
    assert {task.config.description for task in tasks.values()} == {""}


def test_targets_are_right_answers_letter_for_letter(tasks):
    scored = tasks["votek_prompts_scored"]
    assert [instance.args[0] for instance in requests(scored)] == PROMPTS[::2]
    assert [scored.doc_to_target(doc) for doc in scored.test_docs()] == made.LABELS[::2]


def test_a_right_answer_scores_and_a_wrong_one_does_not(tasks):
    scored = tasks["votek_prompts_scored"]
    for doc, label in zip(scored.test_docs(), made.LABELS[::2], strict=True):
        assert scored.process_results(doc, [label]) == {"exact_match": 1}
        assert scored.process_results(doc, [label + "x"]) == {"exact_match": 0}


def test_without_right_answers_nothing_is_scored(load, tasks):
    asked = load(made.content("lm-eval"))
    assert set(tasks) == {"votek_prompts", "votek_prompts_scored"}
    assert set(asked) == {"votek_prompts"}
    assert set(asked["votek_prompts"].aggregation()) == {"bypass"}
    assert all(doc["target"] == "" for doc in asked["votek_prompts"].test_docs())


def test_the_documents_say_which_item_they_are(tasks):
    docs = list(tasks["votek_prompts"].test_docs())
    known = made.answers()
    for doc, prompt in zip(docs, made.material()["prompts"].prompts, strict=True):
        assert (doc["id"], doc["text"], doc["answer"]) == (prompt.id, prompt.query, known.get(prompt.id))


def test_several_labels_are_one_target(load):
    scored = load(made.content("lm-eval", "multi", answers={f"test {made.HOSTILE[0]}": ("a", "b")}))
    assert [doc["target"] for doc in scored["votek_prompts_scored"].test_docs()] == ["a, b"]


def test_typed_answers_end_at_an_empty_line(load):
    given = made.material()
    few = PromptSet(given["prompts"].prompts[:2], given["prompts"].manifest)
    task = given["task"].__class__("text")
    asked = requests(load(write("lm-eval", **(given | {"prompts": few, "task": task})).content)["votek_prompts"])
    assert asked[0].args[1]["until"] == ["\n\n"]


def test_data_lines_are_lines_for_every_reader(tmp_path):
    folder = made.unpack(made.content("lm-eval"), tmp_path)
    raw = (folder / "prompts.jsonl").read_bytes().decode("utf-8")
    assert raw.splitlines() == raw.split("\n")[:-1]
    assert [json.loads(line)["prompt"] for line in raw.splitlines()] == PROMPTS
