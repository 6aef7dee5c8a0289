"""How good the ECG model is: the threshold and what it does, prevalence, severity, calibration, how it was made.

The main figures stand before the sections are loaded, whose tables and charts take pandas in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.clinical.reported import original_report
from core.evaluation import FEWEST_EVENTS
from pages.parts.lazily import part
from pages.parts.show import figure_row, number, unbroken, with_limits

if TYPE_CHECKING:
    from core.results import Results
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
    _headline(page, found)
    held = part("ecg_results_data").judged(found, found.artifact.digest)
    part("ecg_results_threshold").draw(page, found, held)
    part("ecg_results_checks").draw(page, found, held=held)
    part("subgroup_view").draw(page, found, "ecg")
    part("ecg_results_training").draw(page, found, held=held)


def _headline(page: Page, found: Results) -> None:
    figures = found.evaluation.classes["pe"]
    n, events = found.evaluation.n, figures.events
    share = f"{events / n:.1%}"
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
    said = page.say("ecg_results.headline.test", n=n, events=events)
    if found.synthetic:
        said += " " + page.say("ecg_results.headline.synthetic_note")
    st.caption(said)
    if min(events, n - events) < FEWEST_EVENTS:
        st.warning(page.say("ecg_results.headline.few", needed=FEWEST_EVENTS), icon=":material/warning:")
