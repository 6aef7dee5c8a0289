"""The original report's figures belong together, and what others reported is kept as they gave it."""

from __future__ import annotations

import math

import pytest

from core.clinical.reported import FIGURES, STATUSES, original_report, published_ecg_models, settings
from core.evaluation import implied_prevalence, predictive_values
from core.text import catalogue


def given() -> dict[str, float]:
    return {name: one.value for name, one in original_report().figures.items()}


def test_the_report_stands_as_reported():
    assert given() == {
        "accuracy": 0.6745,
        "sensitivity": 0.419,
        "specificity": 0.854,
        "ppv": 0.668,
        "npv": 0.677,
        "f1": 0.515,
        "auroc": 0.722,
    }
    assert original_report().patients is None
    assert all(math.isnan(one.low) for one in original_report().figures.values())


def test_its_figures_follow_from_each_other():
    # three of the six decide the rest: accuracy, sensitivity and specificity imply 41.3 % with embolism
    report = given()
    prevalence = implied_prevalence(report["accuracy"], report["sensitivity"], report["specificity"])
    assert prevalence == pytest.approx(0.4126, abs=5e-5)
    values = predictive_values(report["sensitivity"], report["specificity"], prevalence)
    assert values.ppv == pytest.approx(report["ppv"], abs=5e-4)
    assert values.npv == pytest.approx(report["npv"], abs=5e-4)
    f1 = 2 * values.ppv * report["sensitivity"] / (values.ppv + report["sensitivity"])
    assert f1 == pytest.approx(report["f1"], abs=5e-4)


@pytest.mark.parametrize(
    ("prevalence", "ppv", "npv"),
    # worked out by hand from .419 and .854
    [(0.05, 0.131, 0.965), (0.10, 0.242, 0.930), (0.22, 0.447, 0.839)],
)
def test_its_predictive_values_elsewhere(prevalence, ppv, npv):
    values = predictive_values(given()["sensitivity"], given()["specificity"], prevalence)
    assert values.ppv == pytest.approx(ppv, abs=5e-4)
    assert values.npv == pytest.approx(npv, abs=5e-4)


@pytest.mark.parametrize("study", published_ecg_models(), ids=lambda study: study.key)
def test_every_study_is_complete_and_plausible(study):
    assert study.status in STATUSES
    assert study.source
    assert set(study.figures) <= set(FIGURES)
    for one in study.figures.values():
        assert 0.5 <= one.value <= 1 or study.key == "wysokinski"  # its PPV is .156
        assert math.isnan(one.low) or one.low <= one.value <= one.high
    for language in ("zh", "en"):
        assert f"ecg_results.published.studies.{study.key}" in catalogue(language)
        assert f"ecg_results.published.statuses.{study.status}" in catalogue(language)


def test_strain_is_told_better_than_any_embolism():
    studies = {study.key: study for study in published_ecg_models()}
    whole, strain = studies["wysokinski"].figures["auroc"], studies["wysokinski_strain"].figures["auroc"]
    assert (whole.value, strain.value) == (0.69, 0.84)
    assert strain.low > whole.high


def test_the_mayo_predictive_values_follow_from_its_prevalence():
    study = next(one for one in published_ecg_models() if one.key == "wysokinski")
    assert study.prevalence is not None
    values = predictive_values(
        study.figures["sensitivity"].value, study.figures["specificity"].value, study.prevalence
    )
    assert values.ppv == pytest.approx(study.figures["ppv"].value, abs=2e-3)
    assert values.npv == pytest.approx(study.figures["npv"].value, abs=2e-3)


def test_settings_rise_and_are_rounded_from_what_was_reported():
    shares = [one.prevalence for one in settings()]
    assert shares == sorted(shares) == [0.05, 0.10, 0.22, 0.41]
    for one in settings():
        assert one.reported is None or one.reported == pytest.approx(one.prevalence, abs=0.01)
        assert one.status in STATUSES
        assert f"ecg_results.prevalence.settings.{one.key}" in catalogue("zh")
