from __future__ import annotations

import math

import pytest

from core.clinical.reported import STATUSES, published_ecg_models
from core.clinical.reported_fusion import published_fusions
from core.text import catalogue


@pytest.mark.parametrize("study", published_fusions(), ids=lambda study: study.key)
def test_what_a_study_found_follows_from_its_figures(study):
    best = max(study.aurocs["ecg"].value, study.aurocs["ehr"].value)
    assert study.found == ("gain" if study.aurocs["fusion"].value > best else "no_gain")
    assert study.status in STATUSES
    for language in ("zh", "en"):
        assert f"pages_fusion.published.studies.{study.key}" in catalogue(language)
    for one in study.aurocs.values():
        assert math.isnan(one.low) or one.low <= one.value <= one.high


def test_both_sides_of_the_dispute_are_there():
    assert {study.found for study in published_fusions()} == {"gain", "no_gain"}


@pytest.mark.parametrize("study", published_fusions(), ids=lambda study: study.key)
def test_the_ecgs_figures_are_those_of_the_ecg_page(study):
    same = next(one for one in published_ecg_models() if one.key == study.key)
    told, there = study.aurocs["ecg"], same.figures["auroc"]
    assert (told.value, repr(told.low), repr(told.high)) == (there.value, repr(there.low), repr(there.high))
    assert (study.patients, study.prevalence, study.source) == (same.patients, same.prevalence, same.source)


def test_somani_and_the_preprint_stand_as_reported():
    figures = {
        one.key: {name: area.value for name, area in one.aurocs.items()} for one in published_fusions()
    }
    assert figures["somani"] == {"ecg": 0.59, "ehr": 0.65, "fusion": 0.81}
    assert figures["icu_preprint"] == {"ecg": 0.67, "ehr": 0.71, "fusion": 0.67}
