"""What was measured on a recording, as tables: intervals, signs, scores, and the waves of every lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from core.charts.words import clip
from core.ecg.doubts import doubt_words, find_doubts
from pages.parts.ecg_marks import sign_numbers
from pages.parts.ecg_ranges import reference_ranges, side_of
from pages.parts.show import in_one_line, number
from pages.parts.stacked_table import draw_rows
from pages.parts.wording import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.ecg.interpretation import Reading
    from core.ecg.signs import Sign
    from pages.parts.frame import Page

_HEADLINE = ("heart_rate_bpm", "pr_ms", "qrs_ms", "qt_ms", "qtc_ms", "axis_deg")
_MEASURED = (
    "heart_rate_bpm",
    "p_duration_ms",
    "pr_ms",
    "qrs_ms",
    "qt_ms",
    "qtc_ms",
    "qtc_fridericia_ms",
    "p_axis_deg",
    "axis_deg",
    "t_axis_deg",
)
_WAVES = (("q", "r", "s", "r2", "qrs_mv"), ("st_j", "st_j60", "t", "p"))
_HIGHEST = {"daniel": 21, "twist": 10}
_LONGEST_STATEMENT = 300


def draw_headline(page: Page, reading: Reading) -> None:
    """Draw the line that stands at the top of a print-out."""
    if not reading.quality.usable:
        return
    values = reading.to_json()
    with st.container(horizontal=True, gap="medium", key="ecg_headline"):
        for name in _HEADLINE:
            st.metric(
                page.say(f"measurements.{name}"),
                _with_unit(page, name, values[name]),
                width="content",
            )


def draw_measurements(page: Page, reading: Reading, stated: dict[str, float | str]) -> None:
    """Draw value, reference range and where the value lies; beside them what the device itself states."""
    st.header(page.say("measurements.title"), anchor=False)
    values: dict[str, Any] = reading.to_json()
    ranges = reference_ranges()
    doubts = find_doubts(reading.measurements, stated)
    doubted = {one.measurement for one in doubts}
    rows = []
    for name in _MEASURED:
        value, limits = values[name], ranges.get(name)
        verdict = "ecg_doubts.verdict" if name in doubted else f"measurements.{side_of(value, limits)}"
        row = {
            page.say("measurements.name"): page.say(f"measurements.{name}"),
            page.say("measurements.value"): _with_unit(page, name, value),
            page.say("measurements.range"): limits.words if limits else "–",
            page.say("measurements.side"): page.say(verdict),
        }
        if stated:
            row[page.say("measurements.stated")] = _with_unit(page, name, stated.get(name))
        rows.append(row)
    with st.container(key="short_ecg_measurements"):
        st.table(
            pd.DataFrame(rows).set_index(page.say("measurements.name")), alt=page.say("measurements.title")
        )
    for one in doubts:
        st.warning(plain(doubt_words(page.language, one)), icon=":material/warning:")
    st.caption(_rhythm_words(page, reading) + " " + page.say("measurements.note"))
    if stated.get("diagnoses"):
        words = clip(stated["diagnoses"], _LONGEST_STATEMENT)
        st.caption(page.say("measurements.diagnoses", words=plain(words)))


def _rhythm_words(page: Page, reading: Reading) -> str:
    m = reading.measurements
    rhythm = page.say("rhythm.sinus" if m.rhythm == "sinus" else "rhythm.unknown")
    even = page.say({True: "rhythm.regular", False: "rhythm.irregular", None: "rhythm.open"}[m.regular])
    return page.say("rhythm.sentence", rhythm=rhythm, even=even)


def _with_unit(page: Page, name: str, value: object) -> str:
    if not isinstance(value, int | float):
        return "–"
    if name.endswith("_deg"):
        return f"{value:.0f}°".replace("-", "−")
    unit = page.say("measurements.per_minute") if name.endswith("_bpm") else "ms"
    return f"{value:.0f} {unit}"


def draw_signs(page: Page, reading: Reading) -> None:
    """Draw every sign: present, absent or not measurable, what was measured, and its number on the print-out."""
    st.header(page.say("sign_table.title"), anchor=False)
    numbers = sign_numbers(reading)
    order = {True: 0, None: 1, False: 2}
    rows = [
        {
            page.say("sign_table.sign"): page.say(f"signs.{sign.name}.label"),
            page.say("sign_table.found"): in_one_line(page.say(f"sign_table.{_found(sign)}")),
            page.say("sign_table.mark"): numbers.get(sign.name, ""),
            page.say("sign_table.measured"): measured_words(page, sign),
        }
        for sign in sorted(reading.signs.values(), key=lambda each: order[each.present])
    ]
    draw_rows(rows, page.say("sign_table.title"))
    with st.expander(page.say("sign_table.definitions"), icon=":material/menu_book:"):
        st.markdown(
            "\n".join(
                f"- **{page.say(f'signs.{name}.label')}** {page.say(f'signs.{name}.definition')}"
                for name in reading.signs
            )
        )


def _found(sign: Sign) -> str:
    return {True: "present", False: "absent", None: "open"}[sign.present]


def measured_words(page: Page, sign: Sign) -> str:
    """Return what a sign rests on: ``S I 0.21 mV; Q III 0.18 mV``."""
    words = []
    for name, value in sign.values.items():
        label = page.say(f"sign_values.{name}")
        if value is None:
            words.append(f"{label} –")
            continue
        unit = name.rpartition("_")[2]
        digits = 2 if unit == "mv" else 0
        shown = f"{value:.{digits}f}".replace("-", "−")
        measured = in_one_line(f"{shown}{page.say(f'sign_values.unit_{unit}')}")
        words.append(f"{label} {measured}")
    return page.say("shared.separator").join(words)


def draw_scores(page: Page, reading: Reading) -> None:
    """Draw both scores with the points of every item."""
    st.header(page.say("scores.title"), anchor=False)
    for name, result in reading.scores.items():
        points = str(result.points) if result.points is not None else f"{result.low}–{result.high}"
        title = page.say(f"scores.{name}", points=points, most=_HIGHEST[name])
        with st.expander(title, expanded=name == "daniel", key=f"ecg_score_{name}"):
            rows = [
                {
                    page.say("scores.item"): page.say(f"score_items.{item.name}"),
                    page.say("scores.points"): str(item.points)
                    if item.points is not None
                    else page.say("scores.open", low=item.low, high=item.high),
                }
                for item in result.items
            ]
            st.table(pd.DataFrame(rows).set_index(page.say("scores.item")), alt=page.say("scores.title"))
            st.caption(page.say(f"scores.{name}_note"))


def draw_leads(page: Page, reading: Reading) -> None:
    """Draw the waves of every lead of the median beat."""
    if not reading.measurements.leads:
        return
    with st.expander(page.say("lead_table.title"), icon=":material/table_chart:"):
        # two tables side by side: all nine waves in one would not fit a phone
        for place, waves in zip(st.columns(2), _WAVES, strict=True):
            with place:
                _draw_waves(page, reading, waves)
        st.caption(page.say("lead_table.note"))


def _draw_waves(page: Page, reading: Reading, waves: Sequence[str]) -> None:
    rows = [
        {page.say("lead_table.lead"): lead}
        | {page.say(f"lead_table.{name}"): _height(getattr(found, name)) for name in waves}
        for lead, found in reading.measurements.leads.items()
    ]
    table = pd.DataFrame(rows).set_index(page.say("lead_table.lead"))
    alt = f"{page.say('lead_table.title')}: {', '.join(map(str, table.columns))}"
    with st.container(key=f"short_ecg_leads_{waves[0]}"):
        st.table(table, border="horizontal", alt=alt)


def _height(value: float | None) -> str:
    """Return a wave's height to a hundredth of a millivolt, a tenth of a small square; 0 is a wave not there."""
    if value is None:
        return "–"
    return number(value) if value else "0"
