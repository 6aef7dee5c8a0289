"""Where the figures start from, their words, and the frames that charts draw."""

from __future__ import annotations

import pandas as pd
import pytest

from core.clinical.baselines import class_baselines, model_baselines, score_baselines
from core.clinical.benefit_harm import (
    Baseline,
    balance,
    effects,
    notes,
    published_baselines,
)
from core.clinical.benefit_harm_words import per_100, sentence, source_line
from core.clinical.citations import cited
from core.clinical.notes import STATUSES
from core.clinical.scores import results
from core.text import LANGUAGES, has_text


def by_outcome(rows):
    return {row.outcome: row for row in rows}


def test_a_models_classes_become_risks_under_thrombolysis():
    found = model_baselines({"none": 0.85, "death": 0.06, "bleeding": 0.09}, "XGBoost")
    assert {name: (one.share, one.given) for name, one in found.items()} == {
        "death": (0.06, "lysis"),
        "major_bleeding": (0.09, "lysis"),
    }


def test_baselines_of_the_guidelines_classes():
    # Becattini 2016
    shares = {name: (one.share, one.low, one.high) for name, one in class_baselines().items()}
    assert shares == {
        "high": (0.22, 0.14, 0.298),
        "intermediate-high": (0.077, 0.045, 0.109),
        "intermediate-low": (0.06, 0.034, 0.086),
        "low": (0.005, 0.0, 0.01),
    }
    death = by_outcome(balance({"death": class_baselines()["high"]}).lysis)["death"]
    low, high = death.over_baseline
    # at 14 and at 29.8 of 100: fewer deaths the sicker the patients
    assert low == pytest.approx(100 * (0.59 * 0.14 / (0.86 + 0.59 * 0.14) - 0.14))
    assert high < death.difference.value < low < 0


def test_baselines_of_scores_know_under_which_treatment_they_were_seen():
    patient = pd.DataFrame([{"age": 78.0, "recent_major_bleeding": 0.0, "syncope": 0.0, "cancer": 0.0}])
    found = score_baselines(results(patient)[0])
    bacs = found["bacs"][0]
    assert (bacs.outcome, bacs.share, bacs.given, bacs.status) == (
        "major_bleeding",
        0.059,
        "lysis",
        "unverified",
    )
    assert "has_bled" not in found
    assert "pesi" not in found


def test_every_effect_baseline_and_remark_has_words_a_source_and_a_standing():
    for one in (*effects(), *published_baselines().values(), *notes().values()):
        assert one.source
        assert one.status in STATUSES
    for one in effects():
        assert has_text(f"benefit_harm.studies.{one.name}")
        assert has_text(f"benefit_harm.populations.{one.population}")
    assert all(has_text(one.key) for one in notes().values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_can_be_said_with_its_source(language):
    found = balance(
        {"death": 0.08, "recurrence": 0.03, "major_bleeding": Baseline("major_bleeding", 0.09, "lysis")}
    )
    for row in (*found.lysis, *found.half_dose, *found.alternatives):
        assert "nan" not in sentence(row, language)
        assert cited(row.effect.source, language) in source_line(row, language)


def test_tidy_frames_hold_what_is_shown():
    found = balance({"death": 0.08}, age=70)
    frame = found.frame()
    assert list(frame["outcome"]) == ["death", "major_bleeding", "intracranial"]
    assert frame["difference"].to_numpy() == pytest.approx((frame["after"] - frame["before"]).to_numpy())
    forest = found.effects_frame("en")
    assert forest.loc[forest["used"], "outcome"].tolist() == ["death", "major_bleeding", "intracranial"]
    assert set(found.effects_frame("en", "half_dose")["outcome"]) == {"death", "major_bleeding"}


@pytest.mark.parametrize(
    ("patients", "said"),
    [(12.34, "12"), (9.96, "10"), (4.69, "4.7"), (0.19, "0.19"), (-0.29, "−0.29"), (-0.001, "0.00")],
)
def test_patients_are_said_with_digits_that_mean_something(patients, said):
    assert per_100(patients) == said
