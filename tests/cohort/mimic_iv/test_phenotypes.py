from __future__ import annotations

import pytest

from core.errors import CohortError
from tests.cohort.mimic_iv.fabricated import at, visit_id

D_DIMER = 50915


def pe_of(cohort):
    return cohort.labels["pe"].dropna().astype(int).to_dict()


def suspected(hospital, person, hour=3):
    hospital.person(person)
    hospital.lab(person, D_DIMER, hour, 800, "ng/mL FEU")


@pytest.mark.parametrize(
    ("code", "version", "is_case"),
    [
        ("I2602", 10, True),
        ("I2699", 10, True),
        ("41519", 9, True),
        ("41511", 9, True),
        ("I2782", 10, False),
        ("4162", 9, False),
        ("I2699", 9, False),
        ("41519", 10, False),
        ("Z86711", 10, False),
    ],
)
def test_embolism_is_a_code_of_the_right_version(hospital, built, code, version, is_case):
    hospital.embolism(1)
    hospital.person(2)
    hospital.code(2, code, version)
    hospital.lab(2, D_DIMER, 3, 800, "ng/mL")
    found = pe_of(built(hospital)).get(str(visit_id(2)))
    # a chronic one is neither, what is no embolism at all is a control with its D-dimer
    chronic = code in {"I2782", "4162"}
    assert found == (1 if is_case else None if chronic else 0)


def test_by_first_position_an_embolism_elsewhere_is_neither_case_nor_control(hospital, built):
    hospital.embolism(1)
    suspected(hospital, 2)
    hospital.code(2, "I2699", seq=4)
    suspected(hospital, 3)
    assert pe_of(built(hospital, pe_position="primary")) == {str(visit_id(1)): 1, str(visit_id(3)): 0}
    assert pe_of(built(hospital)) == {str(visit_id(1)): 1, str(visit_id(2)): 1, str(visit_id(3)): 0}


def test_a_d_dimer_counts_within_a_day_of_the_visits_start_even_without_a_number(hospital, built):
    hospital.embolism(1)
    suspected(hospital, 2, hour=23)
    suspected(hospital, 3, hour=30)
    suspected(hospital, 4, hour=-20)
    hospital.person(5)
    hospital.lab(5, D_DIMER, 1, None, "ng/mL", comments="___")
    assert pe_of(built(hospital)) == {str(visit_id(1)): 1, str(visit_id(2)): 0, str(visit_id(5)): 0}


def test_a_coded_ct_of_the_pulmonary_arteries_makes_a_control(hospital, built):
    hospital.embolism(1)
    for person, day in ((2, "2150-01-01"), (3, "2150-01-02"), (4, "2150-01-05")):
        hospital.person(person)
        hospital.add(
            "hosp/hcpcsevents", subject_id=person, hadm_id=visit_id(person), chartdate=day, hcpcs_cd="71275"
        )
    hospital.person(5)
    hospital.operation(5, "B32T1ZZ", "2150-01-01")
    suspected(hospital, 6)
    assert set(pe_of(built(hospital, controls="ct-angiography"))) == {str(visit_id(n)) for n in (1, 2, 3, 5)}
    assert set(pe_of(built(hospital, controls="d-dimer"))) == {str(visit_id(n)) for n in (1, 6)}
    assert set(pe_of(built(hospital, controls="none"))) == {str(visit_id(1))}


def test_a_visit_that_ends_before_its_index_time_is_left_out_and_counted(hospital, built):
    hospital.embolism(1)
    hospital.person(2)
    hospital.rows["hosp/admissions"][-1]["dischtime"] = at(5)
    hospital.code(2, "I2699", seq=1)
    cohort = built(hospital)
    flow = (cohort.folder / "flow.csv").read_text()
    assert pe_of(cohort) == {str(visit_id(1)): 1}
    assert "diagnosis,embolism_ended,left_out,embolism,1,1" in flow
    assert set(pe_of(built(hospital, hours=3))) == {str(visit_id(1)), str(visit_id(2))}


def test_rows_of_a_person_share_the_group(hospital, built):
    hospital.lysed(1)
    hospital.visit(1, 29_000_000, 1000, 1100)
    hospital.code(1, "I2699", seq=1, hadm_id=29_000_000)
    labels = built(hospital).labels
    assert labels["group"].to_dict() == {str(visit_id(1)): "1", f"{visit_id(1)}-lysis": "1", "29000000": "1"}


def test_without_an_embolism_there_is_no_cohort(hospital, built):
    suspected(hospital, 1)
    with pytest.raises(CohortError, match="none of 1 admissions"):
        built(hospital)
