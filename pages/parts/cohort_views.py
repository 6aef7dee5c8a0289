"""What the Cohort page shows of a cohort: where it comes from, how it was read, gaps, distributions, imputation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from core import charts
from core.charts.words import word
from core.cohort.columns import unit_words
from core.cohort.folder import CLASSES, TASKS
from core.cohort.variables import variables
from core.text import has_text
from pages.parts.reading import draw_report
from pages.parts.show import number, show_chart
from pages.parts.spreadsheet import csv_bytes
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.cohort.columns import Column, Table
    from core.cohort.folder import Cohort
    from pages.parts.frame import Page

_MOST_CELLS = 1_500_000


def about(page: Page, cohort: Cohort) -> None:
    """Draw sizes, class counts and what the cohort says of itself."""
    table = _table(cohort)
    with st.container(horizontal=True):
        st.metric(page.say("about.patients"), f"{len(table.frame):,}", border=True)
        st.metric(page.say("about.columns"), len(table.columns), border=True)
        for task in TASKS:
            codes = cohort.labelled(task)
            if len(codes):
                counts = codes.value_counts()
                parts = [
                    f"{word(page.language, 'classes', name)} {int(counts.get(code, 0)):,}"
                    for code, name in enumerate(CLASSES[task])
                ]
                label, shares = page.say(f"about.{task}"), " · ".join(parts)
                st.metric(
                    label, f"{len(codes):,}", border=True, delta=shares, delta_color="off", delta_arrow="off"
                )
    facts = [page.say(f"about.{key}", value=plain(value)) for key, value in _facts(page, cohort) if value]
    if facts:
        st.caption("  \n".join(facts))


def _facts(page: Page, cohort: Cohort) -> list[tuple[str, str]]:
    """What ``cohort.toml`` says; the generator's own definitions in the reader's language."""
    told = cohort.about
    made = told.synthetic and told.generator
    if told.source.startswith("MIMIC-IV"):
        from core.cohort.mimic_iv import stating

        options = stating.options_of(told.generator)
        if options is not None:
            return [
                ("index_time", stating.index_time(options, page.language)),
                ("outcome_definition", stating.outcome_definition(options, page.language)),
                ("generator", told.generator),
            ]
    return [
        ("index_time", page.say("about.made_index_time") if made else told.index_time),
        ("outcome_definition", page.say("about.made_outcome") if made else told.outcome_definition),
        ("generator", told.generator),
    ]


def report(page: Page, cohort: Cohort) -> None:
    """Draw the reader's report, and the columns as they were understood."""
    table = _table(cohort)
    draw_report(page, table.report)
    rows = [
        {
            page.say("columns.name"): column.label(page.language, unit=False),
            page.say("columns.unit"): unit_words(column.unit, page.language),
            page.say("columns.kind"): page.say(f"columns.{column.kind}"),
            page.say("columns.group"): _group(page, column),
            page.say("columns.missing"): f"{100 * table.frame[column.name].isna().mean():.0f} %",
            page.say("columns.values"): _values(page, table, column),
        }
        for column in table.columns
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def missing(page: Page, cohort: Cohort) -> None:
    """Draw the share of patients without each variable."""
    table = _table(cohort)
    labels = cohort.labels.reindex(table.frame.index)
    frame = table.frame
    if cohort.about.synthetic:
        # imaging and treatment exist for embolism only: a control's empty cell there is no gap
        frame = frame[(labels["pe"] == 1).to_numpy(dtype=bool)]
        st.caption(page.say("missing.pe_only"))
    shares = pd.DataFrame(
        {
            "label": [column.label(page.language, unit=False) for column in table.columns],
            "share": [float(frame[column.name].isna().mean()) for column in table.columns],
            "group": [_group(page, column) for column in table.columns],
        }
    )
    show_chart(
        charts.missingness(
            shares[shares["share"] > 0], language=page.language, synthetic=cohort.about.synthetic
        ),
        "cohort_missing",
    )


def distributions(page: Page, cohort: Cohort) -> None:
    """Draw one variable by class."""
    table = _table(cohort)
    left, right = st.columns([2, 1])
    names = {column.name: column for column in table.columns}
    with left:
        name = st.selectbox(
            page.say("distribution.variable"),
            list(names),
            format_func=lambda key: names[key].label(page.language),
            key="cohort_variable",
        )
    tasks = [task for task in reversed(TASKS) if len(cohort.labelled(task))]
    with right:
        task = st.selectbox(
            page.say("distribution.by"),
            tasks or ["none"],
            format_func=lambda key: page.say(f"distribution.{key}"),
            key="cohort_by",
        )
    classes = _classes(page, cohort, table, str(task))
    show_chart(_distribution(page, cohort, names[str(name)], table, classes), "cohort_distribution")


def imputation(page: Page, cohort: Cohort) -> None:
    """Draw how well each variable's gaps can be filled; computed when asked for."""
    table = _table(cohort)
    st.markdown(page.say("imputation.lead"))
    if table.frame.size > _MOST_CELLS:
        st.info(page.say("imputation.too_large"), icon=":material/terminal:")
        return
    key = f"cohort_imputation_{cohort.digest()}"
    if st.button(page.say("imputation.run"), key="cohort_impute", icon=":material/play_arrow:"):
        from core.ehr.imputing import impute_table

        with st.spinner(page.say("imputation.running")):
            for old in [name for name in st.session_state if str(name).startswith("cohort_imputation_")]:
                del st.session_state[old]
            st.session_state[key] = impute_table(table)
    if key not in st.session_state:
        return
    filled, summary = st.session_state[key]
    _imputation_result(page, cohort, filled, summary)


def _imputation_result(page: Page, cohort: Cohort, filled: Table, summary: dict[str, Any]) -> None:
    with st.container(horizontal=True):
        for name in ("nrmse", "pfc"):
            value = summary[name]
            shown = "–" if value is None else number(value, 3)
            st.metric(
                page.say(f"imputation.{name}"), shown, border=True, help=page.say(f"imputation.{name}_help")
            )
        st.metric(page.say("imputation.cells"), f"{summary['n_imputed']:,}", border=True)
        st.metric(page.say("imputation.iterations"), summary["iterations"], border=True)
    labels = {column.name: column.label(page.language, unit=False) for column in filled.columns}
    errors = pd.DataFrame(summary["variables"]).dropna(subset=["error"])
    errors = errors.assign(label=errors["variable"].map(labels))
    show_chart(
        charts.imputation_error(errors, language=page.language, synthetic=cohort.about.synthetic),
        "cohort_errors",
    )
    st.download_button(
        page.say("imputation.download"),
        csv_bytes(filled.frame.reset_index()),
        "imputed.csv",
        "text/csv",
        key="cohort_imputed_download",
        icon=":material/download:",
    )


def _table(cohort: Cohort) -> Table:
    assert cohort.table is not None
    return cohort.table


def _group(page: Page, column: Column) -> str:
    known = variables().get(column.name) if column.known else None
    key = f"pages_cohort.groups.{known.group}" if known else ""
    return page.say(key) if key and has_text(key) else page.say("groups.own")


def _values(page: Page, table: Table, column: Column) -> str:
    values = table.frame[column.name].dropna()
    if values.empty:
        return "–"
    if column.kind == "numeric":
        low, middle, high = values.quantile([0.25, 0.5, 0.75])
        return f"{middle:.4g} ({low:.4g}–{high:.4g})"
    if column.kind == "binary":
        return page.say("columns.positive", percent=f"{100 * values.mean():.0f}")
    top = values.value_counts(normalize=True).head(3)
    known = variables().get(column.name) if column.known else None
    words = {
        str(level): known.level_label(str(level), page.language) if known else str(level)
        for level in top.index
    }
    return page.say("shared.separator").join(
        f"{words[str(level)]} {100 * share:.0f} %" for level, share in top.items()
    )


def _classes(page: Page, cohort: Cohort, table: Table, task: str) -> pd.Series:
    if task not in TASKS:
        return pd.Series(page.say("distribution.everyone"), index=table.frame.index)
    names = dict(enumerate(CLASSES[task]))
    return cohort.labelled(task).map(names).reindex(table.frame.index)


def _distribution(
    page: Page, cohort: Cohort, column: Column, table: Table, classes: pd.Series
) -> charts.Chart:
    frame = pd.DataFrame({"class": classes, "value": table.frame[column.name]}).dropna()
    label = column.label(page.language, unit=False)
    known = variables().get(column.name) if column.known else None
    if column.kind == "numeric":
        ranges = list(known.reference.values()) if known else []
        reference = ranges[0] if ranges and all(limits == ranges[0] for limits in ranges) else None
        return charts.distribution(
            frame,
            label,
            unit=column.unit,
            reference=reference,
            language=page.language,
            synthetic=cohort.about.synthetic,
        )
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
