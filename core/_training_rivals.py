"""Published scores on the very patients that a model is tested on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.clinical.scores import rivals, score_points, scores
from core.cohort.folder import CLASSES
from core.evaluation import Interval, auroc_interval, delong_test
from core.evaluation.intervals import to_number

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from core.cohort.folder import Cohort

    Codes = NDArray[np.int64]
    Floats = NDArray[np.float64]


def score_rivals(
    cohort: Cohort, task: str, patients: pd.Index, truth: Codes, p: Floats
) -> list[dict[str, Any]]:
    """Hold every published score that predicts one of the task's classes against the model, on the same patients.

    A patient with gaps in a score's inputs is ranked by the middle of the points that are still possible; beside it
    stands the AUROC among the patients whose points are certain.

    Parameters
    ----------
    patients, truth, p
        Test patients, their class codes and the model's probabilities (n, k).

    Returns
    -------
    list of dict
        ``score``, ``class``, ``status``, ``n``, ``events``, ``auroc`` (of the middle), ``n_certain``,
        ``auroc_certain``, ``model`` (AUROC of the same patients), ``difference`` (model less score) and ``p_value``;
        figures that do not exist are None. Scores with the same points for everybody are left out.
    """
    if cohort.table is None:
        return []
    frame = cohort.table.frame.loc[patients]
    found = []
    for code, label in enumerate(CLASSES[task]):
        for name in rivals(label):
            points = score_points(frame, name)
            middle = points["middle"].to_numpy(dtype=np.float64)
            known = np.isfinite(middle)
            event = truth == code
            if known.sum() < 2 or np.ptp(middle[known]) == 0 or len(np.unique(event[known])) < 2:
                continue
            certain = np.isfinite(points["points"].to_numpy(dtype=np.float64))
            against = delong_test(event[known], p[known, code], middle[known])
            found.append(
                {
                    "score": name,
                    "class": label,
                    "status": scores()[name].status,
                    "n": int(known.sum()),
                    "events": int(event[known].sum()),
                    "auroc": _limits(auroc_interval(event[known], middle[known]).interval),
                    "n_certain": int(certain.sum()),
                    "auroc_certain": _limits(auroc_interval(event[certain], middle[certain]).interval),
                    "model": _limits(auroc_interval(event[known], p[known, code]).interval),
                    "difference": _limits(against.difference),
                    "p_value": to_number(against.p_value),
                }
            )
    return found


def _limits(interval: Interval) -> dict[str, float | None]:
    return {key: to_number(getattr(interval, key)) for key in ("value", "low", "high")}
