"""What was coded and ordered in a made-up copy of MIMIC-IV: tables of real width, invented contents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from core.benchmark.mimic_people import (
    CLEARANCE,
    CLEARING,
    DRUGS,
    HOUR,
    LYTIC,
    NONE,
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
    from numpy.typing import NDArray

    from core.benchmark.mimic_people import Numbers

_ROUTES = ("IV", "PO", "PO/NG", "SC", "IH", "TP", "IV DRIP", "DWELL")
_CODES = (
    *(("I10", 10), ("4019", 9), ("E785", 10), ("Z87891", 10), ("N179", 10), ("25000", 9), ("I4891", 10)),
    *(("J449", 10), ("I5022", 10), ("V5861", 9), ("C3490", 10), ("D62", 10), ("K922", 10), ("I609", 10)),
)
_RESULTS = ("Weight (Lbs)", "Blood Pressure", "BMI (kg/m2)", "Height (Inches)", "Blood Pressure Sitting")
_MIDDLES = np.array([180.0, 120.0, 27.0, 66.0, 120.0])


def diagnoses(rows: Numbers, each: int, people: People, rng: np.random.Generator) -> pl.DataFrame:
    """Rows of ``diagnoses_icd``."""
    person, place = rows // each, rows % each
    names, versions = zip(*_CODES, ("I2699", 10), ("J189", 10), strict=True)
    first = np.where(people.cases[person], len(_CODES), len(_CODES) + 1)
    code = np.where(place == 0, first, skewed(len(_CODES), len(rows), rng))
    return pl.DataFrame(
        {
            **subjects(person),
            "seq_num": place + 1,
            "icd_code": pick(names, code),
            "icd_version": np.array(versions)[code],
        }
    )


def outpatient(rows: Numbers, each: int, people: People, rng: np.random.Generator) -> pl.DataFrame:
    """Rows of ``omr``."""
    person = rows // each
    kind = skewed(len(_RESULTS), len(rows), rng)
    before = rng.integers(1, 700, len(rows)) * np.timedelta64(1, "D")
    value = pl.Series(np.round(_MIDDLES[kind] * rng.normal(1, 0.1, len(rows)), 1)).cast(pl.String)
    return pl.DataFrame(
        {
            "subject_id": person + 10_000_000,
            "chartdate": people.starts[person].astype("datetime64[D]") - before,
            "seq_num": np.ones(len(rows), dtype=np.int64),
            "result_name": pick(_RESULTS, kind),
            "result_value": value + pick(("", "/80", "", "", "/80"), kind),
        }
    )


def prescriptions(rows: Numbers, each: int, people: People, rng: np.random.Generator) -> pl.DataFrame:
    """Rows of ``prescriptions``: a person who was given alteplase has its order first."""
    person, place = rows // each, rows % each
    time, drug, lytic = _lytic_first(people, person, place, rng)
    route = np.where(lytic == 1, 6, np.where(lytic == 2, 7, skewed(len(_ROUTES), len(rows), rng)))
    dose = np.where(lytic == 1, 0, np.where(lytic == 2, 1, rng.integers(2, 6, len(rows))))
    return pl.DataFrame(
        {
            **subjects(person),
            "pharmacy_id": pharmacy_ids(person, place),
            "poe_id": numbered(person, place),
            "poe_seq": place,
            "order_provider_id": pick(("P45MRP", "P12ABC", None), skewed(3, len(rows), rng)),
            "starttime": time,
            "stoptime": time + 24 * HOUR,
            "drug_type": same("MAIN", rows),
            "drug": pick((*DRUGS, LYTIC, CLEARING), drug),
            "formulary_drug_cd": pick((*DRUGS, LYTIC, CLEARING), drug).str.slice(0, 6),
            **dict.fromkeys(
                ("gsn", "ndc"), pl.Series(rng.integers(10**9, 10**10, len(rows))).cast(pl.String)
            ),
            **dict.fromkeys(("prod_strength", "form_rx"), same(None, rows)),
            "dose_val_rx": pick(("100", "2", "5", "30-50", "1,000", "40"), dose),
            **dict.fromkeys(("dose_unit_rx", "form_unit_disp"), same("mg", rows)),
            "form_val_disp": same("1", rows),
            "doses_per_24_hrs": np.ones(len(rows)),
            "route": pick(_ROUTES, route),
        }
    )


def pharmacy(rows: Numbers, each: int, people: People, rng: np.random.Generator) -> pl.DataFrame:
    """Rows of ``pharmacy``, each of the prescription in the same place."""
    person, place = rows // each, rows % each
    time, drug, lytic = _lytic_first(people, person, place, rng)
    hours = np.where(lytic > 0, 1, rng.integers(0, 4, len(rows)))
    nothing = ("disp_sched", "infusion_type", "sliding_scale", "lockout_interval", "basal_rate", "one_hr_max")
    expiry = ("expiration_value", "expiration_unit", "expirationdate", "dispensation", "fill_quantity")
    return pl.DataFrame(
        {
            **subjects(person),
            "pharmacy_id": pharmacy_ids(person, place),
            "poe_id": numbered(person, place),
            "starttime": time,
            "stoptime": time + 24 * HOUR,
            "medication": pick((*DRUGS, LYTIC, CLEARING), drug),
            "proc_type": same("Unit Dose", rows),
            "status": same("Discontinued via patient discharge", rows),
            "entertime": time,
            "verifiedtime": time + HOUR,
            "route": pick(_ROUTES, skewed(len(_ROUTES), len(rows), rng)),
            "frequency": pick(("DAILY", "BID", "TID", "ASDIR"), skewed(4, len(rows), rng)),
            **dict.fromkeys(nothing, same(None, rows)),
            "doses_per_24_hrs": np.ones(len(rows)),
            "duration": pick((None, 2.0, 5.0, 24.0), hours),
            "duration_interval": pick((None, "Hours", "Days", "Hours"), hours),
            **dict.fromkeys(expiry, same(None, rows)),
        }
    )


def _lytic_first(
    people: People, person: Numbers, place: Numbers, rng: np.random.Generator
) -> tuple[NDArray[Any], Numbers, Numbers]:
    """Times and drugs of orders, and which are of a drug that lyses (1) or clears a catheter (2)."""
    course = people.courses[person]
    lytic = np.where((place > 0) | (course == NONE), 0, np.where(course == CLEARANCE, 2, 1))
    drug = np.where(lytic > 0, len(DRUGS) - 1 + lytic, skewed(len(DRUGS), len(person), rng))
    time = np.where(lytic > 0, people.starts[person] + 12 * HOUR, moment(people, person, rng))
    return time, drug, lytic
