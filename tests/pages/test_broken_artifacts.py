"""One saved model that is not what was saved: the page says so in a sentence, and the rest of the app serves."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.text import text
from tests.pages import ecg_artifact, fusion_artifact

ROOT = Path(__file__).parents[2]
OWN = {"ecg": "pages/1_ecg.py", "ehr": "pages/2_ehr.py", "fusion": "pages/3_fusion.py"}
SHARED = ("streamlit_app.py", "pages/4_patient.py", "pages/6_training.py", "pages/7_evidence.py")


def _manifest(folder: Path, **changes: object) -> None:
    place = folder / "manifest.json"
    place.write_text(json.dumps(json.loads(place.read_text(encoding="utf-8")) | changes), encoding="utf-8")


BREAKS = {
    "a digest": lambda folder: (folder / "predictions.csv").write_bytes(b"patient_id\n1\n"),
    "a file gone": lambda folder: (folder / "predictions.csv").unlink(),
    "a version": lambda folder: _manifest(folder, format=99),
    "no manifest": lambda folder: (folder / "manifest.json").write_bytes(b"\x00\xff"),
    "a type": lambda folder: _manifest(folder, cohort="made-up"),
    "a type inside": lambda folder: _manifest(folder, class_counts={"train": ["many"]}),
    "figures of a type": lambda folder: _manifest(folder, metrics={"classes": [1]}),
}


@pytest.fixture(scope="module")
def whole(trained, tmp_path_factory):
    """One model of each modality, trained or made up."""
    root = tmp_path_factory.mktemp("whole")
    shutil.copytree(trained / "diagnosis-ehr", root / "diagnosis-ehr")
    ecg_artifact.save(root)
    fusion_artifact.save(root)
    return root


@pytest.mark.parametrize(
    ("modality", "damage"),
    [(modality, damage) for modality, damage in zip(("ehr", "ecg", "fusion") * 3, BREAKS, strict=False)],
)
def test_every_page_serves_beside_a_broken_model(whole, tmp_path, monkeypatch, modality, damage):
    root = tmp_path / "models"
    shutil.copytree(whole, root)
    BREAKS[damage](root / f"diagnosis-{modality}")
    monkeypatch.setenv("PE_ARTIFACTS", str(root))
    st.cache_resource.clear()  # what an earlier page drew from the whole file
    for page in (OWN[modality], *SHARED):
        app = AppTest.from_file(str(ROOT / page), default_timeout=120)
        app.query_params["lang"] = "en"
        app.run()
        assert not app.exception, (page, app.exception[0].message)
        assert any(text("en", "frame.notice") in each.value for each in (*app.caption, *app.markdown))
        if page == OWN[modality]:
            assert len(app.error) + len(app.warning) + len(app.info) > 0
