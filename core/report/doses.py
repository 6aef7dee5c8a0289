"""Published doses in words, for this patient's weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.clinical.citations import cited
from core.clinical.notes import status_words
from core.clinical.regimen_words import dose_lines
from core.clinical.regimens import Dose, dose, in_windows, notes_of, regimens, windows
from core.report.balances import is_child
from core.report.blocks import Block, Grid, Lines, sentences
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.report.inputs import ReportInputs


def drugs() -> tuple[str, ...]:
    """Drugs with a systemic regimen, in the files' order."""
    return tuple(dict.fromkeys(one.drug for one in regimens() if one.use != "catheter"))


def dose_block(inputs: ReportInputs, language: str, drug: str | None = None) -> Block:
    """Return a table of systemic regimens, of one drug or of all."""
    weight = _number(inputs.values, "weight")
    rows = [
        _row(dose(one.name, weight), language)
        for one in regimens()
        if one.use != "catheter" and drug in (None, one.drug)
    ]
    header = tuple(text(language, f"report.doses.{key}") for key in ("regimen", "dose", "behind"))
    if weight is None:
        known = text(language, "report.doses.no_weight")
    else:
        known = text(language, "report.doses.weight", weight=f"{weight:g}")
    adults = text(language, "report.balance.adults_only") if is_child(inputs.values) else ""
    note = sentences(language, (one for one in (known, text(language, "report.doses.note"), adults) if one))
    return Grid(text(language, "report.doses.title"), header, tuple(rows), note, wordy=True)


def window_block(inputs: ReportInputs, language: str) -> Block:
    """Return how the time since the first symptoms lies beside the published windows."""
    days = _number(inputs.values, "symptom_days")
    inside = in_windows(days)
    said = []
    for one in windows():
        found = {True: "inside", False: "outside", None: "unknown"}[inside[one.name]]
        words = text(language, f"regimens.windows.{one.name}")
        status = status_words(one.status, language)
        said.append(text(language, f"report.doses.window.{found}", window=words, status=status))
    title = "report.doses.days_unknown" if days is None else "report.doses.days"
    return Lines(text(language, title, days="" if days is None else f"{days:g}"), tuple(said))


def _row(found: Dose, language: str) -> tuple[str, str, str]:
    regimen = found.regimen
    where = text(language, "shared.separator").join(
        text(language, f"regimens.countries.{one}") for one in regimen.countries
    )
    use = text(language, f"regimens.uses.{regimen.use}")
    status = status_words(found.status, language)
    facts = {"use": use, "where": where, "source": cited(found.source, language), "status": status}
    behind = text(language, "report.doses.source", **facts)
    notes = sentences(language, (one.say(language) for one in notes_of(regimen)))
    return (
        regimen.label(language),
        text(language, "regimens.steps.separator").join(dose_lines(found, language)),
        sentences(language, (behind, notes)),
    )


def _number(values: Mapping[str, float | str], name: str) -> float | None:
    value = values.get(name)
    return float(value) if isinstance(value, int | float) else None
