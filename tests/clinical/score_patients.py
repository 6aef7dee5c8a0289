"""Random patients for the scores, and the same published points worked out the plain way, without the engine."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.clinical.scores import input_columns
from core.clinical.scores._inputs import only_if_recorded
from core.clinical.scores.quantities import ckd_epi_2021

# around every limit that a score knows
_RANGES = {
    "age": (18, 96, 0),
    "heart_rate": (60, 130, 0),
    "systolic_bp": (70, 180, 0),
    "diastolic_bp": (40, 100, 0),
    "respiratory_rate": (10, 40, 0),
    "temperature": (35, 38, 1),
    "spo2": (84, 100, 0),
    "haemoglobin": (90, 160, 0),
    "creatinine": (50, 260, 0),
    "egfr": (30, 110, 0),
    "lactate": (0.5, 4, 1),
    "d_dimer": (0.2, 1.4, 2),
    "troponin_t": (5, 60, 0),
    "troponin_i": (0.01, 0.08, 2),
}


def random_patients(n: int, seed: int, *, recorded_once: bool = True) -> pd.DataFrame:
    """Everything known, every limit crossed; independent of each other, as no real patient is.

    With ``recorded_once``, what can be recorded and measured is only recorded: nothing contradicts itself.
    """
    rng = np.random.default_rng(seed)
    frame = {}
    for column in input_columns():
        if column.name in _RANGES:
            low, high, decimals = _RANGES[column.name]
            frame[column.name] = np.round(rng.uniform(low, high, n), decimals)
        elif column.kind == "categorical":
            frame[column.name] = rng.choice(column.levels, n)
        else:
            frame[column.name] = rng.choice([0.0, 1.0], n, p=[0.7, 0.3])
    patients = pd.DataFrame(frame, index=pd.Index([f"P{i}" for i in range(n)], name="patient_id"))
    if recorded_once:
        patients["prior_stroke"] = patients["prior_stroke"].where(
            patients["stroke_residual_deficit"] == 0, 1.0
        )
        patients["central_thrombus"] = patients["central_thrombus"].where(
            patients["subsegmental_pe"] == 0, 0.0
        )
        female = (patients["sex"] == "female").to_numpy(dtype=float)
        patients["egfr"] = ckd_epi_2021(patients["creatinine"], patients["age"], female).round()
        patients = patients.drop(columns=["troponin_t", "troponin_i"])
    return patients


def masked(patients: pd.DataFrame, share: float, seed: int) -> pd.DataFrame:
    """The same patients with a share of what is known taken away, but not what counts as absent unless recorded."""
    hidden = np.random.default_rng(seed).random(patients.shape) < share
    hidden[:, [only_if_recorded(name) for name in patients]] = False
    return patients.mask(hidden)


def plain_points(p: pd.DataFrame) -> dict[str, pd.Series]:
    """Points of complete patients, written down once more from the papers."""
    male = p["sex"] == "male"
    anaemia = (p["haemoglobin"] < 120) | (male & (p["haemoglobin"] < 130))
    pulse, pressure, air = p["heart_rate"] >= 110, p["systolic_bp"] < 100, p["spo2"] < 90
    return {
        "pesi": p["age"]
        + 10 * (male + p["heart_failure"] + p["chronic_lung_disease"])
        + 30 * (p["cancer"] + pressure)
        + 20 * (pulse.astype(int) + (p["respiratory_rate"] >= 30) + (p["temperature"] < 36) + air)
        + 60 * p["altered_mental_status"],
        "spesi": (p["age"] > 80).astype(int)
        + p["cancer"]
        + np.maximum(p["heart_failure"], p["chronic_lung_disease"])
        + pulse
        + pressure
        + air,
        "bova": 2 * ((p["systolic_bp"] <= 100) + p["troponin_positive"] + p["rv_dysfunction"]) + pulse,
        "wells": 3 * (p["leg_swelling"] + p["alternative_less_likely"])
        + 1.5
        * ((p["heart_rate"] > 100) + np.maximum(p["recent_surgery"], p["immobilisation"]) + p["prior_vte"])
        + p["haemoptysis"]
        + p["cancer"],
        "geneva": (p["age"] > 65)
        + 3 * (p["prior_vte"] + p["leg_pain"])
        + 2 * (p["recent_surgery"] + p["cancer"] + p["haemoptysis"])
        + np.select([p["heart_rate"] >= 95, p["heart_rate"] >= 75], [5, 3], 0)
        + 4 * p["leg_tenderness"] * p["leg_swelling"],
        "bacs": 3 * p["recent_major_bleeding"] + (p["age"] > 75) + p["cancer"] + p["syncope"],
        "riete": 2 * p["recent_major_bleeding"]
        + 1.5 * (anaemia.astype(int) + (p["creatinine"] > 106.104))
        + p["cancer"]
        + 1
        + (p["age"] > 75),
        "vte_bleed": 2 * p["cancer"]
        + (male & (p["systolic_bp"] >= 140))
        + 1.5 * (anaemia + p["recent_major_bleeding"] + (p["age"] >= 60) + (p["egfr"] < 60)),
        "pe_sard": 1.5 * p["syncope"] + 2.5 * (p["haemoglobin"] < 120) + (p["egfr"] < 60),
        "pe_ch": p["peripheral_vascular_disease"]
        + (p["age"] > 65)
        + 5 * p["stroke_residual_deficit"]
        + p["prior_myocardial_infarction"],
    }
