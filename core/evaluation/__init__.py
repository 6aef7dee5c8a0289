"""Statistics computed from predictions and truth; knows no model.

``evaluate`` gives everything about one model at once; the modules hold the single statistics. Truth is always
class codes (n,), probabilities (n, k) in the order of the task; a single class is looked at as ``event`` (n,)
and its probability (n,).
"""

from core.evaluation.calibration import (
    brier,
    brier_skill,
    calibration_curve,
    calibration_intercept,
    calibration_slope,
    expected_calibration_error,
    multiclass_brier,
    observed_to_expected,
)
from core.evaluation.classification import (
    Counts,
    Measures,
    OperatingPoint,
    PredictiveValues,
    class_counts,
    confusion_matrix,
    implied_prevalence,
    measures,
    operating_point,
    predictive_values,
    sensitivity_point,
    youden_point,
)
from core.evaluation.comparison import Comparison, bootstrap_macro_test, delong_test
from core.evaluation.conformal import ConformalThresholds, coverage, fit_conformal, set_sizes
from core.evaluation.curves import (
    PrecisionRecallCurve,
    RocCurve,
    precision_recall_curve,
    roc_band,
    roc_curve,
)
from core.evaluation.decision_curve import THRESHOLDS, decision_curve, net_benefit
from core.evaluation.decisions import Decision, decide_at, f1_interval
from core.evaluation.discrimination import (
    FEW_EVENTS,
    Auroc,
    auroc,
    auroc_interval,
    average_precision,
    average_precision_interval,
    bootstrap_auroc,
    delong_variance,
    macro_auroc,
    macro_auroc_interval,
)
from core.evaluation.frames import (
    calibration_frame,
    decision_frame,
    precision_recall_frame,
    roc_frame,
    threshold_table,
)
from core.evaluation.intervals import Interval, wilson
from core.evaluation.prevalence import PREVALENCES, post_test, predictive_values_at, prevalence_frame
from core.evaluation.reached import share_reached
from core.evaluation.recalibration import Recalibration, fit_recalibration, prior_correction
from core.evaluation.subgroups import FEWEST_EVENTS, against_all_controls, partition, subgroup_aurocs
from core.evaluation.summary import ClassEvaluation, Evaluation, evaluate

__all__ = [
    "FEWEST_EVENTS",
    "FEW_EVENTS",
    "PREVALENCES",
    "THRESHOLDS",
    "Auroc",
    "ClassEvaluation",
    "Comparison",
    "ConformalThresholds",
    "Counts",
    "Decision",
    "Evaluation",
    "Interval",
    "Measures",
    "OperatingPoint",
    "PrecisionRecallCurve",
    "PredictiveValues",
    "Recalibration",
    "RocCurve",
    "against_all_controls",
    "auroc",
    "auroc_interval",
    "average_precision",
    "average_precision_interval",
    "bootstrap_auroc",
    "bootstrap_macro_test",
    "brier",
    "brier_skill",
    "calibration_curve",
    "calibration_frame",
    "calibration_intercept",
    "calibration_slope",
    "class_counts",
    "confusion_matrix",
    "coverage",
    "decide_at",
    "decision_curve",
    "decision_frame",
    "delong_test",
    "delong_variance",
    "evaluate",
    "expected_calibration_error",
    "f1_interval",
    "fit_conformal",
    "fit_recalibration",
    "implied_prevalence",
    "macro_auroc",
    "macro_auroc_interval",
    "measures",
    "multiclass_brier",
    "net_benefit",
    "observed_to_expected",
    "operating_point",
    "partition",
    "post_test",
    "precision_recall_curve",
    "precision_recall_frame",
    "predictive_values",
    "predictive_values_at",
    "prevalence_frame",
    "prior_correction",
    "roc_band",
    "roc_curve",
    "roc_frame",
    "sensitivity_point",
    "set_sizes",
    "share_reached",
    "subgroup_aurocs",
    "threshold_table",
    "wilson",
    "youden_point",
]
