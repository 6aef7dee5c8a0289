"""Whether fusion is worth using: the decision curves of the three modalities on the same test patients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core import charts
from core.charts.words import word
from core.errors import ArtifactError
from core.evaluation import decision_curve
from core.late import LateModule
from pages.parts.fusion_data import COLUMNS
from pages.parts.kept_parts import kept_part
from pages.parts.show import show_chart

if TYPE_CHECKING:
    import pandas as pd

    from core.results import Results
    from pages.parts.frame import Page
else:
    pd = LateModule("pandas")

_NO_EVENT = ("none", "no_pe")


def draw(page: Page, found: Results) -> None:
    """Draw fusion, record and ECG beside acting on everybody and on nobody, from the stored test predictions."""
    st.header(page.say("fusion_more.benefit.title"), anchor=False)
    shown = [name for name in found.classes if name not in _NO_EVENT]
    name = shown[-1]
    if len(shown) > 1:
        chosen = st.segmented_control(
            page.say("class"),
            shown,
            default=name,
            format_func=lambda each: word(page.language, "classes", each),
            key="fusion_benefit_class",
            required=True,
        )
        name = chosen or name
    _chart(page, found, name)
    st.caption(page.say("fusion_more.benefit.note"))


def curves(found: Results, name: str) -> pd.DataFrame:
    """Decision curve of each modality for one class.

    Returns
    -------
    pandas.DataFrame
        ``series`` (``fusion``, ``ehr``, ``ecg``) and the columns of ``core.evaluation.decision_curve``; only patients
        whom all three have judged.

    Raises
    ------
    ArtifactError
        The stored predictions are not those of a fusion.
    """
    frame = found.frame("predictions")
    try:
        wanted = {series: f"{column}_{name}" for series, column in COLUMNS.items()}
        test = frame[frame["part"] == "test"].dropna(subset=list(wanted.values()))
        event = (test["truth"] == name).to_numpy()
        parts = [
            decision_curve(event, test[column].to_numpy(dtype=float)).assign(series=series)
            for series, column in wanted.items()
        ]
    except (KeyError, ValueError) as error:
        raise ArtifactError("errors.artifact_part", part="predictions.csv", reason=str(error)[:80]) from error
    return pd.concat(parts, ignore_index=True)


@kept_part
def _chart(page: Page, found: Results, name: str) -> None:
    chart = charts.net_benefit(curves(found, name), name, language=page.language, synthetic=found.synthetic)
    show_chart(chart, "fusion_benefit")
