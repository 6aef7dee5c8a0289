"""How a cohort came about: the flow of its building as a diagram, and table one, as its table has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.charts.words import word
from core.cohort.columns import unit_words
from core.cohort.folder import TASKS
from core.cohort.variables import variables
from core.text import has_text, text
from pages.parts.cohort_memory import remembered
from pages.parts.cohort_views import written
from pages.parts.file_offer import offer_file
from pages.parts.show import number
from pages.parts.spreadsheet import csv_bytes
from pages.parts.stacked_table import draw_rows
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.cohort.folder import Cohort
    from pages.parts.frame import Page

_LEFT_OUT = "left_out"
# fill and line of a box, dark on light whatever the page's theme
_COLOURS = {
    "kept": ("#e1ecf4", "#2f5d80"),
    _LEFT_OUT: ("#f3e6d8", "#9a6a3a"),
    "of_these": ("#eeeeee", "#555555"),
}


def flow(page: Page, flow: pd.DataFrame) -> None:
    """Draw the flow of a build, part by part, and its counts as a table."""
    st.subheader(_say(page, "title"))
    parts = list(dict.fromkeys(flow["part"]))
    chosen = parts[0]
    if len(parts) > 1:
        preferred = parts.index("diagnosis") if "diagnosis" in parts else 0
        chosen = st.segmented_control(
            _say(page, "part"),
            parts,
            default=parts[preferred],
            format_func=lambda part: plain(_named(page, "parts", part)),
            key="cohort_flow_part",
            required=True,
        )
    rows = flow[flow["part"] == chosen]
    st.graphviz_chart(flow_diagram(page, rows), width="content")
    shown = [
        {
            _say(page, "step"): _named(page, "steps", str(row.step)),
            _say(page, "kind"): _named(page, "kinds", str(row.kind)),
            _say(page, "admissions"): f"{row.admissions:,.0f}",
            _say(page, "persons"): f"{row.persons:,.0f}",
        }
        for row in rows.itertuples(index=False)
    ]
    draw_rows(shown, _say(page, "title"))


def flow_diagram(page: Page, rows: pd.DataFrame) -> str:
    """Return the diagram in Graphviz's language: each step below the one that its patients come from."""
    lines = [
        "digraph {",
        'graph [rankdir=TB, nodesep=0.35, ranksep=0.3, bgcolor="white"]',
        'node [shape=box, fontsize=11, fontname="sans-serif", margin="0.15,0.08", style="filled"]',
        'edge [arrowsize=0.6, color="#555555"]',
    ]
    nodes = {str(step): f"n{place}" for place, step in enumerate(rows["step"])}
    for row in rows.itertuples(index=False):
        # a reason that took nobody would only make the diagram longer; the table below has it
        if row.kind == _LEFT_OUT and not row.admissions:
            continue
        counts = _say(page, "counts", admissions=f"{row.admissions:,.0f}", persons=f"{row.persons:,.0f}")
        label = f"{_quoted(_named(page, 'steps', str(row.step)))}\\n{counts}"
        fill, line = _COLOURS.get(str(row.kind), _COLOURS["of_these"])
        node = nodes[str(row.step)]
        lines.append(f'{node} [label="{label}", fillcolor="{fill}", color="{line}", fontcolor="#222222"]')
        if row.after in nodes:
            style = " [style=dashed]" if row.kind == _LEFT_OUT else ""
            lines.append(f"{nodes[str(row.after)]} -> {node}{style}")
    return "\n".join([*lines, "}"])


def _quoted(label: str) -> str:
    return label.replace("\\", "/").replace('"', "'").replace("<", "‹").replace(">", "›")


def table_one_of(page: Page, cohort: Cohort) -> None:
    """Draw table one of a cohort: every variable by class, with what is missing and how far the classes differ."""
    from core.cohort.table_one import table_one

    if not any(len(cohort.labelled(task)) for task in TASKS):
        st.info(page.say("cohort_split.no_labels"), icon=":material/label_off:")
        return
    with st.spinner(_say(page, "working")):
        table = remembered(cohort, "table one", lambda: table_one(cohort))
    tasks = list(dict.fromkeys(table["task"]))
    task = tasks[0]
    if len(tasks) > 1:
        task = st.segmented_control(
            _say(page, "task"),
            tasks,
            default=task,
            format_func=lambda name: plain(_named(page, "parts", name)),
            key="cohort_table_one_task",
            required=True,
        )
    st.caption(_say(page, "table_one_lead"))
    shown = remembered(
        cohort,
        f"table one {task} {page.language}",
        lambda: table_one_shown(page, table[table["task"] == task]),
    )
    draw_rows(shown, page.say("tabs.table_one"), tall=True)
    offer_file(
        _say(page, "download"),
        lambda: csv_bytes(table),
        "table_one.csv",
        "text/csv",
        key="cohort_table_one_download",
    )


def table_one_shown(page: Page, rows: pd.DataFrame) -> list[dict[str, str]]:
    """Table one for people: a row a variable and level, a column a class, then what is missing and the difference."""
    classes = list(dict.fromkeys(rows["class"]))
    shown = []
    for (variable, level), group in rows.groupby(["variable", "level"], sort=False):
        by_class = group.set_index("class")
        first = group.iloc[0]
        name = _variable(page, str(variable), str(level), str(first["unit"]))
        cells = {
            _class(page, one, rows): _cell(by_class.loc[one], str(variable))
            for one in classes
            if one in by_class.index
        }
        missing = " / ".join(
            f"{100 * by_class.loc[one, 'missing'] / max(by_class.loc[one, 'patients'], 1):.0f}"
            for one in classes
            if one in by_class.index
        )
        difference = first["difference"]
        shown.append(
            {
                _say(page, "variable"): name,
                **cells,
                _say(page, "missing"): missing,
                _say(page, "difference"): "–" if pd.isna(difference) else number(float(difference), 2),
            }
        )
    return shown


def _class(page: Page, name: str, rows: pd.DataFrame) -> str:
    patients = int(rows.loc[rows["class"] == name, "patients"].iloc[0])
    known = has_text(f"charts.classes.{name}")
    return f"{word(page.language, 'classes', name) if known else name} (n = {patients:,})"


def _cell(row: pd.Series, name: str) -> str:
    if not pd.isna(row["median"]):
        middle, low, high = (
            written(float(row[one]), name) for one in ("median", "lower_quartile", "upper_quartile")
        )
        return f"{middle} ({low}–{high})"
    if not pd.isna(row["share"]):
        return f"{row['count']:,.0f} ({100 * row['share']:.1f}%)"
    return "–"


def _variable(page: Page, name: str, level: str, unit: str) -> str:
    known = variables().get(name)
    label = (known.zh if page.language == "zh" else known.en) if known else name
    if unit:
        label = f"{label} [{unit_words(unit, page.language)}]"
    if not level or level == "yes":
        return label
    shown = known.level_label(level, page.language) if known else level
    return _say(page, "level", variable=label, level=shown)


def _named(page: Page, kind: str, name: str) -> str:
    """Words for a part, step or kind of the flow; the name itself where another program wrote it."""
    key = f"cohort_flow.{kind}.{name}"
    return text(page.language, key) if name.isidentifier() and has_text(key) else name


def _say(page: Page, key: str, **values: str) -> str:
    return text(page.language, f"cohort_flow.{key}", **values)
