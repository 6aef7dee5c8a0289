from __future__ import annotations

from core.clinical.reported_fusion import published_fusions
from core.text import catalogue


def test_somani_and_the_preprint_stand_as_reported():
    figures = {
        one.key: {name: area.value for name, area in one.aurocs.items()} for one in published_fusions()
    }
    assert figures == {
        "somani": {"ecg": 0.59, "ehr": 0.65, "fusion": 0.81},
        "icu_preprint": {"ecg": 0.67, "ehr": 0.71, "fusion": 0.67},
    }


def test_one_study_saw_a_gain_and_one_did_not():
    assert {one.key: one.gain for one in published_fusions()} == {"somani": True, "icu_preprint": False}


def test_patients_and_share_are_those_of_the_study():
    about = {one.key: (one.patients, one.prevalence, one.status) for one in published_fusions()}
    assert about["somani"] == (21183, 0.100, "verified")
    assert about["icu_preprint"] == (7132, 0.046, "verified")


def test_every_study_is_described_in_both_languages():
    for one in published_fusions():
        for language in ("zh", "en"):
            assert f"pages_fusion.published.studies.{one.key}" in catalogue(language)
