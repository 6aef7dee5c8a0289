from __future__ import annotations

import numpy as np
import pytest

from core.ehr import _cluster_centroids
from core.ehr._cluster_centroids import MixedClusterCentroids, mixed_space
from core.ehr.resampling import hybrid, resample, targets

LEVELS = np.array([0, 2, 3, 0])


def rows(counts: tuple[int, ...], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of very different size, a yes/no and a three-level column."""
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(len(counts)), counts)
    X = np.column_stack(
        [
            rng.normal(100 + 10 * y, 30),
            rng.integers(0, 2, y.size),
            rng.integers(0, 3, y.size),
            rng.lognormal(0, 1, y.size),
        ]
    ).astype(float)
    return X, y


@pytest.mark.parametrize(
    ("strength", "expected"),
    [(0.0, [800, 50, 100]), (0.5, [400, 100, 141]), (1.0, [200, 200, 200])],
)
def test_targets_lie_on_the_way_to_the_geometric_mean(strength, expected):
    assert targets(np.array([800, 50, 100]), strength).tolist() == expected


@pytest.mark.parametrize("strength", [0.1, 0.5, 1.0])
def test_class_counts_are_the_targets(strength):
    X, y = rows((90, 12, 20))
    _, codes = resample(X, y, LEVELS, strength, seed=1)
    assert np.bincount(codes).tolist() == targets(np.array([90, 12, 20]), strength).tolist()


def test_categories_stay_legal_and_numbers_inside_their_range():
    X, y = rows((90, 9, 20))
    resampled, _ = resample(X, y, LEVELS, 1.0, seed=1)
    assert set(resampled[:, 1]) <= {0.0, 1.0}
    assert set(resampled[:, 2]) <= {0.0, 1.0, 2.0}
    assert (resampled >= X.min(axis=0)).all()
    assert (resampled <= X.max(axis=0)).all()


def test_thinned_classes_keep_real_rows_each_once_and_raised_ones_all_of_theirs():
    X, y = rows((90, 9, 20))
    resampled, codes = resample(X, y, LEVELS, 1.0, seed=1)
    kept = np.round(resampled[codes == 0], 6)
    assert len(np.unique(kept, axis=0)) == len(kept)
    real = {tuple(row) for row in np.round(X[y == 0], 6)}
    assert {tuple(row) for row in kept} <= real
    raised = {tuple(row) for row in np.round(resampled[codes == 1], 6)}
    assert {tuple(row) for row in np.round(X[y == 1], 6)} <= raised


def test_new_rows_differ_from_the_old_ones():
    X, y = rows((90, 9))
    resampled, codes = resample(X, y, LEVELS, 1.0, seed=1)
    assert len(np.unique(np.round(resampled[codes == 1], 6), axis=0)) > 20


def test_the_rows_given_are_left_as_they_are():
    X, y = rows((90, 9, 20))
    before = X.copy()
    resample(X, y, LEVELS, 1.0, seed=1)
    assert (before == X).all()


def test_strength_zero_changes_nothing():
    X, y = rows((30, 9))
    same, codes = resample(X, y, LEVELS, 0.0, seed=1)
    assert same is X
    assert codes is y


@pytest.mark.parametrize("counts", [(40, 1), (1, 40, 12), (1000, 1)])
def test_a_class_of_one_row_is_repeated(counts):
    X, y = rows(counts)
    for strength in (0.1, 1.0):
        _, codes = resample(X, y, LEVELS, strength, seed=1)
        assert np.bincount(codes).tolist() == targets(np.array(counts), strength).tolist()


@pytest.mark.parametrize("absent", [1, 2])
def test_a_class_without_rows_stays_without(absent):
    X, y = rows((60, 12, 20))
    X, y = X[y != absent], y[y != absent]
    _, codes = resample(X, y, LEVELS, 1.0, seed=1)
    counts = np.bincount(codes, minlength=3)
    assert counts[absent] == 0
    assert len(set(counts[counts > 0])) == 1


def test_numbers_alone_and_categories_alone():
    X, y = rows((60, 9, 20))
    for chosen in ([0, 3], [1, 2]):
        resampled, codes = resample(X[:, chosen], y, LEVELS[chosen], 1.0, seed=2)
        assert len(set(np.bincount(codes))) == 1
        assert resampled.shape[1] == 2
    assert set(resampled[:, 1]) <= {0.0, 1.0, 2.0}


def test_a_constant_column_does_no_harm():
    X, y = rows((60, 9))
    X[:, 0], X[:, 1] = 5.0, 1.0
    resampled, _ = resample(X, y, LEVELS, 1.0, seed=0)
    assert (resampled[:, :2] == [5.0, 1.0]).all()


def test_the_same_seed_gives_the_same_rows_on_any_number_of_threads(monkeypatch):
    X, y = rows((300, 30, 40))
    found = []
    for n in (1, 8, 8):
        monkeypatch.setattr(_cluster_centroids, "threads", lambda n=n: n)
        found.append(resample(X, y, LEVELS, 0.5, seed=3)[0])
    assert (found[1] == found[2]).all()
    assert found[0].shape == found[1].shape


def test_both_samplers_stand_in_one_pipeline():
    counts = np.array([90, 9])
    steps = hybrid(counts, np.array([28, 28]), LEVELS, seed=0).named_steps
    assert list(steps) == ["smotenc", "cluster_centroids"]
    assert isinstance(steps["cluster_centroids"], MixedClusterCentroids)


def test_two_levels_lie_as_far_apart_as_one_standard_deviation():
    space = mixed_space(np.array([[0.0, 0, 0, 0], [0.0, 0, 2, 0], [1.0, 0, 0, 0]]), LEVELS)
    assert np.linalg.norm(space[0] - space[1]) == pytest.approx(1)
    assert np.linalg.norm(space[0] - space[2]) == pytest.approx(1)
