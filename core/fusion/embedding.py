"""Embedding fusion: boosted trees over record, compressed embedding and measurements, on top of the summed evidence.

Somani et al. (Eur Heart J Digit Health 2022;3:56) let XGBoost read the record, principal components of the network's
embedding and the ECG's measurements. Here it starts from what both single models say together and learns only what that
leaves open: each network's trees see but the patients whom that network has not seen, too few to learn everything anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.ehr.boosting import Trees
from core.threads import threads

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from core.fusion.rows import Rows
    from core.fusion.settings import FusionSettings

    Floats = NDArray[np.float64]
    Arrays = dict[str, NDArray[np.generic]]

_TREES = "ubj"


@dataclass(frozen=True)
class Compression:
    """Principal components of the standardised embedding.

    Attributes
    ----------
    centre, components
        (e,) and (e, c).
    """

    centre: Floats
    components: Floats

    def columns(self, record: Floats, embedding: Floats, measured: Floats) -> Floats:
        """What the trees read: record, components, measurements."""
        return np.column_stack([record, (embedding - self.centre) @ self.components, measured])


@dataclass(frozen=True)
class EmbeddingCorrector:
    """Trees of one network over the record, its compressed embedding and the measurements."""

    trees: Trees
    compression: Compression

    def log_odds(self, record: Floats, embedding: Floats, measured: Floats) -> Floats:
        """What to add to the log-odds of each class against the first, (n, k - 1)."""
        margins = self.trees.margins(self.compression.columns(record, embedding, measured))
        return np.asarray(margins[:, 1:] - margins[:, :1])

    def to_parts(self) -> tuple[dict[str, bytes], Arrays]:
        """Binary files and arrays that hold it."""
        arrays: Arrays = {"centre": self.compression.centre, "components": self.compression.components}
        return {_TREES: self.trees.to_bytes()}, arrays

    @classmethod
    def from_parts(
        cls, read: Callable[[str], bytes], arrays: Mapping[str, Any], n_classes: int
    ) -> EmbeddingCorrector:
        """Read back what ``to_parts`` gave."""
        centre, components = (np.asarray(arrays[name], np.float64) for name in ("centre", "components"))
        return cls(Trees.from_bytes(read(_TREES), n_classes), Compression(centre, components))


def grow_embedding(
    train: Rows, watched: Rows | None, settings: FusionSettings
) -> tuple[Floats, Callable[[int], EmbeddingCorrector]]:
    """Grow one network's trees.

    Returns
    -------
    losses, at
        Mean log loss of the watched patients after 0, 1, 2 … rounds (empty without any), and the corrector after a
        number of rounds.
    """
    import xgboost as xgb

    n_classes = train.start.shape[1]
    compression = _compress(train.embedding, settings.components)

    def matrix(rows: Rows) -> Any:
        design = compression.columns(rows.record, rows.embedding, rows.measured)
        return xgb.DMatrix(design, label=rows.codes, base_margin=rows.start)

    history: dict[str, dict[str, list[float]]] = {}
    booster = xgb.train(
        _parameters(n_classes, settings),
        matrix(train),
        num_boost_round=settings.rounds,
        evals=[] if watched is None else [(matrix(watched), "watched")],
        evals_result=history,
        early_stopping_rounds=None if watched is None else settings.patience,
        verbose_eval=False,
    )
    losses = [] if watched is None else [watched.loss(), *history["watched"]["mlogloss"]]

    def at(rounds: int) -> EmbeddingCorrector:
        kept = booster[: min(rounds, booster.num_boosted_rounds())]
        kept.set_param({"nthread": 1})
        return EmbeddingCorrector(Trees(kept, n_classes), compression)

    return np.asarray(losses), at


def _compress(embedding: Floats, most: int) -> Compression:
    """Find the largest principal components, each brought to unit variance."""
    centre = embedding.mean(axis=0)
    scale = embedding.std(axis=0)
    scaled = (embedding - centre) / np.where(scale > 0, scale, 1.0)
    _, sizes, directions = np.linalg.svd(scaled, full_matrices=False)
    kept = int(min(most, (sizes > 1e-9 * max(sizes[0], 1.0)).sum()))
    spread = sizes[:kept] / np.sqrt(max(len(embedding) - 1, 1))
    components = (directions[:kept] / spread[:, None]).T / np.where(scale > 0, scale, 1.0)[:, None]
    return Compression(centre, components)


def _parameters(n_classes: int, settings: FusionSettings) -> dict[str, Any]:
    return {
        "objective": "multi:softprob",
        "num_class": n_classes,
        "eval_metric": "mlogloss",
        "tree_method": "hist",
        "base_score": 0.0,
        "max_depth": settings.depth,
        "learning_rate": settings.learning_rate,
        "subsample": 0.7,
        "colsample_bytree": 0.5,
        "min_child_weight": 5,
        "reg_lambda": 10,
        "seed": settings.seed,
        "nthread": threads(),
        "verbosity": 0,
    }
