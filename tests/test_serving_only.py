from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core import libraries
from core.console import run
from core.ehr import _forest_serve
from core.ehr.missforest import MissForest
from core.ehr.missforest_benchmark import masked_table
from core.errors import InputError
from tests.serving_only import absent, listed

ROOT = Path(__file__).parents[1]
NEVER = {"torch", "numba", "llvmlite", "sklearn", "imblearn", "shap", "streamlit_shap", "onnx", "polars"}


def serving(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run as where only ``requirements-serving.txt`` was installed."""
    return subprocess.run(
        [sys.executable, str(ROOT / "tests" / "serving_only.py"), *command],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        cwd=ROOT,
        check=False,
    )


def test_serving_takes_the_versions_that_training_takes():
    full, serve = listed("requirements.txt"), listed("requirements-serving.txt")
    assert {name: str(one) for name, one in serve.items()} == {name: str(full[name]) for name in serve}
    assert set(full) - set(serve) == {
        "torch",
        "scikit-learn",
        "imbalanced-learn",
        "shap",
        "streamlit-shap",
        "matplotlib",
        "numba",
        "safetensors",
        "onnx",
        "polars",
    }


def test_what_serving_leaves_out_is_not_brought_in_by_what_it_needs():
    assert absent() >= NEVER


def test_every_page_serves_without_what_only_training_needs_and_needs_all_that_is_listed():
    done = serving("tests.serving_walk", PE_ARTIFACTS=str(ROOT / "artifacts"))
    assert done.returncode == 0, done.stderr[-3000:]
    taken = set(json.loads(done.stdout.splitlines()[-1]))
    assert not set(listed("requirements-serving.txt")) - taken


@pytest.mark.parametrize(
    ("command", "named"),
    [
        (("train",), "scikit-learn, imbalanced-learn, numba"),
        (("train", "--modality", "ecg", "--task", "diagnosis"), "torch, onnx, safetensors, scikit-learn"),
        (("impute", "--ehr", "nowhere.csv", "--out", "nowhere"), "numba, scikit-learn"),
        (("optimism",), "scikit-learn, imbalanced-learn, numba"),
        (("learning-curve",), "scikit-learn, imbalanced-learn, numba"),
        (("mimic-iv", "--mimic", ".", "--out", "nowhere"), "polars"),
        (("mimic-iv-parquet", "--mimic", ".", "--out", "nowhere"), "polars"),
    ],
)
def test_a_command_that_cannot_run_there_says_so_in_one_sentence(command, named):
    done = serving("core", *command)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert f"({named})" in line
    assert line.endswith("pip install -r requirements.txt adds it.")


def test_a_library_missing_midway_ends_in_one_sentence(monkeypatch, capsys):
    def fails(*_, **__):
        raise ModuleNotFoundError("No module named 'numba.core'", name="numba.core")

    monkeypatch.setattr(sys, "argv", ["core", "x"])
    assert run(fails) == 2
    assert "(numba)" in capsys.readouterr().err


def test_a_mistake_of_ours_is_not_taken_for_a_missing_library(monkeypatch):
    def fails(*_, **__):
        raise ModuleNotFoundError("No module named 'core.nowhere'", name="core.nowhere")

    monkeypatch.setattr(sys, "argv", ["core", "x"])
    with pytest.raises(ModuleNotFoundError):
        run(fails)


def test_training_is_refused_before_its_work_where_it_cannot_end(monkeypatch):
    monkeypatch.setattr(libraries, "missing", lambda names: [name for name in names if name == "torch"])
    libraries.check_training("ehr")
    libraries.check_training(None)
    libraries.check_training("no such modality")
    for modality in ("ecg", "fusion"):
        with pytest.raises(InputError, match="torch"):
            libraries.check_training(modality)


def test_many_rows_are_completed_alike_without_compiled_code(monkeypatch):
    masked = masked_table(300, 8, 0)
    imputer = MissForest(n_trees=5, max_iterations=1).fit(masked.table[:100], masked.n_levels)
    compiled = imputer.transform(masked.table[100:])
    monkeypatch.setitem(sys.modules, "core.ehr._forest_walk_compiled", None)
    assert _forest_serve._for_many_rows() == (_forest_serve.walk_few, _forest_serve.FEW_ROWS)
    assert imputer.transform(masked.table[100:]).tobytes() == compiled.tobytes()
    assert np.isfinite(compiled).all()
