"""One synthetic variable: drawing it, and its density given the latent severity.

Inside a stratum every variable is joined to the latent severity by a Gaussian copula: with normal score q of the value
and severity z', (q, z') is bivariate normal with correlation ``severity``. The marginal distribution therefore stays
what the assumptions say, and given z' the variables are independent of each other but for their stated parents.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.late import LateModule

special = LateModule("scipy.special")
STRATA = ("high", "other", "control")
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Kind = Literal["normal", "lognormal", "hundred_minus_gamma", "binary", "categorical", "creatinine_of_egfr"]


@dataclass(frozen=True)
class Variable:
    """What ``synthetic.toml`` says of one variable; a parameter holds one number a stratum, NaN where it has none."""

    name: str
    kind: Kind
    parameters: dict[str, Floats]
    terms: tuple[dict[str, Any], ...] = ()
    levels: dict[str, float] = field(default_factory=dict)
    strata: tuple[str, ...] = STRATA
    severity: float = 0.0
    clip: tuple[float, float] = (-np.inf, np.inf)
    decimals: int = 0
    missing: float = 0.0
    missing_rule: str = ""
    panel: str = ""
    hidden: bool = False
    source: str = ""

    @classmethod
    def parse(cls, entry: dict[str, Any]) -> Variable:
        """Build a variable from its table in the assumptions."""
        rest = dict(entry)
        parameters: dict[str, Floats] = {
            key: _by_stratum(rest.pop(key))
            for key in ("mean", "sd", "median", "log_sd", "shape", "scale", "probability")
            if key in rest
        }
        for key in ("terms", "strata", "clip"):
            if key in rest:
                rest[key] = tuple(rest[key])
        return cls(parameters=parameters, **rest)

    def draw(
        self, stratum: Codes, severity: Floats, values: dict[str, Floats], rng: np.random.Generator
    ) -> Floats:
        """Draw the exact value of each patient, before rounding and clipping; NaN outside its strata."""
        if self.kind == "creatinine_of_egfr":
            return creatinine_of_egfr(values["egfr"], values["age"], values["female"])
        noise = rng.standard_normal(stratum.size)
        if self.kind == "categorical":
            cuts = np.cumsum(list(self.levels.values()))[:-1]
            codes = np.searchsorted(cuts, special.ndtr(noise), side="right").astype(np.float64)
            allowed = np.isin(stratum, [STRATA.index(name) for name in self.strata])
            return np.where(allowed, codes, np.nan)
        score = self.severity * severity + np.sqrt(1 - self.severity**2) * noise
        return self._quantile(score, stratum, values)

    def observed(self, exact: Floats) -> Floats:
        """Round and clip as a hospital would record it."""
        if self.kind in ("binary", "categorical"):
            return exact
        return np.asarray(np.round(np.clip(exact, *self.clip), self.decimals), dtype=np.float64)

    def log_density(self, exact: Floats, stratum: int, severity: Floats, values: dict[str, Floats]) -> Floats:
        """Log density of the values as if every patient stood in ``stratum``, at each severity node.

        Returns
        -------
        ndarray of shape (n_patients, n_nodes)
        """
        if self.kind in ("categorical", "creatinine_of_egfr"):
            return np.zeros((exact.size, severity.size))
        codes = np.full(exact.size, stratum)
        spread = np.sqrt(1 - self.severity**2)
        if self.kind == "binary":
            cut = special.ndtri(1 - self._probability(codes, values))
            upper = (self.severity * severity[None, :] - cut[:, None]) / spread
            sign = np.where(exact == 1, 1.0, -1.0)[:, None]
            return np.asarray(special.log_ndtr(sign * upper))
        score, log_marginal = self._score(exact, codes, values)
        copula = -0.5 * ((score[:, None] - self.severity * severity[None, :]) / spread) ** 2 - np.log(spread)
        return np.asarray(log_marginal[:, None] + copula + 0.5 * score[:, None] ** 2)

    def _quantile(self, score: Floats, stratum: Codes, values: dict[str, Floats]) -> Floats:
        if self.kind == "binary":
            probability = self._probability(stratum, values)
            return np.where(
                np.isnan(probability), np.nan, (score > special.ndtri(1 - probability)).astype(float)
            )
        if self.kind == "hundred_minus_gamma":
            shape, scale = (self.parameters[key][stratum] for key in ("shape", "scale"))
            return np.asarray(100 - scale * special.gammaincinv(shape, special.ndtr(-score)))
        centre, spread = self._location(stratum, values)
        return np.exp(centre + spread * score) if self.kind == "lognormal" else centre + spread * score

    def _score(self, exact: Floats, stratum: Codes, values: dict[str, Floats]) -> tuple[Floats, Floats]:
        """Normal score of the values under their marginal, and the marginal's log density."""
        if self.kind == "hundred_minus_gamma":
            shape, scale = (self.parameters[key][stratum] for key in ("shape", "scale"))
            gap = np.maximum(100 - exact, 1e-9) / scale
            score = -special.ndtri(np.clip(special.gammainc(shape, gap), 1e-12, 1 - 1e-12))
            return score, (shape - 1) * np.log(gap) - gap - special.gammaln(shape) - np.log(scale)
        centre, spread = self._location(stratum, values)
        value = np.log(exact) if self.kind == "lognormal" else exact
        score = (value - centre) / spread
        return score, -0.5 * score**2 - np.log(spread)

    def _location(self, stratum: Codes, values: dict[str, Floats]) -> tuple[Floats, Floats]:
        shift = sum((linear_term(term, values) for term in self.terms), start=np.zeros(stratum.size))
        if self.kind == "lognormal":
            return np.log(self.parameters["median"][stratum]) + shift, self.parameters["log_sd"][stratum]
        return self.parameters["mean"][stratum] + shift, self.parameters["sd"][stratum]

    def _probability(self, stratum: Codes, values: dict[str, Floats]) -> Floats:
        shift = sum((linear_term(term, values) for term in self.terms), start=np.zeros(stratum.size))
        return np.clip(self.parameters["probability"][stratum] + shift, 0.0, 1.0)


def linear_term(term: dict[str, Any], values: dict[str, Floats]) -> Floats:
    """Value of one term of a linear predictor: a cut-off, a difference or a log ratio, times its coefficient."""
    value = values[term["of"]]
    if "above" in term:
        value = (value > term["above"]).astype(float)
    elif "below" in term:
        value = (value < term["below"]).astype(float)
    elif "at_least" in term:
        value = (value >= term["at_least"]).astype(float)
    elif "log_ratio_to" in term:
        value = np.log(value / term["log_ratio_to"])
    elif "minus" in term:
        value = value - term["minus"]
    coefficient = (
        np.log(term["odds_ratio"]) if "odds_ratio" in term else term.get("slope", term.get("times", 1.0))
    )
    return np.asarray(coefficient * value, dtype=np.float64)


def creatinine_of_egfr(egfr: Floats, age: Floats, female: Floats) -> Floats:
    """Creatinine in µmol/L that the CKD-EPI 2021 equation (Inker 2021 NEJM) turns into this eGFR."""
    kappa = np.where(female == 1, 0.7, 0.9)
    alpha = np.where(female == 1, -0.241, -0.302)
    ratio = egfr / (142 * 0.9938**age * np.where(female == 1, 1.012, 1.0))
    scaled = np.where(ratio >= 1, ratio ** (1 / alpha), ratio ** (-1 / 1.2))
    return np.clip(kappa * scaled * 88.42, 25, 1500)


def _by_stratum(parameter: float | dict[str, float]) -> Floats:
    if isinstance(parameter, dict):
        return np.array([parameter.get(name, np.nan) for name in STRATA], dtype=np.float64)
    return np.full(len(STRATA), float(parameter))
