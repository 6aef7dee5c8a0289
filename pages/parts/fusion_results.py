"""The three modalities side by side on the same test patients: AUROC, paired differences, ROC, calibration."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

from core import charts
from core.charts.words import signed_interval, word
from core.late import LateModule
from pages.parts import fusion_benefit, score_rivals, subgroup_view
from pages.parts.fusion_data import COLUMNS, MACRO, SERIES
from pages.parts.kept_parts import kept_part
from pages.parts.show import in_one_line, number, show_chart, stacked_limits

if TYPE_CHECKING:
    import pandas as pd

    from core.evaluation import Interval
    from core.results import Results
    from pages.parts.frame import Page
    from pages.parts.fusion_data import Joined
else:
    pd = LateModule("pandas")


def draw(page: Page, found: Results, *, three: Joined) -> None:
    """Draw the whole section from stored results; no model is loaded."""
    left, right = st.columns(2)
    with left:
        _gains(page, found, three=three)
    with right:
        name = choose_class(page, found, "fusion_class")
        _of_one_class(page, found, name, three=three)
    fusion_benefit.draw(page, found)
    score_rivals.draw(page, found)
    subgroup_view.draw(page, found, "fusion")


@kept_part
def _gains(page: Page, found: Results, *, three: Joined) -> None:
    language, synthetic = page.language, found.synthetic
    chart = charts.modality_aurocs(auroc_frame(found, three), language=language, synthetic=synthetic)
    show_chart(chart, "fusion_aurocs")
    if found.oracle is not None:
        st.caption(_best(page, found))
    chart = charts.auroc_differences(difference_frame(three), language=language, synthetic=synthetic)
    show_chart(chart, "fusion_differences")
    with st.container(key="short_fusion_differences"):
        st.table(
            _comparisons(page, three),
            border="horizontal",
            hide_index=True,
            alt=page.say("charts_fusion.auroc_differences.title"),
        )
    st.caption(page.say("comparisons.note"))


@kept_part
def _of_one_class(page: Page, found: Results, name: str, *, three: Joined) -> None:
    show_chart(_roc(found, three, name, page.language), "fusion_roc")
    show_chart(_calibration(found, name, page.language), "fusion_calibration")
    with st.container(key="short_fusion_calibration"):
        st.table(
            _figures(page, three, name),
            border="horizontal",
            hide_index=True,
            alt=page.say("calibration.figure"),
        )
    st.caption(page.say("calibration.note"))


def _best(page: Page, found: Results) -> str:
    """Say what the ideal reader of record and recording reaches on the same synthetic patients."""
    assert found.oracle is not None
    areas = [
        f"{word(page.language, 'classes', name)} {number(one.auroc.value)}"
        for name, one in found.oracle.classes.items()
        if len(found.classes) > 2 or name == found.classes[-1]
    ]
    return page.say("fusion_more.best", areas=page.say("shared.separator").join(areas))


def choose_class(page: Page, found: Results, key: str) -> str:
    """Return the class to look at; of two there is nothing to choose."""
    if len(found.classes) == 2:
        return found.classes[-1]
    name = st.segmented_control(
        page.say("class"),
        found.classes,
        default=found.classes[-1],
        format_func=lambda each: word(page.language, "classes", each),
        key=key,
        required=True,
    )
    return name or found.classes[-1]


def auroc_frame(found: Results, three: Joined) -> pd.DataFrame:
    """AUROC of each modality; the mean over the classes first, of two classes the second alone."""
    names = (MACRO, *found.classes) if three.main == MACRO else (three.main,)
    rows = [(name, one, *_three(three.auroc(one, name))) for name in names for one in SERIES]
    return pd.DataFrame(rows, columns=["class", "series", "value", "low", "high"])


def difference_frame(three: Joined) -> pd.DataFrame:
    """Every stored difference, the main one first, the classes in their order."""
    order = {three.main: -1}
    order |= {
        name: place for place, name in enumerate(three.evaluations["fusion"].classes) if name != three.main
    }
    shown = sorted((one for one in three.gains if one.name in order), key=lambda one: order[one.name])
    rows = [(one.name, one.against, *_three(one.difference)) for one in shown]
    return pd.DataFrame(rows, columns=["class", "series", "value", "low", "high"])


def p_words(p_value: float) -> str:
    """``0.03``, ``<0.001``, or a dash where there is none."""
    return "–" if not math.isfinite(p_value) else "<0.001" if p_value < 0.001 else f"{p_value:.3f}"


def _three(interval: Interval) -> tuple[float, float, float]:
    return interval.value, interval.low, interval.high


def _comparisons(page: Page, three: Joined) -> pd.DataFrame:
    p_values = {(one.name, one.against): one.p_value for one in three.gains}
    frame = difference_frame(three)
    language = page.language
    return pd.DataFrame(
        {
            page.say("comparisons.class"): [word(language, "classes", name) for name in frame["class"]],
            page.say("comparisons.against"): [page.say(f"names.{name}") for name in frame["series"]],
            page.say("comparisons.difference"): [
                in_one_line(signed_interval(*row, language))
                for row in frame[["value", "low", "high"]].itertuples(index=False)
            ],
            "p": [p_words(p_values[key]) for key in zip(frame["class"], frame["series"], strict=True)],
        }
    )


def _roc(found: Results, three: Joined, name: str, language: str) -> charts.Chart:
    aurocs = {one: _limits(three, one, name) for one in SERIES}
    return charts.modality_rocs(
        _of_class(found, "roc", name), aurocs, name, language=language, synthetic=found.synthetic
    )


def _limits(three: Joined, series: str, name: str) -> tuple[float, float, float]:
    return _three(three.auroc(series, name))


def _calibration(found: Results, name: str, language: str) -> charts.Chart:
    test = found.frame("predictions")
    test = test[test["part"] == "test"]
    predictions = [
        pd.DataFrame({"series": series, "predicted": test[f"{column}_{name}"]})
        for series, column in COLUMNS.items()
    ]
    return charts.calibration_curve(
        _of_class(found, "calibration", name),
        name,
        predictions=pd.concat(predictions).dropna(),
        language=language,
        synthetic=found.synthetic,
    )


def _of_class(found: Results, table: str, name: str) -> pd.DataFrame:
    """Rows of one class, the fusion first, under the modalities' names."""
    names = {column: series for series, column in COLUMNS.items()}
    frame = found.frame(table)
    frame = frame[(frame["class"] == name) & frame["series"].isin(names)]
    return frame.assign(series=frame["series"].map(names)).sort_values(
        "series", key=lambda column: column.map(SERIES.index), kind="stable"
    )


def _figures(page: Page, three: Joined, name: str) -> pd.DataFrame:
    """One column a modality and one row a figure: it fits a phone."""
    columns: dict[str, list[str]] = {}
    for series in SERIES:
        one = three.evaluations[series].classes[name]
        figures = {
            page.say("calibration.slope"): stacked_limits(
                one.calibration_slope, page.language, can_be_negative=True
            ),
            page.say("calibration.intercept"): stacked_limits(
                one.calibration_intercept, page.language, can_be_negative=True
            ),
            "Brier": number(one.brier, 3),
            page.say("calibration.skill"): number(one.brier_skill, 3),
            "ECE": number(one.ece, 3),
            "AUPRC": stacked_limits(one.auprc, page.language),
        }
        columns.setdefault(page.say("calibration.figure"), list(figures))
        columns[page.say(f"names.{series}")] = list(figures.values())
    return pd.DataFrame(columns)
