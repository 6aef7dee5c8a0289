"""What a synthetic record says of how severe an embolism would be: the part that a recording shares with it."""

from __future__ import annotations

import functools

import numpy as np

from core.cohort._synthetic_variables import STRATA, Floats
from core.cohort.synthetic import (
    assumptions,
    draw_strata,
    draw_values,
    generated_variables,
    told_before_imaging,
)
from core.late import LateModule

BANDS = ("control", "mild", "severe")
"""Without embolism, and embolism below and above a severity: what the simulated recordings depend on."""

special = LateModule("scipy.special")
_NODES = 48
_FURTHEST = 7.5  # standard deviations: beyond it a normal severity is not met


@functools.lru_cache(maxsize=2)
def band_evidence(n_patients: int, seed: int, severe_share: float) -> Floats:
    """Log density of each patient's record before imaging, joined with each band.

    Parameters
    ----------
    n_patients, seed
        Of ``core.cohort.synthetic.generate``: the same records are drawn again.
    severe_share
        Share of embolism that counts as severe, from the top of the severity that all embolism shares.

    Returns
    -------
    ndarray of shape (n_patients, 3)
        In the order of ``BANDS``: log p(record | control), log p(record, mild | embolism), log p(record, severe |
        embolism), up to a constant of each patient. The severity inside a stratum is integrated out (Gauss-Legendre
        on either side of the border). As in the generator's own posterior, values are those before rounding, and
        nothing is missing: the best that any reader of the record could know.
    """
    rng = np.random.default_rng(seed)
    stratum, severity = draw_strata(n_patients, rng)
    exact, values = draw_values(stratum, severity, rng)
    high = assumptions()["population"]["high_risk_share"]
    # the unstable are the upper tail of all embolism (see _overall_severity)
    parts = {0: (1 - high, high), 1: (0.0, 1 - high)}
    mild: list[Floats] = []
    severe: list[Floats] = []
    for code, (start, width) in parts.items():
        border = float(special.ndtri(np.clip((1 - severe_share - start) / width, 0.0, 1.0)))
        for found, low, upper in ((mild, -_FURTHEST, border), (severe, border, _FURTHEST)):
            found.append(np.log(width) + _evidence(exact, values, code, low, upper))
    control = _evidence(exact, values, STRATA.index("control"), -_FURTHEST, _FURTHEST)
    evidence = np.column_stack([control, np.logaddexp(*mild), np.logaddexp(*severe)])
    evidence.flags.writeable = False  # it is kept for the next who asks
    return evidence


def _evidence(
    exact: dict[str, Floats], values: dict[str, Floats], code: int, low: float, high: float
) -> Floats:
    """Log of the integral of record density times normal density over a stretch of severity, in one stratum."""
    low, high = max(low, -_FURTHEST), min(high, _FURTHEST)
    n = values["age"].size
    if low >= high:
        return np.full(n, -np.inf)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    at = (low + high) / 2 + (high - low) / 2 * nodes
    normal = np.exp(-(at**2) / 2) / np.sqrt(2 * np.pi)
    joint = np.tile(np.log(weights * (high - low) / 2 * normal), (n, 1))
    for variable in generated_variables():
        if told_before_imaging(variable):
            joint += variable.log_density(exact[variable.name], code, at, values)
    return np.asarray(special.logsumexp(joint, axis=1), dtype=np.float64)
