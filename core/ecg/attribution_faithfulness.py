"""Whether an attribution names what the network goes by: deletion curves, and methods held against one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.ecg._attribution_fill import FILLS, Fill
from core.ecg._attribution_methods import CHOSEN, CHOSEN_FILL, METHODS, Method, nested
from core.ecg._attribution_occlusion import Occlusion, Scorer, mask_of, occlusion
from core.ecg._attribution_spans import WAVES
from core.ecg._attribution_stretch import SYSTEMS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "CHOSEN",
    "CHOSEN_FILL",
    "FILLS",
    "METHODS",
    "DeletionCurve",
    "Method",
    "compare_methods",
    "deletion_curve",
    "occlusion",
    "randomisation_similarity",
    "summary",
]

_RESAMPLES = 2_000


@dataclass(frozen=True)
class DeletionCurve:
    """Log-odds while the waves are taken out one after the other.

    Attributes
    ----------
    log_odds
        (n + 1,), first of the recording, last of the baseline.
    random
        (n + 1,) mean over random orders.
    gain
        Mean of ``random`` less mean of ``log_odds`` along the way: above 0 where the order finds what supports
        embolism sooner than chance does.
    """

    log_odds: Floats
    random: Floats

    @property
    def gain(self) -> float:
        """Mean distance below the random orders."""
        return float((self.random - self.log_odds).mean())


def deletion_curve(
    score: Scorer,
    shown: Occlusion,
    values: Floats,
    *,
    n_random: int = 4,
    seed: int = 0,
    against: bool = False,
    random: Floats | None = None,
) -> DeletionCurve:
    """Take waves out from the most positive to the most negative value, and in random orders.

    The limb leads go together (see `possible_units`), in the place of their values' sum.

    Parameters
    ----------
    score
        The network.
    shown
        The recording, with the fill that judges: ``occlusion(x, fill)``.
    values
        (12, 4) log-odds by lead and wave.
    n_random
        Random orders.
    seed
        Of these.
    against
        Begin with the most negative value; the curve then should rise sooner than by chance, and signs are turned so
        that ``gain`` is still above 0 where the order is better.
    random
        What ``random_curve`` returns for this recording, where it is at hand.
    """
    sign = -1.0 if against else 1.0
    units = possible_units(shown)
    ranked = -sign * (units * values).sum(axis=(1, 2))
    chance = random_curve(score, shown, n_random=n_random, seed=seed) if random is None else random
    curve = shown.log_odds(score, nested(np.argsort(ranked, kind="stable"), units))
    return DeletionCurve(sign * curve, sign * chance)


def random_curve(score: Scorer, shown: Occlusion, *, n_random: int = 4, seed: int = 0) -> Floats:
    """Mean of the curves of random orders, (n + 1,)."""
    units, rng = possible_units(shown), np.random.default_rng(seed)
    masks = np.concatenate([nested(rng.permutation(len(units)), units) for _ in range(n_random)])
    return np.asarray(shown.log_odds(score, masks).reshape(n_random, -1).mean(axis=0))


def possible_units(shown: Occlusion) -> NDArray[np.bool_]:
    """What is taken out step by step, (n, 12, 4): each wave of each chest lead, and of the limb leads together.

    Whatever the order, what is left is a possible recording, and no step takes out what another has taken already.
    """
    masks = [
        mask_of(leads, wave)
        for wave in WAVES
        for leads in (SYSTEMS["limb"], *((lead,) for lead in SYSTEMS["chest"]))
    ]
    there = shown.units()
    return np.stack([mask & there for mask in masks if (mask & there).any()])


def compare_methods(
    score: Scorer,
    recordings: Sequence[NDArray[np.float32]],
    methods: Mapping[str, Method] | None = None,
    *,
    fills: Sequence[Fill] = FILLS,
    judges: Sequence[Fill] = FILLS,
    n_random: int = 4,
    seed: int = 0,
) -> pd.DataFrame:
    """Deletion curves of every method on every recording.

    A method with one fill is judged with every fill: the one that it uses itself would flatter it.

    Parameters
    ----------
    recordings
        (n, 12, samples) each.
    methods
        By name; None takes ``METHODS``.
    fills, judges
        What stands in a wave's place while values are found, and while units are taken out.

    Returns
    -------
    pandas.DataFrame
        One row a recording, method, fill and judge: ``recording``, ``method``, ``fill``, ``judge``, ``gain``
        (support first) and ``gain_against`` (what argues against first) in log-odds, and ``span``, the distance of
        recording and baseline under that judge.

    Raises
    ------
    RecordingError
        A recording shows no beat.
    """
    import pandas as pd

    rows = []
    for number, x in enumerate(recordings):
        shown = {fill: occlusion(x, fill) for fill in {*fills, *judges}}
        chance = {
            judge: random_curve(score, shown[judge], n_random=n_random, seed=seed + number)
            for judge in judges
        }
        for name, method in (METHODS if methods is None else methods).items():
            for fill in fills:
                values = method(score, shown[fill])
                for judge in judges:
                    row = {"recording": number, "method": name, "fill": fill, "judge": judge}
                    rows.append(row | _gains(score, shown[judge], values, chance[judge]))
    return pd.DataFrame(rows)


def _gains(score: Scorer, shown: Occlusion, values: Floats, chance: Floats) -> dict[str, float]:
    up, down = (
        deletion_curve(score, shown, values, random=chance, against=against) for against in (False, True)
    )
    return {
        "gain": up.gain,
        "gain_against": down.gain,
        "span": float(up.log_odds[0] - up.log_odds[-1]),
    }


def summary(frame: pd.DataFrame, *, seed: int = 0) -> pd.DataFrame:
    """Mean gain of each method with its interval over recordings, and the share of recordings better than chance.

    Parameters
    ----------
    frame
        As ``compare_methods`` returns it.

    Returns
    -------
    pandas.DataFrame
        ``method``, ``fill``, ``judge``, ``gain`` (mean of both directions), ``low``, ``high`` (95 %, bootstrap over
        recordings), ``better`` (share of recordings with a gain above 0), ``n``; the largest gain first.
    """
    import pandas as pd

    rows = []
    for (method, fill, judge), part in frame.groupby(["method", "fill", "judge"], sort=True):
        gains = (part["gain"].to_numpy() + part["gain_against"].to_numpy()) / 2
        low, high = mean_interval(gains, seed=seed)
        rows.append(
            {
                "method": method,
                "fill": fill,
                "judge": judge,
                "gain": float(gains.mean()),
                "low": low,
                "high": high,
                "better": float((gains > 0).mean()),
                "n": len(gains),
            }
        )
    return pd.DataFrame(rows).sort_values("gain", ascending=False, ignore_index=True)


def mean_interval(values: Floats, *, seed: int = 0) -> tuple[float, float]:
    """95 % percentile interval of a mean, by resampling recordings."""
    rng = np.random.default_rng(seed)
    means = rng.choice(values, (_RESAMPLES, values.size)).mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def randomisation_similarity(map_a: Floats, map_b: Floats, *, absolute: bool = False) -> float:
    """Rank correlation (Spearman) of two maps; near 1 where both say the same of the same places.

    An attribution that shows what a network has learnt changes when its weights are drawn at random (Adebayo et al.
    2018, Sanity checks for saliency maps; unverified: from memory); one that outlines the trace whatever the network
    says does not. Signs count here: absolute values of any two networks resemble each other somewhat, because what
    takes a small wave out changes little for either.

    Parameters
    ----------
    map_a, map_b
        (12, 4) of one recording by two networks.
    absolute
        Compare absolute values.

    Returns
    -------
    float
        -1 to 1; 0 where either map is constant.
    """
    from scipy.stats import rankdata

    each = (np.abs(one) if absolute else one for one in (map_a, map_b))
    a, b = (rankdata(one.reshape(-1)) for one in each)
    a, b = a - a.mean(), b - b.mean()
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b / size) if size > 0 else 0.0
