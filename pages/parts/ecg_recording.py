"""One recording: where it comes from, whether it can be read, the print-out, what was measured, what the model says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.parts.ecg_memory import remembered
from pages.parts.ecg_model import draw_probability, draw_reasons
from pages.parts.ecg_printout import draw_printout
from pages.parts.ecg_source import draw_source
from pages.parts.ecg_tables import draw_headline, draw_leads, draw_measurements, draw_scores, draw_signs
from pages.parts.ecg_verdict import draw_assumptions, draw_verdict
from pages.parts.errors import friendly_errors
from pages.parts.kept_parts import keep
from pages.parts.show import waiting

if TYPE_CHECKING:
    from core.ecg.interpretation import Reading
    from core.ecg.signs import Sex
    from core.results import Results
    from pages.parts.ecg_source import Chosen
    from pages.parts.frame import Page

_SEXES = ("unknown", "female", "male")


@st.fragment
def draw(page: Page, found: Results | None) -> None:
    """Draw everything about one recording; only this part runs again when something in it changes.

    Parameters
    ----------
    found
        Results of the saved ECG model; None while there is none.
    """
    st.markdown(page.say("recording.lead"))
    with friendly_errors(page):
        chosen = draw_source(page)
        if chosen is None:
            return
        reading, sex = _read(page, chosen)
        left, right = st.columns([3, 2], gap="medium")
        key = (chosen.key, sex, "" if found is None else found.artifact.digest)
        ours = chosen.synthetic
        with left:
            keep(page, ("ecg_verdict", *key), lambda: _verdict(page, chosen, reading), ours=ours)
            attribution = draw_reasons(page, found, reading, chosen.key, own=not chosen.synthetic)
        with right:
            draw_probability(page, found, reading, chosen.key, own=not chosen.synthetic)
        keep(page, ("ecg_headline", *key), lambda: draw_headline(page, reading), ours=ours)
        draw_printout(page, chosen, reading, attribution, key)
        keep(page, ("ecg_tables", *key), lambda: _tables(page, chosen, reading), ours=ours)


def _verdict(page: Page, chosen: Chosen, reading: Reading) -> None:
    draw_verdict(page, reading)
    draw_assumptions(page, chosen.recording)


def _read(page: Page, chosen: Chosen) -> tuple[Reading, Sex | None]:
    from core.ecg.interpretation import read_ecg

    sex = st.segmented_control(
        page.say("recording.sex"),
        _SEXES,
        default=chosen.sex or "unknown",
        format_func=lambda name: page.say(f"sexes.{name}"),
        key=f"ecg_sex_{chosen.key[:24]}",
        help=page.say("recording.sex_help"),
        required=True,
    )
    known: Sex | None = sex if sex in ("male", "female") else None
    with waiting(page.say("recording.reading"), 900):
        reading = remembered(
            ("reading", chosen.key, known),
            lambda: read_ecg(chosen.recording, known),
            ours=chosen.synthetic,
        )
    return reading, known


def _tables(page: Page, chosen: Chosen, reading: Reading) -> None:
    if not reading.quality.usable:
        return
    left, right = st.columns([3, 2], gap="medium")
    with left:
        draw_measurements(page, reading, chosen.stated)
    with right:
        draw_scores(page, reading)
    draw_signs(page, reading)
    draw_leads(page, reading)
