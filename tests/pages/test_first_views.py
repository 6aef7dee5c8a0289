from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({page!r}, default_timeout=60).run()
assert not app.exception, app.exception
heavy = {{"torch", "xgboost", "sklearn", "shap", "numba", "matplotlib", "onnxruntime"}} & set(sys.modules)
print(sorted(heavy))
"""


@pytest.mark.parametrize(
    "page",
    [
        "streamlit_app.py",
        "pages/1_ecg.py",
        "pages/2_ehr.py",
        "pages/3_fusion.py",
        "pages/4_patient.py",
        "pages/5_cohort.py",
        "pages/6_training.py",
        "pages/7_evidence.py",
    ],
)
def test_a_first_view_takes_no_model_library_in(page):
    environment = {**os.environ, "PE_ARTIFACTS": str(ROOT / "artifacts"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(page=str(ROOT / page))],
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip().splitlines()[-1] == "[]"
