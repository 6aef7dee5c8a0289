"""How pages show what core gives them: charts with their words, figures with their intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

from core.charts.style import CONFIG
from core.charts.words import auroc_interval

if TYPE_CHECKING:
    from core.charts.style import Chart
    from core.evaluation import Interval


def show_chart(chart: Chart, key: str) -> None:
    """Draw a chart with its alternative text."""
    st.plotly_chart(chart.figure, config=dict(CONFIG), alt=chart.alt, key=key, width="stretch")


def with_limits(interval: Interval, digits: int = 2) -> str:
    """``0.74 (0.65–0.82)``, or a dash where it is not defined."""
    if not math.isfinite(interval.value):
        return "–"
    if digits == 2:
        return auroc_interval(interval.value, interval.low, interval.high)
    return f"{interval.value:.{digits}f} ({interval.low:.{digits}f}–{interval.high:.{digits}f})"


def unbroken(words: str) -> str:
    """Return words such that no line ends at a dash: a narrow table keeps an interval together."""
    return words.replace("–", "\u2060–\u2060")


def number(value: float, digits: int = 2) -> str:
    """Return a figure without limits, or a dash where it is not defined."""
    return f"{value:.{digits}f}" if math.isfinite(value) else "–"
