"""The form for one patient: every variable of the model, with unit and limits, each of them allowed to be unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import streamlit as st

from core.cohort.examples import examples
from core.cohort.variables import Variable, variables
from core.ehr.encoding import OTHER
from pages.parts.show import in_rows
from pages.parts.wording import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.ehr.encoding import Encoder, Feature
    from pages.parts.frame import Page

_OPEN = ("vital_signs", "demographics")
_OWN = "own"
_COLUMNS = 3


def draw_examples(page: Page, encoder: Encoder) -> None:
    """Draw one button an example patient; pressing it fills the form."""
    # the examples speak the catalogue's language: a hospital's own columns they cannot fill
    if sum(feature.column.known for feature in encoder.features) < len(encoder.features) / 2:
        return
    st.markdown(page.say("form.examples"))
    with st.container(horizontal=True):
        for one in examples().values():
            st.button(
                one.titles[page.language],
                help=one.descriptions[page.language],
                key=f"ehr_example_{one.name}",
                on_click=_filler(encoder, one.values),
            )
        st.button(
            page.say("form.clear"),
            key="ehr_example_clear",
            on_click=_filler(encoder, {}),
            icon=":material/backspace:",
        )


def draw_form(page: Page, encoder: Encoder) -> pd.DataFrame:
    """Draw the fields by group; returns one row, NaN where nothing was entered."""
    by_group: dict[str, list[Feature]] = {}
    for feature in encoder.features:
        known = variables().get(feature.column.name) if feature.column.known else None
        by_group.setdefault(known.group if known else _OWN, []).append(feature)
    row: dict[str, Any] = {}
    for group, features in by_group.items():
        filled = sum(_entered(feature) for feature in features)
        title = page.say(f"form.groups.{group}", filled=filled, all=len(features))
        with st.expander(title, expanded=group in _OPEN, key=f"ehr_group_{group}"):
            for feature, place in in_rows(features, _COLUMNS):
                with place:
                    row[feature.column.name] = _field(page, feature)
    return one_row(encoder, row, "1")


def one_row(encoder: Encoder, values: dict[str, Any], patient_id: str) -> pd.DataFrame:
    """Return values as a table of one row, each column in the kind in which the model reads it."""
    texts = {feature.column.name for feature in encoder.features if feature.column.kind == "categorical"}
    # at once: changing the kinds of sixty columns afterwards takes longer than drawing ten fields
    columns = {
        name: pd.array([value], dtype="str") if name in texts else np.array([value], dtype=np.float64)
        for name, value in values.items()
    }
    return pd.DataFrame(columns, index=pd.Index([patient_id], name="patient_id"))


def entered(row: pd.DataFrame) -> dict[str, Any]:
    """Return what was entered in the one row of a form, by the column's name."""
    return {name: value for name, value in row.iloc[0].items() if pd.notna(value)}


def is_example(encoder: Encoder, given: dict[str, Any]) -> bool:
    """Whether what was entered is one of the app's own examples, no value changed."""
    names = {feature.column.name for feature in encoder.features}
    return any(
        given == {name: value for name, value in one.values.items() if name in names}
        for one in examples().values()
    )


def _key(feature: Feature) -> str:
    return f"ehr_in_{feature.column.name}"


def _entered(feature: Feature) -> bool:
    return st.session_state.get(_key(feature)) is not None


def _filler(encoder: Encoder, values: dict[str, float | str]) -> Callable[[], None]:
    def fill() -> None:
        for feature in encoder.features:
            value = values.get(feature.column.name)
            if isinstance(value, float) and feature.column.kind == "binary":
                st.session_state[_key(feature)] = feature.column.levels[int(value)]
            else:
                st.session_state[_key(feature)] = value

    return fill


def _field(page: Page, feature: Feature) -> Any:
    known = variables().get(feature.column.name) if feature.column.known else None
    label = plain(feature.column.label(page.language))
    if feature.column.kind == "numeric":
        return _number_field(page, feature, known, label)
    levels = (
        feature.column.levels
        if feature.column.kind == "binary"
        else tuple(level for level in feature.levels if level != OTHER)
    )
    st.session_state.setdefault(_key(feature), None)
    chosen = st.selectbox(
        label,
        levels,
        format_func=lambda level: _level_words(page, known, level),
        key=_key(feature),
        placeholder=page.say("values.unknown"),
    )
    if feature.column.kind == "binary":
        return np.nan if chosen is None else float(levels.index(chosen))
    return np.nan if chosen is None else chosen


def _number_field(page: Page, feature: Feature, known: Variable | None, label: str) -> float:
    st.session_state.setdefault(_key(feature), None)
    low, high = known.plausible if known and known.plausible else (None, None)
    decimals = known.decimals if known else 2
    value = st.number_input(
        label,
        min_value=None if low is None else float(low),
        max_value=None if high is None else float(high),
        step=float(10**-decimals),
        format=f"%.{decimals}f",
        key=_key(feature),
        placeholder=page.say("values.unknown"),
        help=_range_help(page, feature, known),
    )
    return np.nan if value is None else float(value)


def _range_help(page: Page, feature: Feature, known: Variable | None) -> str:
    words = [page.say("form.seen", low=f"{feature.low:g}", high=f"{feature.high:g}")]
    if known and known.plausible:
        words.append(
            page.say("form.plausible", low=f"{known.plausible[0]:g}", high=f"{known.plausible[1]:g}")
        )
    if known and known.reference:
        ranges = page.say("shared.separator").join(
            dict.fromkeys(_range_words(limits) for limits in known.reference.values())
        )
        words.append(page.say("form.reference", ranges=ranges))
    return plain(" ".join(words))


def _range_words(limits: tuple[float, float]) -> str:
    low, high = limits
    if not np.isfinite(low):
        return f"≤ {high:g}"
    return f"≥ {low:g}" if not np.isfinite(high) else f"{low:g}–{high:g}"


def _level_words(page: Page, known: Variable | None, level: str) -> str:
    if known and known.kind == "binary":
        return page.say(f"values.{level}")
    return known.level_label(level, page.language) if known else level
