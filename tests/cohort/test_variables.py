from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from core.cohort import variables as catalogue
from core.cohort.variables import find, header_key, unit_key, variables, word_list

EXPECTED = {
    "demographics": "age sex weight height",
    "history": "cancer heart_failure chronic_lung_disease hypertension diabetes coronary_disease "
    "prior_myocardial_infarction prior_stroke peripheral_vascular_disease chronic_kidney_disease "
    "liver_disease prior_vte recent_surgery immobilisation recent_major_bleeding oestrogen_use smoking "
    "anticoagulant_use antiplatelet_use",
    "presentation": "symptom_days dyspnoea chest_pain syncope haemoptysis leg_swelling leg_pain "
    "altered_mental_status alternative_less_likely",
    "vital_signs": "heart_rate systolic_bp diastolic_bp respiratory_rate spo2 temperature",
    "blood_gas": "pao2 paco2 ph lactate",
    "laboratory": "d_dimer troponin_t troponin_i troponin_positive nt_probnp bnp haemoglobin platelets "
    "white_cells neutrophils crp creatinine egfr urea sodium potassium calcium glucose albumin bilirubin "
    "alt ast inr aptt fibrinogen",
    "imaging": "rv_dysfunction rv_lv_ratio tapse pasp central_thrombus dvt_on_ultrasound",
    "treatment": "thrombolytic full_dose vasopressor mechanical_ventilation cardiac_arrest",
}


def test_the_catalogue_has_the_names_that_the_rest_of_core_uses():
    by_group: dict[str, list[str]] = {}
    for variable in variables().values():
        by_group.setdefault(variable.group, []).append(variable.name)
    assert {group: " ".join(names) for group, names in by_group.items()} == EXPECTED


def test_no_header_names_two_variables():
    names = catalogue._names_by_key()
    assert set(names.values()) == set(variables())


def test_no_variable_is_called_like_an_outcome_or_an_identifier():
    keys = set(catalogue._names_by_key())
    assert keys.isdisjoint(word_list("outcome_headers"))
    assert keys.isdisjoint(word_list("patient_id_headers"))


def test_reference_ranges_lie_inside_what_is_plausible():
    outside = [
        v.name
        for v in variables().values()
        for low, high in v.reference.values()
        if any(not v.plausible[0] <= limit <= v.plausible[1] for limit in (low, high) if np.isfinite(limit))
    ]
    assert outside == []


@pytest.mark.parametrize(
    ("name", "value", "unit", "expected"),
    [
        ("creatinine", 1.0, "mg/dL", 88.42),
        ("creatinine", 88.0, "umol/l", 88.0),
        ("creatinine", 88.0, "μmol/L", 88.0),
        ("haemoglobin", 13.2, "g/dL", 132.0),
        ("glucose", 100.0, "mg/dL", 5.55),
        ("urea", 20.0, "mg/dL BUN", 7.14),
        ("d_dimer", 500.0, "ng/mL FEU", 0.5),
        ("d_dimer", 250.0, "ng/mL DDU", 0.5),
        ("d_dimer", 500.0, "µg/L", 0.5),
        ("troponin_t", 0.014, "ng/mL", 14.0),
        ("troponin_i", 40.0, "ng/L", 0.04),
        ("temperature", 98.6, "°F", 37.0),
        ("pao2", 10.0, "kPa", 75.0062),
        ("weight", 220.0, "lb", 99.7903214),
        ("height", 1.7, "m", 170.0),
        ("platelets", 215.0, "×10⁹/L", 215.0),
        ("platelets", 215.0, "K/uL", 215.0),
        ("white_cells", 7200.0, "/µL", 7.2),
        ("heart_rate", 110.0, "次/分", 110.0),
    ],
)
def test_values_are_converted_into_the_catalogue_unit(name, value, unit, expected):
    assert variables()[name].convert([value], unit)[0] == pytest.approx(expected, rel=1e-9)


def test_a_unit_that_a_variable_does_not_have_is_refused():
    with pytest.raises(KeyError):
        variables()["creatinine"].convert([1.0], "mmHg")


def test_the_header_decides_what_a_unit_means():
    urea, d_dimer = variables()["urea"], variables()["d_dimer"]
    assert urea.find_unit("mg/dL", "Urea Nitrogen").factor == 0.357
    assert urea.find_unit("mg/dL", "Urea").factor == 0.1665
    assert d_dimer.find_unit("ng/mL", "D-dimer DDU").factor == 0.002
    assert d_dimer.assumes_qualifier("ng/mL", "D-dimer")
    assert not d_dimer.assumes_qualifier("ng/mL FEU", "D-dimer")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("年龄", "age"),
        ("Ｄ－二聚体", "d_dimer"),
        ("NT-proBNP", "nt_probnp"),
        ("heart rate", "heart_rate"),
        ("Heart_Rate", "heart_rate"),
        ("NIBP systolic", "systolic_bp"),
        ("Calcium, Total", "calcium"),
        ("INR(PT)", "inr"),
        ("谷丙转氨酶", "alt"),
        ("Chloride", None),
    ],
)
def test_headers_are_found_by_name_alias_and_label(header, name):
    found = find(header)
    assert (found.name if found else None) == name


def test_a_column_carries_labels_unit_and_levels():
    column = variables()["creatinine"].column()
    assert column.label("zh") == "肌酐 [µmol/L]"
    assert column.known
    assert variables()["sex"].column().levels == ("female", "male")
    assert variables()["cancer"].column().levels == ("no", "yes")


def test_units_to_choose_from_name_each_unit_once():
    assert variables()["creatinine"].unit_choices[:2] == ("µmol/L", "mg/dL")
    assert variables()["temperature"].unit_choices == ("°C", "F")


def test_reference_range_by_sex_and_for_an_unknown_sex():
    haemoglobin = variables()["haemoglobin"]
    assert haemoglobin.reference_for("female") == (115, 150)
    assert haemoglobin.reference_for(None) == (115, 175)


def test_a_broken_catalogue_says_what_is_wrong(monkeypatch):
    text = Path(catalogue.__file__).with_name("variables.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    document["variables"]["age"]["plausible"] = [120, 0]
    monkeypatch.setattr(catalogue, "document", lambda: document)
    variables.cache_clear()
    with pytest.raises(ValueError, match="age has a range upside down"):
        variables()
    variables.cache_clear()


def test_keys_forgive_width_case_and_spacing():
    assert header_key(" Ｈb ") == header_key("HB")
    assert unit_key("X10^9/L") == unit_key("10*9/L") == unit_key("10e9/l")
