"""How many patients a model needs: Riley's first criterion, with the explained variation taken from an AUROC."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np


def explained_variation(auroc: float, prevalence: float) -> float:
    """Cox-Snell R² of a model with this AUROC, its log-odds normal among events and among the rest.

    Examples
    --------
    >>> round(explained_variation(0.75, 0.09), 2)
    0.07

    References
    ----------
    Riley RD et al. Stat Med 2021;40:859 (there by simulation, here by quadrature).
    """
    shift = math.sqrt(2) * NormalDist().inv_cdf(auroc)
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    start = math.log(prevalence / (1 - prevalence))
    likelihood = 0.0
    for event, share in ((1, prevalence), (0, 1 - prevalence)):
        log_odds = start + shift * (nodes + shift * event) - shift**2 / 2
        likelihood -= share * float(weights @ np.logaddexp(0, -log_odds if event else log_odds))
    null = prevalence * math.log(prevalence) + (1 - prevalence) * math.log(1 - prevalence)
    return 1 - math.exp(2 * (null - likelihood))


def events_needed(auroc: float, prevalence: float, shrinkage: float = 0.9) -> float:
    """Events per parameter so that the expected shrinkage of the predictors' effects is at most 1 - ``shrinkage``.

    Examples
    --------
    >>> round(events_needed(0.70, 0.09), 1)
    18.4

    References
    ----------
    Riley RD et al. Stat Med 2019;38:1276, criterion (i).
    """
    r2 = explained_variation(auroc, prevalence)
    return prevalence / ((shrinkage - 1) * math.log(1 - r2 / shrinkage))
