from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.prediction import predict_ehr


@pytest.fixture(scope="module")
def together(model, table):
    return predict_ehr(model, table, "outcome")


def with_frame(table, frame):
    return replace(table, frame=frame)


def test_a_patient_alone_gets_the_same_bits_as_among_others(model, table, together):
    for row in (0, 3, len(together) - 1):
        alone = predict_ehr(model, with_frame(table, table.frame.iloc[[row]]), "outcome")
        assert alone == [together[row]]


def test_the_order_of_patients_does_not_matter(model, table, together):
    turned = predict_ehr(model, with_frame(table, table.frame[::-1]), "outcome")
    assert turned[::-1] == together


def test_the_entries_have_the_contracts_keys_and_class_order(together):
    entry = together[0].to_json()
    wanted = "patient_id task modality probabilities raw_probabilities prediction_set warnings"
    assert set(wanted.split()) <= entry.keys()
    assert list(entry["probabilities"]) == list(entry["raw_probabilities"]) == ["none", "death", "bleeding"]
    for key in ("probabilities", "raw_probabilities"):
        assert sum(entry[key].values()) == pytest.approx(1, abs=1e-5)
    assert set(entry["prediction_set"]) <= {"none", "death", "bleeding"}


def test_a_patient_of_whom_nothing_is_known_gets_the_average_and_a_warning(model, table):
    unknown = table.frame.iloc[[0]].copy()
    unknown.loc[:, :] = np.nan
    entry = predict_ehr(model, with_frame(table, unknown), "outcome")[0]
    assert [warning.key for warning in entry.warnings] == ["warnings.all_missing"]
    assert all(0 < p < 1 for p in entry.probabilities.values())


def test_much_that_is_missing_is_said_with_its_share(model, table):
    sparse = table.frame.iloc[[0]].copy()
    sparse.iloc[:, 1:] = np.nan
    (warning,) = predict_ehr(model, with_frame(table, sparse), "outcome")[0].warnings
    assert warning.key == "warnings.many_missing"
    assert all(str(warning.values["percent"]) in warning.say(language) for language in ("zh", "en"))


def test_a_value_outside_the_training_range_is_named_with_the_range(model, table):
    strange = table.frame.iloc[[0]].copy()
    strange["age"] = 150.0
    found = predict_ehr(model, with_frame(table, strange), "outcome")[0].warnings
    assert any("age" in one.say("en") and "150" not in one.say("en") for one in found)


def test_a_stranger_gets_no_number_from_the_fusion_either():
    from core.prediction import Prediction, Warned, predict_fusion

    stranger = Warned("warnings.outside_of_training", {})
    p = {"no_pe": 0.5, "pe": 0.5}
    record = Prediction("x", "diagnosis", "ehr", {}, {}, (), None, (stranger,), withheld=True)
    recording = Prediction("x", "diagnosis", "ecg", p, p, (), "pe", ())
    joined = predict_fusion(None, record, recording, "diagnosis")  # type: ignore[arg-type]
    assert joined.withheld
    assert joined.probabilities == {}
    assert [one.key for one in joined.warnings] == [
        "warnings.outside_of_training",
        "warnings.fusion_withheld",
    ]
