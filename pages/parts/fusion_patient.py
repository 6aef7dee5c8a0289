"""One demonstration patient through all three models, and what each modality contributed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from core import charts
from core.charts.words import risk, word
from core.errors import ArtifactError
from core.fusion.late import MODALITIES
from pages.parts.fusion_data import COLUMNS, SERIES
from pages.parts.kept_parts import kept_part
from pages.parts.show import show_chart

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.results import Results
    from pages.parts.frame import Page
    from pages.parts.fusion_data import Joined

    Floats = NDArray[np.float64]


def draw(page: Page, found: Results, three: Joined) -> None:
    """Draw the choice of patient, the three answers and the contributions.

    Raises
    ------
    ArtifactError
        The stored predictions are not those of a fusion.
    """
    st.markdown(page.say("patient.lead"))
    name = _focus(page, found)
    chosen = _demonstrations(found, name, found.artifact.digest)
    if not chosen:
        st.info(page.say("patient.nobody"), icon=":material/info:")
        return
    kind = st.segmented_control(
        page.say("patient.which"),
        list(chosen),
        default=next(iter(chosen)),
        format_func=lambda key: page.say(f"patient.kinds.{key}"),
        key="fusion_patient",
        required=True,
    )
    kind = kind if kind in chosen else next(iter(chosen))
    _of_one(page, found, name, kind, three=three, row=chosen[kind])


@kept_part
def _of_one(
    page: Page,
    found: Results,
    name: str,
    kind: str,  # noqa: ARG001 - whose row it is
    *,
    three: Joined,
    row: pd.Series,
) -> None:
    left, right = st.columns(2)
    with left:
        chart = charts.modality_risks(
            _risks(found, three, row), language=page.language, synthetic=found.synthetic
        )
        show_chart(chart, "fusion_patient_risks")
    with right:
        _evidence(page, found, three, row, name)
    st.markdown(_in_words(page, row, name))
    st.caption(page.say("patient.note" if found.synthetic else "patient.note_real"))


@st.cache_resource(show_spinner=False, max_entries=8)
def _demonstrations(_found: Results, name: str, digest: str) -> dict[str, pd.Series]:  # noqa: ARG001
    return demonstrations(_found, name)


def demonstrations(found: Results, name: str) -> dict[str, pd.Series]:
    """Return test patients at the extremes of agreement, chosen without a look at what they truly had.

    Parameters
    ----------
    name
        The class whose evidence is looked at.

    Returns
    -------
    dict
        ``record_for`` (record for, ECG against), ``ecg_for``, ``both_for``, ``both_against``: a row of the predictions.
    """
    try:
        test = found.frame("predictions").query("part == 'test'")
        wanted = [f"{column}_{each}" for column in COLUMNS.values() for each in found.classes]
        added = [f"{one}_adds_{name}" for one in MODALITIES]
        test = test.dropna(subset=[*wanted, *added])
        evidence = test[added].to_numpy(float)
    except (KeyError, ValueError) as error:
        raise ArtifactError("errors.artifact_part", part="predictions.csv", reason=str(error)[:80]) from error
    if test.empty:
        return {}
    record, ecg = evidence.T
    places = {
        "record_for": np.argmax(np.minimum(record, -ecg)),
        "ecg_for": np.argmax(np.minimum(ecg, -record)),
        "both_for": np.argmax(np.minimum(record, ecg)),
        "both_against": np.argmax(np.minimum(-record, -ecg)),
    }
    fits = {"record_for": (1, -1), "ecg_for": (-1, 1), "both_for": (1, 1), "both_against": (-1, -1)}
    return {
        kind: test.iloc[int(place)]
        for kind, place in places.items()
        if (np.sign(evidence[place]) == fits[kind]).all()
    }


def steps(page: Page, found: Results, three: Joined, row: pd.Series, name: str) -> pd.DataFrame:
    """Return what moves one patient's log-odds of a class from the training share to the fused probability.

    Returns
    -------
    pandas.DataFrame
        ``label``, ``value`` (what the modality by itself says), ``contribution``: of a fusion with a correction each
        modality's includes its part of the correction. The intercept, the same for everyone, has a row of its own.
    """
    at = found.classes.index(name) - 1
    rows = [
        (
            page.say(f"names.{one}"),
            risk(page.language, float(row[f"{one}_{name}"])),
            float(row[f"{one}_adds_{name}"]),
        )
        for one in MODALITIES
    ]
    rows.append((page.say("patient.intercept"), "", three.fusion.intercepts[at]))
    return pd.DataFrame(rows, columns=["label", "value", "contribution"])


def ends(found: Results, three: Joined, row: pd.Series, name: str) -> tuple[float, float]:
    """Log-odds of a class against the first: by its share in the training part, and as the fusion says."""
    at, first = found.classes.index(name), found.classes[0]
    shares = three.fusion.shares
    tiny = np.finfo(float).tiny
    fused = math.log(max(row[f"p_{name}"], tiny) / max(row[f"p_{first}"], tiny))
    return math.log(shares[at] / shares[0]), fused


def _focus(page: Page, found: Results) -> str:
    if len(found.classes) == 2:
        return found.classes[-1]
    others = found.classes[1:]
    name = st.segmented_control(
        page.say("class"),
        others,
        default=others[-1],
        format_func=lambda each: word(page.language, "classes", each),
        key="fusion_patient_class",
        required=True,
    )
    return name or others[-1]


def _risks(found: Results, three: Joined, row: pd.Series) -> pd.DataFrame:
    names = found.classes[1:] if len(found.classes) == 2 else found.classes
    rows = [
        (name, series, row[f"{COLUMNS[series]}_{name}"], three.fusion.shares[found.classes.index(name)])
        for name in names
        for series in SERIES
    ]
    return pd.DataFrame(rows, columns=["class", "series", "probability", "base_rate"])


def _evidence(page: Page, found: Results, three: Joined, row: pd.Series, name: str) -> None:
    base = ends(found, three, row, name)[0]
    frame = steps(page, found, three, row, name)
    # the chart checks that its steps add up; what is smaller than a step that shows is rounding
    total = base + float(frame["contribution"].sum())
    chart = charts.evidence_steps(
        frame,
        base,
        total,
        name,
        language=page.language,
        synthetic=found.synthetic,
    )
    show_chart(chart, "fusion_patient_evidence")
    st.caption(page.say("patient.odds", reference=word(page.language, "classes", found.classes[0])))


def _in_words(page: Page, row: pd.Series, name: str) -> str:
    said = {series: risk(page.language, float(row[f"{COLUMNS[series]}_{name}"])) for series in SERIES}
    return page.say(
        "patient.words",
        name=word(page.language, "classes", name),
        truth=word(page.language, "classes", str(row["truth"])),
        **said,
    )
