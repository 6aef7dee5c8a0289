"""Synthetic patients by published figures: suspected pulmonary embolism, and what follows systemic thrombolysis.

Every assumption stands in ``synthetic.toml`` with its source. The probabilities that the generator itself used are kept
for each patient: no fitted model can beat them but by chance, so they show both leaks and room for improvement.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.cohort._synthetic_variables import STRATA, Codes, Floats, Variable, linear_term
from core.cohort.classes import OUTCOMES
from core.errors import CohortError
from core.late import LateModule

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = LateModule("pandas")

DEFAULT_PRESET = "mixed-registry"
_SEVERITY_NODES = 21
special = LateModule("scipy.special")


@dataclass(frozen=True)
class SyntheticPatients:
    """A generated cohort before it is written.

    Attributes
    ----------
    ehr
        Index ``patient_id``, one column a variable, NaN where not measured.
    labels
        Index ``patient_id``: ``pe`` (0/1), ``outcome`` (none / death / bleeding, NaN for controls).
    oracle
        Index ``patient_id``: ``stratum``, ``severity`` (latent, standard normal among the thrombolysed and, apart,
        among the controls), ``p_pe``, ``p_none``, ``p_death``, ``p_bleeding``. Never a predictor.
    preset, seed, signal
        What they were made from.
    """

    ehr: pd.DataFrame
    labels: pd.DataFrame
    oracle: pd.DataFrame
    preset: str
    seed: int
    signal: float


@functools.cache
def assumptions() -> dict[str, Any]:
    """Read ``synthetic.toml``."""
    return tomllib.loads((Path(__file__).parent / "synthetic.toml").read_text(encoding="utf-8"))


def presets() -> tuple[str, ...]:
    """Names of the outcome presets, the default first."""
    return tuple(sorted(assumptions()["presets"], key=lambda name: name != DEFAULT_PRESET))


def generate(
    n_patients: int, seed: int = 0, preset: str = DEFAULT_PRESET, signal: float = 1.0
) -> SyntheticPatients:
    """Draw a cohort; the same arguments give the same bytes.

    Parameters
    ----------
    n_patients
        Rows in all, thrombolysed and controls, at least 20.
    seed
        Any whole number from 0.
    preset
        One of ``presets()``.
    signal
        Factor on both outcome predictors; 1 is the literature's size, 1.4 a cleaner demonstration.

    Raises
    ------
    CohortError
        Fewer than 20 patients, an unknown preset, a negative seed or a signal that is not positive.
    """
    _check(n_patients, seed, preset, signal)
    rng = np.random.default_rng(seed)
    stratum, severity = draw_strata(n_patients, rng)
    exact, values = draw_values(stratum, severity, rng)
    outcome_probability = _outcome_probability(values, preset, signal)
    drawn = (rng.random(n_patients)[:, None] > np.cumsum(outcome_probability, axis=1)).sum(axis=1)
    masked = _mask(values, stratum, rng)
    index = pd.Index([f"S{number:06d}" for number in range(1, n_patients + 1)], name="patient_id")
    lysed = stratum != STRATA.index("control")
    labels = pd.DataFrame(
        {
            "pe": lysed.astype(int),
            "outcome": pd.Series([OUTCOMES[min(code, 2)] for code in drawn], index=index, dtype="str").where(
                lysed
            ),
        },
        index=index,
    )
    oracle = pd.DataFrame(
        {
            "stratum": [STRATA[code] for code in stratum],
            "severity": np.round(_overall_severity(stratum, severity), 6),
            "p_pe": np.round(_pe_probability(exact, values), 6),
            **{
                f"p_{name}": np.where(lysed, np.round(outcome_probability[:, k], 6), np.nan)
                for k, name in enumerate(OUTCOMES)
            },
        },
        index=index,
    )
    return SyntheticPatients(_frame(masked, index), labels, oracle, preset, seed, signal)


def solve_intercepts(preset: str, n_patients: int = 400_000, seed: int = 1) -> dict[str, float]:
    """Intercepts with which a preset's outcome rates hold on average; what ``synthetic.toml`` stores was made here."""
    rng = np.random.default_rng(seed)
    stratum, severity = draw_strata(n_patients, rng)
    lysed = stratum != STRATA.index("control")
    _, values = draw_values(stratum, severity, rng)
    slopes = {name: _predictor(name, values)[lysed] for name in OUTCOMES[1:]}
    wanted = assumptions()["presets"][preset]["rates"]
    found = dict.fromkeys(slopes, -4.0)
    for _ in range(60):
        scores = np.column_stack([np.zeros(lysed.sum()), *(found[name] + slopes[name] for name in slopes)])
        rates = special.softmax(scores, axis=1).mean(axis=0)
        for k, name in enumerate(slopes, start=1):
            found[name] += float(np.log(wanted[name] / rates[k]) - np.log(wanted["none"] / rates[0]))
    return found


def _check(n_patients: int, seed: int, preset: str, signal: float) -> None:
    if n_patients < 20:
        raise CohortError("errors.synthetic_too_few", n=n_patients)
    if preset not in assumptions()["presets"]:
        raise CohortError("errors.synthetic_preset", preset=preset, known=", ".join(presets()))
    if seed < 0 or not np.isfinite(signal) or signal <= 0:
        raise CohortError("errors.synthetic_settings")


@functools.cache
def generated_variables() -> tuple[Variable, ...]:
    """Every variable in the order in which they are drawn."""
    return tuple(Variable.parse(entry) for entry in assumptions()["variables"])


def draw_strata(n: int, rng: np.random.Generator) -> tuple[Codes, Floats]:
    """Stratum of each patient (exact share of embolism) and severity inside it."""
    population = assumptions()["population"]
    n_pe = round(n * population["pe_share"])
    pe = rng.permutation(np.arange(n) < n_pe)
    high = rng.random(n) < population["high_risk_share"]
    stratum = np.where(pe, np.where(high, 0, 1), 2).astype(np.int64)
    return stratum, rng.standard_normal(n)


def _overall_severity(stratum: Codes, within: Floats) -> Floats:
    """Severity on one scale for the thrombolysed: the unstable are its upper tail."""
    share = assumptions()["population"]["high_risk_share"]
    rank = special.ndtr(within)
    overall = np.where(stratum == 0, 1 - share + share * rank, (1 - share) * rank)
    on_one_scale = special.ndtri(np.clip(overall, 1e-9, 1 - 1e-9))
    return np.asarray(np.where(stratum == 2, within, on_one_scale), dtype=np.float64)


def draw_values(
    stratum: Codes, severity: Floats, rng: np.random.Generator
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Exact values of each variable, and the values as a hospital would record them."""
    exact: dict[str, Floats] = {}
    values: dict[str, Floats] = {"high": (stratum == 0).astype(float)}
    for variable in generated_variables():
        exact[variable.name] = variable.draw(stratum, severity, values, rng)
        values[variable.name] = variable.observed(exact[variable.name])
    values["anaemia"] = (values["haemoglobin"] < np.where(values["female"] == 1, 120, 130)).astype(float)
    return exact, values


def _predictor(outcome: str, values: dict[str, Floats]) -> Floats:
    terms = [linear_term(term, values) for term in assumptions()["effects"][outcome]]
    return np.asarray(np.sum(terms, axis=0), dtype=np.float64)


def _outcome_probability(values: dict[str, Floats], preset: str, signal: float) -> Floats:
    """Probability of none, death and bleeding; with a signal other than 1 the intercepts keep the middle in place."""
    intercepts = assumptions()["presets"][preset]["intercepts"]
    scores = [np.zeros(values["age"].size)]
    for name in OUTCOMES[1:]:
        slope = np.nan_to_num(_predictor(name, values))
        scores.append(intercepts[name] + np.median(slope) * (1 - signal) + signal * slope)
    return np.asarray(special.softmax(np.column_stack(scores), axis=1))


def _pe_probability(exact: dict[str, Floats], values: dict[str, Floats]) -> Floats:
    """Posterior of embolism given all that is known before imaging, the severity integrated out (Gauss-Hermite)."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(_SEVERITY_NODES)
    before_imaging = [variable for variable in generated_variables() if told_before_imaging(variable)]
    log_evidence = []
    for code in range(len(STRATA)):
        joint = np.log(weights / weights.sum())[None, :]
        for variable in before_imaging:
            joint = joint + variable.log_density(exact[variable.name], code, nodes, values)
        log_evidence.append(special.logsumexp(joint, axis=1))
    population = assumptions()["population"]
    high, share = population["high_risk_share"], population["pe_share"]
    embolism = np.logaddexp(np.log(high) + log_evidence[0], np.log1p(-high) + log_evidence[1])
    return np.asarray(special.expit(special.logit(share) + embolism - log_evidence[2]))


def told_before_imaging(variable: Variable) -> bool:
    """A variable that exists for the controls too, and whose distribution can differ between the strata."""
    differs = any(np.ptp(values) > 0 for values in variable.parameters.values()) or variable.severity != 0
    known = all(not np.isnan(values).any() for values in variable.parameters.values())
    return differs and known and variable.strata == STRATA


def _mask(values: dict[str, Floats], stratum: Codes, rng: np.random.Generator) -> dict[str, Floats]:
    """Take away what a hospital would not have measured: not at random where a rule says so."""
    panels: dict[str, Floats] = {}
    masked = {}
    for variable in generated_variables():
        if variable.hidden:
            masked[variable.name] = values[variable.name]
            continue
        draws = rng.random(stratum.size)
        if variable.panel:
            draws = panels.setdefault(variable.panel, draws)
        missing = draws >= _measured_probability(variable, values)
        masked[variable.name] = np.where(missing, np.nan, values[variable.name])
    return masked


def _measured_probability(variable: Variable, values: dict[str, Floats]) -> Floats:
    terms = assumptions()["missing_rules"].get(variable.missing_rule, [])
    score = np.sum([linear_term(term, values) for term in terms], axis=0, dtype=np.float64)
    if variable.missing == 0 or not terms:
        return np.full(values["age"].size, 1 - variable.missing)
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        if special.expit(middle + score).mean() < 1 - variable.missing:
            low = middle
        else:
            high = middle
    return np.asarray(special.expit(low + score))


def _frame(masked: dict[str, Floats], index: pd.Index) -> pd.DataFrame:
    columns: dict[str, object] = {}
    for variable in generated_variables():
        if variable.name == "female":
            columns["sex"] = np.where(masked["female"] == 1, "female", "male")
        elif variable.kind == "categorical":
            words = pd.Series(masked[variable.name]).map(dict(enumerate(variable.levels)))
            columns[variable.name] = words.to_numpy(dtype=object)
        else:
            columns[variable.name] = masked[variable.name]
    frame = pd.DataFrame(columns, index=index)
    texts = {name: "str" for name in frame.columns if frame[name].dtype == object}
    return frame.astype(texts)
