"""What resampling does to what a model learns: SMOTENC's neighbours and the strength, held against the oracle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.benchmark.figure import Figure, Scale, figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ehr.encoding import Encoder

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

_TRIED = ((1, 0.0), (1, 0.1), (1, 1.0), (5, 0.1), (5, 1.0))
_TASK = "outcome"


@dataclass(frozen=True)
class _Case:
    """Completed training rows, natural rows that end the boosting, a fresh test cohort."""

    encoder: Encoder
    rows: Floats
    codes: Codes
    watched: tuple[Floats, Codes]
    test: Floats
    truth: Codes
    best: float


def neighbours_and_strength(scale: Scale) -> list[Figure]:
    """Share of (oracle - 0.5) in macro AUROC by the neighbours of SMOTENC and the strength of resampling."""
    case = _case(scale)
    figures = []
    for neighbours, strength in _TRIED:
        reached = _macro_auroc(case, neighbours, strength, scale)
        name = (
            f"fraction_of_oracle_k{neighbours}_strength_{strength:g}"
            if strength
            else "fraction_of_oracle_as_is"
        )
        detail = f"macro AUROC {reached:.3f}, oracle {case.best:.3f}, {len(case.codes)} training rows"
        figures.append(figure(name, (reached - 0.5) / (case.best - 0.5), "fraction", detail))
    return figures


def _case(scale: Scale) -> _Case:
    from core.cohort.folder import restrict
    from core.ehr.encoding import fit_encoder
    from core.ehr.missforest import MissForest
    from core.evaluation import macro_auroc
    from core.training import built_in_cohort, oracle_probabilities

    table, codes, _ = restrict(built_in_cohort(scale.patients, seed=0), _TASK)
    fresh = built_in_cohort(scale.test_patients, seed=1)
    test, truth, _ = restrict(fresh, _TASK)
    assert fresh.oracle is not None
    known = oracle_probabilities(fresh.oracle.reindex(test.frame.index), _TASK)
    y = codes.to_numpy(dtype=np.int64)
    watched = np.arange(len(y)) % 4 == 3
    encoder = fit_encoder(table)
    matrix = encoder.encode(table.frame)
    imputer = MissForest(n_trees=30, max_iterations=3)
    rows = imputer.fit_transform(matrix[~watched], encoder.n_levels)
    return _Case(
        encoder=encoder,
        rows=rows,
        codes=y[~watched],
        watched=(encoder.design(imputer.transform(matrix[watched])), y[watched]),
        test=encoder.design(imputer.transform(encoder.encode(test.frame))),
        truth=truth.to_numpy(dtype=np.int64),
        best=macro_auroc(truth.to_numpy(dtype=np.int64), known),
    )


def _macro_auroc(case: _Case, neighbours: int, strength: float, scale: Scale) -> float:
    from core.ehr.boosting import Growth, grow_watched
    from core.ehr.resampling import resample
    from core.evaluation import macro_auroc

    n_levels = case.encoder.n_levels
    rows, codes = resample(case.rows, case.codes, n_levels, strength, seed=0, neighbours=neighbours)
    trained, natural = _shares(codes), _shares(case.codes)
    growth = Growth(depth=1, learning_rate=0.05, rounds=scale.most_rounds, seed=0, patience=60)
    trees, losses = grow_watched(case.encoder.design(rows), codes, case.watched, (trained, natural), growth)
    raw: Any = trees.probabilities(case.test, int(np.argmin(losses)) + 1) * natural / trained
    return float(macro_auroc(case.truth, raw / raw.sum(axis=1, keepdims=True)))


def _shares(codes: Codes) -> Floats:
    return np.asarray(np.bincount(codes, minlength=3) / len(codes), dtype=np.float64)
