"""How likely an embolism is before imaging: scores, D-dimer rules, and what the models add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.report.blocks import Answer, Block, Grid, State
from core.report.score_words import class_words, points_words, score_row
from core.report.severity import score_header
from core.report.value_words import label_of
from core.text import text

if TYPE_CHECKING:
    from core.report.inputs import ReportInputs

PRETEST = ("wells", "geneva", "simplified_geneva", "perc")
D_DIMER = ("years", "age_adjusted_d_dimer")


def suspicion_answer(inputs: ReportInputs, language: str) -> Answer:
    """Wells class and what the D-dimer rule says, in one line."""
    wells, years = inputs.scores["wells"], inputs.scores["years"]
    said = [
        text(
            language,
            "report.suspicion.wells",
            points=points_words(wells, language),
            name=class_words(wells, language),
        ),
        text(language, "report.suspicion.years", name=class_words(years, language)),
    ]
    if years.class_name is None and years.settled_by:
        said.append(text(language, "report.needs", name=label_of(years.settled_by[0], language)))
    state: State = "answered" if wells.class_name and years.class_name else "open"
    return Answer(state, text(language, "report.clause").join(said))


def suspicion_blocks(inputs: ReportInputs, language: str) -> tuple[Block, ...]:
    """Pre-test scores and D-dimer rules."""
    return tuple(
        Grid(
            text(language, f"report.suspicion.{key}"),
            score_header(language),
            tuple(score_row(inputs.scores[name], language) for name in names),
        )
        for key, names in (("pretest", PRETEST), ("d_dimer", D_DIMER))
    )
