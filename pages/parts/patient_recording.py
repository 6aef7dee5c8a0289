"""The patient's ECG: the example's simulated one, an upload, or none; kept in this session's memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from core.cohort.examples import examples
from core.errors import InputError
from pages.parts.ecg_source import Chosen, draw_upload
from pages.parts.patient_memory import kept
from pages.parts.patient_state import UPLOADED, WITHOUT, entry_round
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.ecg.interpretation import Reading
    from core.ecg.signs import Sex
    from pages.parts.frame import Page
from pages.parts.patient_state import Patient


def chosen_recording(patient: Patient) -> Chosen | None:
    """Return the recording in use: an upload before the example's own."""
    uploaded: Chosen | None = st.session_state.get(UPLOADED)
    if uploaded is not None:
        return uploaded
    if st.session_state.get(WITHOUT) or not has_own(patient):
        return None
    return kept("recording", patient.name, lambda: _own(patient), ours=True)


def has_own(patient: Patient) -> bool:
    """Whether the patient is an example with a recording."""
    return patient.origin == "example" and examples()[patient.name].recording is not None


def _own(patient: Patient) -> Chosen | None:
    from core.example_recordings import example_recording

    made = example_recording(patient.name)
    return (
        None
        if made is None
        else Chosen(f"patient-{patient.name}", patient.name, made, synthetic=True, sex=None, stated={})
    )


def reading_of(chosen: Chosen, patient: Patient) -> Reading:
    """Read a recording, or give what was read of it before."""
    from core.ecg.interpretation import read_ecg

    known = sex_of(chosen, patient)
    key = (chosen.key, known)
    return kept("reading", key, lambda: read_ecg(chosen.recording, known), ours=chosen.synthetic)


def sex_of(chosen: Chosen, patient: Patient) -> Sex | None:
    """Return the sex by which a recording is read, the patient's before the file's: what counts as a long QTc."""
    match patient.values.get("sex", chosen.sex):
        case "male":
            return "male"
        case "female":
            return "female"
    return None


def draw_choice(page: Page, patient: Patient) -> None:
    """Draw which recording is in use: the example's own, an upload, or none."""
    ways = [*(["own"] if has_own(patient) else []), "upload", "none"]
    now = "upload" if UPLOADED in st.session_state else ways[0] if has_own(patient) else "none"
    way = st.segmented_control(
        page.say("ecg.source"),
        ways,
        default=st.session_state.get(WITHOUT) or now,
        format_func=lambda name: page.say(f"ecg.{name}"),
        key=f"patient_ecg_way_{entry_round()}",
        required=True,
        label_visibility="collapsed",
        on_change=_change,
    )
    if way == "upload":
        _take_upload(page)


def _take_upload(page: Page) -> None:
    """Draw the upload; one that cannot be read takes the recording before it out of use: none is mistaken for it."""
    try:
        chosen = draw_upload(replace(page, name="ecg"))
    except InputError:
        if st.session_state.pop(UPLOADED, None) is not None:
            st.rerun()
        raise
    before = st.session_state.get(UPLOADED)
    if chosen is not None and (before is None or before.key != chosen.key):
        st.session_state[UPLOADED] = chosen
        st.rerun()
    if before is not None:
        st.caption(page.say("ecg.in_use", name=plain(before.name)))


def _change() -> None:
    way = st.session_state[f"patient_ecg_way_{entry_round()}"]
    st.session_state.pop(UPLOADED, None)
    st.session_state[WITHOUT] = None if way == "own" else way
