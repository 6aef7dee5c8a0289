"""Before thrombolysis: contraindications, doses, and what trials say of benefit and harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.clinical.contraindications import contraindications, summary
from core.report.balances import STARTS, balance_blocks, balance_line, ground_blocks, is_child
from core.report.blocks import Answer, Block, Grid, Lines, State, joined
from core.report.doses import dose_block, drugs, window_block
from core.text import text

if TYPE_CHECKING:
    from core.clinical.contraindications import Finding
    from core.report.inputs import ReportInputs

LIST = "esc_2019"
_STATES: dict[str, State] = {
    "absolute": "attention",
    "relative": "attention",
    "open": "open",
    "none_found": "answered",
}
MARKS = {"yes": "!", "no": "✓", "unknown": "?"}


def treatment_answer(inputs: ReportInputs, language: str) -> Answer:
    """Contraindications in one line."""
    found = summary(inputs.findings)
    said = [
        text(language, f"report.treatment.{strength}", names=contraindication_names(names, language))
        for strength, names in (("absolute", found.absolute_yes), ("relative", found.relative_yes))
        if names
    ]
    n = len(found.unknown)
    if n == len(inputs.findings):
        said.append(text(language, "report.treatment.all_unknown", n=n))
    elif n and not said:
        said.append(text(language, "report.treatment.none_so_far", n=n))
    elif n:
        said.append(text(language, "report.treatment.unknown", n=n))
    elif not said:
        said.append(text(language, "report.treatment.none_found"))
    for start in STARTS:
        if start in inputs.balances:
            said.append(balance_line(inputs.balances[start], language))
            break
    if is_child(inputs.values):
        said.append(text(language, "report.balance.child"))
    return Answer(_STATES[found.state], text(language, "report.clause").join(said))


def treatment_blocks(inputs: ReportInputs, language: str) -> tuple[Block, ...]:
    """Contraindications, the window of time, doses of the drug in question, benefit and harm."""
    known = inputs.values.get("thrombolytic")
    return (
        *_contraindications(inputs, language),
        window_block(inputs, language),
        dose_block(inputs, language, known if known in drugs() else None),
        *(block for start in STARTS for block in balance_blocks(inputs, language, start)),
        *ground_blocks(inputs, language),
    )


def _contraindications(inputs: ReportInputs, language: str) -> tuple[Block, ...]:
    """Return what was answered yes or is unknown in a table, and all that was answered no in one line."""
    title = text(language, "report.treatment.contraindications")
    rows = tuple(_row(one, language) for one in inputs.findings if one.answer != "no")
    no = [one.name for one in inputs.findings if one.answer == "no"]
    said = text(
        language, "report.treatment.answered_no", n=len(no), names=contraindication_names(no, language)
    )
    if not rows:
        return (Lines(title, (said,)),)
    header = tuple(
        text(language, f"report.treatment.{key}") for key in ("answer", "strength", "contraindication")
    )
    return (Grid(title, header, rows, said if no else ""),)


def contraindication_names(names: tuple[str, ...] | list[str], language: str) -> str:
    """Return contraindications in words, one after the other."""
    labels = {one.name: one.label(language) for one in contraindications(LIST)}
    return joined(language, (labels[name] for name in names))


def _row(one: Finding, language: str) -> tuple[str, str, str]:
    answer = f"{MARKS[one.answer]} {text(language, f'contraindications.answers.{one.answer}')}"
    strength = text(language, f"contraindications.strengths.{one.strength}")
    return answer, strength, contraindication_names([one.name], language)
