from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.cohort.synthetic import OUTCOMES, SyntheticPatients, assumptions, generate, presets
from core.cohort.variables import variables
from core.errors import CohortError
from core.evaluation import auroc

N = 20_000


@pytest.fixture(scope="module")
def patients() -> SyntheticPatients:
    return generate(N, seed=3)


@pytest.fixture(scope="module")
def lysed(patients) -> pd.DataFrame:
    """Thrombolysed patients: measured values, outcome and the oracle side by side."""
    joined = pd.concat([patients.ehr, patients.oracle, patients.labels], axis=1)
    return joined[joined["pe"] == 1]


def binomial(share: float, n: int) -> float:
    """Four standard errors."""
    return 4 * np.sqrt(share * (1 - share) / n)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    first, again, other = generate(200, seed=7), generate(200, seed=7), generate(200, seed=8)
    for name in ("ehr", "labels", "oracle"):
        assert getattr(first, name).to_csv() == getattr(again, name).to_csv()
        assert getattr(first, name).to_csv() != getattr(other, name).to_csv()


def test_the_share_of_embolism_is_exact(patients):
    assert patients.labels["pe"].mean() == pytest.approx(0.413, abs=0.5 / N)


# medians (or means) of the parameter set in the project's clinical reference, section 2.6; tolerance = about four
# standard errors, and half a unit of rounding
@pytest.mark.parametrize(
    ("name", "stratum", "median", "tolerance"),
    [
        ("age", "high", 65, 2),
        ("age", "other", 65, 1),
        ("systolic_bp", "high", 84, 2),
        ("systolic_bp", "other", 121, 1.5),
        ("heart_rate", "high", 116, 3),
        ("heart_rate", "other", 106, 1.5),
        ("respiratory_rate", "high", 27, 1),
        ("respiratory_rate", "other", 23, 1),
        ("lactate", "high", 3.2, 0.2),
        ("lactate", "other", 1.7, 0.06),
        ("nt_probnp", "high", 3000, 400),
        ("nt_probnp", "other", 1600, 130),
        ("platelets", "other", 215, 5),
        ("inr", "other", 1.12, 0.01),
    ],
)
def test_marginals_are_those_of_the_parameter_set(lysed, name, stratum, median, tolerance):
    values = lysed.loc[lysed["stratum"] == stratum, name]
    assert values.median() == pytest.approx(median, abs=tolerance)


@pytest.mark.parametrize(
    ("name", "mean", "sd"), [("age", 65, 15.5), ("systolic_bp", 121, 18), ("heart_rate", 106, 19)]
)
def test_spread_is_that_of_the_parameter_set(lysed, name, mean, sd):
    values = lysed.loc[lysed["stratum"] == "other", name]
    assert values.mean() == pytest.approx(mean, abs=1)
    assert values.std() == pytest.approx(sd, abs=0.6)  # clipping takes a little


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("cancer", 0.14),
        ("heart_failure", 0.08),
        ("chronic_lung_disease", 0.09),
        ("prior_stroke", 0.06),
        ("recent_major_bleeding", 0.025),
        ("recent_surgery", 0.11),
        ("syncope", 0.25),
        ("full_dose", 0.40),
    ],
)
def test_shares_are_those_of_the_parameter_set(lysed, name, share):
    assert lysed[name].mean() == pytest.approx(share, abs=binomial(share, len(lysed)) + 0.01)


def test_spo2_is_a_hundred_minus_a_gamma(lysed):
    low = {stratum: (100 - rows["spo2"]).mean() for stratum, rows in lysed.groupby("stratum")}
    assert low["high"] == pytest.approx(2.2 * 4.6, abs=0.8)
    assert low["other"] == pytest.approx(2.2 * 3.2, abs=0.3)


@pytest.mark.parametrize("preset", presets())
def test_outcome_rates_of_every_preset(preset):
    made = generate(8_000, seed=1, preset=preset)
    lysed = made.labels["pe"] == 1
    rates = assumptions()["presets"][preset]["rates"]
    for name, rate in rates.items():
        drawn = (made.labels.loc[lysed, "outcome"] == name).mean()
        assert drawn == pytest.approx(rate, abs=binomial(rate, lysed.sum()))
        # the oracle's mean is free of the last draw's chance
        assert made.oracle.loc[lysed, f"p_{name}"].mean() == pytest.approx(rate, abs=0.006)


@pytest.mark.parametrize(("name", "expected"), [("death", 0.778), ("bleeding", 0.748), ("none", 0.731)])
def test_the_oracles_auroc_is_that_of_the_reference(lysed, name, expected):
    event = (lysed["outcome"] == name).to_numpy()
    assert auroc(event, lysed[f"p_{name}"].to_numpy()) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(("stratum", "share"), [("high", 0.214), ("other", 0.062)])
def test_deaths_by_stratum(lysed, stratum, share):
    assert lysed.loc[lysed["stratum"] == stratum, "p_death"].mean() == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize(
    ("low", "high", "share", "tolerance"),
    [(0, 0, 0.055, 0.008), (1, 3, 0.115, 0.01), (4, 6, 0.387, 0.06)],
)
def test_bleeding_by_bacs_points(lysed, low, high, share, tolerance):
    points = 3 * lysed["recent_major_bleeding"] + (lysed["age"] > 75) + lysed["cancer"] + lysed["syncope"]
    assert lysed.loc[points.between(low, high), "p_bleeding"].mean() == pytest.approx(share, abs=tolerance)


def test_what_is_missing_comes_near_its_target(patients):
    shares = patients.ehr.isna()[patients.labels["pe"] == 1].mean()
    for entry in assumptions()["variables"]:
        if not entry.get("hidden"):
            assert shares[entry["name"]] == pytest.approx(entry.get("missing", 0), abs=0.03)


@pytest.mark.parametrize("name", ["lactate", "nt_probnp", "ph", "rv_lv_ratio"])
def test_the_sick_are_measured_more_often(lysed, name):
    missing = lysed[name].isna().groupby(lysed["stratum"]).mean()
    assert missing["high"] < missing["other"] - 0.05


def test_d_dimer_is_skipped_where_embolism_is_likely(lysed):
    missing = lysed["d_dimer"].isna().groupby(lysed["stratum"]).mean()
    assert missing["high"] > missing["other"] + 0.02


def test_the_probability_of_embolism_is_calibrated(patients):
    bins = np.digitize(patients.oracle["p_pe"], np.linspace(0.1, 0.9, 9))
    for _, rows in patients.oracle.groupby(bins):
        found = patients.labels.loc[rows.index, "pe"].mean()
        expected = rows["p_pe"].mean()
        assert found == pytest.approx(expected, abs=binomial(expected, len(rows)))


def test_oracle_probabilities_add_up(patients, lysed):
    assert lysed[[f"p_{name}" for name in OUTCOMES]].sum(axis=1).to_numpy() == pytest.approx(1, abs=3e-6)
    assert patients.oracle["p_pe"].between(0, 1).all()


def test_controls_have_neither_treatment_nor_imaging_nor_outcome(patients):
    controls = patients.labels["pe"] == 0
    later = [name for name in patients.ehr if variables()[name].known != "suspicion"]
    assert len(later) > 5
    assert patients.ehr.loc[controls, later].isna().all(axis=None)
    assert patients.labels.loc[controls, "outcome"].isna().all()


def test_severity_is_standard_normal_and_moves_lactate(lysed):
    assert lysed["severity"].mean() == pytest.approx(0, abs=0.05)
    assert lysed["severity"].std() == pytest.approx(1, abs=0.05)
    assert lysed["severity"].corr(lysed["lactate"], method="spearman") > 0.3


def test_every_assumption_has_a_source():
    stored = assumptions()
    entries = [
        *stored["variables"],
        *stored["presets"].values(),
        *(term for terms in stored["effects"].values() for term in terms),
    ]
    assert all(entry.get("source") for entry in entries)
    assert stored["population"]["source"].keys() == stored["population"].keys() - {"source"}


def test_every_column_is_in_the_catalogue_with_its_kind_and_plausible_values(patients):
    for name in patients.ehr:
        variable, values = variables()[str(name)], patients.ehr[name].dropna()
        if variable.kind == "categorical":
            assert set(values) <= {level.name for level in variable.levels}
        elif variable.kind == "binary":
            assert set(values) <= {0.0, 1.0}
        else:
            assert variable.plausible is not None
            assert values.between(*variable.plausible).all()


def test_a_stronger_signal_separates_better():
    made = generate(6_000, seed=2, signal=1.6)
    lysed = made.labels["pe"] == 1
    event = (made.labels.loc[lysed, "outcome"] == "death").to_numpy()
    assert auroc(event, made.oracle.loc[lysed, "p_death"].to_numpy()) > 0.82


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"n_patients": 19}, "at least 20"),
        ({"seed": -1}, "seed"),
        ({"preset": "nowhere"}, "mixed-registry"),
        ({"signal": 0.0}, "signal"),
        ({"signal": float("nan")}, "signal"),
    ],
)
def test_what_cannot_be_generated_is_refused(changes, expected):
    with pytest.raises(CohortError, match=expected):
        generate(**{"n_patients": 50, **changes})
