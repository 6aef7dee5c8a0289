"""What was charted at the bedside in a made-up copy of MIMIC-IV: tables of real width, invented contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from core.benchmark.mimic_copy_orders import diagnoses, outpatient, pharmacy, prescriptions
from core.benchmark.mimic_people import (
    BEDSIDE,
    CLEARANCE,
    CLEARING,
    DRUGS,
    HOUR,
    INFUSION,
    LYTIC,
    UNRECORDED,
    People,
    moment,
    numbered,
    pharmacy_ids,
    pick,
    same,
    skewed,
    subjects,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.benchmark.mimic_people import Numbers

    Maker = Callable[[Numbers, int, People, np.random.Generator], pl.DataFrame]

# millions of rows in MIMIC-IV 2.2, by which a copy has them in proportion to its laboratory
_LABORATORY = 118.0
_MILLIONS = {
    "hosp/diagnoses_icd": 4.8,
    "hosp/omr": 6.4,
    "hosp/prescriptions": 15.0,
    "hosp/pharmacy": 14.0,
    "hosp/emar": 27.0,
    "hosp/emar_detail": 55.0,
    "icu/inputevents": 9.0,
}
_EVENTS = ("Administered", "Flushed", "Not Given", "Confirmed", "", "Started", "Stopped")
# heparin, fluids, propofol, norepinephrine, red cells
_INPUTS = np.array([225152, 225158, 220949, 222168, 221906, 225168])
_ALTEPLASE = 221319
_STATES = ("FinishedRunning", "ChangeDose/Rate", "Stopped", "Rewritten")


def bedside_rows(lab_rows: int, people: People) -> dict[str, tuple[int, int, Maker]]:
    """Rows in all, rows a person and what makes them, by table.

    Parameters
    ----------
    lab_rows
        Rows of the laboratory.
    """
    n = len(people.starts)
    recorded = n - n // UNRECORDED
    found = {}
    for name, millions in _MILLIONS.items():
        of = recorded if name.startswith("hosp/emar") else n
        each = max(2, round(lab_rows * millions / _LABORATORY / of))
        found[name] = of * each, each, _MAKERS[name]
    # two rows tell one event
    events = found["hosp/emar"][1]
    found["hosp/emar_detail"] = recorded * events * 2, events * 2, _MAKERS["hosp/emar_detail"]
    return found


def _bedside(rows: Numbers, each: int, people: People, rng: np.random.Generator) -> pl.DataFrame:
    person, place = _recorded(rows // each), rows % each
    course = people.courses[person]
    drip, clearing = (course == BEDSIDE) & (place < 2), (course == CLEARANCE) & (place < 2)
    drug = np.where(drip, len(DRUGS), skewed(len(DRUGS), len(rows), rng))
    event = np.where(clearing, 0, skewed(len(_EVENTS), len(rows), rng))
    time = np.where(drip, people.starts[person] + (12 + 2 * place) * HOUR, moment(people, person, rng))
    return pl.DataFrame(
        {
            **subjects(person),
            "emar_id": numbered(person, place + 1),
            "emar_seq": place + 1,
            "poe_id": numbered(person, place),
            "pharmacy_id": pharmacy_ids(person, np.where(drip, 0, place)),
            "enter_provider_id": same(None, rows),
            "charttime": time,
            "medication": pick((*DRUGS, LYTIC, CLEARING), np.where(clearing, len(DRUGS) + 1, drug)),
            # begun with the first row of a drip, stopped with the second
            "event_txt": pick(_EVENTS, np.where(drip, 5 + place, event)),
            "scheduletime": time,
            "storetime": time + HOUR,
        }
    )


_DETAIL_LATER = (
    *("infusion_complete", "completion_interval", "new_iv_bag_hung", "continued_infusion_in_other_location"),
    *("restart_interval", "side", "site", "non_formulary_visual_verification"),
)


def _bedside_detail(rows: Numbers, each: int, people: People, rng: np.random.Generator) -> pl.DataFrame:
    """Of an event the first row tells what was due, the second what was given."""
    person, place, second = _recorded(rows // each), rows % each // 2, rows % 2 == 1
    course = people.courses[person]
    drip = second & (course == BEDSIDE) & (place < 2)
    running = drip & (place == 0)
    clearing = second & (course == CLEARANCE) & (place < 2)
    given = np.where(second & ~running, np.where(clearing, 1, rng.integers(2, 5, len(rows))), 0)
    drug = np.where(drip, len(DRUGS), np.where(clearing, len(DRUGS) + 1, skewed(len(DRUGS), len(rows), rng)))
    due = np.where(second, 0, rng.integers(1, 4, len(rows)))
    nothing, later = same(None, rows), _DETAIL_LATER
    return pl.DataFrame(
        {
            "subject_id": person + 10_000_000,
            "emar_id": numbered(person, place + 1),
            "emar_seq": place + 1,
            "parent_field_ordinal": pick((None, "1.1"), second),
            "administration_type": pick(("Standard Maintenance Medication", None), second),
            "pharmacy_id": pharmacy_ids(person, place),
            **dict.fromkeys(("barcode_type", "reason_for_no_barcode", "complete_dose_not_given"), nothing),
            "dose_due": pick((None, "1", "40", "500"), due),
            "dose_due_unit": pick(("mg", None), second),
            "dose_given": pick((None, "1", "5", "40", "1,000"), given),
            "dose_given_unit": pick((None, "mg"), second),
            **dict.fromkeys(("will_remainder_of_dose_be_given", "product_amount_given"), nothing),
            **dict.fromkeys(("product_unit", "product_code"), nothing),
            "product_description": pick((None, *DRUGS, LYTIC, CLEARING), np.where(second, drug + 1, 0)),
            **dict.fromkeys(("product_description_other", "prior_infusion_rate"), nothing),
            "infusion_rate": pick((None, "45"), running),
            **dict.fromkeys(("infusion_rate_adjustment", "infusion_rate_adjustment_amount"), nothing),
            "infusion_rate_unit": pick((None, "mg/hr"), running),
            "route": pick((None, "IV"), second),
            **dict.fromkeys(later, nothing),
        }
    )


def _inputs(rows: Numbers, each: int, people: People, rng: np.random.Generator) -> pl.DataFrame:
    person, place = rows // each, rows % each
    lysis = (people.courses[person] == INFUSION) & (place == 0)
    item = np.where(lysis, _ALTEPLASE, _INPUTS[skewed(len(_INPUTS), len(rows), rng)])
    begin = np.where(lysis, people.starts[person] + 12 * HOUR, moment(people, person, rng))
    amount = np.where(
        lysis, 90.0, np.where(item == _INPUTS[-1], 300.0, np.round(rng.gamma(2, 50, len(rows)), 2))
    )
    return pl.DataFrame(
        {
            **subjects(person),
            "stay_id": person + 30_000_000,
            "caregiver_id": rng.integers(0, 90_000, len(rows)),
            "starttime": begin,
            "endtime": begin + 2 * HOUR,
            "storetime": begin,
            "itemid": item,
            "amount": amount,
            "amountuom": pick(("ml", "mg"), lysis),
            "rate": amount / 2,
            "rateuom": pick(("mL/hour", "mg/hour"), lysis),
            **dict.fromkeys(("orderid", "linkorderid"), rng.integers(0, 10**7, len(rows))),
            "ordercategoryname": same("02-Fluids (Crystalloids)", rows),
            "secondaryordercategoryname": same("Additive (Crystalloid)", rows),
            "ordercomponenttypedescription": same("Main order parameter", rows),
            "ordercategorydescription": same("Continuous Med", rows),
            "patientweight": np.full(len(rows), 80.0),
            "totalamount": amount,
            "totalamountuom": same("ml", rows),
            **dict.fromkeys(("isopenbag", "continueinnextdept"), np.zeros(len(rows), dtype=np.int64)),
            "statusdescription": pick(_STATES, np.where(lysis, 0, skewed(len(_STATES), len(rows), rng))),
            "originalamount": amount,
            "originalrate": amount / 2,
        }
    )


def _recorded(number: Numbers) -> Numbers:
    """Person of each of those who have bedside records."""
    return np.asarray(number + number // (UNRECORDED - 1))


_MAKERS: dict[str, Maker] = {
    "hosp/diagnoses_icd": diagnoses,
    "hosp/omr": outpatient,
    "hosp/prescriptions": prescriptions,
    "hosp/pharmacy": pharmacy,
    "hosp/emar": _bedside,
    "hosp/emar_detail": _bedside_detail,
    "icu/inputevents": _inputs,
}
