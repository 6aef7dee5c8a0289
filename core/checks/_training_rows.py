"""Rules on what may be learnt from training rows alone: encoder, imputer, resampler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.checks._verdict import Phrase, Verdict, by_class, unchecked
from core.ehr.encoding import Encoder, fit_encoder
from core.ehr.resampling import targets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.checks._evidence import Evidence

    Floats = NDArray[np.float64]

_CLOSE = 1e-9


def encoder_from_training(evidence: Evidence) -> Verdict:
    """Levels, ranges and typical values are those of the training rows, not of all rows."""
    if not evidence.is_ehr:
        return evidence.not_a_table("no_table_model")
    stored = _statistics(evidence.found.encoder)
    if evidence.table is None:
        missing = np.array([feature.missing for feature in evidence.found.encoder.features])
        return _by_row_count(evidence, missing)
    from_train, from_all = (_statistics(fit_encoder(evidence.rows(part))) for part in (evidence.train, None))
    return _told_apart(
        "encoder_from_training",
        len(stored),
        sum(stored[name] == from_train.get(name) for name in stored),
        sum(stored[name] == from_all.get(name) for name in stored),
    )


def imputer_from_training(evidence: Evidence) -> Verdict:
    """The imputer's starting values, scales and shares of missing cells are those of the training rows."""
    if not evidence.is_ehr:
        return evidence.not_a_table("no_table_model")
    arrays = evidence.found.artifact.read_arrays("imputer.npz")
    stored = np.array([arrays[name] for name in ("start", "scale", "missing_share")], dtype=np.float64).T
    if evidence.table is None:
        return _by_row_count(evidence, stored[:, 2])
    encoder = evidence.found.encoder
    expected = [
        _column_statistics(encoder.encode(evidence.rows(part).frame), encoder.n_levels)
        for part in (evidence.train, None)
    ]
    same = [int(np.isclose(stored, one, rtol=_CLOSE, atol=_CLOSE).all(axis=1).sum()) for one in expected]
    return _told_apart("imputer_from_training", len(stored), *same)


def resampler_from_training(evidence: Evidence) -> Verdict:
    """The resampled counts follow from the training part's counts, and the test part is not among them."""
    counts = {
        part: np.array([evidence.manifest["class_counts"][part][name] for name in evidence.classes])
        for part in ("all", "train", "resampled")
    }
    strength = float(evidence.manifest["choice"]["strength"]) if evidence.is_ehr else 0.0
    wanted, leaked = targets(counts["train"], strength), targets(counts["all"], strength)
    figures = {
        name: f"{a:,} → {b:,}"
        for name, a, b in zip(evidence.classes, counts["train"], counts["resampled"], strict=True)
    }
    values: dict[str, object] = {"counts": by_class(figures), "strength": f"{strength:g}"}
    own = np.bincount(evidence.train.truth, minlength=len(evidence.classes))
    if not (counts["train"] == own).all() or not (counts["resampled"] == wanted).all():
        from_all = (counts["resampled"] == leaked).all()
        key = "from_all" if from_all else "other"
        return Verdict("red", Phrase(f"checks.resampler_from_training.{key}", values))
    return Verdict("green", Phrase("checks.resampler_from_training.measured", values))


def _statistics(encoder: Encoder) -> dict[str, tuple[Any, ...]]:
    return {
        one.column.name: (one.levels, one.low, one.high, one.missing, one.typical) for one in encoder.features
    }


def _column_statistics(matrix: Floats, n_levels: NDArray[np.int64]) -> Floats:
    """Start, scale and share of missing cells of each column, worked out without the imputer."""
    found = np.empty((matrix.shape[1], 3))
    for j, column in enumerate(matrix.T):
        observed = column[~np.isnan(column)]
        is_constant = observed.size == 0 or bool((observed == observed[0]).all())
        if n_levels[j]:
            start = float(np.argmax(np.bincount(observed.astype(np.intp)))) if observed.size else 0.0
            scale = 1.0
        else:
            start, scale = (float(observed.mean()), float(observed.std())) if observed.size else (0.0, 0.0)
        found[j] = start, 0.0 if is_constant else scale, np.isnan(column).mean()
    return found


def _told_apart(rule: str, n: int, as_train: int, as_all: int) -> Verdict:
    values = {"n": n, "train": as_train, "all": as_all}
    if as_train < n:
        return Verdict("red", Phrase(f"checks.{rule}.wrong", values))
    # the same statistics on both sides tell nothing about which rows were seen
    return Verdict("amber" if as_all == n else "green", Phrase(f"checks.{rule}.measured", values))


def _by_row_count(evidence: Evidence, missing: Floats) -> Verdict:
    """Without the cohort: a share of missing cells times the rows that were seen is a whole number."""
    n_train, n_all = evidence.manifest["n_train"], evidence.manifest["n_train"] + evidence.manifest["n_test"]
    informative = missing[(missing > 0) & (missing < 1)]
    if informative.size == 0:
        return unchecked("no_cohort")
    fits = {n: _is_share_of(informative, n) for n in (n_train, n_all)}
    values = {"n_train": n_train, "n_all": n_all, "n": informative.size}
    if fits[n_train] and not fits[n_all]:
        return Verdict("green", Phrase("checks.seen_rows.train", values))
    if fits[n_train]:
        return unchecked("no_cohort")
    return Verdict("red", Phrase("checks.seen_rows.all" if fits[n_all] else "checks.seen_rows.other", values))


def _is_share_of(shares: Floats, n: int) -> bool:
    counts = shares * n
    return bool((np.abs(counts - np.round(counts)) < 1e-6 * max(n, 1)).all())
