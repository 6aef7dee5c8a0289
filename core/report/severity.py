"""How severe the embolism is: scores and guideline classes, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.clinical.citations import cited
from core.clinical.scores import scores
from core.report.balances import is_child
from core.report.blocks import Answer, Block, Grid, sentences
from core.report.score_words import (
    class_words,
    gap_words,
    points_words,
    rate_words,
    score_row,
    short_class,
    title_of,
)
from core.text import text

if TYPE_CHECKING:
    from core.clinical.scores import Result
    from core.report.inputs import ReportInputs

GUIDELINES = ("esc_2019", "aha_2026", "china_2018")
SCORES = ("pesi", "spesi", "bova")


def severity_answer(inputs: ReportInputs, language: str) -> Answer:
    """Return the guideline classes in one line."""
    said, settled = [], 0
    for name in GUIDELINES:
        result = inputs.scores[name]
        settled += result.class_name is not None
        said.append(text(language, f"report.severity.short.{name}", name=short_class(result, language)))
    pesi = inputs.scores["pesi"]
    said.append(f"PESI {points_words(pesi, language)}")
    line = text(language, "report.clause").join(said)
    high = {"high"} & set(inputs.scores["esc_2019"].possible) and settled
    if is_child(inputs.values):
        return Answer(
            "attention", line + text(language, "report.clause") + text(language, "report.balance.child")
        )
    return Answer("attention" if high else "answered" if settled == len(GUIDELINES) else "open", line)


def severity_blocks(inputs: ReportInputs, language: str) -> tuple[Block, ...]:
    """Guideline classes beside each other, then the scores."""
    header = tuple(text(language, f"report.severity.{key}") for key in ("guideline", "class", "behind"))
    rows = tuple(score_row(inputs.scores[name], language) for name in SCORES)
    return (
        Grid(
            text(language, "report.severity.guidelines"), header, guideline_rows(inputs, language), wordy=True
        ),
        Grid(text(language, "report.severity.scores"), score_header(language), rows, wordy=True),
    )


def score_header(language: str) -> tuple[str, ...]:
    """Return what stands over a table of scores."""
    return tuple(text(language, f"report.scores.{key}") for key in ("score", "result", "behind"))


def guideline_rows(inputs: ReportInputs, language: str) -> tuple[tuple[str, str, str], ...]:
    """Guideline, class, and what stands behind it, for every guideline that is looked at."""
    return tuple(_guideline(inputs.scores[name], language) for name in GUIDELINES)


def _guideline(result: Result, language: str) -> tuple[str, str, str]:
    about = text(language, f"scores.about.{result.name}")
    score = scores()[result.name]
    status = text(language, f"scores.statuses.{score.status}")
    source = text(language, "report.severity.source", source=cited(score.source, language), status=status)
    said = sentences(language, (rate_words(result, language), gap_words(result, language), about, source))
    return title_of(result.name, language), class_words(result, language), said
