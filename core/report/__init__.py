"""One patient from suspicion to the decision on thrombolysis, in sentences; and the report that can be printed."""

from __future__ import annotations

from core.report.blocks import STEPS, Answer, Block, Grid, Lines
from core.report.document import patient_report
from core.report.inputs import ModelUsed, ReportInputs
from core.report.steps import step_answer, step_blocks

__all__ = [
    "STEPS",
    "Answer",
    "Block",
    "Grid",
    "Lines",
    "ModelUsed",
    "ReportInputs",
    "patient_report",
    "step_answer",
    "step_blocks",
]
