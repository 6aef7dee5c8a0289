"""The data files of the scores are read as a clinician reads them, and mistakes in them are found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.clinical.scores import input_columns, scores
from core.clinical.scores._conditions import parse
from core.clinical.scores._inputs import Patients, extras
from core.clinical.scores.quantities import age_adjusted_limit, ckd_epi_2021, mean_arterial_pressure
from core.text import has_text

NAN = float("nan")


def said(condition: str, **values: object) -> tuple[bool, bool]:
    truth = parse(condition).evaluate(Patients(pd.DataFrame([values])))
    return bool(truth.must[0]), bool(truth.may[0])


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        ("age > 80", {"age": 80}, (False, False)),
        ("age > 80", {"age": NAN}, (False, True)),
        ("age >= 80", {"age": 80}, (True, True)),
        ("spo2 < 90", {"age": 80}, (False, True)),
        ("cancer or syncope", {"cancer": 1, "syncope": NAN}, (True, True)),
        ("cancer and syncope", {"cancer": 0, "syncope": NAN}, (False, False)),
        ("not cancer", {"cancer": NAN}, (False, True)),
        ("not cancer", {"cancer": 0}, (True, True)),
        ("sex is male", {"sex": "female"}, (False, False)),
        ("sex is male", {"sex": None}, (False, True)),
        # and binds before or
        ("cancer or syncope and dyspnoea", {"cancer": 1, "syncope": 0, "dyspnoea": 0}, (True, True)),
        ("(cancer or syncope) and dyspnoea", {"cancer": 1, "syncope": 0, "dyspnoea": 0}, (False, False)),
        ("haemoglobin < 12 g/dL", {"haemoglobin": 119}, (True, True)),
        ("d_dimer < 500 ng/mL FEU", {"d_dimer": 0.5}, (False, False)),
        # seldom recorded: absent unless recorded
        ("incidental_pe", {"age": 1}, (False, False)),
        ("incidental_pe", {"incidental_pe": 1}, (True, True)),
    ],
)
def test_conditions(condition, values, expected):
    assert said(condition, **values) == expected


@pytest.mark.parametrize(
    "wrong", ["age >", "age > 80 90 kg and", "(cancer", "cancer or", "and cancer", "cancer )", ""]
)
def test_mistakes_of_writing_are_found(wrong):
    with pytest.raises((ValueError, KeyError)):
        parse(wrong)


def test_formulas():
    # Inker 2021: a man of 50 with 1.0 mg/dL; figures of the National Kidney Foundation's calculator
    found = ckd_epi_2021(np.array([88.42, 88.42]), np.array([50.0, 50.0]), np.array([0.0, 1.0]))
    np.testing.assert_allclose(found, [92, 69], atol=0.6)
    assert np.isnan(ckd_epi_2021(np.array([88.42]), np.array([50.0]), np.array([NAN])))
    assert mean_arterial_pressure(np.array([90.0]), np.array([45.0])) == 60
    np.testing.assert_allclose(age_adjusted_limit(np.array([30.0, 50.0, 51.0, 80.0])), [0.5, 0.5, 0.51, 0.8])


def test_everything_shown_has_its_words():
    keys = []
    for score in scores().values():
        cuts = score.other_bands or {}
        bands = [*score.bands, *score.rules, *(band for cut in cuts.values() for band in cut)]
        keys += [f"titles.{score.name}", f"about.{score.name}", f"developed_for.{score.developed_for}"]
        keys += [f"items.{item.label}" for item in score.items]
        keys += [f"classes.{band.name}" for band in bands] + [f"other_bands.{cut}" for cut in cuts]
        keys += [f"rates.{rate.of}" for band in bands for rate in band.rates]
        keys += [f"rates.{one.rate.of}" for one in score.rates_by_points]
        keys += [f"statuses.{one.status}" for one in (*score.items, *bands)]
    keys += [f"inputs.{name}" for name in extras()]
    assert [key for key in keys if not has_text(f"scores.{key}")] == []


def test_labels_of_a_score_are_its_own_and_few_enough_for_one_pattern():
    for score in scores().values():
        labels = [item.label for item in score.items]
        assert len(labels) == len(set(labels))
        assert len(score.inputs) < 60


def test_inputs_are_columns_with_a_kind_that_fits():
    kinds = {column.name: column.kind for column in input_columns()}
    for score in scores().values():
        assert score.inputs <= set(kinds)
        assert all(kinds[name] == "numeric" for name, _ in score.limits() if name in kinds)
