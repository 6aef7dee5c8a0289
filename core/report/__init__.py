"""One patient from suspicion to the decision on thrombolysis, in sentences; and the report that can be printed.

What says the sentences is loaded when it is asked for: a page that only offers patients to choose from needs none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.late import late_names

if TYPE_CHECKING:
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

_HOME = {
    **dict.fromkeys(("STEPS", "Answer", "Block", "Grid", "Lines"), "blocks"),
    **dict.fromkeys(("ModelUsed", "ReportInputs"), "inputs"),
    **dict.fromkeys(("step_answer", "step_blocks"), "steps"),
    "patient_report": "document",
}
__getattr__ = late_names(__name__, _HOME)


def __dir__() -> list[str]:
    return __all__
