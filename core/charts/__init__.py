"""Charts: a tidy frame goes in, a plotly figure with title and words comes out; no model is known here.

Each chart's module is loaded when the chart is first asked for: a page draws three of them, and there are thirty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.late import late_names

if TYPE_CHECKING:
    from core.charts.benefit_harm import benefit_harm_icons, effect_forest
    from core.charts.calibration import calibration_curve
    from core.charts.cohort import imputation_error, missingness
    from core.charts.cohort_patterns import missing_pattern_grid
    from core.charts.config import CONFIG
    from core.charts.counts import class_flow, confusion_matrix
    from core.charts.decision_curves import net_benefit
    from core.charts.differences import auroc_differences, modality_aurocs
    from core.charts.discrimination import precision_recall, roc_curves
    from core.charts.distributions import distribution, level_shares
    from core.charts.importance import shap_summary, waterfall
    from core.charts.learning import learning_curve
    from core.charts.modalities import evidence_steps, modality_risks, modality_rocs
    from core.charts.optimism import order_optimism
    from core.charts.post_test_ladder import post_test_steps
    from core.charts.prevalence import post_test_probability
    from core.charts.risk import probability_bars
    from core.charts.style import Chart
    from core.charts.subgroups import subgroup_aurocs
    from core.charts.swarm import beeswarm
    from core.charts.threshold import probability_histogram, roc_at_threshold
    from core.charts.training import epoch_losses, tried_settings

__all__ = [
    "CONFIG",
    "Chart",
    "auroc_differences",
    "beeswarm",
    "benefit_harm_icons",
    "calibration_curve",
    "class_flow",
    "confusion_matrix",
    "distribution",
    "effect_forest",
    "epoch_losses",
    "evidence_steps",
    "imputation_error",
    "learning_curve",
    "level_shares",
    "missing_pattern_grid",
    "missingness",
    "modality_aurocs",
    "modality_risks",
    "modality_rocs",
    "net_benefit",
    "order_optimism",
    "post_test_probability",
    "post_test_steps",
    "precision_recall",
    "probability_bars",
    "probability_histogram",
    "roc_at_threshold",
    "roc_curves",
    "shap_summary",
    "subgroup_aurocs",
    "tried_settings",
    "waterfall",
]

_HOME = {
    "CONFIG": "config",
    "Chart": "style",
    "auroc_differences": "differences",
    "beeswarm": "swarm",
    "benefit_harm_icons": "benefit_harm",
    "calibration_curve": "calibration",
    "class_flow": "counts",
    "confusion_matrix": "counts",
    "distribution": "distributions",
    "effect_forest": "benefit_harm",
    "epoch_losses": "training",
    "evidence_steps": "modalities",
    "imputation_error": "cohort",
    "learning_curve": "learning",
    "level_shares": "distributions",
    "missing_pattern_grid": "cohort_patterns",
    "missingness": "cohort",
    "modality_aurocs": "differences",
    "modality_risks": "modalities",
    "modality_rocs": "modalities",
    "net_benefit": "decision_curves",
    "order_optimism": "optimism",
    "post_test_probability": "prevalence",
    "post_test_steps": "post_test_ladder",
    "precision_recall": "discrimination",
    "probability_bars": "risk",
    "probability_histogram": "threshold",
    "roc_at_threshold": "threshold",
    "roc_curves": "discrimination",
    "shap_summary": "importance",
    "subgroup_aurocs": "subgroups",
    "tried_settings": "training",
    "waterfall": "importance",
}
__getattr__ = late_names(__name__, _HOME)


def __dir__() -> list[str]:
    return __all__
