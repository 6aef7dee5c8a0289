"""What the order of the steps costs: what each order reports beside what its models do on untouched patients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.charts.style import (
    LOWERS,
    NEUTRAL,
    RAISES,
    TEXT_SIZE,
    Chart,
    axis,
    canvas,
    key_of,
    nothing_to_show,
    sign,
)
from core.charts.words import auroc, auroc_interval, escape, listed, signed
from core.text import has_text, text

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Mean = tuple[float, float, float]
"""Value, low, high."""

# colour, marker, the same sign as a character, and the lane under the order's words
_PARTS = {
    "apparent": (RAISES, "circle", "●", -0.02),
    "true": (LOWERS, "diamond", "◆", 0.24),
}
_FAINT = 0.3


def order_optimism(
    splits: pd.DataFrame,
    means: pd.DataFrame,
    *,
    measure: str,
    chance: float | None = None,
    note: str = "",
    language: str,
    synthetic: bool = False,
) -> Chart:
    """Draw, order by order, every split as a faint dot and the mean of all splits with its interval.

    Parameters
    ----------
    splits
        ``order``, ``part`` (``apparent``: on the order's own test part; ``true``: the same model on untouched
        patients), ``value`` (0 to 1).
    means
        ``order``, ``part``, ``value``, ``low``, ``high``; orders are drawn as they come.
    measure
        What the values are, plain text.
    chance
        Where a line is drawn: what knowing nothing gives.
    note
        A short plain-text remark that belongs to the figures.
    """
    title = text(language, "optimism.chart.title", measure=measure)
    if splits.empty or means.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    of_orders = _by_order(means)
    signs = [
        (sign(color, glyph), text(language, f"optimism.parts.{part}"))
        for part, (color, _, glyph, _) in _PARTS.items()
    ]
    figure = canvas(
        title, language, height=150 + 86 * len(of_orders), synthetic=synthetic, note=note, key=key_of(signs)
    )
    said = []
    for place, (order, parts) in enumerate(of_orders.items()):
        for part, mean in parts.items():
            dots = splits[(splits["order"] == order) & (splits["part"] == part)]["value"]
            _lane(figure, place, part, dots.to_numpy(dtype=float), mean, language)
        said.append(_in_words(order, parts, language))
        _heading(figure, place, order, parts, language)
        if chance is not None:
            _chance_line(figure, place, chance)
    figure.update_layout(
        xaxis=axis(
            text(language, "optimism.chart.x", measure=measure),
            range=_range(splits, means, chance),
            tickformat=".2f",
        ),
        yaxis={"range": [len(of_orders) - 0.45, -0.7], "visible": False, "fixedrange": True},
    )
    alt = text(language, "optimism.chart.alt", measure=measure, orders=listed(language, said))
    return Chart(figure, title, " ".join(words for words in (note, alt) if words))


def _range(splits: pd.DataFrame, means: pd.DataFrame, chance: float | None) -> Floats:
    """Both ends of the axis: everything that is drawn, with a little room, within 0 to 1."""
    ends = [*splits["value"], *means["low"], *means["high"], *([] if chance is None else [chance])]
    return np.asarray(np.clip([np.nanmin(ends) - 0.03, np.nanmax(ends) + 0.03], 0, 1.01), dtype=np.float64)


def _by_order(means: pd.DataFrame) -> dict[str, dict[str, Mean]]:
    """Means by order and part, both as they come."""
    found: dict[str, dict[str, Mean]] = {}
    figures = means[["value", "low", "high"]].to_numpy(dtype=float).tolist()
    for order, part, (value, low, high) in zip(means["order"], means["part"], figures, strict=True):
        found.setdefault(str(order), {})[str(part)] = (value, low, high)
    return found


def _lane(figure: go.Figure, place: int, part: str, dots: Floats, mean: Mean, language: str) -> None:
    color, symbol, _, offset = _PARTS[part]
    words = escape(text(language, f"optimism.parts.{part}"))
    figure.add_scatter(
        x=dots,
        y=np.full(len(dots), place + offset),
        mode="markers",
        marker={"symbol": symbol, "size": 7, "color": color, "opacity": _FAINT},
        hovertemplate=f"{words} %{{x:.2f}}<extra></extra>",
    )
    value, low, high = mean
    figure.add_scatter(
        x=[value],
        y=[place + offset],
        mode="markers",
        marker={"symbol": symbol, "size": 12, "color": color},
        error_x={
            "type": "data",
            "color": color,
            "thickness": 2.2,
            "width": 6,
            "array": [high - value],
            "arrayminus": [value - low],
        },
        hovertext=[f"{words} {auroc_interval(*mean)}"],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _chance_line(figure: go.Figure, place: int, chance: float) -> None:
    """Through the lanes alone: over the whole height it would strike through the words."""
    line = {"color": NEUTRAL, "dash": "dash", "width": 1.2}
    figure.add_shape(type="line", x0=chance, x1=chance, y0=place - 0.12, y1=place + 0.36, line=line)


def _heading(figure: go.Figure, place: int, order: str, parts: dict[str, Mean], language: str) -> None:
    """Write the order and its two figures above its lanes: two lines, so that a phone has room."""
    figure.add_annotation(
        text=f"<b>{escape(_name(order, language))}</b><br>{escape(_short(parts, language))}",
        x=0,
        xref="x domain",
        y=place - 0.16,
        showarrow=False,
        align="left",
        xanchor="left",
        yanchor="bottom",
        font={"size": TEXT_SIZE},
    )


def _name(order: str, language: str) -> str:
    key = f"optimism.orders.{order}"
    return text(language, key) if has_text(key) else order


def _short(parts: dict[str, Mean], language: str) -> str:
    """``reports 0.92, true 0.63, gap +0.29``, as far as it is there."""
    said = [
        text(language, f"optimism.chart.short_{part}", value=auroc(mean[0])) for part, mean in parts.items()
    ]
    words = text(language, "optimism.chart.and").join(said)
    if parts.keys() == _PARTS.keys():
        gap = signed(parts["apparent"][0] - parts["true"][0])
        words += text(language, "optimism.chart.and") + text(language, "optimism.chart.gap", value=gap)
    return words


def _in_words(order: str, parts: dict[str, Mean], language: str) -> str:
    said = [
        f"{text(language, f'optimism.parts.{part}')} {auroc_interval(*mean)}" for part, mean in parts.items()
    ]
    return (
        _name(order, language)
        + text(language, "charts.colon")
        + text(language, "optimism.chart.and").join(said)
    )
