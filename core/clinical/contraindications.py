"""Contraindications to fibrinolysis, each answered yes, no or unknown from what is recorded of a patient.

Examples
--------
>>> import pandas as pd
>>> patient = pd.DataFrame({"prior_stroke": [1.0], "systolic_bp": [188.0]})
>>> found = {one.name: one for one in check_contraindications(patient)[0]}
>>> found["refractory_hypertension"].answer
'yes'
>>> stroke = found["haemorrhagic_or_unknown_stroke"]
>>> stroke.answer, stroke.hints
('unknown', ('prior_stroke',))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from core.clinical._contraindication_lists import (
    Contraindication,
    Strength,
    contraindications,
    list_names,
    notes,
)
from core.clinical.scores._conditions import Condition, Joined, Not, names_in
from core.clinical.scores._inputs import Patients
from core.cohort.columns import Column
from core.cohort.variables import BINARY_LEVELS

if TYPE_CHECKING:
    import pandas as pd

    from core.clinical.scores._conditions import Bools

__all__ = [
    "Answer",
    "Contraindication",
    "ContraindicationSummary",
    "Finding",
    "State",
    "Strength",
    "answer_columns",
    "check_contraindications",
    "contraindications",
    "list_names",
    "notes",
    "summary",
]

Answer = Literal["yes", "no", "unknown"]
State = Literal["absolute", "relative", "open", "none_found"]


@dataclass(frozen=True)
class Finding:
    """What is known of one contraindication in one patient.

    Attributes
    ----------
    name, strength
        As of the ``Contraindication``.
    answer
        ``yes``, ``no`` or ``unknown``.
    stated
        Whether the answer was given as such, and not worked out from variables.
    known, missing
        Inputs that could answer it and are recorded, and those that are not.
    hints
        Inputs that make an open question a pressing one; empty for an answered one.
    contradicts
        Whether what is recorded answers it both ways; a stated answer counts first.
    """

    name: str
    strength: Strength
    answer: Answer
    stated: bool
    known: tuple[str, ...]
    missing: tuple[str, ...]
    hints: tuple[str, ...]
    contradicts: bool


@dataclass(frozen=True)
class ContraindicationSummary:
    """All findings of one patient in one list, by name.

    Attributes
    ----------
    state
        The gravest that holds: ``absolute`` or ``relative`` (one is present), ``open`` (none is, but something is
        unknown), ``none_found`` (all were answered no). With ``relative``, absolute ones may still be unknown.
    absolute_yes, relative_yes, absolute_unknown, relative_unknown
        Names in the order of the list.
    hinted
        Those of the unknown that the record makes pressing.
    contradicting
        Names that the record answers both ways.
    """

    state: State
    absolute_yes: tuple[str, ...]
    relative_yes: tuple[str, ...]
    absolute_unknown: tuple[str, ...]
    relative_unknown: tuple[str, ...]
    hinted: tuple[str, ...]
    contradicting: tuple[str, ...]

    @property
    def unknown(self) -> tuple[str, ...]:
        """All that is unknown, the absolute ones first."""
        return (*self.absolute_unknown, *self.relative_unknown)


def answer_columns(list_name: str = "esc_2019") -> tuple[Column, ...]:
    """Return the yes-or-no columns by which a table may answer a list itself."""
    return tuple(
        Column(one.name, "binary", BINARY_LEVELS, "", one.label("zh"), one.label("en"))
        for one in contraindications(list_name)
        if one.asked
    )


def check_contraindications(frame: pd.DataFrame, list_name: str = "esc_2019") -> list[tuple[Finding, ...]]:
    """Answer every contraindication of a list for every patient.

    Parameters
    ----------
    frame
        One row a patient: variables by the catalogue's names and units, and answers (1, 0 or missing) in columns
        named after the contraindications. What is not there is unknown.
    list_name
        Of ``list_names()``.

    Returns
    -------
    list of tuple
        One a patient, in the frame's order; the findings in the list's order.

    Raises
    ------
    KeyError
        There is no such list.
    """
    patients = Patients(frame)
    columns = [_findings(one, patients) for one in contraindications(list_name) if one.asked]
    return [tuple(row) for row in zip(*columns, strict=True)]


def summary(findings: tuple[Finding, ...]) -> ContraindicationSummary:
    """Sum up the findings of one patient."""

    def named(strength: Strength, answer: Answer) -> tuple[str, ...]:
        return tuple(one.name for one in findings if (one.strength, one.answer) == (strength, answer))

    absolute, relative = named("absolute", "yes"), named("relative", "yes")
    unknown = named("absolute", "unknown"), named("relative", "unknown")
    state: State = "open" if any(unknown) else "none_found"
    if absolute or relative:
        state = "absolute" if absolute else "relative"
    hinted = tuple(one.name for one in findings if one.hints)
    contradicting = tuple(one.name for one in findings if one.contradicts)
    return ContraindicationSummary(state, absolute, relative, *unknown, hinted, contradicting)


def _findings(one: Contraindication, patients: Patients) -> list[Finding]:
    stated, yes, no = patients.truth(one.name), _shown(one.yes, patients), _shown(one.no, patients)
    said_yes, said_no = stated.must, ~stated.may
    is_stated = said_yes | said_no
    answers = np.select([said_yes, said_no, yes & ~no, no & ~yes], ["yes", "no", "yes", "no"], "unknown")
    # where a stated answer stands against what the rest of the record shows, the reader must hear of it
    contradicts = (yes & no) | (said_yes & no) | (said_no & yes)
    recorded = {name: patients.recorded(name) for name in one.inputs}
    pointing = _pointing(one.hints, patients)
    return [
        Finding(
            name=one.name,
            strength=one.strength,
            answer=answer,
            stated=bool(is_stated[row]),
            known=tuple(name for name, there in recorded.items() if there[row]),
            missing=tuple(name for name, there in recorded.items() if not there[row]),
            hints=tuple(name for name, held in pointing if held[row]) if answer == "unknown" else (),
            contradicts=bool(contradicts[row]),
        )
        for row, answer in enumerate(answers.tolist())
    ]


def _shown(condition: Condition | None, patients: Patients) -> Bools:
    """Whether a condition is known to hold."""
    if condition is None:
        return np.zeros(len(patients), dtype=bool)
    return condition.evaluate(patients).must


def _pointing(hints: Condition | None, patients: Patients) -> list[tuple[str, Bools]]:
    """Return each input of a hint, and for whom it holds."""
    if hints is None:
        return []
    single = [part for part in hints.parts() if not isinstance(part, Joined | Not)]
    return [(name, part.evaluate(patients).must) for part in single for name in names_in(part)]
