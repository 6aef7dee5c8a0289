"""What the models say would happen after systemic thrombolysis, and what published scores say beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.charts.words import of_100, risk, word
from core.cohort.variables import variables
from core.report.blocks import Answer, Block, Grid, joined, sentences
from core.report.score_words import score_row
from core.report.severity import score_header
from core.text import text

if TYPE_CHECKING:
    from core.prediction import Prediction, Warned
    from core.report.inputs import ReportInputs

EVENTS = ("death", "bleeding")
# made for thrombolysis or for acute embolism; the others for anticoagulation
NEAR = ("bacs", "pe_ch", "pe_sard")
FAR = ("riete", "vte_bleed", "has_bled")
_ORDER = ("ehr", "ecg", "fusion")


def shown(prediction: Prediction | None) -> bool:
    """Whether a number may be shown: there is one, and the patient is not too far from the training patients."""
    return prediction is not None and bool(prediction.probabilities) and not withheld(prediction)


def withheld(prediction: Prediction | None) -> bool:
    """Whether the patient is too far outside the training range for a number."""
    return prediction is not None and bool(getattr(prediction, "withheld", False))


def risk_answer(inputs: ReportInputs, language: str) -> Answer:
    """Death and bleeding of 100, and what cannot be ruled out."""
    found = inputs.outcome.get("ehr")
    if found is None:
        return Answer("none", text(language, no_risk(inputs)))
    if not shown(found):
        return Answer("attention", text(language, "report.risk.withheld"))
    said = [
        text(
            language,
            "report.risk.one",
            name=word(language, "classes", name),
            risk=risk(language, found.probabilities[name]),
            usual=_usual(inputs, "ehr", name),
        )
        for name in EVENTS
    ]
    said += [words for words in (set_words(found, language), likeliest_outside(found, language)) if words]
    open_ = any(one.key in ("warnings.all_missing", "warnings.many_missing") for one in found.warnings)
    return Answer("open" if open_ else "answered", text(language, "report.clause").join(said))


def no_risk(inputs: ReportInputs) -> str:
    """Key of the sentence that says why there is no outcome at all: nothing known, or no model."""
    return "report.risk.no_model" if inputs.values else "report.risk.nothing_known"


def set_words(prediction: Prediction, language: str) -> str:
    """Return the prediction set in words."""
    names = joined(language, (word(language, "classes", str(name)) for name in prediction.prediction_set))
    return (
        text(language, "report.risk.set", classes=names) if names else text(language, "report.risk.set_empty")
    )


def likeliest_outside(prediction: Prediction, language: str) -> str:
    """Return what to say where the likeliest class is not in the prediction set, which reads as if it were ruled out.

    Each class has a limit of its own, below which nine in ten of that class's patients do not fall; that of the most
    frequent class is high.

    Returns
    -------
    str
        Empty where the likeliest class is in the set, or the set or the probabilities are empty.
    """
    risks = prediction.probabilities
    likeliest = max(risks, key=lambda name: risks[name], default=None)
    if not prediction.prediction_set or likeliest is None or likeliest in prediction.prediction_set:
        return ""
    return text(language, "report.risk.set_without", name=word(language, "classes", likeliest))


def rival_blocks(inputs: ReportInputs, language: str) -> tuple[Block, ...]:
    """Published bleeding scores: those near to thrombolysis first."""
    return tuple(
        Grid(
            text(language, f"report.risk.{key}"),
            score_header(language),
            tuple(score_row(inputs.scores[name], language) for name in names),
            text(language, f"report.risk.{key}_note"),
            wordy=True,
        )
        for key, names in (("near", NEAR), ("far", FAR))
    )


def models_grid(inputs: ReportInputs, task: str, language: str) -> Grid:
    """One row a modality: probabilities of 100, and the prediction set; the last row is what is usual."""
    found = inputs.outcome if task == "outcome" else inputs.diagnosis
    served = [one for one in inputs.models if one.task == task]
    classes = tuple(served[0].shares) if served else ()
    names = classes if len(classes) > 2 else classes[1:]
    header = (
        text(language, "report.risk.model"),
        *(text(language, "report.risk.of_100", name=word(language, "classes", name)) for name in names),
        text(language, "report.risk.set_title"),
    )
    rows = [
        (word(language, "series", one), *_cells(found[one], names, language))
        for one in _ORDER
        if one in found
    ]
    if served:
        usual = (of_100(served[0].shares[name]) for name in names)
        rows.append((text(language, "report.risk.usual"), *usual, "–"))
    notes = [text(language, f"report.risk.note_{task}")]
    if task in inputs.unjoined:
        notes.append(text(language, "report.risk.unjoined"))
    return Grid(
        text(language, f"report.risk.models_{task}"),
        header,
        tuple(rows),
        sentences(language, notes),
    )


def warning_lines(predictions: dict[str, Prediction], language: str) -> tuple[str, ...]:
    """What to know beside the numbers, each sentence once."""
    said = (warning_words(one, language) for found in predictions.values() for one in found.warnings)
    return tuple(dict.fromkeys(said))


def warning_words(warning: Warned, language: str) -> str:
    """Return a warning's sentence, a variable by its label."""
    values = dict(warning.values)
    known = variables().get(str(values.get("variable", "")))
    if known is not None:
        values["variable"] = known.label(language)
    return text(language, warning.key, **values)


def _cells(prediction: Prediction, names: tuple[str, ...], language: str) -> tuple[str, ...]:
    if not shown(prediction):
        key = "report.risk.not_shown" if withheld(prediction) else "report.risk.unusable"
        return (*("–" for _ in names), text(language, key))
    numbers = (of_100(prediction.probabilities[name]) for name in names)
    names_in_set = (word(language, "classes", str(name)) for name in prediction.prediction_set)
    return (*numbers, joined(language, names_in_set) or text(language, "report.risk.nothing"))


def _usual(inputs: ReportInputs, modality: str, name: str) -> str:
    model = inputs.model("outcome", modality)
    return "–" if model is None else of_100(model.shares[name])
