"""The recording on ECG paper, with what can be laid over it, and the two-point caliper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from core.charts.config import CONFIG
from core.charts.ecg_paper import WINDOW_S, caliper_words, ecg_paper, fitting_layout
from pages.parts.ecg_marks import marks_of, sign_numbers
from pages.parts.ecg_memory import remembered
from pages.parts.kept_parts import keep
from pages.parts.show import show_chart
from pages.parts.wording import plain

if TYPE_CHECKING:
    from collections.abc import Hashable

    import numpy as np
    from numpy.typing import NDArray

    from core.charts.ecg_paper import Layout, LeadTimeMap
    from core.charts.style import Chart
    from core.ecg.interpretation import Reading
    from core.ecg.recording import Recording
    from pages.parts.ecg_source import Chosen
    from pages.parts.frame import Page

_LAYOUTS: tuple[Layout, ...] = ("3x4", "12x1")


def draw_printout(
    page: Page,
    chosen: Chosen,
    reading: Reading,
    attribution: LeadTimeMap | None = None,
    key: tuple[Hashable, ...] = (),
) -> None:
    """Draw the switches, the paper, and what the caliper measures.

    Parameters
    ----------
    key
        What reading and attribution are made from.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        layout = _layout(page, reading.recording)
        marked = reading.quality.usable and st.toggle(
            page.say("printout.marks"), value=True, key="ecg_marks", help=page.say("printout.marks_help")
        )
        shaded = attribution is not None and st.toggle(
            page.say("printout.attribution"),
            value=True,
            key="ecg_attribution",
            help=page.say("printout.attribution_help"),
        )
        smooth = st.toggle(
            page.say("printout.filter"), key="ecg_filter", help=page.say("printout.filter_help")
        )
        measuring = st.toggle(
            page.say("printout.caliper"), key="ecg_caliper", help=page.say("printout.caliper_help")
        )
    start = _start(page, chosen, reading.recording)
    typed = _typed_caliper(page, chosen, start, reading.recording) if measuring else None
    leads, rate_hz = _leads(chosen, reading.recording, smooth=bool(smooth))
    paper = {
        "language": page.language,
        "layout": layout,
        "start_s": start,
        "marks": tuple(marks_of(reading)) if marked else (),
        "attribution": attribution if shaded else None,
        "caliper": typed,
        "note": page.say("printout.filtered" if smooth else "printout.unfiltered"),
        "synthetic": chosen.synthetic,
    }
    with st.container(key="ecg_paper"):
        if measuring:
            box = _with_box(ecg_paper(leads, rate_hz, **paper))
        else:
            switches = (layout, start, bool(marked), bool(shaded), bool(smooth))
            keep(
                page,
                ("ecg_paper", *key, *switches),
                lambda: show_chart(ecg_paper(leads, rate_hz, **paper), "ecg_chart"),
                ours=chosen.synthetic,
            )
    if measuring:
        _readout(page, box, typed, leads, rate_hz)
    if marked:
        draw_legend(page, reading)


def _layout(page: Page, recording: Recording) -> Layout:
    layout = st.segmented_control(
        page.say("printout.layout"),
        _LAYOUTS,
        default=_LAYOUTS[0],
        format_func=lambda name: page.say(f"printout.layout_{name}"),
        key="ecg_layout",
        required=True,
        label_visibility="collapsed",
    )
    wanted = layout or _LAYOUTS[0]
    if fitting_layout(recording.duration_s, wanted) != wanted:
        st.caption(page.say("printout.too_short"))
    return wanted


def _start(page: Page, chosen: Chosen, recording: Recording) -> float:
    """Where the ten seconds begin; a choice only where the recording is longer."""
    last = recording.duration_s - WINDOW_S
    if last < 0.05:
        return 0.0
    return float(
        st.slider(
            page.say("printout.start", seconds=f"{recording.duration_s:.1f}"),
            min_value=0.0,
            max_value=float(last),
            step=min(1.0, float(last)),
            format="%.1f s",
            key=f"ecg_start_{chosen.key[:24]}_{last:g}",
        )
    )


def _leads(
    chosen: Chosen, recording: Recording, *, smooth: bool
) -> tuple[dict[str, NDArray[np.floating]], float]:
    """Samples by lead, as recorded or as they are measured: without wander, hum and what is above 100 Hz."""
    from core.ecg.recording import LEADS

    if not smooth:
        return dict(zip(LEADS, recording.signal, strict=True)), recording.rate_hz
    from core.ecg.filtering import RATE_HZ, at_measuring_rate, cleaned

    signal = remembered(
        ("filtered", chosen.key), lambda: cleaned(at_measuring_rate(recording)), ours=chosen.synthetic
    )
    return dict(zip(LEADS, signal, strict=True)), float(RATE_HZ)


def _with_box(chart: Chart) -> dict[str, Any] | None:
    """Draw the paper with the caliper on it; give the box that was drawn."""
    chart.figure.update_layout(dragmode="select")
    event = st.plotly_chart(
        chart.figure,
        config=dict(CONFIG),
        alt=chart.alt,
        key="ecg_chart_caliper",
        width="stretch",
        on_select="rerun",
        selection_mode="box",
    )
    boxes = event.selection.box
    return dict(boxes[-1]) if boxes else None


def _typed_caliper(
    page: Page, chosen: Chosen, start: float, recording: Recording
) -> tuple[float, float] | None:
    """Two times by keyboard: the same caliper without a pointer."""
    end = min(start + WINDOW_S, recording.duration_s)
    left, right, _ = st.columns([1, 1, 2])
    times = [
        column.number_input(
            page.say(f"printout.{name}"),
            min_value=float(start),
            max_value=float(end),
            value=None,
            step=0.01,
            format="%.3f",
            key=f"ecg_caliper_{name}_{chosen.key[:24]}_{start:g}",
        )
        for column, name in ((left, "from"), (right, "to"))
    ]
    return None if None in times else (float(times[0]), float(times[1]))


def _readout(
    page: Page,
    box: dict[str, Any] | None,
    typed: tuple[float, float] | None,
    leads: dict[str, NDArray[np.floating]],
    rate_hz: float,
) -> None:
    if box is not None:
        seconds = abs(float(box["x"][1]) - float(box["x"][0]))
        millivolts = abs(float(box["y"][1]) - float(box["y"][0])) / 1000
        interval = caliper_words(seconds, page.language)
        st.markdown(page.say("printout.box", interval=plain(interval), mv=f"{millivolts:.2f}"))
    if typed is not None:
        interval = caliper_words(abs(typed[1] - typed[0]), page.language)
        st.markdown(page.say("printout.typed", interval=plain(interval)))
        differences = _differences(leads, rate_hz, typed)
        st.caption(page.say("printout.differences", leads=page.say("shared.separator").join(differences)))
    if box is None and typed is None:
        st.caption(page.say("printout.how"))


def _differences(
    leads: dict[str, NDArray[np.floating]], rate_hz: float, times: tuple[float, float]
) -> list[str]:
    """How far each lead moves from the first time to the second."""
    said = []
    for lead, row in leads.items():
        first, second = (float(row[min(row.size - 1, round(at * rate_hz))]) for at in times)
        if first == first and second == second:  # noqa: PLR0124 - NaN is what was not recorded
            said.append(f"{lead} {second - first:+.2f}".replace("-", "−"))
    return said


def draw_legend(page: Page, reading: Reading) -> None:
    """Tell what the numbers on the trace mean."""
    numbers = sign_numbers(reading)
    if not numbers:
        st.caption(page.say("printout.no_signs"))
        return
    words = (f"{number} {page.say(f'signs.{name}.label')}" for name, number in numbers.items())
    st.caption(page.say("printout.legend", marks="　".join(words)))
