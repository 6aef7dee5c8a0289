from __future__ import annotations

import numpy as np
import pytest

from core.ehr._forest_iterate import should_stop
from core.ehr.missforest import MissForest
from core.ehr.missforest_benchmark import masked_table, sklearn_missforest


def structured(n=200, seed=0):
    """Numbers, a skewed number, a count, two classes and four classes, all driven by one trait."""
    rng = np.random.default_rng(seed)
    trait = rng.normal(size=n)
    truth = np.column_stack(
        [
            trait + 0.2 * rng.normal(size=n),
            np.exp(trait + 0.2 * rng.normal(size=n)),
            np.round(5 + 2 * trait + 0.3 * rng.normal(size=n)),
            trait + 0.3 * rng.normal(size=n) > 0,
            np.array([2, 0, 3, 1])[np.digitize(trait + 0.2 * rng.normal(size=n), [-0.7, 0, 0.7])],
        ]
    ).astype(float)
    n_levels = np.array([0, 0, 0, 2, 4])
    table = np.where(rng.random(truth.shape) < 0.2, np.nan, truth)
    return truth, table, n_levels


def errors(truth, table, completed, n_levels):
    masked = np.isnan(table)
    numeric = n_levels == 0
    off = ((completed - truth) / truth.std(axis=0))[:, numeric][masked[:, numeric]]
    wrong = (completed != truth)[:, ~numeric][masked[:, ~numeric]]
    return np.sqrt((off**2).mean()), wrong.mean()


def mean_and_mode(table, n_levels):
    filled = table.copy()
    for j, levels in enumerate(n_levels):
        seen = table[~np.isnan(table[:, j]), j]
        filled[np.isnan(table[:, j]), j] = np.bincount(seen.astype(int)).argmax() if levels else seen.mean()
    return filled


@pytest.fixture(scope="module")
def fitted():
    truth, table, n_levels = structured()
    return truth, table, n_levels, MissForest(n_trees=60, seed=3, threads=2).fit(table, n_levels)


def test_recovers_structure_much_better_than_mean_and_mode(fitted):
    truth, table, n_levels, imputer = fitted
    nrmse, pfc = errors(truth, table, imputer.completed_, n_levels)
    naive_nrmse, naive_pfc = errors(truth, table, mean_and_mode(table, n_levels), n_levels)
    assert nrmse < 0.6 * naive_nrmse
    assert pfc < 0.6 * naive_pfc


def test_observed_cells_stay_and_none_is_missing(fitted):
    _, table, _, imputer = fitted
    seen = ~np.isnan(table)
    assert (imputer.completed_[seen] == table[seen]).all()
    assert np.isfinite(imputer.completed_).all()


def test_out_of_bag_error_is_near_the_true_error():
    masked = masked_table(500, 9, 1)
    imputer = MissForest(n_trees=60).fit(masked.table, masked.n_levels)
    nrmse, pfc = masked.errors(imputer.completed_)
    assert imputer.report_.nrmse == pytest.approx(nrmse, rel=0.15)
    assert imputer.report_.pfc == pytest.approx(pfc, abs=0.08)


def test_error_agrees_with_the_same_algorithm_on_scikit_learn_forests():
    # over several tables: on one alone, sixty categories to guess, either can be better by a tenth
    forests = {"n_trees": 40, "max_iterations": 2}
    ours, theirs = [], []
    for seed in range(6):
        masked = masked_table(300, 9, seed)
        ours.append(masked.errors(MissForest(**forests).fit_transform(masked.table, masked.n_levels)))
        other, _ = sklearn_missforest(masked.table, masked.n_levels, **forests, n_jobs=1)
        theirs.append(masked.errors(other))
    (nrmse, pfc), (their_nrmse, their_pfc) = np.mean(ours, axis=0), np.mean(theirs, axis=0)
    assert nrmse == pytest.approx(their_nrmse, rel=0.03)
    assert pfc == pytest.approx(their_pfc, abs=0.05)


def test_imputed_categories_are_legal_and_numbers_within_the_observed_range(fitted):
    _, table, n_levels, imputer = fitted
    for j, levels in enumerate(n_levels):
        gaps = np.isnan(table[:, j])
        filled = imputer.completed_[gaps, j]
        if levels:
            assert set(filled) <= set(range(levels))
        else:
            assert filled.min() >= np.nanmin(table[:, j])
            assert filled.max() <= np.nanmax(table[:, j])


def test_a_nominal_feature_is_split_by_sets_of_levels():
    # levels 0, 2, 4 against 1, 3, 5 decide; no single cut of the codes does
    rng = np.random.default_rng(0)
    level = rng.integers(0, 6, 300).astype(float)
    number = np.where(level % 2 == 0, 1.0, -1.0)
    classes = np.where(level % 2 == 0, rng.integers(0, 2, 300), 2).astype(float)
    X = np.column_stack([level, number, classes])
    table = X.copy()
    table[:40, 1] = np.nan
    table[40:80, 2] = np.nan
    completed = MissForest(n_trees=40).fit_transform(table, np.array([6, 0, 3]))
    assert np.abs(completed[:40, 1] - X[:40, 1]).max() < 0.1
    assert ((completed[40:80, 2] == 2) == (X[40:80, 2] == 2)).all()


def test_many_levels_and_many_classes():
    rng = np.random.default_rng(0)
    group = rng.integers(0, 40, 400)
    X = np.column_stack([group, group // 4, group + rng.normal(size=400)]).astype(float)
    table = np.where(rng.random(X.shape) < 0.1, np.nan, X)
    table[np.isnan(table).all(axis=1), 0] = 0
    completed = MissForest(n_trees=30).fit_transform(table, np.array([40, 10, 0]))
    gaps = np.isnan(table[:, 1])
    assert (completed[gaps, 1] == X[gaps, 1]).mean() > 0.5


def test_units_of_measurement_do_not_matter():
    _, table, n_levels = structured(80)
    scale = np.array([1000.0, 2.0**-10, 4.0, 1.0, 1.0])
    plain = MissForest(n_trees=10, max_iterations=3).fit(table, n_levels)
    scaled = MissForest(n_trees=10, max_iterations=3).fit(table * scale, n_levels)
    assert scaled.completed_ / scale == pytest.approx(plain.completed_, rel=1e-6)
    assert scaled.report_.differences == pytest.approx(plain.report_.differences, rel=1e-6)


def test_report_says_what_was_missing_and_leaves_complete_columns_without_error():
    _, table, n_levels = structured(100)
    table[:, 0] = np.arange(100.0)
    report = MissForest(n_trees=10, max_iterations=2).fit(table, n_levels).report_
    assert report.missing_share[0] == 0
    assert np.isnan(report.oob_error[0])
    assert np.isfinite(report.oob_error[1:]).all()
    assert report.differences.shape == (report.iterations, 2)
    numeric = report.oob_error[1:3]
    weights = report.missing_share[1:3]
    assert report.nrmse == pytest.approx(np.sqrt(np.average(numeric**2, weights=weights)))


@pytest.mark.parametrize(
    ("differences", "stops"),
    [
        ([(0.5, 0.5)], False),
        ([(0.5, 0.5), (0.4, 0.6)], False),
        ([(0.5, 0.5), (0.6, 0.4)], False),
        ([(0.5, 0.5), (0.6, 0.6)], True),
        ([(0.5, np.nan), (0.6, np.nan)], True),
        ([(0.5, np.nan), (0.4, np.nan)], False),
        ([(np.nan, 0.0), (np.nan, 0.0)], True),
    ],
)
def test_stops_when_no_kind_of_column_moves_less_than_before(differences, stops):
    assert should_stop([np.array(d) for d in differences]) is stops


def test_completion_before_the_rise_is_kept(fitted):
    _, table, n_levels, imputer = fitted
    report = imputer.report_
    assert report.kept_iteration == report.iterations - 1
    again = MissForest(n_trees=60, seed=3, max_iterations=report.kept_iteration).fit(table, n_levels)
    assert again.completed_.tobytes() == imputer.completed_.tobytes()


def test_same_seed_same_bytes_on_any_number_of_threads(fitted):
    _, table, n_levels, imputer = fitted
    for threads in (1, 3):
        again = MissForest(n_trees=60, seed=3, threads=threads).fit(table, n_levels)
        assert again.completed_.tobytes() == imputer.completed_.tobytes()
        ours, theirs = imputer.to_arrays(), again.to_arrays()
        assert all(ours[name].tobytes() == theirs[name].tobytes() for name in ours)
    other = MissForest(n_trees=60, seed=4, threads=1).fit(table, n_levels)
    assert other.completed_.tobytes() != imputer.completed_.tobytes()


@pytest.mark.parametrize(
    ("columns", "n_rows"), [([0], 200), ([4], 200), ([0, 1, 2], 200), ([3, 4], 200), ([0, 1, 2, 3, 4], 20)]
)
def test_one_column_one_kind_and_few_rows(columns, n_rows):
    _, table, n_levels = structured()
    part = table[:n_rows, columns]
    imputer = MissForest(n_trees=10, max_iterations=3).fit(part, n_levels[columns])
    assert np.isfinite(imputer.completed_).all()
    assert np.isfinite(imputer.transform(part[:7])).all()


def test_nothing_missing_and_yet_new_rows_are_imputed():
    truth, _, n_levels = structured()
    imputer = MissForest(n_trees=30).fit(truth, n_levels)
    assert imputer.report_.iterations == 0
    assert (imputer.completed_ == truth).all()
    new, holed, _ = structured(seed=5)
    nrmse, pfc = errors(new, holed, imputer.transform(holed), n_levels)
    naive_nrmse, naive_pfc = errors(new, holed, mean_and_mode(holed, n_levels), n_levels)
    assert nrmse < 0.6 * naive_nrmse
    assert pfc < 0.6 * naive_pfc


def test_constant_columns_are_filled_with_their_value():
    _, table, n_levels = structured(60)
    table[:, 0] = 7.3
    table[:, 3] = 1.0
    table[:10, [0, 3]] = np.nan
    imputer = MissForest(n_trees=10, max_iterations=2).fit(table, n_levels)
    assert (imputer.completed_[:, [0, 3]] == [7.3, 1.0]).all()
    assert (imputer.transform(np.full((1, 5), np.nan))[:, [0, 3]] == [7.3, 1.0]).all()


def test_fewer_rows_a_tree_still_beat_mean_and_mode():
    truth, table, n_levels = structured(400)
    completed = MissForest(n_trees=20, max_iterations=3, max_rows=80).fit_transform(table, n_levels)
    nrmse, _ = errors(truth, table, completed, n_levels)
    assert nrmse < 0.7 * errors(truth, table, mean_and_mode(table, n_levels), n_levels)[0]


@pytest.mark.parametrize("bad", [np.inf, 7.0, 0.5, -1.0])
def test_infinite_values_and_illegal_codes_are_refused(bad):
    _, table, n_levels = structured(30)
    table[0, 4] = bad
    with pytest.raises(ValueError, match=r"infinite|code"):
        MissForest(n_trees=5).fit(table, n_levels)


def test_a_column_without_any_value_is_refused():
    _, table, n_levels = structured(30)
    table[:, 1] = np.nan
    with pytest.raises(ValueError, match="missing entirely"):
        MissForest(n_trees=5).fit(table, n_levels)


def test_a_tight_budget_prunes_what_is_kept_and_not_what_is_completed():
    _, table, n_levels = structured(200)
    whole = MissForest(n_trees=20, max_iterations=2).fit(table, n_levels)
    pruned = MissForest(n_trees=20, max_iterations=2, node_budget=900).fit(table, n_levels)
    assert pruned.completed_.tobytes() == whole.completed_.tobytes()
    assert pruned.to_arrays()["feature"].size <= 900 < whole.to_arrays()["feature"].size


def test_no_iteration_is_one_pass_of_whole_forests():
    truth, table, n_levels = structured(200)
    imputer = MissForest(n_trees=30, max_iterations=0).fit(table, n_levels)
    assert imputer.report_.iterations == 0
    assert np.isfinite(imputer.report_.nrmse)
    nrmse, _ = errors(truth, table, imputer.completed_, n_levels)
    assert nrmse < 0.7 * errors(truth, table, mean_and_mode(table, n_levels), n_levels)[0]
