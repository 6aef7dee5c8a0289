"""Imputation on the Cohort page: how well each variable's gaps are filled, beside filling in the mean or the mode."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from core import charts
from core.charts.words import percent
from pages.parts.cohort_memory import forget, started, was_started
from pages.parts.cohort_views import table_in
from pages.parts.file_offer import offer_file
from pages.parts.show import number, show_chart
from pages.parts.spreadsheet import csv_bytes
from pages.parts.stacked_table import draw_rows

if TYPE_CHECKING:
    from core.cohort.columns import Table
    from core.cohort.folder import Cohort
    from pages.parts.frame import Page

_MOST_CELLS = 1_500_000
_SAMPLE = 800
_SEED = 0


def imputation(page: Page, cohort: Cohort) -> None:
    """Draw the error by variable; worked out when asked for, on some of the patients where they are many."""
    table = table_in(cohort)
    st.markdown(page.say("imputation.lead"))
    many = len(table.frame) > _SAMPLE
    whole = True
    if many and table.frame.size <= _MOST_CELLS:
        extent = st.segmented_control(
            page.say("imputation.extent"),
            ("sample", "whole"),
            default="sample",
            format_func=lambda name: page.say(
                f"imputation.{name}", n=f"{_SAMPLE:,}", all=f"{len(table.frame):,}"
            ),
            key="cohort_impute_extent",
            required=True,
        )
        whole = extent == "whole"
    elif many:
        whole = False
        st.info(page.say("imputation.too_large", n=f"{_SAMPLE:,}"), icon=":material/terminal:")
    name = f"imputation {whole}"
    if st.button(page.say("imputation.run"), key="cohort_impute", icon=":material/play_arrow:"):
        forget(cohort, name)
        with st.spinner(page.say("imputation.running"), show_time=True):
            started(cohort, name, lambda: _imputed(table, whole=whole))
    if not was_started(cohort, name):
        return
    filled, summary = started(cohort, name, lambda: _imputed(table, whole=whole))
    _figures(page, summary)
    _by_column(page, cohort, table, filled, summary)
    if whole:
        offer_file(
            page.say("imputation.download"),
            lambda: csv_bytes(filled.frame.reset_index()),
            "imputed.csv",
            "text/csv",
            key="cohort_imputed_download",
        )


def _imputed(table: Table, *, whole: bool) -> tuple[Table, dict[str, Any]]:
    from core.ehr.imputing import impute_table

    if whole or len(table.frame) <= _SAMPLE:
        return impute_table(table)
    return impute_table(replace(table, frame=table.frame.sample(_SAMPLE, random_state=_SEED).sort_index()))


def _figures(page: Page, summary: dict[str, Any]) -> None:
    with st.container(horizontal=True):
        for name in ("nrmse", "pfc"):
            value = summary[name]
            shown = "–" if value is None else number(value, 2)
            st.metric(
                page.say(f"imputation.{name}"), shown, border=True, help=page.say(f"imputation.{name}_help")
            )
        st.metric(page.say("imputation.cells"), f"{summary['n_imputed']:,}", border=True)
        st.metric(page.say("imputation.iterations"), summary["iterations"], border=True)


def _by_column(page: Page, cohort: Cohort, table: Table, filled: Table, summary: dict[str, Any]) -> None:
    labels = {column.name: column.label(page.language, unit=False) for column in filled.columns}
    errors = pd.DataFrame(summary["variables"]).dropna(subset=["error"])
    errors = errors.assign(label=errors["variable"].map(labels))
    show_chart(
        charts.imputation_error(errors, language=page.language, synthetic=cohort.about.synthetic),
        "cohort_errors",
    )
    if errors.empty:
        return
    baseline = [_baseline(table.frame[row.variable], str(row.kind)) for row in errors.itertuples()]
    gain = [1 - error / base if base else 0.0 for error, base in zip(errors["error"], baseline, strict=True)]
    st.caption(page.say("imputation.baseline_lead"))
    shown = [
        {
            page.say("columns.name"): str(row.label),
            page.say("columns.missing"): percent(row.missing),
            page.say("imputation.measure"): str(row.kind).upper(),
            page.say("imputation.error"): number(row.error),
            page.say("imputation.baseline"): number(base),
            page.say("imputation.gain"): _gain(page, less),
        }
        for row, base, less in zip(errors.itertuples(), baseline, gain, strict=True)
    ]
    draw_rows(shown, page.say("tabs.imputation"), tall=True)


def _baseline(values: pd.Series, kind: str) -> float:
    """Error of the mean (1 by the definition of the NRMSE) or of the most frequent level."""
    if kind == "nrmse":
        return 1.0
    return 1 - float(values.value_counts(normalize=True).iloc[0])


def _gain(page: Page, share: float) -> str:
    return (
        page.say("imputation.less", percent=percent(share)) if share > 0 else page.say("imputation.no_better")
    )
