"""What a cohort's variables look like: missing values, and the error of imputing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.charts.rows import bar_labels, draw_rows, grouped_rows, row_pixels
from core.charts.style import (
    LOWERS,
    Chart,
    Look,
    axis,
    canvas,
    filled,
    nothing_to_show,
)
from core.charts.words import escape, listed, percent, word
from core.text import text

if TYPE_CHECKING:
    import pandas as pd

_LIMIT = 24


def missingness(shares: pd.DataFrame, *, language: str, synthetic: bool = False) -> Chart:
    """Draw the share of patients without a value for each variable, most missing first within each group.

    Parameters
    ----------
    shares
        ``label`` (without unit), ``share`` (0 to 1), ``group`` (the group's words; groups are drawn in the
        order of their first row).
    """
    title = text(language, "charts.missingness.title")
    if shares.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    order = {group: i for i, group in enumerate(dict.fromkeys(shares["group"]))}
    frame = shares.assign(_order=shares["group"].map(order))
    frame = frame.sort_values(["_order", "share"], ascending=[True, False], kind="stable").reset_index(
        drop=True
    )
    rows = grouped_rows([escape(group) for group in frame["group"]])
    labels = [str(label) for label in frame["label"]]
    height = 100 + rows.height(row_pixels(labels, 21, _LIMIT))
    figure = canvas(title, language, height=height, synthetic=synthetic)
    draw_rows(figure, rows, labels, limit=_LIMIT, lines=2)
    figure.add_bar(
        x=frame["share"].to_numpy() * 100,
        y=rows.positions,
        orientation="h",
        width=0.68,
        marker=filled(LOWERS),
        **bar_labels([percent(share) for share in frame["share"]], [0.0] * len(frame)),
        hovertext=[escape(label) for label in frame["label"]],
        hovertemplate=text(language, "charts.missingness.hover") + "<extra></extra>",
    )
    figure.update_layout(
        xaxis=axis(text(language, "charts.missingness.x"), range=[0, 112], tickvals=[0, 25, 50, 75, 100])
    )
    worst = frame.sort_values("share", ascending=False, kind="stable").head(3)
    said = [f"{label} {percent(share)}" for label, share in zip(worst["label"], worst["share"], strict=True)]
    facts = {"n": len(frame), "missing": int((frame["share"] > 0).sum()), "worst": listed(language, said)}
    return Chart(figure, title, text(language, "charts.missingness.alt", **facts))


def imputation_error(errors: pd.DataFrame, *, language: str, synthetic: bool = False) -> Chart:
    """Draw how far imputed values lie from true ones, numeric variables and categorical ones apart.

    Parameters
    ----------
    errors
        ``label`` (without unit), ``error``, ``kind`` (``nrmse``: root mean square error over standard
        deviation, 1 is no better than the mean; ``pfc``: proportion falsely classified), ``missing``
        (share, 0 to 1).
    """
    title = text(language, "charts.imputation_error.title")
    if errors.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    frame = errors.sort_values(["kind", "error"], kind="stable").reset_index(drop=True)
    rows = grouped_rows([escape(word(language, "errors", str(kind))) for kind in frame["kind"]])
    labels = [str(label) for label in frame["label"]]
    figure = canvas(
        title,
        language,
        height=100 + rows.height(row_pixels(labels, 23, _LIMIT)),
        synthetic=synthetic,
        note=text(language, "charts.imputation_error.note"),
    )
    draw_rows(figure, rows, labels, limit=_LIMIT, lines=2)
    top = max(1.0, float(frame["error"].max())) * 1.02
    for i, (kind, part) in enumerate(frame.groupby("kind", sort=False)):
        seen = (Look(LOWERS, "circle"), Look("#a16207", "diamond"))[i % 2]
        places = rows.positions[part.index]
        figure.add_scatter(
            x=part["error"].to_numpy(),
            y=places,
            mode="markers",
            name=str(kind).upper(),
            marker={"symbol": seen.symbol, "size": 10, "color": seen.color},
            error_x={
                # the stem from zero to the point
                "type": "data",
                "symmetric": False,
                "array": np.zeros(len(part)),
                "width": 0,
                "arrayminus": part["error"].to_numpy(),
                "thickness": 1.6,
            },
            customdata=part["missing"].to_numpy() * 100,
            hovertext=[escape(label) for label in part["label"]],
            hovertemplate=text(language, "charts.imputation_error.hover") + "<extra></extra>",
        )
    figure.update_layout(
        xaxis=axis(text(language, "charts.imputation_error.x"), range=[0, top], tickformat=".1f")
    )
    return Chart(figure, title, _error_alt(frame, language))


def _error_alt(frame: pd.DataFrame, language: str) -> str:
    said = []
    for kind, part in frame.groupby("kind", sort=False):
        worst = part.iloc[-1]
        facts = {"kind": str(kind).upper(), "n": len(part), "median": f"{part['error'].median():.2f}"}
        said.append(
            text(
                language,
                "charts.imputation_error.alt_kind",
                **facts,
                worst=worst["label"],
                error=f"{worst['error']:.2f}",
            )
        )
    return text(language, "charts.imputation_error.alt", kinds=listed(language, said))
