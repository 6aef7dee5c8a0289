from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.ehr.missforest import MissForest
from core.ehr.missforest_benchmark import masked_table
from core.errors import ArtifactError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def served():
    masked = masked_table(260, 12, 0)
    imputer = MissForest(n_trees=20, max_iterations=2).fit(masked.table[:120], masked.n_levels)
    return imputer, masked.table[120:]


@pytest.fixture
def arrays(served):
    return {name: array.copy() for name, array in served[0].to_arrays().items()}


def test_a_row_alone_is_the_row_among_others_bit_for_bit(served):
    imputer, new = served
    together = imputer.transform(new)
    assert len(new) > 64  # so that compiled code and plain numpy are held against each other
    alone = np.vstack([imputer.transform(row[None]) for row in new])
    assert alone.tobytes() == together.tobytes()


def test_the_order_of_rows_does_not_matter(served):
    imputer, new = served
    order = np.random.default_rng(0).permutation(len(new))
    assert imputer.transform(new[order]).tobytes() == imputer.transform(new)[order].tobytes()


def test_observed_cells_stay_and_the_input_is_not_changed(served):
    imputer, new = served
    before = new.copy()
    completed = imputer.transform(new)
    seen = ~np.isnan(new)
    assert (completed[seen] == new[seen]).all()
    assert np.isfinite(completed).all()
    assert new.tobytes() == before.tobytes()


def test_a_row_without_any_value_and_a_table_without_rows(served):
    imputer, new = served
    assert np.isfinite(imputer.transform(np.full((1, new.shape[1]), np.nan))).all()
    assert imputer.transform(new[:0]).shape == (0, new.shape[1])


def test_values_beyond_the_training_range_are_taken(served):
    imputer, new = served
    row = new[:1].copy()
    row[0, 0] = 1e300
    assert np.isfinite(imputer.transform(row)).all()


def test_a_level_that_training_never_saw_is_taken():
    masked = masked_table(120, 6, 0)
    n_levels = masked.n_levels + np.where(masked.n_levels > 2, 2, 0)
    imputer = MissForest(n_trees=5, max_iterations=1).fit(masked.table, n_levels)
    row = np.full((1, 6), np.nan)
    row[0, n_levels > 2] = n_levels[n_levels > 2] - 1
    assert np.isfinite(imputer.transform(row)).all()


def test_stored_and_loaded_it_gives_the_same_numbers_and_report(served):
    imputer, new = served
    file = io.BytesIO()
    np.savez_compressed(file, **imputer.to_arrays())
    file.seek(0)
    loaded = MissForest.from_arrays(dict(np.load(file, allow_pickle=False)))
    assert loaded.transform(new).tobytes() == imputer.transform(new).tobytes()
    assert loaded.report_.kept_iteration == imputer.report_.kept_iteration
    np.testing.assert_array_equal(loaded.report_.oob_error, imputer.report_.oob_error)
    again = loaded.to_arrays()
    assert all(again[name].tobytes() == array.tobytes() for name, array in imputer.to_arrays().items())


def test_a_small_budget_of_nodes_is_kept():
    masked = masked_table(120, 6, 0)
    imputer = MissForest(n_trees=10, max_iterations=1, node_budget=600).fit(masked.table, masked.n_levels)
    assert imputer.to_arrays()["feature"].size <= 600
    assert np.isfinite(imputer.transform(masked.table)).all()


def test_one_row_is_imputed_without_importing_numba(served, tmp_path):
    imputer, new = served
    np.savez_compressed(tmp_path / "imputer.npz", **imputer.to_arrays())
    np.save(tmp_path / "row.npy", new[:1])
    script = (
        "import sys, numpy as np\n"
        "from core.ehr.missforest import MissForest\n"
        "imputer = MissForest.from_arrays(dict(np.load(sys.argv[1])))\n"
        "np.save(sys.argv[2], imputer.transform(np.load(sys.argv[2])))\n"
        "assert not any(name.split('.')[0] in ('numba', 'sklearn') for name in sys.modules)\n"
    )
    paths = [str(tmp_path / "imputer.npz"), str(tmp_path / "row.npy")]
    subprocess.run([sys.executable, "-c", script, *paths], check=True, cwd=ROOT)
    assert np.load(tmp_path / "row.npy").tobytes() == imputer.transform(new[:1]).tobytes()


def test_every_array_is_needed(arrays):
    for name in arrays:
        with pytest.raises(ArtifactError):
            MissForest.from_arrays({key: array for key, array in arrays.items() if key != name})


def test_wrong_types_and_shapes_are_refused(arrays):
    for name, array in arrays.items():
        for other in (array.astype(object), array.astype(np.float32), array.ravel()[:-1], array[None]):
            with pytest.raises(ArtifactError):
                MissForest.from_arrays({**arrays, name: other})


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("format", 0, 99),
        ("format", 1, 0),
        ("format", 1, 10**9),
        ("n_levels", 0, -1),
        ("n_levels", 0, 10**12),
        ("n_edges", 0, -5),
        ("n_edges", 0, 10**12),
        ("start", 0, np.nan),
        ("start", 2, 77.0),
        ("scale", 0, np.inf),
        ("scale", 0, -1.0),
        ("edges", 0, np.nan),
        ("edges", 0, 1e9),
        ("level_bin", 0, 200),
        ("feature", 5, 250),
        ("report", 0, np.nan),
    ],
)
def test_impossible_values_are_refused(arrays, name, place, value):
    arrays[name][place] = value
    with pytest.raises(ArtifactError):
        MissForest.from_arrays(arrays)


def test_a_missing_or_additional_tree_is_refused(arrays):
    leaf = arrays["feature"].dtype.type(arrays["n_levels"].size)
    for feature in (
        arrays["feature"][:-1],
        np.append(arrays["feature"], leaf),
        arrays["feature"][::-1].copy(),
    ):
        with pytest.raises(ArtifactError):
            MissForest.from_arrays({**arrays, "feature": feature})


def test_a_class_that_does_not_exist_is_refused(arrays):
    with pytest.raises(ArtifactError):
        MissForest.from_arrays({**arrays, "leaf": np.full_like(arrays["leaf"], 255)})


def test_whatever_bytes_arrive_an_error_or_finite_numbers_come_out(arrays, served):
    rng = np.random.default_rng(0)
    for _ in range(60):
        name = str(rng.choice(sorted(arrays)))
        damaged = arrays[name].copy()
        if damaged.size == 0:
            continue
        at = rng.integers(0, damaged.size)
        damaged.reshape(-1)[at : at + 1].view(np.uint8)[:] = rng.integers(0, 256, damaged.itemsize)
        try:
            imputer = MissForest.from_arrays({**arrays, name: damaged})
        except ArtifactError:
            continue
        with np.errstate(over="ignore"):
            assert imputer.transform(served[1][:3]).shape == (3, served[1].shape[1])
