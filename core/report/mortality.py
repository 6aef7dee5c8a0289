"""The model's risk of death beside what was published for the patient's classes: two answers to two questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.charts.words import risk
from core.clinical.citations import cited
from core.clinical.scores import rates_of
from core.cohort.naming import cohort_words
from core.report.blocks import Block, Grid
from core.report.risk import shown
from core.report.score_words import class_words, share_of, title_of
from core.report.severity import GUIDELINES, SCORES
from core.text import text

if TYPE_CHECKING:
    from core.report.inputs import ReportInputs

_DEATH = "death_30d"


def mortality_blocks(inputs: ReportInputs, language: str) -> tuple[Block, ...]:
    """Return a table of the model's risk of death and the published ones; none without a number on both sides."""
    found, used = inputs.outcome.get("ehr"), inputs.model("outcome", "ehr")
    published = tuple(
        (
            _say(language, "class", title=title_of(name, language), name=class_words(result, language)),
            share_of(rate),
            _say(language, "published", source=cited(rate.source, language)),
        )
        for name, result in ((name, inputs.scores[name]) for name in (*GUIDELINES, *SCORES))
        for rate in rates_of(result)
        if rate.of == _DEATH and rate.odds_ratio is None
    )
    if not published or found is None or used is None or not shown(found):
        return ()
    ours = (
        _say(language, "model"),
        risk(language, found.probabilities["death"]),
        _say(
            language,
            "synthetic" if used.synthetic else "trained",
            cohort=cohort_words(used.cohort, language),
            usual=risk(language, used.shares["death"]),
        ),
    )
    header = tuple(_say(language, key) for key in ("source", "death", "whom"))
    return (Grid(_say(language, "title"), header, (ours, *published), _say(language, "note"), wordy=True),)


def _say(language: str, key: str, **values: object) -> str:
    return text(language, f"report_mortality.{key}", **values)
