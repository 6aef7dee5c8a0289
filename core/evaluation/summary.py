"""The whole evaluation of one model on one set of patients, and its JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import InputError
from core.evaluation import calibration, classification
from core.evaluation.classification import Measures
from core.evaluation.discrimination import (
    Method,
    auroc_interval,
    average_precision_interval,
    macro_auroc_interval,
)
from core.evaluation.intervals import Interval, from_number, to_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.evaluation.arrays import Codes, Events, Floats


@dataclass(frozen=True)
class ClassEvaluation:
    """One class against the rest; every figure is nan where it is undefined.

    Attributes
    ----------
    events
        Patients of the class. Without any (or with nothing else) AUROC, AUPRC and slope are undefined.
    auroc, auroc_method
        With DeLong's or Newcombe's limits.
    auprc
        Average precision; its chance level is ``events / n``.
    measures
        Of the predicted classes: sensitivity to likelihood ratios.
    brier, brier_skill
        For this class alone; skill against its share among these patients.
    calibration_slope, calibration_intercept
        Slope on the log-odds, and calibration in the large.
    observed_to_expected
        Events over the sum of risks.
    ece
        Expected calibration error, ten bins of equal count.
    """

    events: int
    auroc: Interval
    auroc_method: Method
    auprc: Interval
    measures: Measures
    brier: float
    brier_skill: float
    calibration_slope: Interval
    calibration_intercept: Interval
    observed_to_expected: Interval
    ece: float

    def to_json(self) -> dict[str, Any]:
        """Return the figures under the names of the contract, intervals beside them."""
        figures: dict[str, Any] = {"auroc": self.auroc.to_json(), "auroc_method": self.auroc_method}
        for name, one in self._intervals().items():
            figures[name] = to_number(one.value)
            figures[f"{name}_interval"] = one.to_json()
        for name, value in (("f1", self.measures.f1), ("brier", self.brier), ("ece", self.ece)):
            figures[name] = to_number(value)
        return figures | {"brier_skill": to_number(self.brier_skill), "events": self.events}

    def _intervals(self) -> dict[str, Interval]:
        of_measures = {name: getattr(self.measures, name) for name in _MEASURES}
        return of_measures | {name: getattr(self, name) for name in _OWN}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ClassEvaluation:
        """Read back what ``to_json`` wrote."""
        read = {name: Interval.from_json(stored[f"{name}_interval"]) for name in (*_MEASURES, *_OWN)}
        return cls(
            events=int(stored["events"]),
            auroc=Interval.from_json(stored["auroc"]),
            auroc_method=stored["auroc_method"],
            measures=Measures(f1=from_number(stored["f1"]), **{name: read[name] for name in _MEASURES}),
            brier=from_number(stored["brier"]),
            brier_skill=from_number(stored["brier_skill"]),
            ece=from_number(stored["ece"]),
            **{name: read[name] for name in _OWN},
        )


_MEASURES = ("sensitivity", "specificity", "ppv", "npv", "lr_positive", "lr_negative")
_OWN = ("auprc", "calibration_slope", "calibration_intercept", "observed_to_expected")


@dataclass(frozen=True)
class Evaluation:
    """Everything said about one model on one set of patients.

    Attributes
    ----------
    n
        Patients.
    accuracy, balanced_accuracy
        Share of right decisions (Wilson); mean sensitivity of the classes that occur.
    macro_auroc, macro_auroc_method
        Mean over the classes; nan if a class is absent.
    brier, brier_skill
        Multi-class score (0 to 2), and its skill against forecasting the class shares.
    classes
        Class name to its figures, in the order of the task.
    confusion
        (k, k) counts, rows the truth.
    """

    n: int
    accuracy: Interval
    balanced_accuracy: float
    macro_auroc: Interval
    macro_auroc_method: Method
    brier: float
    brier_skill: float
    classes: dict[str, ClassEvaluation]
    confusion: Codes

    def to_json(self) -> dict[str, Any]:
        """Return ``metrics`` of the contract; undefined figures are ``None``."""
        return {
            "n": self.n,
            "accuracy": to_number(self.accuracy.value),
            "accuracy_interval": self.accuracy.to_json(),
            "balanced_accuracy": to_number(self.balanced_accuracy),
            "macro_auroc": to_number(self.macro_auroc.value),
            "macro_auroc_interval": self.macro_auroc.to_json(),
            "macro_auroc_method": self.macro_auroc_method,
            "brier": to_number(self.brier),
            "brier_skill": to_number(self.brier_skill),
            "classes": {name: one.to_json() for name, one in self.classes.items()},
            "confusion": {"labels": list(self.classes), "counts": self.confusion.tolist()},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Evaluation:
        """Read back what ``to_json`` wrote: pages need not compute anything again."""
        labels = stored["confusion"]["labels"]  # JSON objects may come back in another order
        return cls(
            n=int(stored["n"]),
            accuracy=Interval.from_json(stored["accuracy_interval"]),
            balanced_accuracy=from_number(stored["balanced_accuracy"]),
            macro_auroc=Interval.from_json(stored["macro_auroc_interval"]),
            macro_auroc_method=stored["macro_auroc_method"],
            brier=from_number(stored["brier"]),
            brier_skill=from_number(stored["brier_skill"]),
            classes={name: ClassEvaluation.from_json(stored["classes"][name]) for name in labels},
            confusion=np.array(stored["confusion"]["counts"], dtype=np.int64),
        )


def evaluate(
    truth: Codes,
    probabilities: Floats,
    predicted: Codes,
    classes: tuple[str, ...],
    seed: int = 0,
    n_bootstrap: int = 1000,
) -> Evaluation:
    """Evaluate predictions.

    Parameters
    ----------
    truth
        (n,) class codes 0 … k-1.
    probabilities
        (n, k) probabilities as they are shown to users.
    predicted
        (n,) the classes decided for.
    classes
        k class names in the order of the task.
    seed, n_bootstrap
        Of the stratified bootstrap behind the interval of macro AUROC.

    Raises
    ------
    InputError
        There is no patient, the shapes do not belong together, or a probability is none.
    """
    truth, predicted = np.asarray(truth, dtype=np.int64), np.asarray(predicted, dtype=np.int64)
    probabilities = np.asarray(probabilities, dtype=np.float64)
    _check(truth, probabilities, predicted, classes)
    confusion = classification.confusion_matrix(truth, predicted, len(classes))
    macro, macro_method = macro_auroc_interval(truth, probabilities, n_bootstrap, seed)
    by_class = {
        name: _evaluate_class(
            truth == code,
            probabilities[:, code],
            classification.measures(classification.class_counts(confusion, code)),
        )
        for code, name in enumerate(classes)
    }
    return Evaluation(
        n=len(truth),
        accuracy=classification.accuracy(confusion),
        balanced_accuracy=classification.balanced_accuracy(confusion),
        macro_auroc=macro,
        macro_auroc_method=macro_method,
        brier=calibration.multiclass_brier(truth, probabilities),
        brier_skill=calibration.brier_skill(truth, probabilities),
        classes=by_class,
        confusion=confusion,
    )


def _evaluate_class(event: Events, probability: Floats, measures: Measures) -> ClassEvaluation:
    ranked = auroc_interval(event, probability)
    two_sided = np.column_stack([1 - probability, probability])
    return ClassEvaluation(
        events=int(event.sum()),
        auroc=ranked.interval,
        auroc_method=ranked.method,
        auprc=average_precision_interval(event, probability),
        measures=measures,
        brier=calibration.brier(event, probability),
        brier_skill=calibration.brier_skill(event.astype(np.int64), two_sided),
        calibration_slope=calibration.calibration_slope(event, probability),
        calibration_intercept=calibration.calibration_intercept(event, probability),
        observed_to_expected=calibration.observed_to_expected(event, probability),
        ece=calibration.expected_calibration_error(event, probability),
    )


def _check(truth: Codes, probabilities: Floats, predicted: Codes, classes: tuple[str, ...]) -> None:
    if len(truth) == 0:
        raise InputError("errors_evaluation.empty")
    codes_fit = all(
        codes.min() >= 0 and codes.max() < len(classes) for codes in (truth, predicted) if len(codes)
    )
    if probabilities.shape != (len(truth), len(classes)) or len(predicted) != len(truth) or not codes_fit:
        raise InputError(
            "errors_evaluation.shape",
            n_truth=len(truth),
            shape=probabilities.shape,
            n_predicted=len(predicted),
            n_classes=len(classes),
        )
    wrong = np.argwhere(~((probabilities >= 0) & (probabilities <= 1)))  # nan is neither
    if len(wrong):
        row, code = wrong[0]
        raise InputError("errors_evaluation.not_finite", row=int(row) + 1, class_name=classes[code])
