"""Whether one model is better than another: AUROC of each with its interval, and paired differences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.charts._forest import ROW, draw_forest, forest_rows, reaching
from core.charts.style import INK, NEUTRAL, Chart, axis, canvas, nothing_to_show
from core.charts.words import auroc_interval, listed, signed_interval, word
from core.text import text

if TYPE_CHECKING:
    import pandas as pd


def modality_aurocs(aurocs: pd.DataFrame, *, language: str, synthetic: bool = False) -> Chart:
    """Draw each modality's area under the ROC curve as a dot in its interval, grouped by class.

    Parameters
    ----------
    aurocs
        ``class`` (or ``macro``), ``series`` (fusion, ehr, ecg), ``value``, ``low``, ``high``; rows of one class stand
        together.
    """
    title = text(language, "charts_fusion.modality_aurocs.title")
    if aurocs.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    said = [
        auroc_interval(value, low, high)
        for value, low, high in aurocs[["value", "low", "high"]].to_numpy(dtype=float)
    ]
    rows = forest_rows(aurocs, language)
    figure = canvas(title, language, height=120 + rows.height(ROW), synthetic=synthetic)
    figure.add_vline(x=0.5, line={"color": NEUTRAL, "dash": "dash", "width": 1.2})
    labels = series_words(aurocs, language)
    draw_forest(figure, aurocs, rows, labels, said)
    low, high = reaching(aurocs, 0.5)
    figure.update_layout(
        xaxis=axis(
            text(language, "charts_fusion.modality_aurocs.x"),
            range=[low, min(high, 1.01)],
            tickformat=".1f",
            dtick=0.1,
        )
    )
    alt = text(language, "charts_fusion.modality_aurocs.alt", rows=row_words(aurocs, labels, said, language))
    return Chart(figure, title, alt)


def auroc_differences(differences: pd.DataFrame, *, language: str, synthetic: bool = False) -> Chart:
    """Draw the AUROC of the fusion minus that of each single modality, with a line at no difference.

    Parameters
    ----------
    differences
        ``class`` (or ``macro``), ``series`` (the modality that is subtracted), ``value``, ``low``, ``high``; rows of
        one class stand together.
    """
    title = text(language, "charts_fusion.auroc_differences.title")
    if differences.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    said = [
        signed_interval(value, low, high, language)
        for value, low, high in differences[["value", "low", "high"]].to_numpy(dtype=float)
    ]
    rows = forest_rows(differences, language)
    labels = [
        text(language, "charts_fusion.auroc_differences.against", name=name)
        for name in series_words(differences, language)
    ]
    figure = canvas(title, language, height=140 + rows.height(ROW), synthetic=synthetic)
    figure.add_vline(x=0, line={"color": INK, "width": 1.4})
    # the limits are drawn; written beside the dots they would leave a phone no room for the plot
    values = [signed_interval(value, np.nan, np.nan, language) for value in differences["value"]]
    draw_forest(figure, differences, rows, labels, values)
    figure.update_layout(
        xaxis=axis(
            text(language, "charts_fusion.auroc_differences.x"),
            range=list(reaching(differences, -0.01, 0.01)),
            nticks=4,
        )
    )
    told = row_words(differences, labels, said, language)
    alt = text(language, "charts_fusion.auroc_differences.alt", rows=told)
    return Chart(figure, title, alt)


def series_words(frame: pd.DataFrame, language: str) -> list[str]:
    """Return what the series of each row is called."""
    return [word(language, "series", str(name)) for name in frame["series"]]


def row_words(frame: pd.DataFrame, labels: list[str], said: list[str], language: str) -> str:
    """Return all rows in words, for the alternative text."""
    classes = [word(language, "classes", str(name)) for name in frame["class"]]
    return listed(language, [" ".join(parts) for parts in zip(classes, labels, said, strict=True)])
