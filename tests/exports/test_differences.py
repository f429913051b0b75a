"""Two prompt sets or selections compared: every change is found, and put down to what caused it."""

import copy
import json
from dataclasses import replace

import pytest

from votek import exports
from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, PromptSettings, TaskSpec
from votek.errors import FileError, InputError, NotFoundError
from votek.exports import describe, diff_prompt_sets, diff_selections, read_described
from votek.jobs.inline import finish_job
from votek.settings import Settings
from votek.workspace import NewEvent, Workspace

TASK = TaskSpec("single", (LabelSpec("x", "#0072B2"), LabelSpec("y", "#E69F00")))


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    folder = tmp_path_factory.mktemp("differences")
    opened = Workspace.open(Settings(data=folder / "data", model="votek-hash"), accounts=False)
    yield opened
    opened.close()


def words(n, seed):
    return [f"text {(place * seed) % 17} about w{(place * 3) % seed} and w{place % 7} n{place}" for place in range(n)]


@pytest.fixture
def project(space):
    """A project with 12 picks, all labelled, and 5 test items."""
    made = space.create_project("Questions", task=TASK)
    pool = make_dataset([f"a{n}" for n in range(60)], words(60, 13), {})
    space.import_dataset(made.id, pool, role="pool", name="f.csv")
    space.import_dataset(
        made.id, make_dataset([f"t{n}" for n in range(5)], words(5, 11), {}), role="test", name="t.csv"
    )
    finish_job(space, space.request_selection(made.id, budget=12))
    for job in space.jobs(made.id, active=True):
        finish_job(space, job)
    give(space, made.id, {entry.item: "xy"[entry.rank % 2] for entry in space.queue(made.id)})
    space.set_prompts(made.id, PromptSettings(n=4))
    yield space.project(made.id)
    space.delete_project(made.id)


def give(space, project_id, labels):
    number = len(space.events(project_id))
    events = [NewEvent(f"e{number + n}", item, "label", value, 1, 1) for n, (item, value) in enumerate(labels.items())]
    assert all(ack.accepted for ack in space.record_events(project_id, "ann", events))


def shown(prompts, item):
    """The ids of the demonstrations in the prompt of a test item."""
    return describe(prompts, "p").prompts[item].demonstrations


def test_the_same_set_is_equal(space, project):
    found = diff_prompt_sets(space.prompt_set(project.id), space.prompt_set(project.id))
    assert (found.equal, found.same_prompts, found.causes) == (True, True, ())
    assert found.summary() == ["Both are the same prompt set."]
    assert len(found.to_pandas()) == 0


def test_another_label_is_re_labelled_because_of_labels(space, project):
    before = space.prompt_set(project.id)
    item = shown(before, "t0")[-1]
    old = space.labels(project.id)[item].value
    give(space, project.id, {item: "xy"[old == "x"]})
    found = diff_prompt_sets(before, space.prompt_set(project.id))
    (label,) = found.labels
    assert (label.item, label.kind, label.before, label.who) == (item, "re-labelled", old, "ann")
    affected = {name for name in ("t0", "t1", "t2", "t3", "t4") if item in shown(before, name)}
    assert {change.item for change in found.prompts} == affected
    assert all(change.relabelled == (item,) and change.because == ("labels",) for change in found.prompts)
    assert not any(change.added or change.removed or change.reordered or change.rewritten for change in found.prompts)
    assert found.causes == ()
    assert "1 re-labelled" in found.summary()[0]


def test_a_newly_labelled_text_is_added_because_of_labels(space, project):
    before = space.prompt_set(project.id)
    taken = {entry.item for entry in space.queue(project.id)}
    new = [f"a{n}" for n in range(60) if f"a{n}" not in taken]
    space.add_to_queue(project.id, [int(item[1:]) for item in new])
    give(space, project.id, dict.fromkeys(new, "x"))
    found = diff_prompt_sets(before, space.prompt_set(project.id))
    assert {label.item for label in found.labels if label.kind == "added"} == set(new)
    changed = [change for change in found.prompts if change.added]
    assert changed
    assert all(set(change.added) <= set(new) and change.because == ("labels",) for change in changed)
    back = diff_prompt_sets(space.prompt_set(project.id), before)
    assert back.counts["labels removed"] == len(new)
    assert {change.item: change.removed for change in back.prompts} == {c.item: c.added for c in found.prompts}


def test_more_demonstrations_and_a_new_label_are_two_reasons(space, project):
    before = space.prompt_set(project.id)
    taken = {entry.item for entry in space.queue(project.id)}
    new = [f"a{n}" for n in range(60) if f"a{n}" not in taken][:6]
    space.add_to_queue(project.id, [int(item[1:]) for item in new])
    give(space, project.id, dict.fromkeys(new, "x"))
    space.set_prompts(project.id, PromptSettings(n=8))
    found = diff_prompt_sets(before, space.prompt_set(project.id))
    assert len(found.prompts) == 5
    for change in found.prompts:
        assert len(change.added) - len(change.removed) == 4
        expected = ("labels", "parameters") if set(new) & set(change.added) else ("parameters",)
        assert change.because == expected
    assert any(set(new) & set(change.added) for change in found.prompts)


@pytest.mark.parametrize(
    ("settings", "because", "what"),
    [
        (PromptSettings(n=4, order="descending"), ("parameters",), "reordered"),
        (PromptSettings(n=2), ("parameters",), "removed"),
        (PromptSettings(n=6), ("parameters",), "added"),
        (PromptSettings(n=4, retrieval="fixed"), ("parameters",), "added"),
        (PromptSettings(n=4, instruction="Say x or y."), ("templates",), "rewritten"),
        (PromptSettings(n=4, query="Q: {text}\nA:"), ("templates",), "rewritten"),
    ],
    ids=["order", "fewer", "more", "retrieval", "instruction", "query"],
)
def test_settings_are_told_from_labels(space, project, settings, because, what):
    before = space.prompt_set(project.id)
    space.set_prompts(project.id, settings)
    found = diff_prompt_sets(before, space.prompt_set(project.id))
    assert found.labels == ()
    assert [change.item for change in found.prompts if getattr(change, what)]
    assert {change.because for change in found.prompts} == {because}
    assert {cause.kind for cause in found.causes} == set(because)
    other = {"reordered": ("added", "removed", "rewritten"), "rewritten": ("added", "removed", "reordered")}
    assert not any(getattr(change, name) for change in found.prompts for name in other.get(what, ()))
    versions = space.prompt_versions(project.id)
    assert diff_prompt_sets(before, space.prompt_set(project.id, version=versions[-2].version)).equal
    with pytest.raises(NotFoundError, match="no version 99"):
        space.prompt_set(project.id, version=99)


def changed_manifest(prompts, change):
    manifest = copy.deepcopy(prompts.manifest)
    change(manifest)
    return replace(prompts, manifest=manifest)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda m: m["model"].update(digest="other"), "model"),
        (lambda m: m["data"].update(digest="other"), "data"),
        (lambda m: m["versions"].update(votek="0.0.1"), "code"),
        (lambda m: None, "unknown"),
    ],
    ids=["model", "data", "code", "unknown"],
)
def test_what_nothing_else_explains_is_put_down_to_the_rest(space, project, change, kind):
    before = space.prompt_set(project.id)
    first = before.prompts[0]
    turned = replace(first, demonstrations=tuple(reversed(first.demonstrations)), text="other words")
    after = changed_manifest(replace(before, prompts=(turned, *before.prompts[1:])), change)
    after.manifest["prompts"]["digest"] = "other"
    (found,) = diff_prompt_sets(before, after).prompts
    assert (found.item, found.reordered, found.because) == (first.id, True, (kind,))


def test_manifests_and_files_say_the_same_as_prompt_sets(space, project):
    before = space.prompt_set(project.id)
    file, manifest = space.export_files(project.id, "prompts-jsonl")
    content = file.content
    space.set_prompts(project.id, PromptSettings(n=4, order="descending"))
    after = space.prompt_set(project.id)
    wanted = diff_prompt_sets(before, after).prompts
    by_manifest = read_described(manifest.content, "old.manifest.json")
    assert diff_prompt_sets(by_manifest, after).prompts == wanted
    by_file = read_described(content, "old.jsonl")
    found = diff_prompt_sets(by_file, after)
    assert [replace(one, because=()) for one in found.prompts] == [replace(one, because=()) for one in wanted]
    assert found.unknown == (
        "Settings, labels and data were not compared: give the manifest beside the prompts as well.",
    )
    bare = json.loads(manifest.content)
    bare["prompts"]["written"] = None
    less = diff_prompt_sets(bare, after)
    assert (less.prompts, less.same_prompts) == ((), False)
    assert "give the prompts (prompts-jsonl)" in less.unknown[0]
    assert diff_prompt_sets(describe(bare, "old", also=by_file), after).prompts == wanted
    del bare["prompts"]["written"]
    assert diff_prompt_sets(bare, bare).equal
    for bad in (b"", b"[1]", b'{"a": 1}\n{"b": 2}\n', b'{"id": "x", "prompt": 5}\n', b"\xff\xfe", b'{"schema": "x"}'):
        with pytest.raises(FileError):
            read_described(bad, "bad")
    with pytest.raises(FileError, match="cannot be read"):
        diff_prompt_sets({**bare, "rounds": [1]}, bare)
    for part in ("data", "tests", "model", "rounds", "task", "guidelines", "labels", "prompts", "versions"):
        for broken in (5, [5], None):
            with pytest.raises(FileError, match="cannot be read"):
                diff_prompt_sets({**by_manifest.manifest, part: broken}, after)
    json.dumps(found.to_json())
    assert list(found.to_pandas().columns) == ["what", "item", "change", "before", "after", "because"]


def test_more_picks_are_put_down_to_the_budget(space, project):
    before = space.prompt_set(project.id)
    finish_job(space, space.request_selection(project.id, budget=15))
    found = diff_selections(before, space.prompt_set(project.id))
    assert found.counts == {"added": 3, "removed": 0, "re-ordered": 0}
    assert {change.because for change in found.changes} == {("parameters",)}
    assert [change.after for change in found.changes] == [13, 14, 15]
    assert "more picks were asked for" in found.changes[0].note
    assert not diff_prompt_sets(before, space.prompt_set(project.id)).equal


def test_an_excluded_pick_is_put_down_to_that(space, project):
    before = space.prompt_set(project.id)
    gone = before.manifest["rounds"][0]["picks"][3]

    def change(manifest):
        (made,) = manifest["rounds"]
        made["picks"] = [pick for pick in made["picks"] if pick["id"] != gone["id"]]
        made["picks"][0], made["picks"][5] = made["picks"][5], made["picks"][0]
        made["excluded"] = [gone["row"]]

    found = diff_selections(before, changed_manifest(before, change))
    (removed,) = [one for one in found.changes if one.kind == "removed"]
    assert (removed.item, removed.before, removed.because, removed.note) == (
        gone["id"],
        4,
        ("picks",),
        "is excluded now",
    )
    assert found.counts == {"added": 0, "removed": 1, "re-ordered": 2}
    assert found.to_pandas()["before"].dropna().tolist() == [one.before for one in found.changes]
    assert "1 removed, 2 re-ordered" in found.summary()[0]


def test_files_of_picks():
    line = '{{"rank": {rank}, "index": 0, "id": "{item}", "text": "t", "gain": 1.0}}\n'
    a, b = ("".join(line.format(rank=n, item=i) for n, i in enumerate(ids, 1)).encode() for ids in ("abcd", "acbe"))
    found = diff_selections(read_described(a, "a.jsonl"), read_described(b, "b.jsonl"))
    assert {(one.item, one.kind) for one in found.changes} >= {("e", "added"), ("d", "removed")}
    assert found.counts["re-ordered"] == 1
    assert "Why is not known" in found.summary()[-1]
    assert diff_selections(list("abc"), list("abc")).summary() == ["Both pick the same 3 texts in the same order."]
    with pytest.raises(InputError, match="holds picks"):
        diff_prompt_sets(read_described(a, "a.jsonl"), read_described(b, "b.jsonl"))
    with pytest.raises(InputError, match="give a prompt set"):
        describe({"a": 1}, "x")
    assert exports.describe is describe
