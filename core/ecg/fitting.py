"""Fitting the ECG model on the recordings of the training part: cross-fitted networks, recalibration, thresholds."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.cohort.split import deal, persons_by_class
from core.ecg.model import EcgModel, mean_by_recording, probabilities
from core.ecg.rivals import FoldRows, Rival, fit_rival, judged
from core.ecg.serving import ServedNetwork
from core.evaluation import fit_conformal, fit_recalibration, sensitivity_point, youden_point
from core.progress import Progress, silent, span, tell

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from core.ecg.network import ResidualNetwork
    from core.ecg.network_settings import NetworkSettings
    from core.ecg.network_training import TrainedNetwork

    Floats = NDArray[np.float64]
    Windows = NDArray[np.float32]
    Codes = NDArray[np.int64]


@dataclass(frozen=True)
class TrainingRecordings:
    """Usable recordings of the training part.

    Attributes
    ----------
    cut
        Windows (n_windows, 12, 1000) of each recording.
    codes, groups
        Class code and person of each recording, same index.
    measured
        (n, m) measurements of each recording with NaN, for the rival that needs no network; or None.
    """

    cut: list[Windows]
    codes: pd.Series
    groups: pd.Series
    measured: Floats | None = None


@dataclass(frozen=True)
class FittedEcg:
    """A model with what only its fitting knows.

    Attributes
    ----------
    model
        The fitted model.
    networks
        One for each fold, as trained.
    out_of_fold
        ``p`` and ``raw`` (n, k) of each training recording by the network that has not seen its person; ``p`` uses the
        recalibration fitted on these same recordings.
    folds
        (n,) number of that network.
    rivals
        The network and others on the first fold.
    training
        Facts for the manifest: folds, epochs of each network, best epoch, losses, parameters.
    """

    model: EcgModel
    networks: tuple[ResidualNetwork, ...]
    out_of_fold: dict[str, Floats]
    folds: Codes
    rivals: tuple[Rival, ...]
    training: dict[str, Any]


def fit_ecg(
    recordings: TrainingRecordings,
    classes: tuple[str, ...],
    settings: NetworkSettings,
    progress: Progress = silent,
) -> FittedEcg:
    """Fit on training recordings; the test part is not known here.

    As many networks as folds are trained, each on the other folds and stopped by its own; together they are the
    model (the mean of their logits). Each recording's out-of-fold prediction comes from the one network that neither
    learnt from its person nor, but for the choice of an epoch, saw it; recalibration and thresholds are fitted on
    these, prediction sets on those of the first network (see ``EcgModel.sets``).
    """
    from core.ecg.network import n_parameters
    from core.ecg.network_training import logits_of
    from core.ecg.onnx_export import to_onnx

    codes = recordings.codes.to_numpy(dtype=np.int64)
    n_folds = max(2, min(settings.n_folds, int(persons_by_class(recordings.codes, recordings.groups).min())))
    folds = deal(recordings.codes, recordings.groups, n_folds, settings.seed)
    sizes = np.array([len(x) for x in recordings.cut])
    x, owner = np.concatenate(recordings.cut), np.repeat(np.arange(len(codes)), sizes)
    share = 0.8 if settings.rivals else 1.0
    raw = np.empty((len(codes), len(classes)))
    trained: list[TrainedNetwork] = []
    seconds = []
    for fold in range(n_folds):
        started = time.perf_counter()
        part = span(progress, share * fold / n_folds, share * (fold + 1) / n_folds)
        held = folds[owner] == fold
        found = _train(x, codes[owner], held, len(classes), settings, fold, part)
        logits = logits_of(found.network, x[held])
        raw[folds == fold] = probabilities(mean_by_recording(logits, sizes[folds == fold].tolist()))
        trained.append(found)
        seconds.append(time.perf_counter() - started)
    networks: tuple[Any, ...] = tuple(one.network for one in trained)
    first = folds == 0
    own = judged("residual", codes[first], raw[first], round(seconds[0], 1), n_parameters(networks[0]))
    rivals = _rivals(recordings, x, owner, folds, settings, span(progress, share, 1.0))
    model, calibrated = _model(classes, to_onnx(networks), raw, codes, first, settings)
    training = {
        "folds": n_folds,
        "epochs": [len(one.epochs) for one in trained],
        "best_epochs": [one.best for one in trained],
        "losses": [[[e.train_loss, e.watched_loss] for e in one.epochs] for one in trained],
        "parameters": n_parameters(networks[0]),
        "windows": len(x),
    }
    return FittedEcg(model, networks, {"p": calibrated, "raw": raw}, folds, (own, *rivals), training)


def _train(
    x: Windows,
    codes: Codes,
    held: NDArray[np.bool_],
    n_classes: int,
    settings: NetworkSettings,
    fold: int,
    progress: Progress,
) -> TrainedNetwork:
    from core.ecg.network import ResidualNetwork
    from core.ecg.network_training import train_network

    return train_network(
        lambda: ResidualNetwork(settings.layout, n_classes, settings.dropout),
        (x[~held], codes[~held]),
        (x[held], codes[held]),
        settings,
        settings.seed * 100 + fold,
        lambda done: progress("network", done),
        lambda epoch: tell("epoch", fold=fold, **asdict(epoch)),
    )


def _rivals(
    recordings: TrainingRecordings,
    x: Windows,
    owner: Codes,
    folds: Codes,
    settings: NetworkSettings,
    progress: Progress,
) -> tuple[Rival, ...]:
    """Fit the rivals on the first fold, on one window a recording."""
    first_window = np.unique(owner, return_index=True)[1]
    held = folds == 0
    codes = recordings.codes.to_numpy(dtype=np.int64)
    if len(np.unique(codes[held])) < len(np.unique(codes)):
        return ()
    measured = recordings.measured
    rows = FoldRows(
        x[first_window[~held]],
        None if measured is None else measured[~held],
        codes[~held],
        x[first_window[held]],
        None if measured is None else measured[held],
        codes[held],
    )
    found = []
    for place, name in enumerate(settings.rivals):
        progress("rivals", place / len(settings.rivals))
        found.append(fit_rival(name, rows, settings))
    return tuple(one for one in found if one is not None)


def _model(
    classes: tuple[str, ...],
    content: bytes,
    raw: Floats,
    codes: Codes,
    first: NDArray[np.bool_],
    settings: NetworkSettings,
) -> tuple[EcgModel, Floats]:
    counts = np.bincount(codes, minlength=len(classes))
    # the networks are trained with every class weighing the same
    recalibration = fit_recalibration(raw, codes, trained=[1 / len(classes)] * len(classes))
    calibrated = recalibration.apply(raw)
    thresholds: dict[str, float] = {}
    weights = tuple(float(weight) for weight in len(codes) / (len(classes) * counts))
    if len(classes) == 2:
        event, score = codes == 1, calibrated[:, 1]
        thresholds = {
            "youden": float(youden_point(event, score).threshold),
            "sensitivity": float(sensitivity_point(event, score, settings.sensitivity_target).threshold),
        }
        weights = (thresholds["youden"], 1 - thresholds["youden"])
    conformal = fit_conformal(codes[first], calibrated[first])
    model = EcgModel(classes, ServedNetwork(content), recalibration, conformal, weights, thresholds)
    return model, calibrated
