from __future__ import annotations

import subprocess
import sys

from tests.pages.browser import ROOT, page_as_json, running_app

HEAVY = ("torch", "xgboost", "sklearn", "shap", "imblearn", "numba")


def test_a_deep_link_works_for_the_first_visitor_of_a_fresh_server(small_app):
    with running_app(small_app) as address:
        shown = page_as_json(address, "probe", lang="en")
    assert '"type": "exception"' not in shown
    assert "The probe" in shown
    assert "Synthetic data" in shown
    assert "no such folder" in shown
    assert shown.count("Research and teaching only") == 2
    assert "Overview" in shown


def test_the_overview_opens_without_any_model_library():
    script = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('streamlit_app.py', default_timeout=60).run()\n"
        "assert not app.exception, app.exception\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip().splitlines()[-1] == "[]"
