"""How pages show what core gives them: charts with their words, figures with their intervals."""

from __future__ import annotations

import math
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from core.charts.config import CONFIG
from core.charts.words import auroc_interval, of_100, risk, signed
from core.text import text

Field = TypeVar("Field")
_IN_A_NUMBER = re.compile(r"(?<=\d\d\.)(?=\d\d)")

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streamlit.delta_generator import DeltaGenerator

    from core.charts.style import Chart
    from core.evaluation import Interval


def show_chart(chart: Chart, key: str) -> None:
    """Draw a chart with its alternative text."""
    st.plotly_chart(chart.figure, config=dict(CONFIG), alt=chart.alt, key=key, width="stretch")


def figure_row(name: str) -> DeltaGenerator:
    """Return a place for figures (``st.metric``) side by side, as many as fit, in columns of one width."""
    return st.container(horizontal=True, key=f"metrics_{name}")


def in_rows(fields: Sequence[Field], columns: int) -> Iterator[tuple[Field, DeltaGenerator]]:
    """Give every field of a form its place, one row after the other, so that a phone keeps their order.

    A field whose name takes two lines stands with its box level with its neighbours'.
    """
    for begin in range(0, len(fields), columns):
        places = st.columns(columns, vertical_alignment="bottom")
        yield from zip(fields[begin : begin + columns], places, strict=False)


@contextmanager
def waiting(words: str, height: int) -> Iterator[None]:
    """Say what is being worked out, and keep its place: nothing below jumps when the result comes.

    Parameters
    ----------
    words
        What is going on, for readers and screen readers.
    height
        Roughly that of what comes, in pixels.
    """
    with st.spinner(words), st.skeleton(height=height):
        yield


def with_limits(interval: Interval, digits: int = 2) -> str:
    """``0.74 (0.65–0.82)``, or a dash where it is not defined; for figures that cannot be negative."""
    if not math.isfinite(interval.value):
        return "–"
    if digits == 2:
        return auroc_interval(interval.value, interval.low, interval.high)
    return f"{interval.value:.{digits}f} ({interval.low:.{digits}f}–{interval.high:.{digits}f})"


def signed_limits(interval: Interval, language: str) -> str:
    """``0.01 (−0.16 to 0.18)``: limits that can be negative are not joined by a dash."""
    value = number(interval.value)
    if not (math.isfinite(interval.low) and math.isfinite(interval.high)):
        return value
    return text(
        language,
        "charts_fusion.signed_interval",
        value=value,
        low=number(interval.low),
        high=number(interval.high),
    )


def stacked_limits(interval: Interval, language: str, *, can_be_negative: bool = False) -> str:
    """Return a figure with its limits below it, for a narrow column; limits that can be negative take no dash."""
    value = number(interval.value)
    if not (math.isfinite(interval.low) and math.isfinite(interval.high)):
        return value
    key = "charts_fusion.limits_signed" if can_be_negative else "charts_fusion.limits"
    limits = text(language, key, low=number(interval.low), high=number(interval.high))
    return f"{value}  \n{in_one_line(limits)}"


def stacked_difference(difference: Interval, language: str) -> str:
    """Return a difference with its limits below it, all with their signs, for a narrow column."""
    value = signed(difference.value) if math.isfinite(difference.value) else "–"
    if not (math.isfinite(difference.low) and math.isfinite(difference.high)):
        return value
    limits = text(
        language, "charts_fusion.limits_signed", low=signed(difference.low), high=signed(difference.high)
    )
    return f"{value}  \n{in_one_line(limits)}"


def of_100_limits(interval: Interval) -> str:
    """``64 (62–66)``: a probability as patients in a hundred, for a column that says so."""
    if not math.isfinite(interval.value):
        return "–"
    if not (math.isfinite(interval.low) and math.isfinite(interval.high)):
        return of_100(interval.value)
    return f"{of_100(interval.value)} ({of_100(interval.low)}–{of_100(interval.high)})"


def risk_limits(interval: Interval, language: str) -> str:
    """``64 of 100 (62–66)``, or a dash where it is not defined."""
    if not math.isfinite(interval.value):
        return "–"
    limits = ""
    if math.isfinite(interval.low) and math.isfinite(interval.high):
        limits = f" ({of_100(interval.low)}–{of_100(interval.high)})"
    return risk(language, interval.value) + limits


def unbroken(words: str) -> str:
    """Return words such that no line ends at a dash: a narrow table keeps an interval together."""
    return words.replace("–", "\u2060–\u2060")


def breakable(words: str) -> str:
    """Return words such that a line may end inside a preprint's number, after its dots: it is as long as a column.

    Examples
    --------
    >>> breakable("medRxiv 2025.09.24.25335530, 41.3%").split("\u200b")
    ['medRxiv 2025.', '09.', '24.', '25335530, 41.3%']
    """
    return _IN_A_NUMBER.sub("\u200b", words)


def in_one_line(words: str) -> str:
    """Return words such that no line ends at a dash, at a space or before a bracket."""
    return unbroken(words).replace(" ", "\u00a0").replace("（", "\u2060（")


def number(value: float, digits: int = 2) -> str:
    """Return a figure without limits, with a true minus and none before a zero; a dash where it is not defined."""
    if not math.isfinite(value):
        return "–"
    # rounding leaves a sign before a zero
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")
