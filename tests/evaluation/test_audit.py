"""Every statistic of ``core.evaluation`` beside the test that pins it to a figure from outside, and how closely.

``exact`` means to rounding of doubles (1e-9 at least), ``digits`` to the printed digits of the source, ``draws`` within
three standard errors of the draws compared.
"""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import core.evaluation

HERE = Path(__file__).parent
OUTSIDE = "test_outside_figures.py"

# statistic: (file, test, outside source, closeness)
PINNED = {
    "accuracy": (
        "test_classification.py",
        "test_accuracies_agree_with_scikit_learn",
        "scikit-learn",
        "exact",
    ),
    "auroc": ("test_auroc.py", "test_auroc_and_variance_agree_with_proc", "pROC 1.18.0 (R)", "exact"),
    "auroc_interval": (
        "test_auroc.py",
        "test_standard_error_agrees_with_stata_on_the_readings_of_hanley_and_mcneil_1982",
        "Hanley & McNeil 1982, Stata roctab; coverage simulated",
        "digits",
    ),
    "average_precision": (
        "test_average_precision.py",
        "test_average_precision_agrees_with_scikit_learn",
        "scikit-learn",
        "exact",
    ),
    "average_precision_interval": (
        OUTSIDE,
        "test_interval_of_average_precision_agrees_with_statsmodels",
        "statsmodels 0.15.0; coverage simulated",
        "exact",
    ),
    "balanced_accuracy": (
        "test_classification.py",
        "test_accuracies_agree_with_scikit_learn",
        "scikit-learn",
        "exact",
    ),
    "bootstrap_auroc": (
        "test_bootstrap.py",
        "test_bootstrap_interval_is_close_to_that_of_proc",
        "pROC 1.18.0 (R), 20,000 draws",
        "draws",
    ),
    "bootstrap_macro_test": (
        "test_comparison.py",
        "test_bootstrap_of_two_classes_is_close_to_delong",
        "DeLong's limits as pROC prints them",
        "draws",
    ),
    "brier": ("test_calibration.py", "test_brier_agrees_with_scikit_learn", "scikit-learn", "exact"),
    "brier_skill": (OUTSIDE, "test_brier_skill_agrees_with_scikit_learn", "scikit-learn", "exact"),
    "calibration_curve": (
        OUTSIDE,
        "test_calibration_curve_and_error_agree_with_scikit_learns_quantile_bins",
        "scikit-learn",
        "exact",
    ),
    "calibration_intercept": (
        "test_calibration.py",
        "test_slope_and_intercept_agree_with_glm_of_r",
        "R 4.2.2 glm",
        "digits",
    ),
    "calibration_slope": (
        "test_calibration.py",
        "test_slope_and_intercept_agree_with_glm_of_r",
        "R 4.2.2 glm; statsmodels",
        "digits",
    ),
    "class_counts": (
        "test_classification.py",
        "test_measures_agree_with_scikit_learn",
        "scikit-learn",
        "exact",
    ),
    "confusion_matrix": (
        "test_classification.py",
        "test_confusion_matrix_agrees_with_scikit_learn",
        "scikit-learn",
        "exact",
    ),
    "coverage": (OUTSIDE, "test_prediction_sets_agree_with_crepes", "crepes 0.9.1", "exact"),
    "decide_at": (
        OUTSIDE,
        "test_a_decision_and_its_operating_point_agree_with_scikit_learn",
        "scikit-learn",
        "exact",
    ),
    "decision_curve": (
        "test_decision_curve.py",
        "test_net_benefit_agrees_with_dcurves",
        "dcurves 1.1.7",
        "exact",
    ),
    "delong_test": ("test_comparison.py", "test_delong_test_agrees_with_proc", "pROC 1.18.0 (R)", "exact"),
    "delong_variance": (
        "test_auroc.py",
        "test_variance_agrees_with_proc_on_subarachnoid_haemorrhage_grades",
        "pROC 1.18.0 (R), data aSAH",
        "exact",
    ),
    "expected_calibration_error": (
        OUTSIDE,
        "test_calibration_curve_and_error_agree_with_scikit_learns_quantile_bins",
        "scikit-learn's bins",
        "exact",
    ),
    "f1_interval": (
        OUTSIDE,
        "test_limits_of_f1_agree_with_scipys_wilson_limits_turned_round",
        "scipy; coverage simulated",
        "exact",
    ),
    "fit_conformal": (
        OUTSIDE,
        "test_coverage_over_calibration_draws_follows_the_beta_law",
        "crepes 0.9.1; Beta law of Vovk 2012",
        "draws",
    ),
    "fit_recalibration": (
        OUTSIDE,
        "test_recalibration_of_many_patients_agrees_with_scikit_learns_platt_scaling",
        "scikit-learn",
        "0.02 of a probability",
    ),
    "implied_prevalence": (
        "test_classification.py",
        "test_prevalence_follows_from_the_reports_accuracy",
        "the original report's figures",
        "digits",
    ),
    "macro_auroc": (
        "test_macro_auroc.py",
        "test_macro_auroc_agrees_with_scikit_learn",
        "scikit-learn",
        "exact",
    ),
    "macro_auroc_interval": (
        "test_macro_auroc.py",
        "test_two_classes_give_the_interval_of_the_one_auroc",
        "DeLong's limits as pROC's variance gives them",
        "draws",
    ),
    "measures": (
        OUTSIDE,
        "test_likelihood_ratio_intervals_agree_with_statsmodels",
        "statsmodels, scipy",
        "exact",
    ),
    "multiclass_brier": (
        "test_calibration.py",
        "test_brier_agrees_with_scikit_learn",
        "scikit-learn",
        "exact",
    ),
    "net_benefit": (
        OUTSIDE,
        "test_net_benefit_at_one_threshold_agrees_with_dcurves",
        "dcurves 1.1.7",
        "exact",
    ),
    "observed_to_expected": (
        OUTSIDE,
        "test_observed_to_expected_agrees_with_statsmodels",
        "statsmodels 0.15.0",
        "exact",
    ),
    "operating_point": (
        OUTSIDE,
        "test_a_decision_and_its_operating_point_agree_with_scikit_learn",
        "scikit-learn",
        "exact",
    ),
    "post_test": (
        OUTSIDE,
        "test_probability_after_a_positive_result_is_that_of_the_original_reports_table",
        "the original report's table; Mercaldo 2007",
        "digits",
    ),
    "precision_recall_curve": (
        "test_curves.py",
        "test_precision_recall_curve_agrees_with_scikit_learn",
        "scikit-learn",
        "exact",
    ),
    "predictive_values": (
        "test_classification.py",
        "test_predictive_values_at_real_world_prevalence",
        "the original report's table",
        "digits",
    ),
    "predictive_values_at": (
        "test_prevalence.py",
        "test_intervals_are_the_logit_intervals_of_mercaldo",
        "equations of Mercaldo 2007",
        "1e-6",
    ),
    "prior_correction": (
        "test_recalibration.py",
        "test_prior_correction_of_the_five_published_pairs",
        "published pairs",
        "digits",
    ),
    "roc_band": (
        OUTSIDE,
        "test_the_roc_band_is_that_of_scikit_learns_curves_over_the_same_resamples",
        "scikit-learn",
        "exact",
    ),
    "roc_curve": ("test_curves.py", "test_roc_curve_agrees_with_scikit_learn", "scikit-learn", "exact"),
    "sensitivity_point": (
        "test_classification.py",
        "test_wanted_sensitivity_is_reached_and_not_by_a_higher_threshold",
        "its definition, on every threshold",
        "exact",
    ),
    "share_reached": (
        "test_subgroups.py",
        "test_the_interval_of_the_share_agrees_with_the_bootstrap",
        "bootstrap of 2,000 draws",
        "draws",
    ),
    "subgroup_aurocs": (
        OUTSIDE,
        "test_areas_of_subgroups_agree_with_scikit_learn",
        "scikit-learn",
        "exact",
    ),
    "wilson": (
        "test_intervals.py",
        "test_wilson_agrees_with_the_table_of_newcombe_1998",
        "Newcombe 1998; R prop.test; scipy",
        "digits",
    ),
    "youden_point": (
        "test_classification.py",
        "test_youden_threshold_agrees_with_proc",
        "pROC 1.18.0 (R)",
        "exact",
    ),
}

# they rearrange what the statistics above give, and have tests of their own
ARRANGING = {
    "against_all_controls",
    "calibration_frame",
    "decision_frame",
    "evaluate",
    "partition",
    "precision_recall_frame",
    "prevalence_frame",
    "roc_frame",
    "set_sizes",
    "threshold_table",
}


def test_every_statistic_of_the_room_stands_in_the_list():
    functions = {
        name for name in core.evaluation.__all__ if inspect.isfunction(getattr(core.evaluation, name))
    }
    assert functions - ARRANGING == PINNED.keys() - {"accuracy", "balanced_accuracy"}
    assert not ARRANGING & PINNED.keys()


@pytest.mark.parametrize("statistic", PINNED)
def test_the_test_that_is_named_exists_and_is_about_the_statistic(statistic):
    file, test, source, closeness = PINNED[statistic]
    tree = ast.parse((HERE / file).read_text(encoding="utf-8"))
    body = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == test)
    assert statistic in {node.id for node in ast.walk(body) if isinstance(node, ast.Name)}
    assert source
    assert closeness
