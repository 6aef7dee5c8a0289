"""Every page's walk on the shipped models: views, uploads, new predictions, a report; prints what it took in.

A script for `tests/test_serving_only.py`; the last line on standard output is JSON.
"""

from __future__ import annotations

import importlib.metadata
import io
import json
import sys
from pathlib import Path

import pandas as pd
from streamlit.testing.v1 import AppTest

from core.cohort.examples import examples
from core.ecg.writing import example_files
from core.example_recordings import example_recording
from core.report import STEPS
from core.text import catalogue, text

ROOT = Path(__file__).parents[1]


def opened(page: str, language: str, tab: str = "", **state: object) -> AppTest:
    app = AppTest.from_file(str(ROOT / page), default_timeout=300)
    app.query_params["lang"] = language
    name = Path(page).stem.partition("_")[2]
    if tab:
        app.session_state[f"{name}_tabs"] = text(language, f"pages_{name}.tabs.{tab}")
    for key, value in state.items():
        app.session_state[key] = value
    return run(app)


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception, [one.value for one in app.exception]
    assert not app.error, [one.value for one in app.error]
    return app


def said(app: AppTest) -> str:
    return "\n".join(str(one.value) for one in [*app.info, *app.warning])


def tabs(page: str, language: str) -> None:
    name = Path(page).stem.partition("_")[2]
    prefix = f"pages_{name}.tabs."
    for key in catalogue(language):
        if key.startswith(prefix):
            opened(page, language, key.removeprefix(prefix))


def ward(suffix: str) -> tuple[str, bytes, str]:
    """A table with more rows than are completed one by one."""
    rows = [{"patient_id": str(i), **examples()["low_risk"].values, "heart_rate": 60 + i} for i in range(70)]
    frame = pd.DataFrame(rows).drop(columns="age")
    into = io.BytesIO()
    if suffix == "xlsx":
        frame.to_excel(into, index=False)
    elif suffix == "parquet":
        frame.to_parquet(into)
    else:
        into.write(frame.to_csv(index=False).encode("gb18030"))
    return (f"ward.{suffix}", into.getvalue(), "")


def records(language: str) -> None:
    tabs("pages/2_ehr.py", language)
    app = opened("pages/2_ehr.py", language, "patient")
    app.button(key="ehr_example_high_risk").click()
    assert run(app).get("plotly_chart")
    app.toggle(key="ehr_force").set_value(True)
    assert "pip install -r requirements.txt" in said(run(app))
    app = opened("pages/2_ehr.py", language, "table")
    for suffix in ("csv", "xlsx", "parquet"):
        app.file_uploader(key="ehr_upload").set_value(ward(suffix))
        assert len(run(app).dataframe[-1].value) == 70


def recordings(language: str) -> None:
    tabs("pages/1_ecg.py", language)
    for kind in ("dicom", "aecg"):
        files = example_files(example_recording("high_risk"), kind, "one")
        app = opened("pages/1_ecg.py", language, "recording", ecg_source="upload")
        app.file_uploader(key="ecg_upload").set_value([(name, one, "") for name, one in files.items()])
        run(app)
        app.toggle(key="ecg_attribution").set_value(True)
        assert run(app).get("plotly_chart")


def fusions(language: str) -> None:
    tabs("pages/3_fusion.py", language)
    for task in ("outcome", "diagnosis"):
        app = opened(
            "pages/3_fusion.py",
            language,
            "new",
            fusion_task=task,
            fusion_new_record="example",
            fusion_new_recording="demonstration",
        )
        assert len(app.table[0].value) == 3


def patients(language: str) -> None:
    app = opened("pages/4_patient.py", language)
    app.button(key="patient_example_high_risk").click()
    run(app)
    for step in STEPS:
        app.session_state[f"patient_step_{step}"] = True
    run(app)
    assert app.session_state["patient_kept"]["worked"][1].inputs.models


def others(language: str) -> None:
    opened("streamlit_app.py", language)
    opened("pages/5_cohort.py", language)
    app = opened("pages/6_training.py", language)
    assert "pip install -r requirements.txt" in said(app)
    tabs("pages/7_evidence.py", language)


if __name__ == "__main__":
    others("en")
    for walk in (others, records, recordings, fusions, patients):
        walk("zh")
    import core.__main__  # noqa: F401 - the command line serves too

    owners = importlib.metadata.packages_distributions()
    taken = {
        owner for name in {one.partition(".")[0] for one in sys.modules} for owner in owners.get(name, [])
    }
    print(json.dumps(sorted(taken)))  # noqa: T201 - what the test reads
