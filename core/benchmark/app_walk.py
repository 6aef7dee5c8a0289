"""What a visitor does on every page of the app: every tab, a new prediction by each model, a patient's six steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.benchmark.app_visitor import View, Visitor

# a key of the page's source, or its beginning; and what is chosen there
Click = tuple[str, float]

_STEPS = ("suspicion", "ecg", "severity", "risk", "treatment")
WALK: dict[str, tuple[Click, ...]] = {
    "": (),
    "ecg": (
        *(("ecg_tabs", 1), ("ecg_demonstration", 1), ("ecg_demonstration", 0), ("ecg_layout", 1)),
        *(("ecg_source", 2), ("ecg_tabs", 2)),
    ),
    "ehr": (
        *(("ehr_tabs", 1), ("ehr_tabs", 2), ("ehr_example_", 1), ("ehr_patient_class", 0)),
        *(("ehr_tabs", 3), ("ehr_tabs", 4), ("ehr_task", 1), ("ehr_tabs", 0)),
    ),
    "fusion": (
        *(("fusion_tabs", 1), ("fusion_tabs", 2), ("fusion_new_demonstration", 1), ("fusion_tabs", 3)),
        *(("fusion_tabs", 4), ("fusion_task", 1), ("fusion_tabs", 0)),
    ),
    "patient": (
        ("patient_example_intermediate_high", 1),
        *((f"patient_next_{step}", 1) for step in _STEPS),
        *(("patient_values", 1), ("patient_in_heart_rate_", 104.0), ("patient_step_risk", 1)),
    ),
    "cohort": (
        *(("cohort_tabs", 1), ("cohort_tabs", 2), ("cohort_tabs", 3), ("cohort_tabs", 4)),
        *(("cohort_variable", 5), ("cohort_tabs", 5), ("cohort_tabs", 6)),
    ),
    "training": (("training_modality", 1),),
    "evidence": (("evidence_tabs", 1), ("evidence_tabs", 2), ("evidence_tabs", 3), ("evidence_tabs", 4)),
}
PAGES = tuple(WALK)
# from one patient to another, through all models and all steps to the report
ANOTHER_PATIENT: tuple[Click, ...] = (
    *(("patient_another", 1), ("patient_example_low_risk", 1)),
    *((f"patient_next_{step}", 1) for step in _STEPS),
)


def page_word(page: str) -> str:
    """Return what a page is called in figures.

    Examples
    --------
    >>> page_word(""), page_word("ecg")
    ('overview', 'ecg')
    """
    return page or "overview"


def walk(visitor: Visitor, begin: int = 0) -> Iterator[tuple[str, View]]:
    """Go through all pages.

    Parameters
    ----------
    begin
        Number of the page to begin with; after the last comes the first.

    Yields
    ------
    tuple
        Page and click as a word (``ehr ehr_tabs 1``), and what it brought.
    """
    for page in (*PAGES[begin:], *PAGES[:begin]):
        yield page_word(page), visitor.open(page)
        for key, choice in WALK[page]:
            yield f"{page_word(page)} {key} {choice}", visitor.click(key, choice)
