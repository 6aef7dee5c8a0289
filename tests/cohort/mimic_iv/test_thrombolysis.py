from __future__ import annotations

import polars as pl
import pytest

from core.cohort.mimic_iv._lysis_doses import ordered_doses
from core.cohort.mimic_iv.tables import open_tables
from core.cohort.mimic_iv.thrombolysis import find_lysis
from tests.cohort.mimic_iv.fabricated import at, visit_id

ALTEPLASE = 221319
CLEARANCE = "Alteplase 1mg/2mL ( Clearance ie. PICC, tunneled access line )"


def infused(hospital, person):
    hospital.infusion(person, ALTEPLASE, 10, 12, 90)


def half_dose(hospital, person):
    hospital.infusion(person, ALTEPLASE, 10, 12, 50)


def rate_at_the_bedside(hospital, person):
    hospital.bedside(person, 10, "Alteplase", "Started", infusion_rate=45, infusion_rate_unit="mg/hr")
    hospital.bedside(person, 12, "Alteplase", "Stopped")


def arrest_bolus(hospital, person):
    hospital.bedside(person, 10, "Alteplase", dose_given="50", dose_given_unit="mg")


def tenecteplase_order(hospital, person):
    hospital.order(person, 10, "Tenecteplase", "30-50")


def order_before_bedside_records(hospital, person):
    hospital.order(person, 10, "Alteplase", 100, "IV DRIP", hours=2)


def order_not_given(hospital, person):
    hospital.order(person, 10, "Alteplase", 100, "IV DRIP", hours=2)
    hospital.bedside(person, 11, "Heparin", dose_given="5000")


def clearance_order(hospital, person):
    hospital.order(person, 10, "Alteplase (Catheter Clearance)", 2)


def many_clearances(hospital, person):
    for lumen in range(30):
        hospital.bedside(person, 10 + lumen / 10, CLEARANCE, dose_given="1")


def clearance_by_product(hospital, person):
    hospital.bedside(person, 10, "Alteplase", dose_given="50", product_description=CLEARANCE)


def into_the_pleura(hospital, person):
    hospital.order(person, 10, "Alteplase", 25, "INTRAPLEURAL")


def small_drip(hospital, person):
    hospital.order(person, 10, "Alteplase", 10, "IV DRIP")


def catheter_directed(hospital, person):
    hospital.infusion(person, ALTEPLASE, 10, 34, 24)


def rewritten(hospital, person):
    hospital.infusion(person, ALTEPLASE, 10, 12, 90, statusdescription="Rewritten")
    hospital.infusion(person, ALTEPLASE, 10, 12, 2)


CASES = [
    (infused, "systemic", "infusion", 90),
    (half_dose, "systemic", "infusion", 50),
    (rate_at_the_bedside, "systemic", "bedside", 90),
    (arrest_bolus, "systemic", "bedside", 50),
    (tenecteplase_order, "systemic", "order", 30),
    (order_before_bedside_records, "systemic", "order", 100),
    (order_not_given, "not_given", "order", 100),
    (clearance_order, "local", "order", 2),
    (many_clearances, "local", "bedside", 30),
    (clearance_by_product, "local", "bedside", 50),
    (into_the_pleura, "local", "order", 25),
    (small_drip, "small_dose", "order", 10),
    (catheter_directed, "slow", "infusion", 24),
    (rewritten, "small_dose", "infusion", 2),
]


def judge(hospital, folder):
    tables = open_tables(hospital.write(folder))
    everyone = pl.Series([row["hadm_id"] for row in hospital.rows["hosp/admissions"]])
    return find_lysis(tables, ordered_doses(tables, everyone), everyone)


@pytest.mark.parametrize(
    ("given", "verdict", "witness", "dose"), CASES, ids=lambda case: getattr(case, "__name__", "")
)
def test_systemic_lysis_is_told_apart_from_clearance_and_catheter_lysis(
    hospital, tmp_path, given, verdict, witness, dose
):
    hospital.person(1)
    given(hospital, 1)
    row = judge(hospital, tmp_path).row(0, named=True)
    assert (row["verdict"], row["witness"], row["dose"]) == (verdict, witness, pytest.approx(dose))


def test_lysis_begins_with_the_infusion_and_its_first_sign_with_the_bolus(hospital, tmp_path):
    hospital.person(1)
    infused(hospital, 1)
    hospital.bedside(1, 9.8, "Alteplase", dose_given="10")
    row = judge(hospital, tmp_path).row(0, named=True)
    assert str(row["t0"]) == at(10)
    assert str(row["first_sign"]) == at(9.8)


def test_an_order_is_no_first_sign(hospital, tmp_path):
    hospital.person(1)
    infused(hospital, 1)
    hospital.order(1, 8, "Alteplase", 100)
    assert str(judge(hospital, tmp_path).row(0, named=True)["first_sign"]) == at(10)


def test_a_later_clearance_does_not_hide_systemic_lysis(hospital, tmp_path):
    hospital.person(1)
    infused(hospital, 1)
    clearance_order(hospital, 1)
    many_clearances(hospital, 1)
    assert judge(hospital, tmp_path)["verdict"].to_list() == ["systemic"]


def test_doses_on_different_days_are_not_added_up(hospital, tmp_path):
    hospital.person(1)
    for day in range(4):
        hospital.infusion(1, ALTEPLASE, 10 + 48 * day, 11 + 48 * day, 10)
    assert judge(hospital, tmp_path)["verdict"].to_list() == ["small_dose"]


def test_full_dose_is_what_was_planned_not_what_was_stopped_early(hospital, tmp_path):
    hospital.person(1)
    hospital.infusion(1, ALTEPLASE, 10, 11, 30, originalamount=90)
    hospital.person(2)
    half_dose(hospital, 2)
    found = judge(hospital, tmp_path)
    assert dict(zip(found["hadm_id"], found["full_dose"], strict=True)) == {
        visit_id(1): True,
        visit_id(2): False,
    }


def test_without_any_such_drug_there_is_nothing_to_judge(hospital, tmp_path):
    hospital.person(1)
    hospital.bedside(1, 10, "Heparin", dose_given="5000")
    assert judge(hospital, tmp_path).is_empty()
