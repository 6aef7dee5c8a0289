"""A threshold to move, and everything that follows: its point, the confusion matrix, the table, other prevalences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core import charts
from core.clinical.reported import original_report, published_ecg_models
from core.evaluation import OperatingPoint, roc_curve
from core.late import LateModule
from pages.parts import ecg_results_prevalence
from pages.parts.ecg_results_tables import figures_table, published_table
from pages.parts.kept_parts import kept_part
from pages.parts.show import show_chart

if TYPE_CHECKING:
    import pandas as pd

    from core.evaluation import Decision
    from core.results import Results
    from pages.parts.ecg_results_data import Judged
    from pages.parts.frame import Page
else:
    pd = LateModule("pandas")

_SLIDER, _CHOICE = "ecg_threshold", "ecg_threshold_choice"
_DIGITS = 2  # of the slider: steps of one patient in a hundred


@st.fragment
def draw(page: Page, found: Results, held: Judged) -> None:
    """Draw threshold and prevalence; moving a slider runs this fragment alone."""
    st.header(page.say("ecg_results.threshold.title"), anchor=False)
    st.markdown(page.say("ecg_results.threshold.lead"))
    decision = held.decide(_ask(page, held))
    _at(page, found, decision.threshold, held=held, decision=decision)
    ecg_results_prevalence.draw(page, found, decision)


@kept_part
def _at(page: Page, found: Results, threshold: float, *, held: Judged, decision: Decision) -> None:  # noqa: ARG001
    counts = decision.counts
    flagged = counts.tp + counts.fp
    share = f"{flagged / len(held.event):.0%}"
    facts = {"flagged": flagged, "share": share, "tp": counts.tp, "fn": counts.fn}
    st.markdown(page.say("ecg_results.threshold.flagged", n=len(held.event), **facts))
    left, right = st.columns([3, 2])
    with left:
        show_chart(_roc(page, found, held, decision), "ecg_roc")
    with right:
        show_chart(
            charts.confusion_matrix(
                found.classes, decision.confusion, language=page.language, synthetic=found.synthetic
            ),
            "ecg_confusion",
        )
    show_chart(_histogram(page, found, held, decision), "ecg_histogram")
    _tables(page, found, decision)


def _ask(page: Page, held: Judged) -> float:
    """Let the reader move the threshold; returns the exact one where the slider stands on a chosen one."""
    rounded = {name: round(value, _DIGITS) for name, value in held.thresholds.items()}
    names = {
        "youden": page.say("ecg_results.threshold.youden"),
        "sensitivity": page.say("ecg_results.threshold.sensitivity", target=f"{held.target:g}"),
        "report": page.say(
            "ecg_results.threshold.report",
            target=f"{original_report().figures['sensitivity'].value:g}",
        ),
    }
    buttons = st.container()
    # bound to the address, so that a link shows what its sender saw; a threshold tells nothing about a patient
    slid = st.slider(
        page.say("ecg_results.threshold.slider"),
        min_value=0.0,
        max_value=1.0,
        value=rounded["youden"],
        step=10.0**-_DIGITS,
        format=f"%.{_DIGITS}f",
        key=_SLIDER,
        bind="query-params",
    )
    chosen = next((name for name, value in rounded.items() if value == round(slid, _DIGITS)), None)
    # the slider alone decides; the buttons show where it stands
    st.session_state[_CHOICE] = chosen
    buttons.segmented_control(
        page.say("ecg_results.threshold.choice"),
        list(names),
        format_func=lambda name: names[name],
        key=_CHOICE,
        on_change=_choose,
        args=(rounded,),
    )
    exact = slid if chosen is None else held.thresholds[chosen]
    how = (
        page.say("ecg_results.threshold.how_own")
        if chosen is None
        else page.say("ecg_results.threshold.how_preset", name=names[chosen])
    )
    st.caption(page.say("ecg_results.threshold.exact", threshold=f"{exact:.4g}", how=how))
    return exact


def _choose(rounded: dict[str, float]) -> None:
    chosen = st.session_state[_CHOICE]
    if chosen is not None:
        st.session_state[_SLIDER] = rounded[chosen]


def _roc(page: Page, found: Results, held: Judged, decision: Decision) -> charts.Chart:
    curves = _curves(found, held, found.artifact.digest)
    area = found.evaluation.classes["pe"].auroc
    best = None if found.oracle is None else found.oracle.classes["pe"].auroc.value
    found_at = decision.measures
    return charts.roc_at_threshold(
        curves[curves["series"] == "p"],
        (area.value, area.low, area.high),
        point=OperatingPoint(decision.threshold, found_at.sensitivity, found_at.specificity),
        published=_published(page),
        oracle=None if best is None else curves[curves["series"] == "oracle"],
        oracle_area=float("nan") if best is None else best,
        language=page.language,
        synthetic=found.synthetic,
    )


@st.cache_resource(show_spinner=False, max_entries=4)
def _curves(_found: Results, _held: Judged, digest: str) -> pd.DataFrame:  # noqa: ARG001 - the digest is the key
    stored = _found.frame("roc")
    own = stored[(stored["series"] == "p") & (stored["class"] == "pe")]
    if _held.oracle is None:
        return own
    best = roc_curve(_held.event, _held.oracle)
    oracle = pd.DataFrame({"series": "oracle", "fpr": best.fpr, "tpr": best.tpr})
    return pd.concat([own, oracle], ignore_index=True)


def _published(page: Page) -> pd.DataFrame:
    """Points of others in the ROC plane: only figures that were read in their source."""
    report = original_report()
    points = [(page.say("ecg_results.published.report"), report.figures, "reported")]
    points += [
        (f"{one.name} · {page.say(f'ecg_results.published.studies.{one.key}')}", one.figures, "published")
        for one in published_ecg_models()
        if one.status == "verified" and {"sensitivity", "specificity"} <= one.figures.keys()
    ]
    return pd.DataFrame(
        [(label, fig["sensitivity"].value, fig["specificity"].value, kind) for label, fig, kind in points],
        columns=["label", "sensitivity", "specificity", "kind"],
    )


def _histogram(page: Page, found: Results, held: Judged, decision: Decision) -> charts.Chart:
    names = ["pe" if event else "no_pe" for event in held.event]
    return charts.probability_histogram(
        pd.DataFrame({"class": names, "probability": held.probability}),
        threshold=decision.threshold,
        language=page.language,
        synthetic=found.synthetic,
    )


def _tables(page: Page, found: Results, decision: Decision) -> None:
    st.markdown(f"**{page.say('ecg_results.table.title')}**")
    auroc = found.evaluation.classes["pe"].auroc
    with st.container(key="short_ecg_figures"):
        st.table(
            figures_table(page, decision, auroc, synthetic=found.synthetic),
            border="horizontal",
            hide_index=True,
            alt=page.say("ecg_results.table.title"),
        )
    st.caption(page.say("ecg_results.table.note"))
    with st.expander(page.say("ecg_results.published.title"), icon=":material/menu_book:"):
        with st.container(key="worded_ecg_published"):
            st.table(
                published_table(page, decision, auroc, synthetic=found.synthetic),
                border="horizontal",
                hide_index=True,
                alt=page.say("ecg_results.published.title"),
            )
        st.caption(page.say("ecg_results.published.note"))
