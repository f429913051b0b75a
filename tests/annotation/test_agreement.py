"""Agreement figures: published examples, an exact computation written another way, other libraries, and limits."""

from __future__ import annotations

import itertools
from collections import Counter
from fractions import Fraction

import krippendorff as peer
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import fleiss_kappa as peer_fleiss

from votek.annotation.agreement import agreement
from votek.annotation.answers import read_answers
from votek.annotation.coefficients import cohen, fleiss, percent
from votek.annotation.krippendorff import LEVELS, alpha, masi_distance
from votek.errors import InputError

# ---------------------------------------------------------------- published examples

COHEN_1968 = [[88, 10, 2], [14, 40, 6], [18, 10, 12]]
"""Cohen 1968, "Weighted kappa", Psychological Bulletin 70, Table 1: 200 cases, two judges, three diagnoses."""

FLEISS_1971 = """
0 0 0 6 0; 0 3 0 0 3; 0 1 4 0 1; 0 0 0 0 6; 0 3 0 3 0; 2 0 4 0 0; 0 0 4 0 2; 2 0 3 1 0; 2 0 0 4 0; 0 0 0 0 6
1 0 0 5 0; 1 1 0 4 0; 0 3 3 0 0; 1 0 0 5 0; 0 2 0 3 1; 0 0 5 0 1; 3 0 0 1 2; 5 1 0 0 0; 0 2 0 4 0; 1 0 2 0 3
0 0 0 0 6; 0 1 0 5 0; 0 2 0 1 3; 2 0 0 4 0; 1 0 0 4 1; 0 5 0 1 0; 4 0 0 0 2; 0 2 0 4 0; 1 0 5 0 0; 0 0 0 0 6
"""
"""Fleiss 1971, Psychological Bulletin 76, Table 1: 30 patients, 6 raters each, 5 psychiatric diagnoses."""

FLEISS_ON_WIKIPEDIA = """
0 0 0 0 14; 0 2 6 4 2; 0 0 3 5 6; 0 3 9 2 0; 2 2 8 1 1; 7 7 0 0 0; 3 2 6 3 0; 2 5 3 2 2; 6 5 2 1 0; 0 2 2 3 7
"""

# Krippendorff 2011, "Computing Krippendorff's alpha-reliability", sections A to D.
BINARY = ["0100000010", "1110010000"]
NOMINAL = ["aabbdcccedda", "babbbcccedddd"[:12]]
MISSING = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]


def rows_of(lines):
    return [
        (f"u{unit:02}", f"o{observer}", answer)
        for observer, line in enumerate(lines)
        for unit, answer in enumerate(line)
        if answer != "."
    ]


def counted(text):
    return [[int(part) for part in row.split()] for row in text.replace("\n", ";").split(";") if row.strip()]


def codes_of(counts):
    """One row of answers per item, as many of each as `counts` says."""
    return np.array([np.repeat(np.arange(len(row)), row) for row in counts])


def once(function, codes):
    return float(function(codes, np.ones((1, len(codes))))[0])


def test_cohen_1968_table_1_kappa_492():
    codes = np.array([(a, b) for a, row in enumerate(COHEN_1968) for b, cell in enumerate(row) for _ in range(cell)])
    assert f"{once(cohen, codes):.3f}" == "0.492"
    assert once(percent, codes) == pytest.approx(0.7, abs=1e-12)


def test_fleiss_1971_psychiatric_diagnoses_kappa_430():
    counts = counted(FLEISS_1971)
    assert (len(counts), {sum(row) for row in counts}) == (30, {6})
    assert f"{once(fleiss, codes_of(counts)):.3f}" == "0.430"


def test_fleiss_kappa_of_fourteen_psychiatrists_210():
    assert f"{once(fleiss, codes_of(counted(FLEISS_ON_WIKIPEDIA))):.3f}" == "0.210"


@pytest.mark.parametrize(
    ("lines", "level", "printed"),
    [
        (BINARY, "nominal", "0.095"),
        (NOMINAL, "nominal", "0.692"),
        (MISSING, "nominal", "0.743"),
        (MISSING, "ordinal", "0.815"),
        (MISSING, "interval", "0.849"),
    ],
    ids=["A-binary", "B-nominal", "C-missing", "D-ordinal", "D-interval"],
)
def test_krippendorff_2011(lines, level, printed):
    found = agreement(rows_of(lines), level=level)
    assert f"{found.krippendorff.value:.3f}" == printed


def test_masi_as_passonneau_2006_defines_it():
    assert masi_distance(frozenset("a"), frozenset("ab")) == pytest.approx(1 - 1 / 2 * 2 / 3)
    assert masi_distance(frozenset("ab"), frozenset("bc")) == pytest.approx(1 - 1 / 3 * 1 / 3)
    assert masi_distance(frozenset("a"), frozenset("b")) == 1
    assert masi_distance(frozenset("ab"), frozenset("ba")) == 0


# ---------------------------------------------------------------- exact, written another way


def exact_alpha(rows, difference):
    """Alpha from all pairs of answers, one by one, as a fraction; None where nothing varies."""
    units = {}
    for item, _, answer in rows:
        units.setdefault(item, []).append(tuple(answer) if isinstance(answer, list) else answer)
    units = [answers for answers in units.values() if len(answers) > 1]
    everything = [answer for answers in units for answer in answers]
    observed = sum(
        Fraction(difference(a, b, everything), len(answers) - 1)
        for answers in units
        for a, b in itertools.permutations(answers, 2)
    ) / len(everything)
    counts = Counter(everything)
    apart = sum(counts[a] * counts[b] * difference(a, b, everything) for a, b in itertools.permutations(counts, 2))
    expected = Fraction(apart, len(everything) * (len(everything) - 1))
    return None if expected == 0 else 1 - observed / expected


def between(a, b, everything):
    """The ordinal difference as Krippendorff writes it: all answers from one to the other, less half of both ends."""
    low, high = sorted((int(a), int(b)))
    counts = Counter(int(answer) for answer in everything)
    return (sum(counts[value] for value in range(low, high + 1)) - Fraction(counts[low] + counts[high], 2)) ** 2


def apart(first, second, _):
    a, b = set(first), set(second)
    if a == b:
        return 0
    share = Fraction(2, 3) if a <= b or b <= a else Fraction(1, 3) if a & b else 0
    return 1 - share * Fraction(len(a & b), len(a | b))


EXACT = {
    "nominal": lambda a, b, _: int(a != b),
    "ordinal": between,
    "interval": lambda a, b, _: (int(a) - int(b)) ** 2,
    "sets": apart,
}


def exact_cohen(pairs):
    total = len(pairs)
    agreed = Fraction(sum(a == b for a, b in pairs), total)
    chance = sum(
        Fraction(sum(a == c for a, _ in pairs), total) * Fraction(sum(b == c for _, b in pairs), total)
        for c in {value for pair in pairs for value in pair}
    )
    return None if chance == 1 else (agreed - chance) / (1 - chance)


def exact_fleiss(units):
    people = len(units[0])
    agreed = sum(
        Fraction(sum(a == b for a, b in itertools.permutations(unit, 2)), people * (people - 1)) for unit in units
    )
    shares = Counter(answer for unit in units for answer in unit)
    chance = sum(Fraction(count, people * len(units)) ** 2 for count in shares.values())
    return None if chance == 1 else (agreed / len(units) - chance) / (1 - chance)


def random_rows(rng, *, items, people, values, missing):
    skew = rng.dirichlet(np.ones(values))
    rows = []
    for item in range(items):
        likely = rng.choice(values, p=skew)
        for person in range(people):
            if rng.random() >= missing:
                answer = likely if rng.random() < 0.6 else rng.choice(values, p=skew)
                rows.append((f"t{item:03}", f"p{person}", str(answer)))
    return rows


TABLES = [
    {"items": items, "people": people, "values": values, "missing": missing}
    for items, people, values, missing in [
        (12, 2, 2, 0),
        (25, 2, 5, 0.2),
        (40, 3, 3, 0),
        (60, 5, 7, 0.4),
        (15, 8, 4, 0.7),
    ]
]


@pytest.mark.parametrize("shape", TABLES, ids=str)
@pytest.mark.parametrize("seed", range(6))
def test_figures_equal_an_exact_computation(shape, seed):
    rows = random_rows(np.random.default_rng(seed), **shape)
    for level in LEVELS:
        given = (
            rows if level != "sets" else [(i, p, ["ab", "b", "bcd", "a", "cd", "d", "abc"][int(a)]) for i, p, a in rows]
        )
        given = [(i, p, list(a) if level == "sets" else a) for i, p, a in given]
        found = agreement(given, level=level, draws=1).krippendorff
        assert same(found, exact_alpha(given, EXACT[level]))
    found = agreement(rows, draws=1)
    by_item = {}
    for item, person, answer in rows:
        by_item.setdefault(item, {})[person] = answer
    for share, kappa in found.pairs:
        first, second = kappa.people
        pairs = [(a[first], a[second]) for a in by_item.values() if first in a and second in a]
        assert kappa.items == share.items == len(pairs)
        assert same(kappa, exact_cohen(pairs))
        if share.status == "found":
            assert share.value == pytest.approx(sum(a == b for a, b in pairs) / len(pairs), abs=1e-9)
    sizes = Counter(len(answers) for answers in by_item.values() if len(answers) > 1)
    number = max(sizes, key=lambda size: (sizes[size], size))
    assert same(found.fleiss, exact_fleiss([tuple(a.values()) for a in by_item.values() if len(a) == number]))


def same(figure, exact):
    if figure.status == "too few":
        return figure.items < 10
    if exact is None:
        return figure.status == "undefined"
    return figure.value == pytest.approx(float(exact), abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_figures_equal_those_of_other_libraries(seed):
    rows = random_rows(np.random.default_rng(100 + seed), items=50, people=4, values=4, missing=0.25)
    found = agreement(rows, draws=1)
    answers = read_answers(rows)
    data = np.where(answers.codes >= 0, answers.codes, np.nan).T
    for level in ("nominal", "ordinal", "interval"):
        mine = agreement(rows, level=level, draws=1).krippendorff.value
        assert mine == pytest.approx(peer.alpha(data, level_of_measurement=level), abs=1e-9)
    for (_, kappa), (a, b) in zip(found.pairs, itertools.combinations(range(4), 2), strict=True):
        both = answers.pair(a, b)
        assert kappa.value == pytest.approx(cohen_kappa_score(both[:, 0], both[:, 1]), abs=1e-9)
    full = random_rows(np.random.default_rng(200 + seed), items=50, people=4, values=4, missing=0)
    codes = read_answers(full).codes
    counts = np.stack([(codes == value).sum(axis=1) for value in range(4)], axis=1)
    assert agreement(full, draws=1).fleiss.value == pytest.approx(peer_fleiss(counts), abs=1e-9)


# ---------------------------------------------------------------- what cannot be said, and how sure it is


def two(first, second):
    return [
        (f"t{i:03}", who, label)
        for i, pair in enumerate(zip(first, second, strict=True))
        for who, label in zip("ab", pair, strict=True)
    ]


def test_the_same_label_throughout_is_undefined_but_for_percent():
    found = agreement(two("x" * 20, "x" * 20))
    assert {found.krippendorff.status, found.fleiss.status, found.pairs[0][1].status} == {"undefined"}
    assert (found.krippendorff.value, found.krippendorff.words()) == (None, "undefined")
    assert (found.percent.words(), found.percent.low) == ("100%", None)


@pytest.mark.parametrize(("items", "status"), [(9, "too few"), (10, "found")])
def test_below_ten_items_nothing_is_said(items, status):
    found = agreement(two("xyxyxyxyxy"[:items], "xyxyxyxyyy"[:items]))
    figures = [found.percent, found.krippendorff, found.fleiss, *found.pairs[0]]
    assert {figure.status for figure in figures} == {status}
    assert {figure.items for figure in figures} == {items}
    if status == "too few":
        assert {figure.value for figure in figures} == {None}
        assert {figure.words() for figure in figures} == {"too few to say"}


def test_one_person_alone_has_nobody_to_agree_with():
    found = agreement([(f"t{i}", "a", "x") for i in range(30)])
    assert (found.items, found.pairs, found.krippendorff.status, found.fleiss.people) == (0, (), "too few", ())
    assert agreement([]).people == ()


def test_perfect_agreement_with_variation_is_one_without_an_interval():
    found = agreement(two("xy" * 10, "xy" * 10)).krippendorff
    assert (found.value, found.low, found.high, found.words()) == (1.0, None, None, "1.00")


def test_one_disagreement_in_a_sea_of_one_label_keeps_an_honest_interval():
    found = agreement(two("x" * 40, "x" * 39 + "y")).krippendorff
    assert found.status == "found"
    assert found.value == pytest.approx(0, abs=0.01)
    assert found.low is None or found.high <= 0.01


def test_intervals_cover_and_are_seeded():
    rows = random_rows(np.random.default_rng(3), items=80, people=3, values=3, missing=0.1)
    one, again, other = (agreement(rows, seed=seed) for seed in (1, 1, 2))
    assert one == again != other
    for figure in (one.percent, one.krippendorff, one.fleiss, *itertools.chain(*one.pairs)):
        assert figure.low < figure.value < figure.high
        assert 0.05 < figure.high - figure.low < 0.7


def test_the_interval_is_that_of_resampled_rows():
    codes = np.array([(a, b) for a, row in enumerate(COHEN_1968) for b, cell in enumerate(row) for _ in range(cell)])
    rows = [(f"t{i:03}", "ab"[p], str(answer)) for i, pair in enumerate(codes) for p, answer in enumerate(pair)]
    kappa = agreement(rows).pairs[0][1]
    rng = np.random.default_rng(9)
    plain = [cohen_kappa_score(*codes[rng.integers(200, size=200)].T) for _ in range(1500)]
    assert (kappa.low, kappa.high) == pytest.approx(np.quantile(plain, [0.025, 0.975]), abs=0.02)


def test_the_order_of_rows_changes_nothing():
    rows = random_rows(np.random.default_rng(5), items=30, people=4, values=3, missing=0.3)
    assert agreement(rows) == agreement(rows[::-1])


def test_a_data_frame_and_missing_answers():
    rows = [*random_rows(np.random.default_rng(6), items=20, people=3, values=3, missing=0), ("t000", "late", None)]
    frame = pd.DataFrame(rows, columns=["item", "person", "label"])
    assert agreement(frame[["label", "item", "person"]]) == agreement(rows) == agreement(rows[:-1])


def test_ranks_by_a_given_order_and_by_number():
    names = {"0": "low", "1": "mid", "2": "high"}
    rows = random_rows(np.random.default_rng(7), items=30, people=2, values=3, missing=0)
    named = [(item, person, names[label]) for item, person, label in rows]
    found = agreement(named, level="ordinal", order=["low", "mid", "high"]).krippendorff.value
    assert found == pytest.approx(agreement(rows, level="ordinal").krippendorff.value, abs=1e-12)
    tens = [(item, person, {"0": "9", "1": "10", "2": "11"}[label]) for item, person, label in rows]
    assert agreement(tens, level="ordinal").krippendorff.value == pytest.approx(found, abs=1e-12)


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        ([("t", "a")], {}, r"Row 1 is \('t', 'a'\); give \(item, person, label\)"),
        ([("t", "a", "x"), ("t", "a", "y")], {}, "Row 2: 'a' answered 't' before"),
        ([("t", "a", "x")], {"level": "rank"}, "There is no level 'rank'"),
        ([("t", "a", "x")], {"level": "interval"}, "'x' is no number"),
        ([("t", "a", "x")], {"level": "ordinal"}, "their order is not known"),
        ([("t", "a", "x")], {"level": "ordinal", "order": ["y"]}, "lacks 'x'"),
        ([("t", "a", ["x"])], {"level": "ordinal"}, "have no ordinal scale"),
        ([("t", "a", [1])], {}, "something else than texts"),
        ([("t", "a", "x")], {"draws": 0}, "give at least 1"),
        ([(f"t{i}", "a", f"x{i}") for i in range(2001)], {}, "2,001 different answers"),
    ],
)
def test_what_cannot_be_used_is_refused(table, options, message):
    with pytest.raises(InputError, match=message):
        agreement(table, **options)


def test_alpha_of_no_values_is_harmless():
    assert np.isnan(alpha((), "nominal")(np.empty((0, 2), dtype=np.int64), np.ones((1, 0)))).all()
