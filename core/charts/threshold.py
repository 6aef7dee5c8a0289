"""What a threshold does: the point it picks on the ROC curve, and whom it separates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.charts.discrimination import band, corner_note, unit_square
from core.charts.style import (
    INK,
    NEUTRAL,
    RAISES,
    Chart,
    axis,
    canvas,
    compact,
    diagonal,
    filled,
    key_of,
    look,
    nothing_to_show,
    sign,
)
from core.charts.words import auroc, auroc_interval, count, escape, percent, word
from core.text import text

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from core.charts.discrimination import Interval
    from core.evaluation import Interval as Limits
    from core.evaluation import OperatingPoint

_BINS = 25
_KINDS = {"reported": ("x", "✖", RAISES), "published": ("diamond-open", "◇", NEUTRAL)}


def roc_at_threshold(
    curve: pd.DataFrame,
    area: Interval,
    *,
    point: OperatingPoint,
    language: str,
    published: pd.DataFrame | None = None,
    oracle: pd.DataFrame | None = None,
    oracle_area: float = float("nan"),
    synthetic: bool = False,
) -> Chart:
    """Draw the ROC curve of one class with its band, and the point of a threshold with both intervals.

    Parameters
    ----------
    curve
        ``fpr``, ``tpr``, ``threshold`` and, where a band is wanted, ``low``, ``high`` (of ``tpr``).
    area
        Area under it: value, low, high.
    point
        The threshold, and what it yields.
    published
        Other people's points, of other patients: ``label``, ``sensitivity``, ``specificity``, ``kind``
        (``reported`` for the original report, ``published`` for others).
    oracle, oracle_area
        ``fpr``, ``tpr`` of the best possible, dotted, and its area.
    """
    title = text(language, "charts_decisions.roc_at_threshold.title")
    if curve.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    figure = canvas(title, language, height=460, synthetic=synthetic, key=_key(language, published))
    diagonal(figure)
    _own_curve(figure, curve, language)
    notes = [f"<b>{text(language, 'charts.auroc')}</b>", auroc_interval(*area)]
    if oracle is not None:
        _oracle(figure, oracle)
        notes.append(f"┄ {escape(word(language, 'series', 'oracle'))}  {auroc(oracle_area)}")
    if published is not None:
        _others(figure, published, language)
    _point(figure, point, language)
    corner_note(figure, notes)
    unit_square(figure, language, "roc_curves")
    alt = text(
        language,
        "charts_decisions.roc_at_threshold.alt",
        area=auroc_interval(*area),
        threshold=f"{point.threshold:.2f}",
        sensitivity=_words(point.sensitivity),
        specificity=_words(point.specificity),
    )
    return Chart(figure, title, alt)


def _own_curve(figure: go.Figure, curve: pd.DataFrame, language: str) -> None:
    """Draw the model's curve and its band."""
    seen = look("pe")
    band(figure, curve, "fpr", seen)
    figure.add_scatter(
        x=compact(curve["fpr"]),
        y=compact(curve["tpr"]),
        mode="lines",
        line={"color": seen.color, "width": 2.4},
        # the first threshold stands above every probability; 1 says the same
        customdata=np.minimum(compact(curve["threshold"]), 1),
        hovertemplate=text(language, "charts.roc_curves.hover") + "<extra></extra>",
    )


def _key(language: str, published: pd.DataFrame | None) -> str:
    signs = [(sign(INK, "●"), text(language, "charts_decisions.roc_at_threshold.chosen"))]
    kinds = [] if published is None else list(dict.fromkeys(published["kind"]))
    for kind in kinds:
        _, glyph, color = _KINDS[kind]
        signs.append((sign(color, glyph), text(language, f"charts_decisions.roc_at_threshold.{kind}")))
    return key_of(signs)


def _oracle(figure: go.Figure, oracle: pd.DataFrame) -> None:
    figure.add_scatter(
        x=compact(oracle["fpr"]),
        y=compact(oracle["tpr"]),
        mode="lines",
        hoverinfo="skip",
        line={"color": look("oracle").color, "width": 1.6, "dash": "dot"},
    )


def _others(figure: go.Figure, published: pd.DataFrame, language: str) -> None:
    for kind, part in published.groupby("kind", sort=False):
        symbol, _, color = _KINDS[str(kind)]
        figure.add_scatter(
            x=1 - part["specificity"].to_numpy(dtype=float),
            y=part["sensitivity"].to_numpy(dtype=float),
            mode="markers",
            marker={"symbol": symbol, "size": 10, "color": color, "line": {"width": 2}},
            hovertext=[escape(label) for label in part["label"]],
            hovertemplate=text(language, "charts_decisions.roc_at_threshold.hover_other") + "<extra></extra>",
        )


def _point(figure: go.Figure, point: OperatingPoint, language: str) -> None:
    bars = {"type": "data", "color": INK, "thickness": 1.6, "width": 5}
    found, spared = point.sensitivity, point.specificity
    figure.add_scatter(
        x=[1 - spared.value],
        y=[found.value],
        mode="markers",
        name="threshold",
        marker={"symbol": "circle", "size": 13, "color": INK},
        error_y={**bars, "array": [found.high - found.value], "arrayminus": [found.value - found.low]},
        # the false positive rate is the specificity turned round, and so are its limits
        error_x={**bars, "array": [spared.value - spared.low], "arrayminus": [spared.high - spared.value]},
        customdata=[point.threshold],
        hovertemplate=text(language, "charts.roc_curves.hover") + "<extra></extra>",
    )


def _words(interval: Limits) -> str:
    return auroc_interval(interval.value, interval.low, interval.high)


def probability_histogram(
    predictions: pd.DataFrame, *, threshold: float, language: str, event: str = "pe", synthetic: bool = False
) -> Chart:
    """Draw how probabilities are distributed in both classes, one upwards and one downwards from the axis.

    Parameters
    ----------
    predictions
        ``class``, ``probability`` (0 to 1) of every patient; only counts are sent to the browser.
    threshold
        Drawn as a line: those to its right are flagged.
    event
        The class drawn upwards.
    """
    title = text(language, "charts_decisions.probability_histogram.title")
    if predictions.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    names = sorted({str(name) for name in predictions["class"]}, key=lambda name: name != event)
    signs = [(look(name, i).mark, word(language, "classes", name)) for i, name in enumerate(names)]
    figure = canvas(title, language, height=380, synthetic=synthetic, key=key_of(signs))
    edges = np.linspace(0, 1, _BINS + 1)
    largest, said = 0.0, []
    for name in names:
        values = predictions.loc[predictions["class"] == name, "probability"].to_numpy(dtype=float)
        shares = 100 * np.histogram(np.clip(values, 0, 1), edges)[0] / len(values)
        largest = max(largest, float(shares.max()))
        _shares(figure, edges, shares, name, language, upwards=name == event)
        facts = {"name": word(language, "classes", name), "n": count(len(values))}
        above = percent(float((values >= threshold).mean()))
        said.append(text(language, "charts_decisions.probability_histogram.alt_class", share=above, **facts))
    figure.add_vline(x=100 * threshold, line={"color": INK, "width": 2})
    _histogram_axes(figure, largest, language)
    classes = text(language, "charts.separator").join(said)
    key = "charts_decisions.probability_histogram.alt"
    return Chart(figure, title, text(language, key, threshold=f"{threshold:.2f}", classes=classes))


def _shares(
    figure: go.Figure,
    edges: np.ndarray[tuple[int], np.dtype[np.float64]],
    shares: np.ndarray[tuple[int], np.dtype[np.float64]],
    name: str,
    language: str,
    *,
    upwards: bool,
) -> None:
    seen = look(name)
    figure.add_bar(
        x=compact(100 * (edges[:-1] + edges[1:]) / 2),
        y=compact(shares if upwards else -shares),
        width=100 / _BINS,
        marker={**filled(seen.color, seen.pattern), "line": {"width": 0.5, "color": seen.color}},
        customdata=compact(shares),
        hovertemplate=f"{seen.mark} {text(language, 'charts_decisions.probability_histogram.hover')}"
        "<extra></extra>",
    )


def _histogram_axes(figure: go.Figure, largest: float, language: str) -> None:
    step = next(one for one in (1, 2, 5, 10, 20, 50) if 3 * one >= largest or one == 50)
    places = [step * i for i in range(-2, 3)]
    figure.update_layout(
        barmode="overlay",
        bargap=0,
        xaxis=axis(
            text(language, "charts_decisions.probability_histogram.x"),
            range=[-1, 101],
            tickvals=[0, 20, 40, 60, 80, 100],
        ),
        yaxis=axis(
            text(language, "charts_decisions.probability_histogram.y"),
            range=[-1.12 * largest, 1.12 * largest],
            tickvals=places,
            ticktext=[f"{abs(place)}" for place in places],
            zeroline=True,
            zerolinecolor=NEUTRAL,
        ),
    )
