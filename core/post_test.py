"""From suspicion to a probability of embolism: what was known before the ECG, and what the ECG adds.

Before: the frequency that was published for a score's class, or one's own estimate. The ECG then moves the odds by
the likelihood ratio of its result. None of this is learnt here; the ratio comes from a model's stored predictions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.clinical.scores import results, scores
from core.errors import InputError
from core.evaluation import Counts, Interval, measures, post_test

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from core.clinical.scores import Rate

    Floats = NDArray[np.float64]
    Events = NDArray[np.bool_]

# the nearest tenth of the test patients, but not fewer than a proportion can be told from
NEAREST_SHARE = 0.1
FEWEST_NEAREST = 100


@dataclass(frozen=True)
class PreTest:
    """Probability of embolism before the ECG.

    Attributes
    ----------
    name
        ``wells``, ``wells_three_tier``, ``geneva`` or ``own``; ``post_test.pre_test.<name>`` among the texts.
    class_name
        The score's class; empty for one's own estimate.
    probability
        Its ``value`` is nan where only a range was published, its limits are the value where there is no range.
    source, status
        Where the frequency comes from, and how far that was checked; empty for one's own estimate.
    """

    name: str
    class_name: str
    probability: Interval
    source: str
    status: str


@dataclass(frozen=True)
class EcgEvidence:
    """What an ECG result is worth.

    Attributes
    ----------
    probability, share
        Calibrated probability of the result, and the share of embolism where the model was trained.
    ratio
        Likelihood ratio by the model: odds of the result over odds of that share.
    band
        Lowest and highest probability of the test patients whose result was most like this one.
    n_pe, n_other
        How many of them had embolism, and how many had not.
    observed
        Likelihood ratio of such a result among all test patients, with its 95 % interval.
    """

    probability: float
    share: float
    ratio: float
    band: tuple[float, float]
    n_pe: int
    n_other: int
    observed: Interval


@dataclass(frozen=True)
class PostTest:
    """Probability of embolism after the ECG.

    Attributes
    ----------
    pre
        What it started from.
    by_model
        With the model's ratio; the limits are those of the range before.
    by_observed
        With the ratio observed among test patients; the limits carry both its interval and that range.
    """

    pre: PreTest
    by_model: Interval
    by_observed: Interval


def pre_tests(patient: pd.DataFrame) -> tuple[PreTest, ...]:
    """Published frequencies of embolism for one patient's score classes; none of a score that is still open.

    Parameters
    ----------
    patient
        One row, columns by the catalogue's names and units.
    """
    found = results(patient, ("wells", "geneva"))[0]
    wells, geneva = scores()["wells"], scores()["geneva"]
    three = (wells.other_bands or {})["three_tier"]
    ways = (
        ("wells", wells.bands, found["wells"].class_name),
        ("wells_three_tier", three, found["wells"].other_classes.get("three_tier")),
        ("geneva", geneva.bands, found["geneva"].class_name),
    )
    return tuple(
        _pre_test(name, band.name, rate)
        for name, bands, class_name in ways
        for band in bands
        for rate in band.rates
        if band.name == class_name and rate.of == "pe"
    )


def own_pre_test(share: float) -> PreTest:
    """Take a probability that somebody estimated.

    Raises
    ------
    InputError
        It is not above 0 and below 1.
    """
    if not 0 < share < 1:
        raise InputError("errors_post_test.share", found=f"{100 * share:g}%")
    return PreTest("own", "", Interval(share, share, share), "", "")


def likelihood_ratio(probability: float, share: float) -> float:
    """Return by how much a calibrated probability multiplies the odds of the share it was calibrated at.

    Examples
    --------
    >>> likelihood_ratio(0.5, 0.2)
    4.0
    """
    return math.inf if probability >= 1 else probability / (1 - probability) * (1 - share) / share


def ecg_evidence(probability: float, share: float, event: Events, tested: Floats) -> EcgEvidence:
    """Weigh an ECG result, and hold the model's word against what test patients with such a result truly had.

    Parameters
    ----------
    probability
        Calibrated probability of embolism by this patient's ECG.
    share
        Share of embolism where the model was trained.
    event, tested
        (n,) whether test patients had embolism, and their calibrated probabilities.
    """
    n_near = min(len(tested), max(FEWEST_NEAREST, round(NEAREST_SHARE * len(tested))))
    near = np.argsort(np.abs(_log_odds(tested) - _log_odds(np.array(probability))), kind="stable")[:n_near]
    n_pe = int(event[near].sum())
    n_other = n_near - n_pe
    counts = Counts(tp=n_pe, fp=n_other, fn=int(event.sum()) - n_pe, tn=int((~event).sum()) - n_other)
    return EcgEvidence(
        probability=probability,
        share=share,
        ratio=likelihood_ratio(probability, share),
        band=(float(tested[near].min()), float(tested[near].max())),
        n_pe=n_pe,
        n_other=n_other,
        observed=measures(counts).lr_positive,
    )


def evidence_of(probability: float, share: float, predictions: pd.DataFrame) -> EcgEvidence:
    """Weigh an ECG result by a diagnosis model's stored table (``part``, ``truth``, ``p_pe``)."""
    test = predictions[predictions["part"] == "test"]
    event = np.asarray(test["truth"] == "pe", dtype=np.bool_)
    return ecg_evidence(probability, share, event, test["p_pe"].to_numpy(dtype=np.float64))


def after_ecg(pre: PreTest, evidence: EcgEvidence) -> PostTest:
    """Probability of embolism once the ECG is known."""
    ratio = evidence.ratio
    return PostTest(
        pre=pre,
        by_model=_after(pre.probability, Interval(ratio, ratio, ratio)),
        by_observed=_after(pre.probability, evidence.observed),
    )


def _pre_test(name: str, class_name: str, rate: Rate) -> PreTest:
    value = math.nan if rate.share is None else rate.share
    low, high = (value if limit is None else limit for limit in (rate.low, rate.high))
    return PreTest(name, class_name, Interval(value, low, high), rate.source, rate.status)


def _log_odds(probability: Floats) -> Floats:
    inside = np.clip(probability, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(inside / (1 - inside)), dtype=np.float64)


def _after(pre: Interval, ratio: Interval) -> Interval:
    def one(share: float, times: float) -> float:
        return math.nan if math.isnan(share) else post_test(Interval(times, times, times), share).value

    return Interval(one(pre.value, ratio.value), one(pre.low, ratio.low), one(pre.high, ratio.high))
