"""Benefit and harm: 100 patients like this one as icons, and the trials' ratios that the figures rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.charts._forest import ROW, draw_forest, forest_rows
from core.charts.style import (
    INK,
    LOWERS,
    NEUTRAL,
    RAISES,
    TEXT_SIZE,
    Chart,
    axis,
    canvas,
    key_of,
    look,
    nothing_to_show,
    sign,
)
from core.charts.words import escape, listed, width
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import plotly.graph_objects as go

_ACROSS = 20
_BLOCK = 7.4
# fate of a patient: colour, plotly's symbol, the same sign as a character, size
_FATES = {
    "either": (INK, "circle", "●", 11),
    "avoided": (LOWERS, "circle-open", "○", 11),
    "caused": (RAISES, "cross", "✚", 12),
    "neither": (NEUTRAL, "circle", "·", 4),
}
# a heading that is longer has its figures in a second line: a phone is narrow
_HEADING_WIDTH = 36
_DOUBTED = frozenset({"secondary", "unverified"})


def benefit_harm_icons(frame: pd.DataFrame, *, language: str, synthetic: bool = False) -> Chart:
    """Draw 100 patients for each outcome: whom it strikes either way, who is spared, who is struck by the treatment.

    Parameters
    ----------
    frame
        ``outcome``, ``comparison``, ``before`` and ``after`` in patients per 100, as ``Balance.frame`` returns them.
        Icons are whole patients; the heading of each outcome has the figures themselves.
    """
    half = not frame.empty and frame["comparison"].iloc[0] == "half_dose"
    title = text(language, f"charts_benefit_harm.icons.{'title_half' if half else 'title'}")
    if frame.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    rows = frame.to_dict("records")
    fates = [_fates(row["before"], row["after"]) for row in rows]
    shown = [name for name in _FATES if any((one == name).any() for one in fates)]
    key = key_of([(sign(_FATES[one][0], _FATES[one][2]), _say(language, one)) for one in shown])
    figure = canvas(title, language, height=90 + 148 * len(rows), synthetic=synthetic, key=key)
    headings = [_heading(row, language) for row in rows]
    for block, (heading, one) in enumerate(zip(headings, fates, strict=True)):
        _block(figure, block, heading, one, language)
    figure.update_layout(
        xaxis=axis(
            _say(language, "x"),
            range=[-0.9, _ACROSS - 0.1],
            showticklabels=False,
            showgrid=False,
            fixedrange=True,
        ),
        yaxis=axis(visible=False, range=[_BLOCK * len(rows) - 0.8, -1.1], fixedrange=True),
    )
    arms = ("full", "half") if half else ("without", "with")
    before, after = (text(language, f"benefit_harm.arms.{arm}") for arm in arms)
    alt = _say(language, "alt", before=before, after=after, rows=listed(language, headings))
    return Chart(figure, title, alt)


def effect_forest(effects: pd.DataFrame, *, language: str, synthetic: bool = False) -> Chart:
    """Draw the ratios of the trials by outcome, on a logarithmic axis, with a line at no difference.

    Parameters
    ----------
    effects
        ``outcome``, ``label``, ``value``, ``low``, ``high`` (missing where no source gives them), ``used`` (whether
        the figures rest on it) and ``status``, as ``Balance.effects_frame`` returns them. Rows of one outcome stand
        together.
    """
    title = text(language, "charts_benefit_harm.forest.title")
    if effects.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    frame = effects.assign(
        **{
            "class": [text(language, f"benefit_harm.outcomes_short.{name}") for name in effects["outcome"]],
            "series": ["used" if used else "beside" for used in effects["used"]],
        }
    )
    doubted = frame["status"].isin(_DOUBTED)
    labels = [f"†{one}" if mark else str(one) for one, mark in zip(frame["label"], doubted, strict=True)]
    note = text(language, "charts_benefit_harm.forest.doubted") if doubted.any() else ""
    key = key_of([(look(one).mark, _forest(language, one)) for one in dict.fromkeys(frame["series"])])
    rows = forest_rows(frame, language)
    figure = canvas(title, language, height=140 + rows.height(ROW), synthetic=synthetic, note=note, key=key)
    _no_difference(figure, rows.total)
    # the limits are drawn and told on hovering: written out they would leave a phone no room for the plot
    draw_forest(figure, frame, rows, labels, [f"{value:.2f}" for value in frame["value"]])
    ticks = [0.03, 0.1, 0.3, 1, 3, 10]
    figure.update_layout(
        xaxis=axis(
            _forest(language, "x"),
            type="log",
            range=_log_range(frame),
            tickvals=ticks,
            ticktext=[f"{one:g}" for one in ticks],
        )
    )
    return Chart(
        figure, title, _forest(language, "alt", rows=listed(language, _effect_words(frame, labels, language)))
    )


def _no_difference(figure: go.Figure, rows: float) -> None:
    """Draw the line at a ratio of 1; a trace and no shape, which a logarithmic axis would place elsewhere."""
    figure.add_scatter(
        x=[1, 1],
        y=[-0.6, rows - 0.4],
        mode="lines",
        line={"color": INK, "width": 1.4},
        hoverinfo="skip",
    )


def _effect_words(frame: pd.DataFrame, labels: list[str], language: str) -> list[str]:
    """Return every ratio in words, for the alternative text."""
    ratios = frame[["value", "low", "high"]].to_numpy(dtype=float)
    return [
        " ".join((text(language, f"benefit_harm.outcomes.{name}"), label, ratio_words(*figures)))
        for name, label, figures in zip(frame["outcome"], labels, ratios, strict=True)
    ]


def ratio_words(value: float, low: float, high: float) -> str:
    """Return a ratio with its interval: ``0.59 (0.36–0.96)``, the ratio alone where no interval is known."""
    return f"{value:.2f} ({low:.2f}–{high:.2f})" if np.isfinite([low, high]).all() else f"{value:.2f}"


def _fates(before: float, after: float) -> np.ndarray[Any, np.dtype[np.str_]]:
    """Fate of each of 100 patients; the rounded difference of rounded numbers, so that icons add up."""
    least, most = round(min(before, after)), round(max(before, after))
    changed = "avoided" if after < before else "caused"
    names = ["either"] * least + [changed] * (most - least) + ["neither"] * (100 - most)
    return np.array(names)


def _block(
    figure: go.Figure,
    block: int,
    heading: str,
    fates: np.ndarray[Any, np.dtype[np.str_]],
    language: str,
) -> None:
    """Draw one outcome: five lines of twenty, its heading above."""
    across, down = np.arange(100) % _ACROSS, np.arange(100) // _ACROSS
    top = block * _BLOCK
    words = _lines(heading, language)
    figure.add_annotation(
        text=f"<b>{words}</b>",
        x=0,
        xref="paper",
        xanchor="left",
        align="left",
        y=top - (0.45 if "<br>" in words else 0.1),
        yanchor="middle",
        showarrow=False,
        font={"size": TEXT_SIZE},
    )
    for name in dict.fromkeys(fates.tolist()):
        color, symbol, _, size = _FATES[name]
        own = fates == name
        meaning = f"{_say(language, name)}: {int(own.sum())}"
        figure.add_scatter(
            x=across[own],
            y=down[own] + top + 1.1,
            mode="markers",
            marker={
                "symbol": symbol,
                "size": size,
                "color": color,
                "line": {"width": 2 * (name == "avoided")},
            },
            hovertemplate=f"{escape(meaning)}<extra></extra>",
        )


def _heading(row: Mapping[Any, Any], language: str) -> str:
    facts = {name: _patients(row[name]) for name in ("before", "after")}
    outcome = text(language, f"benefit_harm.outcomes.{row['outcome']}")
    return _say(language, "heading", outcome=outcome, **facts)


def _lines(heading: str, language: str) -> str:
    """Return a heading in one line, or in two where a phone would cut it: the outcome, and its figures."""
    if width(heading) <= _HEADING_WIDTH:
        return escape(heading)
    colon = text(language, "charts.colon")
    outcome, _, figures = heading.rpartition(colon)
    return f"{escape(outcome + colon.rstrip())}<br>{escape(figures)}"


def _patients(number: float) -> str:
    """Return patients per 100: one decimal below ten, two below one."""
    digits = 0 if number >= 9.95 else 1 if number >= 0.95 else 2
    return f"{number:.{digits}f}"


def _log_range(frame: pd.DataFrame) -> list[float]:
    known = frame[["value", "low", "high"]].to_numpy(dtype=float)
    logs = np.log10(np.append(known[np.isfinite(known)], 1.0))
    return [float(logs.min()) - 0.08, float(logs.max()) + 0.08]


def _say(language: str, key: str, **values: str) -> str:
    return text(language, f"charts_benefit_harm.icons.{key}", **values)


def _forest(language: str, key: str, **values: str) -> str:
    return text(language, f"charts_benefit_harm.forest.{key}", **values)
