"""Other kinds of ECG model, fitted on the same rows and judged on the same fold, to see what the network is worth."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from core.ecg.network_settings import NetworkSettings

    Floats = NDArray[np.float64]
    Windows = NDArray[np.float32]
    Codes = NDArray[np.int64]

_STRENGTHS = (1e-4, 1e-3, 1e-2)


@dataclass(frozen=True)
class FoldRows:
    """One fold: windows, measurements and classes of its training rows and of the rows held out.

    Attributes
    ----------
    measured
        (n, m) measurements with NaN, or None where there are none.
    """

    train_windows: Windows
    train_measured: Floats | None
    train_codes: Codes
    held_windows: Windows
    held_measured: Floats | None
    held_codes: Codes


@dataclass(frozen=True)
class Rival:
    """How one kind of model did on the fold held out: macro AUROC with its 95 % interval, seconds, numbers learnt."""

    name: str
    auroc: dict[str, float | None]
    seconds: float
    parameters: int

    def to_json(self) -> dict[str, Any]:
        """Plain values for the manifest."""
        return asdict(self)


def fit_rival(name: str, rows: FoldRows, settings: NetworkSettings) -> Rival | None:
    """Fit one rival; None where it cannot be (no measurements)."""
    if name == "measurements" and rows.train_measured is None:
        return None
    started = time.perf_counter()
    probabilities, parameters = _KINDS[name](rows, settings)
    seconds = round(time.perf_counter() - started, 1)
    return judged(name, rows.held_codes, probabilities, seconds, parameters)


def judged(name: str, codes: Codes, probabilities: Floats, seconds: float, parameters: int) -> Rival:
    """Put a model's figures together."""
    from core.evaluation import auroc_interval, macro_auroc_interval

    if probabilities.shape[1] == 2:
        found = auroc_interval(codes == 1, probabilities[:, 1]).interval
    else:
        found, _ = macro_auroc_interval(codes, probabilities)
    limits = {key: _or_none(getattr(found, key)) for key in ("value", "low", "high")}
    return Rival(name, limits, seconds, parameters)


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _convolutional(rows: FoldRows, settings: NetworkSettings) -> tuple[Floats, int]:
    from core.ecg.model import probabilities
    from core.ecg.network import PlainNetwork, n_parameters
    from core.ecg.network_training import logits_of, train_network

    n_classes = int(rows.train_codes.max()) + 1
    # stopped by a part of the training rows: the held fold judges and must not choose
    inner = np.arange(len(rows.train_codes)) % 8 == 0
    trained = train_network(
        lambda: PlainNetwork(settings.layout, n_classes, settings.dropout),
        (rows.train_windows[~inner], rows.train_codes[~inner]),
        (rows.train_windows[inner], rows.train_codes[inner]),
        settings,
        settings.seed,
    )
    return probabilities(logits_of(trained.network, rows.held_windows)), n_parameters(trained.network)


def _minirocket(rows: FoldRows, settings: NetworkSettings) -> tuple[Floats, int]:
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    from core.ecg.minirocket import draw_kernels, transform

    kernels = draw_kernels(rows.train_windows, settings.seed)
    train, held = (transform(x, kernels) for x in (rows.train_windows, rows.held_windows))
    scaler = StandardScaler().fit(train)
    train, held = scaler.transform(train), scaler.transform(held)
    inner = np.arange(len(train)) % 5 == 0
    losses = []
    for strength in _STRENGTHS:
        head = LogisticRegression(C=strength, max_iter=200).fit(train[~inner], rows.train_codes[~inner])
        p = head.predict_proba(train[inner])
        losses.append(-np.log(np.clip(p[np.arange(len(p)), rows.train_codes[inner]], 1e-9, 1)).mean())
    best = _STRENGTHS[int(np.argmin(losses))]
    head = LogisticRegression(C=best, max_iter=200).fit(train, rows.train_codes)
    return np.asarray(head.predict_proba(held), dtype=np.float64), int(head.coef_.size + head.intercept_.size)


def _measurements(rows: FoldRows, settings: NetworkSettings) -> tuple[Floats, int]:
    """Boosted trees over what ``read_ecg`` measures: the way without a network."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    trees = HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=300, max_leaf_nodes=8, early_stopping=True, random_state=settings.seed
    )
    trees.fit(rows.train_measured, rows.train_codes)
    n_leaves = sum(int(tree.get_n_leaf_nodes()) for stage in trees._predictors for tree in stage)
    return np.asarray(trees.predict_proba(rows.held_measured), dtype=np.float64), n_leaves


_KINDS: dict[str, Callable[[FoldRows, NetworkSettings], tuple[Floats, int]]] = {
    "convolutional": _convolutional,
    "minirocket": _minirocket,
    "measurements": _measurements,
}
