"""What is claimed of synthetic patients, trained and measured anew: gains, coverage, calibration."""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core._training_results import oracle_probabilities
from core.benchmark.figure import Figure, Scale, figure
from core.cohort.folder import TASKS, restrict
from core.ecg.network_settings import NetworkSettings
from core.ehr.tuning import Settings
from core.evaluation import ConformalThresholds, calibration_slope, coverage
from core.progress import Progress, silent, span
from core.results import load_results
from core.training import built_in_cohort, load_ehr_model, train

if TYPE_CHECKING:
    from core.cohort.folder import Cohort
    from core.evaluation import Interval
    from core.evaluation.arrays import Codes, Floats
    from core.results import Results

_MODALITIES = ("ehr", "ecg", "fusion")
_ERRORS = 3
_NEAR_ONE = 0.1
_FRESH_SEED = 1_000_003
_FEW = 500


RECORD = Settings(depths=(1, 2), strengths=(0.1, 1.0), most_rounds=400, n_trees=40, max_iterations=5)
NETWORK = NetworkSettings(rivals=())


@dataclass(frozen=True)
class Spending:
    """What the trainings behind the claims may spend: less than the shipped models, the same method."""

    record: Settings = RECORD
    network: NetworkSettings = NETWORK


def claims(
    scale: Scale,
    spending: Spending | None = None,
    progress: Progress = silent,
    tasks: tuple[str, ...] = TASKS,
) -> list[Figure]:
    """Train at two sizes and hold what comes out against what is claimed.

    Parameters
    ----------
    scale
        ``claim_patients`` for all three modalities, ``claim_large`` patients with a known class for the record alone,
        ``claim_fresh`` new ones to judge the latter on: a slope from the test part alone is too unsteady for the limits
        of the claim.
    spending
        What the trainings may spend.
    tasks
        Questions to look at.
    """
    spending = spending or Spending()
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        for place, task in enumerate(tasks):
            part = span(progress, place / len(tasks), (place + 1) / len(tasks))
            root = Path(folder) / task
            figures += _three_modalities(scale, spending, task, root, span(part, 0.0, 0.6))
            figures += _large_record(scale, spending, task, root / "large", span(part, 0.6, 1.0))
    return figures


def _three_modalities(
    scale: Scale, spending: Spending, task: str, root: Path, progress: Progress
) -> list[Figure]:
    cohort = built_in_cohort(scale.claim_patients)
    train(cohort, task, "ehr", root, spending.record, span(progress, 0.0, 0.3))
    train(cohort, task, "ecg", root, spending.network, span(progress, 0.3, 0.8))
    train(cohort, task, "fusion", root, progress=span(progress, 0.8, 1.0))
    found = {name: load_results(root, task, name) for name in _MODALITIES}
    figures = _gains(found["fusion"])
    figures += [_covered(one, name) for name, one in found.items()]
    return figures + [_slopes(one, name) for name, one in found.items()]


def _gains(fusion: Results) -> list[Figure]:
    """Fusion less each single model, as its own paired comparison says; whatever it is, it is reported."""
    rows = fusion.artifact.manifest["comparisons"]
    named = {row["class"] for row in rows}
    main = "macro" if "macro" in named else fusion.classes[-1]
    figures = []
    for row in (row for row in rows if row["class"] == main):
        gap, p = row["difference"], row["p_value"]
        limits = f"{gap['low']:+.4f} to {gap['high']:+.4f}" if gap["low"] is not None else "no limits"
        detail = f"{main}: {limits}, p = {p:.2g}" if p is not None else f"{main}: {limits}"
        name = f"claim_{fusion.task}_fusion_minus_{row['against']}"
        figures.append(figure(name, gap["value"], "difference", f"{detail}, n = {fusion.evaluation.n}"))
    return figures


def _covered(found: Results, modality: str) -> Figure:
    """Standard errors by which the coverage of a class lies furthest from what the sets promise."""
    sets = ConformalThresholds.from_json(found.artifact.read_json("model.json")["conformal"])
    frame = found.frame("predictions").query("part == 'test'")
    # an ECG model's sets ask its first network alone
    series = "first" if modality == "ecg" else "p"
    truth, p = _judged(frame["truth"].to_list(), found), frame[[f"{series}_{name}" for name in found.classes]]
    scores, said = [], []
    for code, one in enumerate(coverage(truth, sets.sets(p.to_numpy(dtype=np.float64)))):
        n = int((truth == code).sum())
        error = np.sqrt(sets.alpha * (1 - sets.alpha) * (1 / n + 1 / max(sets.n[code], 1)))
        scores.append(abs(one.value - (1 - sets.alpha)) / error)
        said.append(f"{found.classes[code]} {one.value:.1%} of {n}")
    name = f"claim_{found.task}_{modality}_coverage"
    return figure(name, max(scores), "errors", ", ".join(said), at_most=_ERRORS)


def _judged(names: list[str], found: Results) -> Codes:
    codes = {name: code for code, name in enumerate(found.classes)}
    return np.array([codes[name] for name in names], dtype=np.int64)


def _slopes(found: Results, modality: str) -> Figure:
    """Classes whose interval of the slope leaves out 1; one in twenty does by chance alone."""
    slopes = {name: one.calibration_slope for name, one in found.evaluation.classes.items()}
    if len(found.classes) == 2:
        slopes = {found.classes[1]: slopes[found.classes[1]]}  # the slope of the first is the same
    defined = {name: one for name, one in slopes.items() if math.isfinite(one.value)}
    out = [name for name, one in defined.items() if not one.low <= 1 <= one.high]
    name = f"claim_{found.task}_{modality}_slopes_without_1"
    return figure(name, len(out) if defined else None, "classes", _said(slopes), at_most=0)


def _said(slopes: dict[str, Interval]) -> str:
    return ", ".join(f"{name} {one.value:.2f} ({one.low:.2f}-{one.high:.2f})" for name, one in slopes.items())


def _large_record(
    scale: Scale, spending: Spending, task: str, root: Path, progress: Progress
) -> list[Figure]:
    """Slopes of the record model of many patients: on its test part, and on fresh patients.

    Beside the latter stands the slope of the patients' true risks, which differs from 1 by chance alone.
    """
    cohort = _with_class(scale.claim_large, task, 0)
    train(cohort, task, "ehr", root, replace(spending.record, fold_rows=2_000), progress)
    found = load_results(root, task, "ehr")
    own = {name: one.calibration_slope for name, one in found.evaluation.classes.items()}
    patients = _with_class(scale.claim_fresh, task, _FRESH_SEED)
    truth, p, true_risk = _forecast(root, task, patients)
    fresh, ideal = (
        {name: calibration_slope(truth == code, each[:, code]) for code, name in enumerate(found.classes)}
        for each in (p, true_risk)
    )
    return [
        _near_one(f"claim_{task}_large_slope_test", own, f"n = {found.evaluation.n}"),
        _near_one(f"claim_{task}_large_slope_fresh", fresh, f"n = {len(truth)}; true risks {_said(ideal)}"),
    ]


def _with_class(n: int, task: str, seed: int) -> Cohort:
    """Generate a cohort of which about ``n`` patients have a class for the task: not everyone is lysed."""
    share = len(built_in_cohort(_FEW, seed=seed).labelled(task)) / _FEW
    return built_in_cohort(math.ceil(n / share), seed=seed)


def _near_one(name: str, slopes: dict[str, Interval], detail: str) -> Figure:
    furthest = max(abs(one.value - 1) for one in slopes.values())
    return figure(name, furthest, "difference", f"{_said(slopes)}, {detail}", at_most=_NEAR_ONE)


def _forecast(root: Path, task: str, fresh: Cohort) -> tuple[Codes, Floats, Floats]:
    """Classes, probabilities and true risks of fresh patients."""
    _, model = load_ehr_model(root, task)
    table, codes, _ = restrict(fresh, task)
    p, _ = model.main.forecast(model.encoder.design(model.complete(table.frame)))
    assert fresh.oracle is not None
    return codes.to_numpy(dtype=np.int64), p, oracle_probabilities(fresh.oracle.loc[codes.index], task)
