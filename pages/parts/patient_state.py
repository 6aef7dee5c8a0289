"""Which patient the page is about: values in this visitor's session memory, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.cohort.examples import examples
from core.report import STEPS

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEY = "patient_chosen"
_ROUND = "patient_round"
LINKED = "example"
UPLOADED = "patient_recording"
WITHOUT = "patient_without_recording"
OWN = "patient_own_start"
VALUES = "patient_values"


@dataclass(frozen=True)
class Patient:
    """One patient as entered.

    Attributes
    ----------
    origin
        ``example``, ``form`` or ``row``.
    name
        Of the example, or of the row; empty for a form.
    values
        Variable to value in the catalogue's unit; what is unknown is not there.
    """

    origin: str
    name: str
    values: Mapping[str, float | str]

    @property
    def key(self) -> tuple[object, ...]:
        """Tells one state of the entries from another."""
        return (self.origin, self.name, *sorted(self.values.items()))

    @property
    def is_example(self) -> bool:
        """Whether this is one of the app's own examples, no value changed."""
        return self.origin == "example" and self.values == _of_example(self.name)


def current() -> Patient | None:
    """Return the patient of this session, if one was chosen."""
    return st.session_state.get(_KEY)


def open_linked_example() -> None:
    """Take the made-up patient that the address names (``?example=high_risk``), unless that one is there already."""
    name = st.query_params.get(LINKED, "")
    patient = current()
    if name not in examples() or (
        patient is not None and (patient.origin, patient.name) == ("example", name)
    ):
        return
    choose("example", name, _of_example(name), linked=True)


def _of_example(name: str) -> dict[str, float | str]:
    return {**examples()[name].values, **examples()[name].extra}


def choose(origin: str, name: str, values: Mapping[str, float | str], *, linked: bool = False) -> None:
    """Take another patient: fields start anew, and the first step is open.

    Parameters
    ----------
    linked
        The address names this patient; otherwise what it names no longer holds.
    """
    if not linked:
        st.query_params.pop(LINKED, None)
    st.session_state[_KEY] = Patient(origin, name, dict(values))
    st.session_state[_ROUND] = entry_round() + 1
    forget_recording()
    st.session_state[VALUES] = origin == "form"
    for step in STEPS:
        st.session_state[step_key(step)] = step == STEPS[0]


def forget() -> None:
    """Let go of the patient."""
    st.query_params.pop(LINKED, None)
    st.session_state.pop(_KEY, None)


def forget_recording() -> None:
    """Let go of an uploaded ECG and of an own estimate: another patient begins without."""
    for key in (UPLOADED, WITHOUT, OWN):
        st.session_state.pop(key, None)


def set_value(name: str, value: float | str | None) -> None:
    """Change one value; None makes it unknown."""
    patient = current()
    if patient is None:
        return
    values = {key: one for key, one in patient.values.items() if key != name}
    if value is not None:
        values[name] = value
    st.session_state[_KEY] = replace(patient, values=values)


def entry_round() -> int:
    """How often a patient was taken: part of the fields' keys, so that a new patient's fields start anew."""
    return int(st.session_state.get(_ROUND, 0))


def step_key(name: str) -> str:
    """Key under which it is kept whether a step is open."""
    return f"patient_step_{name}"


def fold_options(kept_as: str, *, opened: bool = False) -> dict[str, Any]:
    """Return what makes ``st.expander`` stay open, or folded, while its label changes.

    To Streamlit a fold with another label is another fold, which begins closed: one whose label tells an answer
    would close over the very field that was just changed, and every fold at a change of language.

    Parameters
    ----------
    kept_as
        Key under which it is kept whether the fold is open.
    opened
        Whether it is open before anybody has touched it.
    """
    key = f"{kept_as}_fold"
    st.session_state[key] = st.session_state.setdefault(kept_as, opened)
    return {"key": key, "on_change": _keep_fold, "args": (kept_as, key)}


def _keep_fold(kept_as: str, key: str) -> None:
    st.session_state[kept_as] = st.session_state[key]
