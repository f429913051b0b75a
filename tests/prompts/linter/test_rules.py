"""What each rule counts as a fault, and what it leaves alone."""

import dataclasses

import numpy as np
import pytest

from votek.datatypes import LabelSpec, Prompt, PromptSettings, TaskSpec
from votek.errors import InputError, UnknownNameError
from votek.prompts import LabelledRow, QueryRow
from votek.prompts.linter import REGIONS, TARGETS, lint
from votek.prompts.linter.encoding import _damage


def rows(*given):
    return [LabelledRow(f"t{at}", at, text, value) for at, (text, value) in enumerate(given)]


def check(pool, *, names="ab", kind="single", prompts=(), settings=None, **options):
    task = TaskSpec(kind, tuple(LabelSpec(name, "#000000") for name in names))
    return lint(prompts=prompts, pool=pool, settings=settings or PromptSettings(), task=task, **options)


def prompt(item, *shown, query="What now?", **options):
    return Prompt(item, query, shown, "", 10, **options)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("caf\u00c3\u00a9", "wrong encoding"), ("donâ€™t", "wrong encoding"), ("lost \ufffd", "U+FFFD"),
        ("\ufeffbom", "byte order mark"), ("a\x00b", "U+0000"), ("a\x85b", "U+0085"), ("a\r\nb\nc", "line ends"),
        ("a\rb\nc", "line ends"), ("bell\x07", "U+0007"),
    ],
)  # fmt: skip
def test_damage_is_named(text, said):
    assert any(said in found for found in _damage(text))


@pytest.mark.parametrize(
    "text",
    [
        "plain", "naïve café – Grüße, señor; Ça va?", "tab\tand\nlines\n", "a\r\nb\r\n", "מה שלומך", "مرحبا", "你好",
        "😀👩\u200d👧", "ÃO is a Portuguese ending", "10 € • ½ “quoted” … —", "Ελλάδα", "Ærø Åland", "I ♥ R²",
        "e\u0301", "\u200f",
    ],
)  # fmt: skip
def test_other_writing_is_no_damage(text):
    assert _damage(text) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [(" a", "1 blank at its beginning"), ("a\n\n", "2 blanks at its end"), ("a  b", "doubled spaces in 1 place")],
)
def test_white_space_is_a_note_in_a_text_and_a_warning_in_a_label(text, said):
    (note,) = check(rows((text, "a"), ("t", "b"))).findings
    assert (note.severity, note.item) == ("note", "t0")
    assert said in note.reason
    (warning,) = check(rows(("t", text), ("u", "b")), names=(text.strip(), "b")).findings
    assert (warning.rule, warning.severity) == ("whitespace", "warning")


@pytest.mark.parametrize("text", ["One.  Two", "def f():\n    return 1", "a\n\nb", "col\tcol", "   "])
def test_indents_and_gaps_after_sentences_are_meant(text):
    assert check(rows((text, "a"), ("t", "b"))).of("whitespace") == ()


def test_a_query_template_must_not_end_in_a_space():
    report = check(rows(("t", "a"), ("u", "b")), settings=PromptSettings(query="{text}\nLabel: "))
    assert [(finding.rule, finding.item) for finding in report.findings] == [("whitespace", "query template")]


@pytest.mark.parametrize(
    ("changes", "severity", "said"),
    [
        ({"demonstration": "{text}"}, "error", "{label}"),
        ({"demonstration": "{label}"}, "error", "neither {text} nor a column"),
        ({"query": "Label:"}, "error", "neither {text} nor a column"),
        ({"query": "{text} {"}, "error", "lone"),
        ({"demonstration": "{field:city} {text} {label}"}, "error", "2 of 3 labelled texts do not have"),
        ({"demonstration": "{field:note} {text} {label}"}, "warning", "empty in 1 of 3 labelled texts (first: 't1')"),
        ({"query": "{field:note} {text}"}, "error", "1 of 1 test item do not have"),
        ({"instruction": "Answer for {text}."}, "warning", "{text}"),
    ],
)
def test_templates_that_the_data_do_not_fill(changes, severity, said):
    pool = [
        dataclasses.replace(row, fields=fields)
        for row, fields in zip(
            rows(("t", "a"), ("u", "b"), ("v", "a")),
            ({"city": "Rome", "note": "n"}, {"note": " "}, {"note": "n"}),
            strict=True,
        )
    ]
    report = check(pool, settings=PromptSettings(**changes), queries=[QueryRow("q", "now")])
    (found,) = report.findings
    assert (found.rule, found.severity) == ("template", severity)
    assert said in found.reason


def test_an_empty_column_inside_a_block_is_what_the_block_is_for():
    pool = [dataclasses.replace(row, fields={"note": ""}) for row in rows(("t", "a"), ("u", "b"))]
    settings = PromptSettings(demonstration="{if field:note}{field:note}: {end}{text} {label}")
    assert check(pool, settings=settings).findings == ()


def test_a_label_of_the_task_and_one_that_is_not():
    report = check(rows(("t", "a"), ("u", "A")))
    assert [(finding.rule, finding.item) for finding in report.findings] == [
        ("unknown-label", "A"),
        ("missing-class", "b"),
    ]
    assert "may stand for 'a'" in report.findings[0].reason


def test_several_labels_are_counted_one_by_one():
    assert check(rows(("t", ("a", "b")), ("u", ("b",))), kind="multi").findings == ()
    assert check(rows(("t", ("a", "")), ("u", ("b",))), kind="multi").counts == {"empty-label": 1}
    assert check(rows(("t", ()), ("u", ("b", "a"))), kind="multi").counts == {"empty-label": 1}


def test_skew_needs_more_than_a_small_number_and_more_than_a_small_lead():
    def of(*counts):
        given = [(f"text {name} {at}", name) for name, count in zip("ab", counts, strict=True) for at in range(count)]
        return check(rows(*given)).counts

    assert of(5, 1) == {}  # 83 %, as chance would do
    assert of(60, 40) == {}
    assert of(140, 60) == {}  # sure, and not far
    assert of(32, 8) == {"skew": 1}


def test_written_answers_have_no_classes_and_conflict_only_for_equal_texts():
    near = np.array([[1.0, 0.0], [1.0, 0.01], [0.0, 1.0]])
    pool = rows(("capital of Texas?", "Austin"), ("capital of Utah?", "Salt Lake City"), ("rivers?", "many"))
    report = check(pool, names="", kind="text", pool_vectors=near)
    assert report.findings == ()
    assert "written" in report.not_checked["missing-class"]
    same = rows(("capital of  Texas?", "Austin"), ("capital of Texas?", "Houston"), ("rivers?", "many"))
    (found,) = check(same, names="", kind="text", pool_vectors=near).of("conflict")
    assert (found.severity, found.item) == ("error", "t0")
    assert "Austin" not in found.reason


def test_copies_of_the_same_label_are_no_conflict_and_of_another_are_no_twins():
    pool = rows(("same", "a"), ("same", "a"), ("other", "b"), ("other", "a"))
    shown = [prompt(f"q{at}", 0, 2, 3) for at in range(3)]
    assert check(pool, prompts=shown).counts == {"conflict": 1}
    shown.append(prompt("q3", 1, 0))
    (twins,) = check(pool, prompts=shown).of("near-twins")
    assert (twins.item, twins.prompt) == ("t0", "q3")
    assert "1 prompt of 4" in twins.reason


@pytest.mark.parametrize("kind", ["single", "text"])
def test_what_a_demonstration_shows_beside_its_text_tells_it_from_another(kind):
    """One sentence compared with three others, or one question about three passages."""
    given = zip(("It plays.", "It sleeps.", "It sleeps. "), "aba", strict=True)
    pool = [LabelledRow(f"t{at}", at, "A cat.", label, fields={"other": one}) for at, (one, label) in enumerate(given)]
    pair = PromptSettings(demonstration="{text}\n{field:other}\nLabel: {label}", query="{text}\n{field:other}\nLabel:")
    shown = [prompt("q0", 0, 1), prompt("q1", 0, 2)]
    queries = [QueryRow(one.id, one.query, {"other": "x"}) for one in shown]
    vectors = np.ones((3, 4))
    options = {"kind": kind, "pool_vectors": vectors, "prompts": shown, "queries": queries, "only": ["conflict"]}
    (found,) = check(pool, settings=pair, **options).findings
    assert (found.item, found.rule) == ("t1", "conflict")
    assert "t2" in found.reason
    assert "more text" not in found.reason
    twins = check(pool, settings=pair, **{**options, "only": ["near-twins"]})
    assert twins.findings == ()
    pool[2] = dataclasses.replace(pool[2], fields={"other": "It plays."})
    (twin,) = check(pool, settings=pair, **{**options, "only": ["near-twins"]}).findings
    assert (twin.item, twin.prompt) == ("t0", "q1")


def test_one_demonstration_twice_is_a_twin():
    (found,) = check(rows(("t", "a"), ("u", "b")), prompts=[prompt("q", 0, 0, 1)]).findings
    assert (found.rule, found.item) == ("near-twins", "t0")


@pytest.mark.parametrize(
    ("query", "options", "leaks"),
    [
        (QueryRow("q", "one  TEXT\n"), {}, False),
        (QueryRow("q", "one  text\n"), {}, True),
        (QueryRow("q", "cafe\u0301"), {}, True),
        (QueryRow("t0", "else"), {}, False),  # another file may use the same ids
        (QueryRow("t0", "else", row=0), {}, True),
        (QueryRow("q", "else", row=5), {"copies": [0, 1, 2, 3, 4, 0]}, True),
        (QueryRow("q", "else", row=5), {"copies": range(6)}, False),
        (QueryRow("q", "else"), {"near": 0.96}, True),
        (QueryRow("q", "else"), {"near": 0.94}, False),
        (QueryRow("q", "else"), {"near": 0.96, "near_copy_threshold": None}, False),
    ],
)
def test_a_leak_is_found_by_text_id_group_or_vector(query, options, leaks):
    pool = rows(("one text", "a"), ("caf\u00e9", "b"), ("three", "a"))
    near = options.pop("near", 0.0)
    vectors = {"pool_vectors": np.eye(3), "query_vectors": [[near, 0.0, np.sqrt(1 - near**2) - 1e-9]]}
    vectors["query_vectors"] = [[near, np.sqrt(1 - near**2) / np.sqrt(2), -np.sqrt(1 - near**2) / np.sqrt(2)]]
    report = check(pool, prompts=[prompt(query.id, 2, 1, 0, query=query.text)], queries=[query], **vectors, **options)
    assert bool(report.of("leak")) is leaks


def test_left_out_demonstrations_are_a_note_and_prompts_without_any_a_warning():
    settings = PromptSettings(token_budget=100)
    pool = rows(("t", "a"), ("u", "b"))
    (note,) = check(pool, settings=settings, prompts=[prompt("q", 0, skipped=3), prompt("r", 1)]).findings
    assert (note.rule, note.severity) == ("over-long", "note")
    assert "1 of 2 prompts" in note.reason
    assert "3 at most" in note.reason
    (warning,) = check(pool, settings=settings, prompts=[prompt("q", skipped=3), prompt("r", 1)]).findings
    assert (warning.severity, warning.prompt) == ("warning", "q")
    (error,) = check(pool, settings=settings, prompts=[dataclasses.replace(prompt("q", 0), tokens=37)]).findings
    assert (error.severity, error.item) == ("error", "q")
    assert "37 tokens, more than the 36" in error.reason


def test_prompts_built_the_other_way_round_are_noticed(case):
    made = case.prompts()
    turned = [dataclasses.replace(one, demonstrations=one.demonstrations[::-1]) for one in made]
    (found,) = case.report(prompts=turned).findings
    assert (found.rule, found.severity) == ("order", "error")
    assert "30 of 30 prompts" in found.reason
    case.set(order="descending")
    assert case.report(prompts=turned).findings == ()
    for target in TARGETS:
        assert case.report(prompts=turned, target=target).findings == ()
        assert case.report(prompts=turned, target="most similar last").counts == {"order": 1}


def test_without_vectors_only_equal_texts_are_found_and_that_is_said(case):
    report = case.report(pool_vectors=None, query_vectors=None)
    assert report.findings == ()
    assert set(report.not_checked) == {"near-twins", "leak", "conflict"}


def test_a_report_can_leave_as_json(case):
    import json

    case.change(0, value="")
    told = json.loads(json.dumps(case.report().to_json()))
    assert told["passed"] is False
    assert told["by_rule"] == {"empty-label": 1}
    assert told["by_severity"] == {"error": 1, "warning": 0, "note": 0}
    assert told["findings"][0]["item"] == "p0"


def test_what_does_not_fit_is_refused(case):
    with pytest.raises(InputError, match="one row per text"):
        case.report(pool_vectors=np.ones((3, 64)))
    with pytest.raises(InputError, match="dimensions"):
        case.report(query_vectors=np.ones((30, 2)))
    with pytest.raises(InputError, match="same order"):
        case.report(queries=case.queries[::-1])
    with pytest.raises(InputError, match="one group per row"):
        case.report(copies=[0])
    with pytest.raises(UnknownNameError, match="target"):
        case.report(target="papyrus")
    with pytest.raises(UnknownNameError, match="no rule"):
        case.report(ignore=["x"])
    assert "US" in REGIONS
