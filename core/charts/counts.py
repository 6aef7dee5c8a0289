"""Charts of counts: the confusion matrix, and how many of each class reach each stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.charts.rows import bar_labels, draw_rows, grouped_rows
from core.charts.style import LOWERS, NEUTRAL, Chart, axis, canvas, filled, look, nothing_to_show, tint
from core.charts.words import count, escape, listed, percent, word
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import plotly.graph_objects as go


def confusion_matrix(
    labels: Sequence[str],
    counts: np.ndarray[Any, np.dtype[Any]],
    *,
    language: str,
    synthetic: bool = False,
) -> Chart:
    """Draw counts and row percentages; rows are the truth, cells on the diagonal (framed) are right.

    Parameters
    ----------
    labels
        The classes in order, for rows and columns alike.
    counts
        Shape (classes, classes): patients of the row's class predicted to be of the column's class.
    """
    title = text(language, "charts.confusion_matrix.title")
    counts = np.asarray(counts)
    if counts.size == 0 or counts.sum() == 0:
        return nothing_to_show(title, language, synthetic=synthetic)
    totals = counts.sum(axis=1)
    with np.errstate(invalid="ignore"):
        shares = counts / totals[:, None]
    words = [word(language, "classes", label) for label in labels]
    figure = canvas(title, language, height=150 + 84 * len(labels), synthetic=synthetic)
    _cells(figure, shares)
    _cell_words(figure, words, counts, shares, language)
    _frame_diagonal(figure, len(words))
    _truth_and_prediction(figure, words, totals, language)
    said = [
        text(
            language,
            "charts.confusion_matrix.alt_row",
            name=name,
            right=count(counts[i, i]),
            total=count(totals[i]),
            share=percent(shares[i, i]),
        )
        for i, name in enumerate(words)
    ]
    return Chart(figure, title, text(language, "charts.confusion_matrix.alt", rows=listed(language, said)))


def _truth_and_prediction(
    figure: go.Figure, words: Sequence[str], totals: np.ndarray[Any, np.dtype[Any]], language: str
) -> None:
    """Name the classes along both axes, beside the truth with its number of patients, the first on top."""
    places = list(range(len(words)))
    figure.update_layout(
        xaxis=axis(
            text(language, "charts.confusion_matrix.x"),
            tickvals=places,
            ticktext=[escape(name) for name in words],
            showgrid=False,
            fixedrange=True,
        ),
        yaxis=axis(
            text(language, "charts.confusion_matrix.y"),
            tickvals=places,
            showgrid=False,
            range=[len(words) - 0.5, -0.5],
            fixedrange=True,
            ticktext=[f"{escape(w)}<br>n = {count(n)}" for w, n in zip(words, totals, strict=True)],
        ),
    )


def _cells(figure: go.Figure, shares: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    places = np.arange(len(shares))
    figure.add_heatmap(
        z=shares,
        x=places,
        y=places,
        zmin=0,
        zmax=1,
        xgap=3,
        ygap=3,
        showscale=False,
        # pale enough that the theme's text colour reads on it, on light and on dark ground
        colorscale=[(0, tint(LOWERS, 0.05)), (1, tint(LOWERS, 0.5))],
        hoverinfo="skip",
    )


def _cell_words(
    figure: go.Figure,
    words: Sequence[str],
    counts: np.ndarray[Any, np.dtype[Any]],
    shares: np.ndarray[Any, np.dtype[np.float64]],
    language: str,
) -> None:
    """Write count and row percentage into every cell."""
    rows, columns = (grid.ravel() for grid in np.indices(counts.shape))
    hover = [
        text(
            language,
            "charts.confusion_matrix.hover",
            truth=escape(words[i]),
            predicted=escape(words[j]),
            n=count(counts[i, j]),
            share=percent(shares[i, j]),
        )
        for i, j in zip(rows, columns, strict=True)
    ]
    figure.add_scatter(
        x=columns,
        y=rows,
        mode="text",
        customdata=counts.ravel(),
        textfont={"size": 15},
        text=[
            f"<b>{count(counts[i, j])}</b><br>{percent(shares[i, j])}"
            for i, j in zip(rows, columns, strict=True)
        ],
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _frame_diagonal(figure: go.Figure, number: int) -> None:
    for place in range(number):
        figure.add_shape(
            type="rect",
            x0=place - 0.48,
            x1=place + 0.48,
            y0=place - 0.48,
            y1=place + 0.48,
            line={"color": NEUTRAL, "width": 2},
        )


def class_flow(flow: pd.DataFrame, *, language: str, synthetic: bool = False) -> Chart:
    """Draw how many of each class reach each stage, as shares that can be compared.

    A dotted line marks each class's natural share (that of the first stage): the resampled training part
    leaves it, the test part stays on it. The resampled stage is hatched, since its rows are not all
    patients.

    Parameters
    ----------
    flow
        ``stage`` (all, train, resampled, test, in the order of drawing), ``class``, ``count``.
    """
    title = text(language, "charts.class_flow.title")
    if flow.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    frame = flow.assign(share=flow["count"] / flow.groupby("stage")["count"].transform("sum"))
    order = {name: i for i, name in enumerate(dict.fromkeys(frame["class"]))}
    frame = frame.sort_values("class", key=lambda names: names.map(order), kind="stable").reset_index(
        drop=True
    )
    rows = grouped_rows([_heading(language, str(name), order[name]) for name in frame["class"]])
    figure = canvas(title, language, height=110 + rows.height(26), synthetic=synthetic)
    draw_rows(figure, rows, [word(language, "stages", str(stage)) for stage in frame["stage"]])
    _flow_bars(figure, frame, rows.positions, order, language)
    for name, part in frame.groupby("class", sort=False):
        natural = float(part["share"].iloc[0])
        places = rows.positions[part.index]
        figure.add_shape(
            type="line",
            x0=natural * 100,
            x1=natural * 100,
            y0=places.min() - 0.5,
            y1=places.max() + 0.5,
            line={"color": look(str(name)).color, "width": 1.5, "dash": "dot"},
        )
    figure.update_layout(
        xaxis=axis(text(language, "charts.class_flow.x"), range=[0, 101], tickvals=[0, 25, 50, 75, 100])
    )
    return Chart(figure, title, _flow_alt(frame, language))


def _heading(language: str, name: str, position: int) -> str:
    return f"{look(name, position).mark} {escape(word(language, 'classes', name))}"


def _flow_bars(
    figure: go.Figure,
    frame: pd.DataFrame,
    places: np.ndarray[Any, np.dtype[np.float64]],
    order: dict[Any, int],
    language: str,
) -> None:
    labels = [f"{count(n)} ({percent(s)})" for n, s in zip(frame["count"], frame["share"], strict=True)]
    figure.add_bar(
        x=frame["share"].to_numpy() * 100,
        y=places,
        orientation="h",
        width=0.72,
        **bar_labels(labels, frame["share"]),
        customdata=frame["count"].to_numpy(),
        marker=filled(
            [look(str(name), order[name]).color for name in frame["class"]],
            ["/" if stage == "resampled" else "" for stage in frame["stage"]],
        ),
        hovertext=[
            f"{escape(word(language, 'stages', str(stage)))} · {escape(word(language, 'classes', str(name)))}"
            for stage, name in zip(frame["stage"], frame["class"], strict=True)
        ],
        hovertemplate="%{hovertext}: %{text}<extra></extra>",
    )


def _flow_alt(frame: pd.DataFrame, language: str) -> str:
    stages = []
    for stage, part in frame.groupby("stage", sort=False):
        shares = listed(
            language,
            [
                f"{word(language, 'classes', str(name))} {count(n)} ({percent(share)})"
                for name, n, share in zip(part["class"], part["count"], part["share"], strict=True)
            ],
        )
        stages.append(
            text(
                language,
                "charts.class_flow.alt_stage",
                stage=word(language, "stages", str(stage)),
                shares=shares,
            )
        )
    return text(language, "charts.class_flow.alt", stages=" ".join(stages))
