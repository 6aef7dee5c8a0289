"""How good the ECG model is: the threshold and what it does, prevalence, severity, calibration, how it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.clinical.reported import original_report
from core.evaluation import FEWEST_EVENTS
from pages.parts import ecg_results_checks, ecg_results_threshold, ecg_results_training, subgroup_view
from pages.parts.ecg_results_data import judged
from pages.parts.show import figure_row, number, unbroken, with_limits

if TYPE_CHECKING:
    from core.results import Results
    from pages.parts.ecg_results_data import Judged
    from pages.parts.frame import Page


def draw(page: Page, found: Results) -> None:
    """Draw the whole section from stored results; no model is loaded.

    Parameters
    ----------
    page
        What ``open_page`` returned.
    found
        Results of the artifact ``diagnosis-ecg``.

    Raises
    ------
    ArtifactError
        A stored table is missing or altered.
    """
    held = judged(found, found.artifact.digest)
    _headline(page, found, held)
    ecg_results_threshold.draw(page, found, held)
    ecg_results_checks.draw(page, found, held)
    subgroup_view.draw(page, found, "ecg")
    ecg_results_training.draw(page, found, held)


def _headline(page: Page, found: Results, held: Judged) -> None:
    figures = found.evaluation.classes["pe"]
    share = f"{held.event.mean():.1%}"
    with figure_row("ecg_headline"):
        st.metric(page.say("ecg_results.headline.auroc"), unbroken(with_limits(figures.auroc)), border=True)
        label = page.say("ecg_results.headline.auprc", prevalence=share)
        st.metric(label, unbroken(with_limits(figures.auprc)), border=True)
        if found.oracle is not None:
            st.metric(
                page.say("ecg_results.headline.oracle"),
                number(found.oracle.classes["pe"].auroc.value),
                border=True,
                help=page.say("ecg_results.headline.oracle_help"),
            )
        st.metric(
            page.say("ecg_results.headline.reported"),
            number(original_report().figures["auroc"].value),
            border=True,
            help=page.say("ecg_results.headline.reported_help"),
        )
    events = int(held.event.sum())
    said = page.say("ecg_results.headline.test", n=len(held.event), events=events)
    if found.synthetic:
        said += " " + page.say("ecg_results.headline.synthetic_note")
    st.caption(said)
    if min(events, len(held.event) - events) < FEWEST_EVENTS:
        st.warning(page.say("ecg_results.headline.few", needed=FEWEST_EVENTS), icon=":material/warning:")
