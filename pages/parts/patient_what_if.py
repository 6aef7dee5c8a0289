"""What the record model would say if some values were others: sliders inside plausible limits, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from core import charts
from core.charts.words import of_100, word
from core.cohort import display_units
from core.cohort.columns import unit_words
from core.report import Grid
from pages.parts.loaders import ehr_model
from pages.parts.patient_blocks import draw_block
from pages.parts.patient_form import level_words, unit_in_use
from pages.parts.patient_state import entry_round
from pages.parts.show import show_chart
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.ehr.encoding import Feature
    from core.ehr.pipeline import EhrModel
    from core.ehr.what_if import Change
    from pages.parts.frame import Page
    from pages.parts.patient_work import Worked

_MOST = 3
_TOP = 6
_OTHER = "(other)"


@st.fragment
def draw_what_if(page: Page, worked: Worked) -> None:
    """Draw the choice of values, their sliders, and the model's answer before and after."""
    st.markdown(f"**{page.say('what_if.title')}**")
    model = ehr_model("outcome")
    features = {one.column.name: one for one in model.encoder.features}
    chosen = st.multiselect(
        page.say("what_if.which"),
        _by_weight(worked, features),
        format_func=lambda name: plain(features[name].column.label(page.language, unit=False)),
        key=f"patient_what_if_{entry_round()}",
        placeholder=page.say("what_if.placeholder"),
        max_selections=_MOST,
    )
    if not chosen:
        st.caption(page.say("what_if.note"))
        return
    after = worked.row.copy()
    for column, name in zip(st.columns(_MOST), chosen, strict=False):
        with column:
            after[name] = pd.Series(
                [_control(page, features[name], worked.inputs.values.get(name))],
                index=after.index,
                dtype=after[name].dtype,
            )
    from core.ehr.what_if import changed

    change = changed(model, worked.row, after)
    _answer(page, model, change, synthetic=any(one.synthetic for one in worked.inputs.models))
    st.caption(page.say("what_if.note"))


def _by_weight(worked: Worked, features: dict[str, Feature]) -> list[str]:
    """Return the model's variables, those that count most for this patient first."""
    if worked.inputs.explain is None:
        return list(features)
    weight = np.abs(worked.inputs.explain().values[0]).sum(axis=0)
    names = list(features)
    return [names[int(j)] for j in np.argsort(-weight, kind="stable")]


def _control(page: Page, feature: Feature, value: float | str | None) -> float | str:
    """Draw one slider or choice that begins at the patient's own value; at the usual one where it is unknown."""
    column = feature.column
    key = f"patient_if_{column.name}_{entry_round()}"
    label = column.label(page.language, unit=False)
    if column.kind != "numeric":
        levels = [one for one in (column.levels or feature.levels) if one != _OTHER]
        start = value if isinstance(value, str) else column.levels[int((value or 0) >= 0.5)]
        taken = st.segmented_control(
            plain(label),
            levels,
            default=start if start in levels else levels[0],
            format_func=lambda level: level_words(page, column, level),
            key=key,
            required=True,
        )
        return float(levels.index(taken)) if column.kind == "binary" else str(taken)
    from core.ehr.what_if import allowed

    unit = unit_in_use(column)
    decimals = display_units.decimals(column.name, unit) if column.known else 2
    ends = [_shown(feature, end, unit) for end in allowed(feature)]
    start = feature.typical if not isinstance(value, int | float) else float(value)
    step = 10.0**-decimals
    low, high = np.ceil(ends[0] / step) * step, np.floor(ends[1] / step) * step
    number = st.slider(
        plain(f"{label} [{unit_words(unit, page.language)}]" if unit else label),
        min_value=float(low),
        max_value=float(high),
        value=float(np.clip(_shown(feature, start, unit), low, high)),
        step=step,
        format=f"%.{decimals}f",
        key=f"{key}_{unit}",
    )
    return display_units.from_display(column.name, number, unit) if column.known else float(number)


def _shown(feature: Feature, value: float, unit: str) -> float:
    return display_units.to_display(feature.column.name, value, unit) if feature.column.known else value


def _answer(page: Page, model: EhrModel, change: Change, *, synthetic: bool) -> None:
    frame = change.probability_frame(model)
    rows = tuple(
        (
            word(page.language, "classes", str(one["class"])),
            of_100(one["before"]),
            of_100(one["after"]),
            _signed(one),
        )
        for _, one in frame.iterrows()
    )
    header = tuple(page.say(f"what_if.{key}") for key in ("class", "before", "after", "change"))
    if not (frame["change"].abs() > 0).any() and not change.shap.any():
        st.caption(page.say("what_if.unchanged"))
        draw_block(Grid("", header, rows))
        return
    left, right = st.columns([2, 3], gap="medium")
    with left:
        draw_block(Grid("", header, rows))
        # where most has changed comes first; its name in the key makes it the default again when another takes over
        most = model.classes[int(np.abs(change.shap).sum(axis=1).argmax())]
        name = st.segmented_control(
            page.say("what_if.explain"),
            model.classes,
            default=most,
            format_func=lambda each: word(page.language, "classes", each),
            key=f"patient_what_if_{most}",
            required=True,
        )
    with right:
        _shap(page, model, change, name or most, synthetic=synthetic)


def _signed(one: pd.Series) -> str:
    return f"{100 * one['change']:+.1f}".replace("-", "−")


def _shap(page: Page, model: EhrModel, change: Change, name: str, *, synthetic: bool) -> None:
    code = model.classes.index(name)
    frame = change.shap_frame(model, code, page.language)
    if frame.empty:
        st.caption(page.say("what_if.same_reasons", name=word(page.language, "classes", name)))
        return
    steps = pd.DataFrame(
        {
            "label": frame["label"],
            "value": [
                _arrow(*pair) for pair in zip(frame["value_before"], frame["value_after"], strict=True)
            ],
            "contribution": frame["change"].astype(float),
        }
    )
    margin = [
        float(one.explanation.base[code] + one.explanation.values[0, code].sum())
        for one in (change.before, change.after)
    ]
    chart = charts.waterfall(
        steps,
        *margin,
        name,
        language=page.language,
        top=_TOP,
        words="charts_what_if.waterfall",
        synthetic=synthetic,
    )
    show_chart(chart, "patient_what_if_shap")


def _arrow(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"
