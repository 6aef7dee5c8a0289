"""Formulas that a condition may name as if they were inputs; nan wherever a part is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def ckd_epi_2021(creatinine: Floats, age: Floats, female: Floats) -> Floats:
    """Estimated GFR in mL/min/1.73 m² by the CKD-EPI 2021 creatinine equation (Inker 2021 NEJM).

    Parameters
    ----------
    creatinine
        In µmol/L.
    age
        In years.
    female
        1 for women, 0 for men.

    Examples
    --------
    >>> ckd_epi_2021(np.array([88.42]), np.array([50.0]), np.array([0.0])).round()
    array([92.])
    """
    kappa, alpha = np.where(female == 1, 0.7, 0.9), np.where(female == 1, -0.241, -0.302)
    ratio = creatinine / 88.42 / kappa
    factor = np.where(female == 1, 1.012, 1.0)
    figure = 142 * np.minimum(ratio, 1) ** alpha * np.maximum(ratio, 1) ** -1.2 * 0.9938**age * factor
    return np.where(np.isnan(female), np.nan, figure)


def mean_arterial_pressure(systolic: Floats, diastolic: Floats) -> Floats:
    """Mean arterial pressure in mmHg: a third of the way from the diastolic to the systolic."""
    return np.round((systolic + 2 * diastolic) / 3, 9)


def age_adjusted_limit(age: Floats) -> Floats:
    """Age-adjusted D-dimer limit in mg/L FEU: 0.5 up to 50 years, then age times 0.01."""
    return np.where(age > 50, age * 0.01, 0.5 + 0 * age)


def d_dimer_to_age_limit(d_dimer: Floats, age: Floats) -> Floats:
    """D-dimer as a multiple of the age-adjusted limit; rounded, so that 0.70 at 70 years is exactly 1."""
    return np.round(d_dimer / age_adjusted_limit(age), 9)


QUANTITIES: dict[str, Callable[..., Floats]] = {
    "ckd_epi_2021": ckd_epi_2021,
    "mean_arterial_pressure": mean_arterial_pressure,
    "d_dimer_to_age_limit": d_dimer_to_age_limit,
}
