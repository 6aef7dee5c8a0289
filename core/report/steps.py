"""The six steps in the order in which a doctor thinks: for each one line, and what stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.report.arguments import argument_blocks, arguments
from core.report.blocks import STEPS, Answer, Block, Grid, State
from core.report.ecg import ecg_answer, ecg_blocks
from core.report.mortality import mortality_blocks
from core.report.reasons import all_reasons
from core.report.risk import models_grid, risk_answer, rival_blocks
from core.report.severity import severity_answer, severity_blocks
from core.report.suspicion import suspicion_answer, suspicion_blocks
from core.report.treatment import treatment_answer, treatment_blocks
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.report.inputs import ReportInputs


def step_answer(name: str, inputs: ReportInputs, language: str) -> Answer:
    """Return the one line of a step."""
    return _ANSWERS[name](inputs, language)


def step_blocks(name: str, inputs: ReportInputs, language: str) -> tuple[Block, ...]:
    """Return what stands behind the line."""
    return _BLOCKS[name](inputs, language)


def _summary_blocks(inputs: ReportInputs, language: str) -> tuple[Block, ...]:
    """All steps' answers in one table, then what they point to."""
    rows = tuple(
        (text(language, f"report.steps.{name}"), step_answer(name, inputs, language).line)
        for name in STEPS
        if name != "summary"
    )
    header = tuple(text(language, f"report.summary.{key}") for key in ("step", "answer"))
    return (Grid("", header, rows), *argument_blocks(inputs, language))


def _summary_answer(inputs: ReportInputs, language: str) -> Answer:
    found = arguments(inputs, language)
    counts = {kind: len(said) for kind, said in found.items()}
    others = {step_answer(name, inputs, language).state for name in STEPS if name != "summary"}
    # a summary is as sure as the steps behind it; an ECG that was never made leaves none of them open
    state: State = "attention" if "attention" in others else "open" if "open" in others else "answered"
    return Answer(state, text(language, "report.summary.line", **counts))


def _suspicion_blocks(inputs: ReportInputs, language: str) -> tuple[Block, ...]:
    models = (models_grid(inputs, "diagnosis", language),) if inputs.diagnosis else ()
    return (*suspicion_blocks(inputs, language), *models)


def _risk_blocks(inputs: ReportInputs, language: str) -> tuple[Block, ...]:
    models = (models_grid(inputs, "outcome", language),) if inputs.outcome else ()
    beside = (*mortality_blocks(inputs, language), *rival_blocks(inputs, language))
    return (*models, *all_reasons(inputs, language), *beside)


_ANSWERS: dict[str, Callable[[ReportInputs, str], Answer]] = {
    "suspicion": suspicion_answer,
    "ecg": ecg_answer,
    "severity": severity_answer,
    "risk": risk_answer,
    "treatment": treatment_answer,
    "summary": _summary_answer,
}
_BLOCKS: dict[str, Callable[[ReportInputs, str], tuple[Block, ...]]] = {
    "suspicion": _suspicion_blocks,
    "ecg": ecg_blocks,
    "severity": severity_blocks,
    "risk": _risk_blocks,
    "treatment": treatment_blocks,
    "summary": _summary_blocks,
}
