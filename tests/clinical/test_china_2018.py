"""The Chinese 2018 risk classes: four hand-worked cells, every limit, and where they part from ESC 2019."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.clinical.scores import Result, assess, assess_all, results, scores
from core.text import LANGUAGES, text
from tests.clinical.score_patients import masked, random_patients

CLASSES = ("high", "intermediate-high", "intermediate-low", "low")
# a normotensive patient of whom everything that the classes ask is known
STABLE = {
    "age": 60.0,
    "systolic_bp": 120.0,
    "cardiac_arrest": 0.0,
    "vasopressor": 0.0,
    "rv_dysfunction": 0.0,
    "troponin_positive": 0.0,
}


def read(name: str = "china_2018", **patient: Any) -> Result:
    return results(pd.DataFrame([patient]), (name,))[0][name]


@pytest.fixture(scope="module")
def patients() -> pd.DataFrame:
    return random_patients(10_000, seed=21)


def by_hand(p: pd.DataFrame) -> list[str]:
    """The printed classes, written down once more without the engine."""
    lasting = (p["systolic_bp"] < 90) & (p["transient_hypotension"] == 0)
    unstable = lasting | (p[["systolic_fall_40", "cardiac_arrest", "vasopressor"]] == 1).any(axis=1)
    positive = p["rv_dysfunction"] + p["troponin_positive"]
    return [
        "high" if bad else ("low", "intermediate-low", "intermediate-high")[int(n)]
        for bad, n in zip(unstable, positive, strict=True)
    ]


@pytest.mark.parametrize(
    ("ventricle", "troponin", "class_name"),
    [(1, 1, "intermediate-high"), (1, 0, "intermediate-low"), (0, 1, "intermediate-low"), (0, 0, "low")],
)
def test_the_stable_patient_is_classed_by_ventricle_and_troponin(ventricle, troponin, class_name):
    patient = {**STABLE, "rv_dysfunction": ventricle, "troponin_positive": troponin}
    assert read(**patient).class_name == class_name


@pytest.mark.parametrize(
    ("changed", "class_name"),
    [
        ({"systolic_bp": 90}, "low"),
        ({"systolic_bp": 89}, "high"),
        ({"systolic_bp": 89, "transient_hypotension": 1}, "low"),
        ({"systolic_bp": 110, "systolic_fall_40": 1}, "high"),
        # no stable patient, so none of the three other classes
        ({"systolic_bp": 110, "vasopressor": 1}, "high"),
        ({"systolic_bp": 110, "cardiac_arrest": 1}, "high"),
        # hypoperfusion alone is not among the printed criteria
        ({"lactate": 4.0, "oliguria": 1, "altered_mental_status": 1}, "low"),
        # measured troponin speaks as well, from 14 ng/L below 75 years
        ({"troponin_positive": np.nan, "troponin_t": 13.9}, "low"),
        ({"troponin_positive": np.nan, "troponin_t": 14}, "intermediate-low"),
        # natriuretic peptides are not counted: no source read says from where
        ({"nt_probnp": 9000}, "low"),
    ],
)
def test_each_criterion_counts_from_where_it_is_printed(changed, class_name):
    assert read(**{**STABLE, **changed}).class_name == class_name


def test_random_patients_are_classed_as_by_hand(patients):
    found = assess(patients, "china_2018")
    assert found.score.classes == CLASSES
    named = [CLASSES[k] for k in found.possible.argmax(axis=1)]
    assert named == by_hand(patients)
    assert set(named) == set(CLASSES)


@pytest.mark.parametrize("share", [0.1, 0.4, 0.8])
def test_the_class_of_the_whole_patient_stays_possible_when_inputs_are_hidden(patients, share):
    hidden = masked(patients, share, seed=22)
    found = results(hidden, ("china_2018",))
    for one, whole in zip(found, by_hand(patients), strict=True):
        result = one["china_2018"]
        assert whole in result.possible
        assert CLASSES.index(result.high) <= CLASSES.index(whole) <= CLASSES.index(result.low)
        assert result.class_name in (None, whole)
        assert result.class_name is not None or result.missing


def test_a_severity_score_never_enters():
    asked = scores()["china_2018"].inputs
    assert {"pesi", "spesi"}.isdisjoint(scores()["china_2018"].names)
    assert {"cancer", "heart_failure", "chronic_lung_disease", "spo2", "temperature", "sex"}.isdisjoint(asked)


def test_it_parts_from_esc_where_only_a_severity_score_is_raised():
    # sPESI 2 by cancer and age: intermediate-low in ESC 2019, low in China 2018
    frail = {"age": 85, "cancer": 1, "altered_mental_status": 0, "lactate": 1.0}
    assert read("esc_2019", **{**STABLE, **frail}).class_name == "intermediate-low"
    assert read(**{**STABLE, **frail}).class_name == "low"


def test_in_stable_patients_it_differs_from_esc_only_there(patients):
    calm = patients[patients["systolic_bp"] >= 90].assign(
        cardiac_arrest=0.0, vasopressor=0.0, systolic_fall_40=0.0
    )
    read_ = assess_all(calm)
    china, esc = (read_[name].possible.argmax(axis=1) for name in ("china_2018", "esc_2019"))
    assert read_["esc_2019"].score.classes == CLASSES
    differ = china != esc
    assert differ.any()
    assert {(CLASSES[a], CLASSES[b]) for a, b in zip(china[differ], esc[differ], strict=True)} == {
        ("low", "intermediate-low")
    }
    raised = (read_["pesi"].low > 85) | (read_["spesi"].low >= 1)
    assert raised[differ].all()


def test_an_unknown_ventricle_leaves_two_classes_and_would_settle_them():
    patient = {**STABLE, "rv_dysfunction": np.nan, "troponin_positive": 1}
    found = read(**patient)
    assert (found.class_name, found.low, found.high) == (None, "intermediate-low", "intermediate-high")
    assert found.settled_by == ("rv_dysfunction",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_not_read_is_said_on_screen(language):
    said = text(language, "scores.about.china_2018")
    for word in ("PESI", "BNP", "2025"):
        assert word in said
    assert "2018" in text(language, "scores.titles.china_2018")
