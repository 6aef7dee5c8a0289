"""Gradient-boosted trees over the completed table: fitting with a fixed number of rounds, predicting, contributing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import ArtifactError
from core.threads import threads

if TYPE_CHECKING:
    import xgboost
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

_LARGE = 4_000_000  # cells of the design
_FEW = 1_000  # rows
_FIXED = {
    "objective": "multi:softprob",
    "tree_method": "hist",
    "subsample": 0.7,
    "colsample_bytree": 0.5,
    "min_child_weight": 5,
    "reg_lambda": 5,
    "verbosity": 0,
}


@dataclass(frozen=True)
class Growth:
    """How trees are grown: depth of each, step, number of rounds, seed, and rounds without progress that end it."""

    depth: int
    learning_rate: float
    rounds: int
    seed: int
    patience: int | None = None


@dataclass(frozen=True)
class Trees:
    """A fitted ensemble for ``n_classes`` classes; classes 0 … k-1, one margin (log-odds scale) each."""

    booster: xgboost.Booster
    n_classes: int

    def probabilities(self, design: Floats, rounds: int = 0) -> Floats:
        """Softmax of the margins, (n, k); of the first ``rounds`` rounds only, if given."""
        predicted = self.booster.predict(_matrix(design), iteration_range=(0, rounds))
        return np.asarray(predicted, dtype=np.float64).reshape(len(design), self.n_classes)

    def contributions(self, design: Floats) -> tuple[Floats, Floats]:
        """Exact TreeSHAP values of every margin (Lundberg 2020 Nat Mach Intell).

        Returns
        -------
        values : (n, k, n_design)
        base : (k,)
            ``base[c] + values[i, c].sum()`` is the margin of class c.
        """
        raw = np.asarray(self.booster.predict(_matrix(design), pred_contribs=True), dtype=np.float64)
        raw = raw.reshape(len(design), self.n_classes, -1)
        return raw[:, :, :-1], raw[0, :, -1]

    def margins(self, design: Floats) -> Floats:
        """Raw margins (n, k), log-odds scale."""
        predicted = self.booster.predict(_matrix(design), output_margin=True)
        return np.asarray(predicted, dtype=np.float64).reshape(len(design), self.n_classes)

    def to_bytes(self) -> bytes:
        """UBJSON, a format that holds no code."""
        return bytes(self.booster.save_raw("ubj"))

    @classmethod
    def from_bytes(cls, raw: bytes, n_classes: int) -> Trees:
        """Read back what ``to_bytes`` wrote.

        Raises
        ------
        ArtifactError
            The bytes are no such model.
        """
        import xgboost as xgb

        if not raw.startswith(b"{L"):
            # no UBJSON object: on empty bytes the library ends the whole process
            raise ArtifactError("errors.artifact_part", part="trees", reason="not a model")
        booster = xgb.Booster(params={"nthread": 1})  # a few rows at a time: threads would only wait
        try:
            booster.load_model(bytearray(raw))
        except xgb.core.XGBoostError as error:
            raise ArtifactError("errors.artifact_part", part="trees", reason="not a model") from error
        return cls(booster, n_classes)


def _matrix(design: Floats) -> Any:
    """Rows as the library takes them; for a few of them a second thread would cost more than the work."""
    import xgboost as xgb

    return xgb.DMatrix(design, nthread=1 if len(design) <= _FEW else threads())


def grow(design: Floats, codes: Codes, n_classes: int, growth: Growth) -> Trees:
    """Fit trees with a fixed number of rounds."""
    import xgboost as xgb

    settings = _settings(n_classes, growth, design)
    booster = xgb.train(settings, xgb.DMatrix(design, label=codes), num_boost_round=growth.rounds)
    return Trees(booster, n_classes)


def grow_watched(
    design: Floats,
    codes: Codes,
    watched: tuple[Floats, Codes],
    shares: tuple[Floats, Floats],
    growth: Growth,
) -> tuple[Trees, Floats]:
    """Fit trees and follow their log loss on natural-prevalence rows, round by round.

    Trees grown on resampled rows forecast the resampled class shares. To be fair to them the loss is taken after
    prior correction: it asks what they know, not which prevalence they were shown.

    Parameters
    ----------
    watched
        Design and classes of rows that stand outside the training rows.
    shares
        Class shares of the rows trained on and the natural ones.
    growth
        Its ``rounds`` are the most, its ``patience`` ends them.

    Returns
    -------
    trees, losses
        The loss after 1, 2 … rounds.
    """
    import xgboost as xgb

    trained, natural = shares

    def corrected_log_loss(predicted: Any, matrix: Any) -> tuple[str, float]:
        weighted = np.asarray(predicted).reshape(-1, n_classes) * (natural / trained)
        chosen = weighted[np.arange(len(weighted)), matrix.get_label().astype(int)]
        return "log_loss", float(-np.mean(np.log(np.maximum(chosen / weighted.sum(axis=1), 1e-12))))

    n_classes = len(trained)
    history: dict[str, dict[str, list[float]]] = {}
    booster = xgb.train(
        _settings(n_classes, growth, design),
        xgb.DMatrix(design, label=codes),
        num_boost_round=growth.rounds,
        evals=[(xgb.DMatrix(watched[0], label=watched[1]), "watched")],
        custom_metric=corrected_log_loss,
        evals_result=history,
        early_stopping_rounds=growth.patience,
        verbose_eval=False,
    )
    return Trees(booster, n_classes), np.asarray(history["watched"]["log_loss"])


def _settings(n_classes: int, growth: Growth, design: Floats) -> dict[str, Any]:
    return _FIXED | {
        "num_class": n_classes,
        "max_depth": growth.depth,
        "learning_rate": growth.learning_rate,
        # small tables: threads would wait for each other longer than they work, and the longer the busier the machine
        "nthread": threads() if design.size > _LARGE else 1,
        "seed": growth.seed,
        "disable_default_eval_metric": True,
    }
