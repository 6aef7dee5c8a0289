"""What the saved ECG model says of one recording: probability, prediction set, and where on the trace it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import streamlit as st

from core import charts
from core.charts.ecg_paper import LeadTimeMap
from core.charts.words import word
from core.cohort.naming import cohort_words
from core.errors import InputError
from core.report.risk import likeliest_outside
from pages.parts.ecg_memory import remembered
from pages.parts.kept_parts import keep
from pages.parts.loaders import ecg_model
from pages.parts.show import show_chart, waiting
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.ecg.interpretation import Reading
    from core.prediction import Prediction
    from core.results import Results
    from pages.parts.frame import Page

_CLASS = "pe"


def probability(found: Results, reading: Reading, name: str = "1") -> Prediction:
    """Return what the model says; of an unusable recording no probability, but why.

    Parameters
    ----------
    name
        What the recording is called in the prediction.

    Raises
    ------
    ArtifactError
        The model cannot be loaded.
    """
    from core.prediction import predict_ecg

    return predict_ecg(ecg_model(found.task), [(name, reading)], found.task)[0]


def embolism_probability(found: Results | None, reading: Reading) -> float | None:
    """Return the probability of embolism alone, for tables; None without a model or a usable recording."""
    if found is None or not reading.quality.usable:
        return None
    return probability(found, reading).probabilities.get(_CLASS)


def draw_probability(page: Page, found: Results | None, reading: Reading, key: str, *, own: bool) -> None:
    """Draw the probability, or one sentence why there is none.

    Parameters
    ----------
    own
        The recording is the visitor's: then it is said that the chart's mark speaks of the model alone, and what is
        worked out stays in this session.
    """
    st.markdown(f"**{page.say('model.title')}**")
    if found is None:
        st.info(page.say("model.none"), icon=":material/info:")
        return
    if not reading.quality.usable:
        st.info(page.say("model.unusable"), icon=":material/block:")
        return
    with waiting(page.say("model.loading"), 260):
        said = remembered(
            ("probability", found.artifact.digest, key), lambda: probability(found, reading), ours=not own
        )
    if own and found.synthetic:
        st.markdown(page.say("model.own_recording"))
    told = ("ecg_risk", found.artifact.digest, key)
    keep(page, told, lambda: _risk(page, found, said), ours=not own)


def _risk(page: Page, found: Results, said: Prediction) -> None:
    counts = found.artifact.manifest["class_counts"]["train"]
    total = sum(counts.values())
    frame = pd.DataFrame(
        {
            "class": found.classes,
            "probability": [said.probabilities[name] for name in found.classes],
            "low": np.nan,
            "high": np.nan,
            "base_rate": [counts[name] / total for name in found.classes],
        }
    )
    chart = charts.probability_bars(frame, language=page.language, synthetic=found.synthetic)
    show_chart(chart, "ecg_risk")
    words = page.say("shared.separator").join(
        word(page.language, "classes", name) for name in said.prediction_set
    )
    st.markdown(page.say("model.set", classes=words) if words else page.say("model.empty_set"))
    if outside := likeliest_outside(said, page.language):
        st.caption(outside)
    if len(said.each) > 1 and _CLASS in said.probabilities:
        risks = " / ".join(f"{100 * one[_CLASS]:.0f}" for one in said.each)
        st.caption(page.say("model.each", n=len(said.each), risks=risks))
    for warning in said.warnings:
        st.warning(plain(warning.say(page.language)), icon=":material/warning:")
    cohort = str(found.artifact.manifest["cohort"]["name"])
    st.caption(
        page.say("model.note")
        + " "
        + page.say("model.trained_on", name=plain(cohort_words(cohort, page.language)))
    )


def draw_reasons(
    page: Page, found: Results | None, reading: Reading, key: str, *, own: bool
) -> LeadTimeMap | None:
    """Draw in sentences what moved the model, and give it for the trace; where it cannot be told, that is said."""
    if found is None or not reading.quality.usable:
        return None
    digest = found.artifact.digest

    def make() -> Any:
        from core.ecg.attribution import attribute
        from core.ecg.network_input import windows

        seen = windows(reading.recording, reading.quality.untrusted)
        return attribute(ecg_model(found.task).score, seen, quality=reading.quality)

    try:
        told = remembered(("attribution", digest, key), make, ours=not own)
    except InputError as error:
        st.caption(plain(error.say(page.language)))
        return None
    from core.ecg.attribution_words import sentences
    from core.ecg.network_input import window_starts_s

    st.markdown(f"**{page.say('model.reasons')}**")
    st.markdown("\n".join(f"- {plain(said)}" for said in sentences(told, reading, page.language)))
    return LeadTimeMap(*told.trace(window_starts_s(reading.recording)))
