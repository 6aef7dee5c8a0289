"""Why the record model says what it says of this patient: a few facts that raise and that lower each risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.charts.words import word
from core.report.blocks import Lines
from core.report.risk import EVENTS, shown
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.report.inputs import ReportInputs


def reason_blocks(
    inputs: ReportInputs, language: str, name: str, units: Mapping[str, str] | None = None
) -> tuple[Lines, ...]:
    """Return what raises and what lowers the risk of one class; nothing where no number is shown.

    Parameters
    ----------
    name
        ``death`` or ``bleeding``.
    units
        Variable to the unit that its value is written in.
    """
    found = inputs.outcome.get("ehr")
    if found is None or not shown(found) or inputs.explain is None or inputs.encoder is None:
        return ()
    from core.ehr.explanation_sentences import facts

    code = tuple(found.probabilities).index(name)
    told = facts(inputs.explain(), inputs.encoder, 0, code, language, units=units)
    label = word(language, "classes", name)
    said = told.sentences(language)
    return tuple(
        Lines(text(language, f"report.reasons.{side}", name=label), said[side], kind=side)
        for side in ("higher", "lower")
    )


def all_reasons(inputs: ReportInputs, language: str) -> tuple[Lines, ...]:
    """Return the reasons of death and of bleeding, and once that they are no causes."""
    blocks = [one for name in EVENTS for one in reason_blocks(inputs, language, name)]
    if not blocks:
        return ()
    last = blocks.pop()
    return (*blocks, Lines(last.title, last.items, text(language, "explanation.caution"), last.kind))
