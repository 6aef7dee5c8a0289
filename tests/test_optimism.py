"""What the order of the steps costs: each order leaks what it is said to leak, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.__main__ import main
from core._optimism_orders import Patients, repeat
from core.cohort.folder import CLASSES, restrict, synthetic_cohort
from core.cohort.split import split_by_person
from core.cohort.synthetic import generate
from core.errors import TrainingError
from core.optimism import (
    LABELS,
    LEAK_FREE,
    ORDERS,
    PARTS,
    Plan,
    lines,
    load_optimism,
    mean_over_splits,
    measure,
    read_document,
)
from tests.conftest import narrow

OUTCOMES = CLASSES["outcome"]
CHEAP = Plan(splits=4, rounds=30, learning_rate=0.3, trees=4, iterations=1)
BEFORE = ("resample_first", "both_first")


@pytest.fixture(scope="module")
def cohort():
    return narrow(synthetic_cohort(generate(600, seed=5)))


@pytest.fixture(scope="module")
def fresh():
    return narrow(synthetic_cohort(generate(1500, seed=6)))


@pytest.fixture(scope="module")
def document(cohort, fresh):
    return measure(cohort, fresh, CHEAP)


@pytest.fixture(scope="module")
def measured(document):
    return read_document(document)


def patients_of(cohort) -> Patients:
    return Patients(*restrict(cohort, "outcome"))


def mean_of(measured, labels: str, order: str, quantity: str):
    return measured.summary[labels, order, "macro", quantity].mean


@pytest.mark.parametrize("order", BEFORE)
def test_resampling_before_the_split_reports_discrimination_where_there_is_none(measured, order):
    # outcomes shuffled: a mean of 4 splits of some 45 balanced rows lies within 0.1 of 0.5 by chance
    assert mean_of(measured, "shuffled", order, "apparent").value > 0.65
    assert mean_of(measured, "shuffled", order, "true").value == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("order", BEFORE)
def test_resampling_before_the_split_is_optimistic_beyond_the_leak_free_order(measured, order):
    assert mean_of(measured, "observed", order, "beyond").low > 0.05


def test_the_leak_free_order_reports_nothing_where_there_is_nothing(measured):
    assert mean_of(measured, "shuffled", LEAK_FREE, "apparent").value == pytest.approx(0.5, abs=0.15)
    assert mean_of(measured, "shuffled", LEAK_FREE, "true").value == pytest.approx(0.5, abs=0.06)


def true_figures(patients: Patients, untouched: Patients) -> dict[str, float]:
    """What each order's model does on untouched patients: it changes if and only if the model does."""
    found = repeat(patients, untouched, OUTCOMES, CHEAP, 0).rows
    return {
        row["order"]: row["macro"] for row in found if (row["labels"], row["part"]) == ("observed", "true")
    }


@pytest.fixture(scope="module")
def both(cohort, fresh):
    return patients_of(cohort), patients_of(fresh)


@pytest.fixture(scope="module")
def as_it_is(both):
    return true_figures(*both)


@pytest.fixture(scope="module")
def held_out(both):
    return split_by_person(both[0].codes, both[0].groups, CHEAP.test_share, 0)


def test_values_of_the_test_part_reach_every_model_but_the_leak_free_one(both, as_it_is, held_out):
    patients, untouched = both
    frame = patients.table.frame.copy()
    frame.loc[held_out, ["age", "systolic_bp", "lactate"]] = [20.0, 60.0, 15.0]
    altered = replace(patients, table=replace(patients.table, frame=frame))
    after = true_figures(altered, untouched)
    assert {order for order in ORDERS if after[order] != as_it_is[order]} == set(ORDERS) - {LEAK_FREE}


def test_outcomes_of_the_test_part_reach_only_models_that_resampled_first(both, as_it_is, held_out):
    patients, untouched = both
    codes = patients.codes.copy()
    # the part keeps its class counts, on other patients; the natural split is held where it was
    codes[held_out] = codes[held_out].to_numpy()[::-1]
    swapped = replace(patients, codes=codes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core._optimism_orders.split_by_person", fixed_split(held_out))
        after = true_figures(swapped, untouched)
    assert {order for order in ORDERS if after[order] != as_it_is[order]} == set(BEFORE)


def fixed_split(held_out):
    def split(codes, groups, share, seed):
        return held_out if len(codes) == len(held_out) else split_by_person(codes, groups, share, seed)

    return split


def test_only_resampling_first_takes_the_natural_class_shares_from_the_test_part(document, held_out):
    sizes = {
        row["order"]: row["n"] for row in document["rows"] if (row["seed"], row["part"]) == (0, "apparent")
    }
    assert sizes[LEAK_FREE] == sizes["impute_first"] == held_out.sum()
    counts = [document["about"]["class_counts"][name] for name in OUTCOMES]
    equal = 3 * np.sqrt(max(counts) * min(counts))
    assert sizes["resample_first"] == pytest.approx(0.2 * equal, abs=3)


def test_every_labels_order_split_and_part_has_one_row(document):
    keys = {(row["labels"], row["order"], row["seed"], row["part"]) for row in document["rows"]}
    assert len(keys) == len(document["rows"]) == len(LABELS) * len(ORDERS) * len(PARTS) * CHEAP.splits
    assert {row["seed"] for row in document["rows"]} == {0, 1, 2, 3}


def test_the_same_seed_measures_the_same(cohort, fresh, document):
    again = measure(cohort, fresh, replace(CHEAP, splits=2))
    assert again["rows"] == [row for row in document["rows"] if row["seed"] < 2]


def test_without_fresh_patients_some_are_set_aside_before_everything(cohort, monkeypatch):
    seen = []

    def watched(patients, untouched, *rest):
        seen.append((patients, untouched))
        return repeat(patients, untouched, *rest)

    monkeypatch.setattr("core.optimism.repeat", watched)
    about = measure(cohort, None, replace(CHEAP, splits=2))["about"]
    everyone = patients_of(cohort).codes
    first, second = seen
    assert about["untouched"] == "set_aside"
    assert about["n_rows"] + about["n_untouched"] == len(everyone)
    assert set(first[1].codes.index) == set(second[1].codes.index)
    assert set(first[0].codes.index) | set(first[1].codes.index) == set(everyone.index)
    shares = [part.codes.value_counts(normalize=True).sort_index() for part in first]
    assert np.allclose(shares[0], shares[1], atol=0.02)


def test_a_person_with_several_rows_is_never_half_set_aside(cohort, monkeypatch):
    seen = []
    monkeypatch.setattr("core.optimism.repeat", lambda *given: seen.append(given[:2]) or repeat(*given))
    persons = pd.Series([f"p{row // 2}" for row in range(len(cohort.labels))], index=cohort.labels.index)
    measure(replace(cohort, labels=cohort.labels.assign(group=persons)), None, replace(CHEAP, splits=2))
    patients, untouched = seen[0]
    assert not set(patients.groups) & set(untouched.groups)


def test_the_single_split_is_the_first_of_the_repeated_ones(document, measured):
    first = next(row for row in document["rows"] if row["order"] == LEAK_FREE)
    for name, one in measured.single.items():
        assert one.value == pytest.approx(first[name], abs=1e-5)
        spread = measured.summary["observed", LEAK_FREE, name, "apparent"]
        assert one.low < one.value < one.high
        assert spread.smallest <= one.value <= spread.largest


def test_optimism_is_reported_minus_true_split_by_split(document, measured):
    found = {
        (row["seed"], row["part"]): row["death"]
        for row in document["rows"]
        if (row["labels"], row["order"]) == ("observed", "both_first")
    }
    gaps = [found[seed, "apparent"] - found[seed, "true"] for seed in range(4)]
    one = measured.summary["observed", "both_first", "death", "optimism"]
    assert one.mean.value == pytest.approx(np.mean(gaps))
    assert (one.smallest, one.largest) == pytest.approx((min(gaps), max(gaps)))
    assert mean_of(measured, "observed", LEAK_FREE, "beyond").value == 0


def test_without_the_correction_the_interval_is_scipys_t_interval():
    values = np.array([0.61, 0.66, 0.58, 0.7, 0.63])
    outside = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert mean_over_splits(values, 0.0).low == pytest.approx(outside.low, abs=1e-12)
    assert mean_over_splits(values, 0.0).high == pytest.approx(outside.high, abs=1e-12)


def test_the_correction_widens_the_interval_as_nadeau_and_bengio_say():
    # 20 splits of 8:2: the variance is multiplied by (1/20 + 1/4) instead of 1/20
    values = np.random.default_rng(1).normal(0.6, 0.05, 20)
    plain, corrected = (mean_over_splits(values, ratio) for ratio in (0.0, 0.25))
    assert (corrected.high - corrected.low) / (plain.high - plain.low) == pytest.approx(np.sqrt(6.0))


def test_lines_show_every_order_with_both_kinds_of_labels(measured):
    written = lines(measured)
    assert [line.split()[:2] for line in written] == [
        [labels, order] for labels in LABELS for order in ORDERS
    ]


def test_each_split_is_told_when_it_is_done(cohort, fresh):
    told: list[str] = []
    measure(cohort, fresh, replace(CHEAP, splits=2, seed=7), told=told.append)
    assert [line.split(":")[0] for line in told] == ["split 7", "split 8"]


def test_one_split_has_no_spread(cohort):
    with pytest.raises(TrainingError, match="--splits"):
        measure(cohort, None, replace(CHEAP, splits=1))


def test_a_class_of_few_persons_is_named(cohort):
    rare = cohort.labels["outcome"] == "death"
    few = cohort.labels[~rare | (rare.cumsum() <= 4)]
    with pytest.raises(TrainingError, match="death has 4"):
        measure(replace(cohort, labels=few), None, CHEAP)


def test_the_command_writes_the_file_and_prints_the_orders(cohort, fresh, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("core.optimism.built_in", lambda seed: (cohort, fresh))
    monkeypatch.setattr("core.optimism.Plan", lambda splits, seed: replace(CHEAP, splits=splits, seed=seed))
    monkeypatch.setattr("sys.argv", ["core", "optimism", "--splits", "2", "--out", str(tmp_path / "o.json")])
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    assert len(capsys.readouterr().out.splitlines()) == len(LABELS) * len(ORDERS)
    assert load_optimism(tmp_path / "o.json").plan.splits == 2
