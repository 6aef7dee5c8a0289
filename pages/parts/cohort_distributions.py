"""Distributions on the Cohort page: one variable by class, and which values stand out in which column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core import charts
from core.charts.cohort_extremes import mark_extremes
from core.cohort.columns import unit_words
from core.cohort.extremes import extremes, fences_of
from core.cohort.folder import CLASSES, TASKS
from core.cohort.variables import variables
from pages.parts.cohort_memory import draw_of, remembered
from pages.parts.cohort_views import labelled_tasks, table_in
from pages.parts.show import show_chart
from pages.parts.stacked_table import draw_rows

if TYPE_CHECKING:
    from core.cohort.columns import Column, Table
    from core.cohort.extremes import Extremes
    from core.cohort.folder import Cohort
    from pages.parts.frame import Page

_N_SHOWN = 3


def distributions(page: Page, cohort: Cohort) -> None:
    """Draw one variable by class, with its extremes, and the table of all columns that have any."""
    table = table_in(cohort)
    left, right = st.columns([2, 1])
    names = {column.name: column for column in table.columns}
    with left:
        name = st.selectbox(
            page.say("distribution.variable"),
            list(names),
            format_func=lambda key: names[key].label(page.language),
            key="cohort_variable",
        )
    tasks = labelled_tasks(cohort)
    with right:
        task = st.selectbox(
            page.say("distribution.by"),
            tasks or ["none"],
            format_func=lambda key: page.say(f"distribution.{key}"),
            key="cohort_by",
        )
    column = names[str(name)]
    draw_of(page, cohort, ("distribution", name, task), lambda: _shown(page, cohort, column, str(task)))


def _shown(page: Page, cohort: Cohort, column: Column, task: str) -> None:
    chart = remembered(
        cohort,
        f"distribution {column.name} {task} {page.language}",
        lambda: _distribution(page, cohort, column, task),
    )
    show_chart(chart, "cohort_distribution")
    _stand_out(page, remembered(cohort, "extremes", lambda: extremes(table_in(cohort))))


def _stand_out(page: Page, found: tuple[Extremes, ...]) -> None:
    st.subheader(_say(page, "title"), anchor=False)
    st.caption(_say(page, "lead"))
    listed = [one for one in found if one.stand_out]
    if not listed:
        st.success(_say(page, "nothing", n=len(found)), icon=":material/check_circle:")
        return
    rows = [
        {
            _say(page, "column"): one.column.label(page.language, unit=False),
            _say(page, "unit"): unit_words(one.column.unit, page.language),
            _say(page, "known"): f"{one.n:,}",
            _say(page, "implausible"): f"{one.implausible:,} ({one.limits})" if one.implausible else "0",
            _say(page, "low"): _counted(one.below),
            _say(page, "high"): _counted(one.above),
            _say(page, "fences"): _fences(one),
        }
        for one in listed
    ]
    draw_rows(rows, _say(page, "title"), tall=True)


def _counted(values: object) -> str:
    """How many, and the farthest: ``12 (312, 298, 280 …)``."""
    found = list(pd.Series(values))
    if not found:
        return "0"
    shown = ", ".join(f"{value:.4g}" for value in found[:_N_SHOWN])
    return f"{len(found):,} ({shown}{' …' if len(found) > _N_SHOWN else ''})"


def _fences(one: Extremes) -> str:
    """Return the fences that some value lies beyond, in words."""
    low, high = one.fences
    said = [f"< {low:.4g}"] * bool(len(one.below)) + [f"> {high:.4g}"] * bool(len(one.above))
    return " · ".join(said) or "–"


def _say(page: Page, key: str, **values: object) -> str:
    return page.say(f"cohort_extremes.{key}", **values)


def _classes(page: Page, cohort: Cohort, table: Table, task: str) -> pd.Series:
    if task not in TASKS:
        return pd.Series(page.say("distribution.everyone"), index=table.frame.index)
    names = dict(enumerate(CLASSES[task]))
    return cohort.labelled(task).map(names).reindex(table.frame.index)


def _distribution(page: Page, cohort: Cohort, column: Column, task: str) -> charts.Chart:
    table = table_in(cohort)
    classes = _classes(page, cohort, table, task)
    frame = pd.DataFrame({"class": classes, "value": table.frame[column.name]}).dropna()
    label = column.label(page.language, unit=False)
    known = variables().get(column.name) if column.known else None
    if column.kind == "numeric":
        ranges = list(known.reference.values()) if known else []
        reference = ranges[0] if ranges and all(limits == ranges[0] for limits in ranges) else None
        drawn = charts.distribution(
            frame,
            label,
            unit=unit_words(column.unit, page.language),
            reference=reference,
            language=page.language,
            synthetic=cohort.about.synthetic,
        )
        # the fences of all patients, as in the table below, not those of each class
        fences = fences_of(table.frame[column.name].dropna().to_numpy(dtype="float64"))
        return mark_extremes(drawn, frame, fences, language=page.language)
    if column.kind == "binary" and column.known:
        frame["value"] = frame["value"].map({0.0: page.say("values.no"), 1.0: page.say("values.yes")})
    elif column.kind == "binary":
        frame["value"] = frame["value"].map(dict(enumerate(column.levels)))
    elif known:
        frame["value"] = [known.level_label(level, page.language) for level in frame["value"]]
    counts = frame.value_counts().reset_index().rename(columns={"value": "level"})
    order = {name: code for names in CLASSES.values() for code, name in enumerate(names)}
    counts = counts.sort_values("class", key=lambda names: names.map(order), kind="stable")
    return charts.level_shares(counts, label, language=page.language, synthetic=cohort.about.synthetic)
