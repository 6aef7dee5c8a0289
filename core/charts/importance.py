"""Which variables a model uses, and why one patient got one risk: SHAP summary and waterfall."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.charts.rows import draw_rows, plain_rows
from core.charts.style import (
    LOWERS,
    NEUTRAL,
    RAISES,
    SMALL_SIZE,
    Chart,
    axis,
    canvas,
    compact,
    filled,
    key_of,
    look,
    nothing_to_show,
    sign,
)
from core.charts.words import escape, listed, signed, tick, word
from core.text import text

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

# beyond this, base, contributions and total cannot be one patient's: float32 SHAP values sum more closely
_ADDS_UP = 1e-3


def shap_summary(importance: pd.DataFrame, *, language: str, top: int = 20, synthetic: bool = False) -> Chart:
    """Draw the variables that matter most over all classes, one stacked bar a variable.

    Parameters
    ----------
    importance
        ``feature`` (unique name), ``label`` (what is shown; the name where the column is absent), ``class``,
        ``mean_abs`` (mean absolute SHAP value, log-odds).
    top
        How many variables.
    """
    title = text(language, "charts.shap_summary.title")
    if importance.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    totals = importance.groupby("feature", sort=False)["mean_abs"].sum()
    names = totals.sort_values(ascending=False, kind="stable").index[:top]
    labels = shown_labels(importance, names)
    rows = plain_rows(len(names))
    classes = [str(name) for name in dict.fromkeys(importance["class"])]
    looks = [look(name, i) for i, name in enumerate(classes)]
    key = key_of(
        (sign(seen.color, seen.area), word(language, "classes", name))
        for name, seen in zip(classes, looks, strict=True)
    )
    figure = canvas(title, language, height=110 + rows.height(33), synthetic=synthetic, key=key)
    draw_rows(figure, rows, labels, lines=2)
    template = f"%{{hovertext}}<br>{text(language, 'charts.shap_summary.hover')}<extra></extra>"
    for name, seen in zip(classes, looks, strict=True):
        part = importance[importance["class"] == name]
        figure.add_bar(
            x=compact(part.groupby("feature")["mean_abs"].sum().reindex(names, fill_value=0.0)),
            y=rows.positions,
            orientation="h",
            width=0.7,
            name=escape(word(language, "classes", name)),
            marker=filled(seen.color, seen.pattern),
            hovertext=[escape(label) for label in labels],
            hovertemplate=template,
        )
    figure.update_layout(barmode="stack", xaxis=axis(text(language, "charts.shap_summary.x")))
    first = listed(language, labels[:3])
    return Chart(figure, title, text(language, "charts.shap_summary.alt", n=len(names), first=first))


def shown_labels(frame: pd.DataFrame, names: pd.Index) -> list[str]:
    """Return the label of each feature name, from the frame's ``label`` column or the name itself."""
    if "label" not in frame:
        return [str(name) for name in names]
    labels = frame.drop_duplicates("feature").set_index("feature")["label"]
    return [str(labels[name]) for name in names]


@dataclass(frozen=True)
class _Steps:
    """The bars of a waterfall, from the top: where each starts, what it adds, and what stands beside it."""

    labels: list[str]
    values: list[str]
    contributions: np.ndarray
    starts: np.ndarray


def waterfall(  # noqa: PLR0913 - one drawing has this many sides, all but four by name
    contributions: pd.DataFrame,
    base: float,
    total: float,
    class_name: str,
    *,
    language: str,
    other: float = 0.0,
    top: int = 10,
    words: str = "charts.waterfall",
    synthetic: bool = False,
) -> Chart:
    """Draw how one patient's log-odds come about, from the average patient down to this one.

    Parameters
    ----------
    contributions
        ``label``, ``value`` (the patient's value as text with its unit), ``contribution`` (log-odds).
    base, total
        Log-odds of the average and of this patient: ``base + contributions + other = total``.
    class_name
        The class explained.
    other
        Contributions that are not in the frame, summed.
    top
        How many are drawn one by one; the rest share one bar.
    words
        The texts that name title, axis, first and last row.

    Raises
    ------
    ValueError
        The contributions do not add up to the total.
    """
    name = word(language, "classes", class_name)
    title = text(language, f"{words}.title", name=name)
    if contributions.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    _check_sum(base + float(contributions["contribution"].sum()) + other, total)
    steps = _steps(contributions, base, other, top, language)
    number = len(steps.labels)
    rows = plain_rows(number + 2)
    figure = canvas(title, language, height=110 + rows.height(38), synthetic=synthetic)
    draw_rows(figure, rows, [""] * (number + 2))
    figure.update_yaxes(ticktext=_beside(steps, words, language))
    _draw_steps(figure, steps, base, total, language)
    figure.update_xaxes(title_text=escape(text(language, f"{words}.x")))
    facts = {
        "name": name,
        "base": signed(base),
        "total": signed(total),
        "first": _first_words(steps, language),
    }
    return Chart(figure, title, text(language, f"{words}.alt", **facts))


def _check_sum(reached: float, total: float) -> None:
    """Refuse contributions that do not lead to the total: a drawing of them would be wrong throughout."""
    if not math.isclose(reached, total, abs_tol=_ADDS_UP):
        raise ValueError(f"base and contributions give {reached:.4f}, not the total {total:.4f}")


def _first_words(steps: _Steps, language: str) -> str:
    """Return the three largest steps in words, for the alternative text."""
    first = zip(steps.labels[:3], steps.values[:3], steps.contributions[:3], strict=True)
    return listed(language, [f"{label} {value} ({signed(part)})" for label, value, part in first])


def _steps(frame: pd.DataFrame, base: float, other: float, top: int, language: str) -> _Steps:
    order = frame["contribution"].abs().sort_values(ascending=False, kind="stable").index
    shown, rest = frame.loc[order[:top]], frame.loc[order[top:]]
    labels = [str(label) for label in shown["label"]]
    values = [str(value) for value in shown["value"]]
    parts = list(shown["contribution"].astype(float))
    if len(rest) or other:
        labels.append(text(language, "charts.waterfall.rest"))
        values.append(text(language, "charts.waterfall.rest_n", n=len(rest)) if len(rest) else "")
        parts.append(float(rest["contribution"].sum()) + other)
    added = np.asarray(parts)
    return _Steps(labels, values, added, base + np.concatenate([[0.0], np.cumsum(added)[:-1]]))


def _beside(steps: _Steps, words: str, language: str) -> list[str]:
    small = f'<span style="font-size:{SMALL_SIZE}px">'
    middle = [
        f"{tick(label)}<br>{small}{tick(value)}</span>" if value else tick(label)
        for label, value in zip(steps.labels, steps.values, strict=True)
    ]
    return [text(language, f"{words}.base"), *middle, text(language, f"{words}.total")]


def _draw_steps(figure: go.Figure, steps: _Steps, base: float, total: float, language: str) -> None:
    places = np.arange(1, len(steps.labels) + 1)
    up = steps.contributions >= 0
    directions = [text(language, f"charts.{'raises' if rises else 'lowers'}") for rises in up]
    figure.add_bar(
        x=steps.contributions,
        base=steps.starts,
        y=places,
        orientation="h",
        width=0.62,
        marker={"color": [RAISES if rises else LOWERS for rises in up], "line": {"width": 0}},
        hovertext=[
            f"{escape(label)} {escape(value)}<br>{direction} {signed(part)}"
            for label, value, direction, part in zip(
                steps.labels, steps.values, directions, steps.contributions, strict=True
            )
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    _draw_stair(figure, np.concatenate([steps.starts, [total]]))
    numbers = [_marked(float(part)) for part in steps.contributions]
    figure.update_layout(
        # the numbers stand in a column of their own, where no bar can cover them
        yaxis2=axis(
            overlaying="y",
            side="right",
            showgrid=False,
            fixedrange=True,
            range=figure.layout.yaxis.range,
            tickvals=np.arange(len(numbers) + 2),
            ticktext=[f"<b>{signed(base)}</b>", *numbers, f"<b>{signed(total)}</b>"],
        ),
    )


def _marked(part: float) -> str:
    """Return a contribution behind its direction; what rounds to nothing has none."""
    words = signed(part)
    return f"{'▲' if part > 0 else '▼'} {words}" if words.strip("0.") else words


def _draw_stair(figure: go.Figure, ends: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    """Join the rows by dotted lines, mark base and total; ``ends`` is where each row ends, the base first."""
    figure.add_scatter(
        # dotted from where each row ends down to where the next begins
        x=np.repeat(ends, 3),
        y=np.ravel([[i + 0.31, i + 0.69, np.nan] for i in range(len(ends))]),
        mode="lines",
        hoverinfo="skip",
        line={"color": NEUTRAL, "width": 1, "dash": "dot"},
    )
    figure.add_scatter(
        x=ends[[0, -1]],
        y=[0, len(ends)],
        mode="markers",
        hoverinfo="skip",
        yaxis="y2",
        marker={"symbol": ["circle-open", "diamond"], "size": 12, "color": NEUTRAL, "line": {"width": 2}},
    )
    low, high = float(ends.min()), float(ends.max())
    room = 0.06 * max(high - low, 0.1)
    figure.update_layout(xaxis=axis(range=[low - room, high + room], nticks=4))
