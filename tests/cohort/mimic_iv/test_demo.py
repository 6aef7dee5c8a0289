"""The open demo of MIMIC-IV 2.2: definitions and values against the rows of its tables, cited beside them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from core.cohort.folder import load_cohort
from core.cohort.mimic_iv import Options, build
from core.errors import TrainingError
from core.training import train

DEMO = Path(__file__).parents[4] / "shared" / "data" / "mimic-iv-demo-2.2"
pytestmark = pytest.mark.skipif(
    not DEMO.is_dir(), reason="the MIMIC-IV demo 2.2 (physionet.org/content/mimic-iv-demo) is not beside the repository"
)  # fmt: skip

LYSED, DIED, SURVIVED = "22205327", "22059910", "27993466"
PERSONS = {LYSED: "10029291", DIED: "10026255", SURVIVED: "10015272"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo") / "cohort"
    build(DEMO, out)
    return out


@pytest.fixture(scope="module")
def labels(folder):
    return load_cohort(folder).labels


@pytest.fixture(scope="module")
def table(folder):
    return pd.read_csv(folder / "ehr.csv", dtype={"patient_id": "str"}).set_index("patient_id")


def test_the_three_patients_with_an_embolism_are_found(labels):
    cases = labels[labels["pe"] == 1]
    assert cases["group"].to_dict() == PERSONS


def test_one_of_18_admissions_with_alteplase_is_systemic_lysis_and_16_are_clearance(folder):
    flow = pd.read_csv(folder / "flow.csv").set_index(["part", "step"])["admissions"]["lytic_drug"]
    assert flow[["any_lytic", "local", "small_dose", "systemic"]].tolist() == [18, 16, 1, 1]


def test_lysis_begins_with_the_infusion_and_knowledge_ends_with_the_bolus(labels):
    lysed = labels[labels["outcome"].notna()]
    assert lysed.index.tolist() == [f"{LYSED}-lysis"]
    row = lysed.iloc[0]
    # icu/inputevents, itemid 221319, orderid 71079: 90 mg from 05:17 to 07:17
    assert (row["t0"], row["lytic"], row["lytic_dose"]) == ("2123-02-20 05:17:00", "alteplase", "90")
    # hosp/emar 10029291-10: 10 mg at 05:05, itself before the infusion
    assert row["known_until"] == "2123-02-20 05:05:00"
    # hosp/admissions: discharged home; hosp/patients: no date of death
    assert row["outcome"] == "none"


# patient, variable, source rows, what stands there, the value in the cohort's unit
CHECKED = [
    (LYSED, "age", "hosp/patients 10029291: anchor_age 50 in 2123, the year of the visit", 50),
    (
        LYSED,
        "haemoglobin",
        "labevents 333770: 13.0 g/dL; 333814 (12.3) was reported at 05:22, after the lysis",
        130,
    ),
    (LYSED, "creatinine", "labevents 333756: 1.2 mg/dL; 333827 (1.4) was reported at 06:26", 1.2 * 88.42),
    (LYSED, "lactate", "labevents 333794, 333805, 333839: 3.9, 3.9, 5.3 mmol/L", 5.3),
    (LYSED, "troponin_t", "labevents 333791: 0.04 ng/mL", 40),
    (LYSED, "nt_probnp", "labevents 333761: 19699 pg/mL", 19699),
    (LYSED, "ph", "labevents 333799, 333809, 333841: 7.12, 7.15, 7.29, arterial by 333801", 7.12),
    (LYSED, "systolic_bp", "chartevents 220050 at 04:02: 66 mmHg; 220179: 133 and 84", 66),
    (
        LYSED,
        "heart_rate",
        "chartevents 220045 at 04:03 and 05:00: 106, 100; 105 at 05:28 is after the lysis",
        106,
    ),
    (LYSED, "weight", "chartevents 226531 at 04:29: 183.7 lb, after 226512 at 02:00", 183.7 * 0.45359237),
    (LYSED, "vasopressor", "inputevents 221749 phenylephrine from 04:34", 1),
    (LYSED, "mechanical_ventilation", "procedureevents 225792 from 04:30", 1),
    (DIED, "age", "hosp/patients 10026255: anchor_age 66 in 2200, the visit is in 2201", 67),
    (DIED, "haemoglobin", "labevents 307940: 12.5 g/dL", 125),
    (DIED, "platelets", "labevents 307947: 510 K/uL", 510),
    (DIED, "white_cells", "labevents 307950: 14.7 K/uL", 14.7),
    (DIED, "creatinine", "labevents 307925: 0.6 mg/dL", 0.6 * 88.42),
    (DIED, "d_dimer", "labevents 307953: 598 ng/mL, limit 500, so FEU", 0.598),
    (DIED, "lactate", "labevents 307952: 2.2 mmol/L", 2.2),
    (DIED, "inr", "labevents 307914: 1.3", 1.3),
    (DIED, "troponin_t", "labevents 307935 (<0.01) was reported at 21:15, after the sixth hour", None),
    (DIED, "nt_probnp", "labevents 307930 (383) was reported on the next day", None),
    (DIED, "cancer", "diagnoses_icd 1629, 1971", 1),
    (DIED, "chronic_lung_disease", "diagnoses_icd 496", 1),
    (SURVIVED, "age", "hosp/patients 10015272: anchor_age 78 in 2137, the year of the visit", 78),
    (SURVIVED, "haemoglobin", "labevents 192710: 9.4 g/dL; 192730 (9.3) was reported at 23:01", 94),
    (SURVIVED, "potassium", "labevents 192701: 6.8 mEq/L", 6.8),
    (SURVIVED, "sodium", "labevents 192702: 134 mEq/L", 134),
    (SURVIVED, "urea", "labevents 192703: 30 mg/dL of nitrogen", 30 * 0.357),
    (SURVIVED, "troponin_t", "labevents 192705: <0.01 ng/mL in the comment, read at its limit", 10),
    (SURVIVED, "nt_probnp", "labevents 192700: 44309 pg/mL", 44309),
    (SURVIVED, "heart_rate", "chartevents 220045 at 21:00 and 22:00: 124, 134", 134),
    (SURVIVED, "systolic_bp", "chartevents 220179 at 21:00 and 22:01: 116, 98", 98),
    (SURVIVED, "temperature", "chartevents 223761 at 21:00: 97.7 °F", 36.5),
    (SURVIVED, "heart_failure", "diagnoses_icd I5022", 1),
]


@pytest.mark.parametrize(
    ("patient", "variable", "source", "expected"), CHECKED, ids=[f"{one[0]}-{one[1]}" for one in CHECKED]
)
def test_each_value_matches_its_source_rows(table, patient, variable, source, expected):
    found = table.loc[patient, variable]
    if expected is None:
        assert pd.isna(found), source
    else:
        assert found == pytest.approx(expected), source


def test_the_table_holds_what_the_source_rows_cited_say(table):
    raw = pd.read_csv(DEMO / "hosp" / "labevents.csv.gz", usecols=["labevent_id", "valuenum"])
    cited = raw.set_index("labevent_id")["valuenum"]
    assert cited.loc[[333770, 333756, 333761, 307953, 192700]].tolist() == [13.0, 1.2, 19699, 598, 44309]


def test_under_anticoagulation_the_one_who_died_has_that_outcome(tmp_path):
    build(DEMO, tmp_path / "cohort", options=Options(variant="anticoagulation"))
    outcomes = load_cohort(tmp_path / "cohort").labels["outcome"].dropna()
    # hosp/admissions 22059910: deathtime 2201-07-13 23:27, six days after the visit's start
    assert outcomes.to_dict() == {DIED: "death", LYSED: "none", SURVIVED: "none"}


def test_at_this_size_training_says_that_it_is_too_small(folder, tmp_path):
    with pytest.raises(TrainingError, match="3 persons"):
        train(load_cohort(folder), "diagnosis", "ehr", tmp_path)
