"""The three modalities side by side: their ROC curves, and what each says of one patient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.charts._forest import ROW, draw_forest, forest_rows
from core.charts.differences import row_words, series_words
from core.charts.discrimination import band, corner_note, unit_square
from core.charts.importance import waterfall
from core.charts.style import (
    NEUTRAL,
    Chart,
    axis,
    canvas,
    compact,
    diagonal,
    key_of,
    look,
    nothing_to_show,
    sign,
)
from core.charts.words import auroc_interval, escape, listed, risk, word
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import plotly.graph_objects as go

    from core.charts.discrimination import Interval

_BASE = "│"


def modality_rocs(
    curves: pd.DataFrame,
    aurocs: Mapping[str, Interval],
    class_name: str,
    *,
    language: str,
    synthetic: bool = False,
) -> Chart:
    """Draw the ROC curves of one class, one a modality.

    Parameters
    ----------
    curves
        ``series`` (fusion, ehr, ecg), ``fpr``, ``tpr``, ``threshold``; where known also ``low``, ``high``: the band of
        the fusion is drawn, three would hide each other.
    aurocs
        Series to area under the curve: value, low, high.
    class_name
        The class told from the rest.
    """
    name = word(language, "classes", class_name)
    title = text(language, "charts_fusion.modality_rocs.title", name=name)
    if curves.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    figure = canvas(title, language, height=440, synthetic=synthetic)
    diagonal(figure)
    for series, part in curves.groupby("series", sort=False):
        _roc(figure, part, str(series), language)
    lines = [
        f"{look(series).mark} {escape(word(language, 'series', series))}  {auroc_interval(*area)}"
        for series, area in aurocs.items()
    ]
    corner_note(figure, [f"<b>{text(language, 'charts.auroc')}</b>", *lines])
    unit_square(figure, language, "roc_curves")
    told = [f"{word(language, 'series', series)} {auroc_interval(*area)}" for series, area in aurocs.items()]
    alt = text(language, "charts_fusion.modality_rocs.alt", name=name, areas=listed(language, told))
    return Chart(figure, title, alt)


def _roc(figure: go.Figure, part: pd.DataFrame, series: str, language: str) -> None:
    seen = look(series)
    if series == "fusion":
        band(figure, part, "fpr", seen)
    figure.add_scatter(
        x=compact(part["fpr"]),
        y=compact(part["tpr"]),
        name=escape(word(language, "series", series)),
        mode="lines+markers",
        line={"color": seen.color, "width": 2.4 if series == "fusion" else 1.9, "dash": seen.dash},
        marker={"symbol": seen.symbol, "size": 8, "color": seen.color, "maxdisplayed": 7},
        # the first threshold stands above every probability; 1 says the same
        customdata=np.minimum(compact(part["threshold"]), 1),
        hovertemplate=f"{seen.mark} {text(language, 'charts.roc_curves.hover')}<extra></extra>",
    )


def modality_risks(risks: pd.DataFrame, *, language: str, synthetic: bool = False) -> Chart:
    """Draw what each modality says of one patient, beside how common each class is.

    Parameters
    ----------
    risks
        ``class``, ``series`` (fusion, ehr, ecg), ``probability``, ``base_rate`` (share of the class in the training
        part), from 0 to 1; rows of one class stand together.
    """
    title = text(language, "charts_fusion.modality_risks.title")
    if risks.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    frame = risks.assign(value=100 * risks["probability"].astype(float), low=np.nan, high=np.nan)
    rows = forest_rows(frame, language)
    key = key_of([(sign(NEUTRAL, _BASE), text(language, "charts_fusion.modality_risks.base"))])
    figure = canvas(title, language, height=120 + rows.height(ROW), synthetic=synthetic, key=key)
    labels = series_words(frame, language)
    said = [risk(language, float(one)) for one in frame["probability"]]
    draw_forest(figure, frame, rows, labels, said)
    figure.add_scatter(
        x=100 * frame["base_rate"].astype(float),
        y=rows.positions,
        mode="markers",
        marker={"symbol": "line-ns-open", "size": 18, "color": NEUTRAL, "line": {"width": 2}},
        hovertemplate=text(language, "charts.probability_bars.hover_base") + "<extra></extra>",
    )
    figure.update_layout(
        xaxis=axis(
            text(language, "charts_fusion.modality_risks.x"), range=[-2, 102], tickvals=[0, 25, 50, 75, 100]
        )
    )
    told = row_words(frame, labels, said, language)
    return Chart(figure, title, text(language, "charts_fusion.modality_risks.alt", rows=told))


def evidence_steps(
    contributions: pd.DataFrame,
    base: float,
    total: float,
    class_name: str,
    *,
    language: str,
    synthetic: bool = False,
) -> Chart:
    """Draw how record and ECG move one patient's log-odds of a class from how common the class is.

    Parameters
    ----------
    contributions
        ``label``, ``value`` (what the modality by itself says, as text), ``contribution`` (log-odds).
    base, total
        Log-odds, against the first class, of the share in the training part and of the fused probability.
    class_name
        The class explained.
    """
    return waterfall(
        contributions,
        base,
        total,
        class_name,
        language=language,
        words="charts_fusion.evidence_steps",
        synthetic=synthetic,
    )
