"""What the Cohort page says of a cohort first: where it comes from, and how it was read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from core.charts.words import word
from core.cohort.classes import CLASSES, TASKS
from core.cohort.columns import unit_words
from core.cohort.naming import generator_words
from core.cohort.variables import variables
from core.text import has_text
from pages.parts.cohort_memory import draw_of, remembered
from pages.parts.reading import draw_report
from pages.parts.show import figure_row
from pages.parts.stacked_table import draw_rows
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.cohort.columns import Column, Note, Table
    from core.cohort.folder import Cohort
    from pages.parts.frame import Page


def about(page: Page, cohort: Cohort) -> None:
    """Draw sizes, class counts and what the cohort says of itself."""
    draw_of(page, cohort, ("about",), lambda: _about(page, cohort))


def _about(page: Page, cohort: Cohort) -> None:
    table = table_in(cohort)
    with figure_row("cohort_about"):
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
    for note in table.report.notes:
        if _decides_labels(note):
            show = st.info if note.kind == "converted" else st.warning
            show(plain(note.say(page.language)), icon=":material/label:")


def _decides_labels(note: Note) -> bool:
    """Whether a note says how the labels came to be: that stands open, before all that follows from them."""
    return note.key.startswith("events.")


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
        ("generator", generator_words(told.generator, page.language)),
    ]


def report(page: Page, cohort: Cohort) -> None:
    """Draw the reader's report, and the columns as they were understood."""
    draw_of(page, cohort, ("report",), lambda: _report(page, cohort))


def _report(page: Page, cohort: Cohort) -> None:
    table = table_in(cohort)
    others = tuple(note for note in table.report.notes if not _decides_labels(note))
    draw_report(page, replace(table.report, notes=others))
    shown = remembered(cohort, f"columns {page.language}", lambda: _columns(page, table))
    draw_rows(shown, page.say("tabs.report"), tall=True)


def _columns(page: Page, table: Table) -> list[dict[str, str]]:
    return [
        {
            page.say("columns.name"): column.label(page.language, unit=False),
            page.say("columns.unit"): unit_words(column.unit, page.language),
            page.say("columns.kind"): page.say(f"columns.{column.kind}"),
            page.say("columns.group"): group_words(page, column),
            page.say("columns.missing"): f"{100 * table.frame[column.name].isna().mean():.0f}%",
            page.say("columns.values"): _values(page, table, column),
        }
        for column in table.columns
    ]


def table_in(cohort: Cohort) -> Table:
    """Return the cohort's table: the page shows none without."""
    assert cohort.table is not None
    return cohort.table


def labelled_tasks(cohort: Cohort) -> list[str]:
    """Return the tasks that some patient has a label for, the outcome first."""
    return remembered(
        cohort, "labelled tasks", lambda: [task for task in reversed(TASKS) if len(cohort.labelled(task))]
    )


def written(value: float, name: str) -> str:
    """Return a figure of a variable with the catalogue's decimals, of a column of its own with four digits."""
    known = variables().get(name)
    return f"{value:.{known.decimals}f}" if known and known.kind == "numeric" else f"{value:.4g}"


def group_words(page: Page, column: Column) -> str:
    """Return the group that a column stands in, in words."""
    known = variables().get(column.name) if column.known else None
    key = f"pages_cohort.groups.{known.group}" if known else ""
    return page.say(key) if key and has_text(key) else page.say("groups.own")


def _values(page: Page, table: Table, column: Column) -> str:
    values = table.frame[column.name].dropna()
    if values.empty:
        return "–"
    if column.kind == "numeric":
        low, middle, high = (written(float(one), column.name) for one in values.quantile([0.25, 0.5, 0.75]))
        return f"{middle} ({low}–{high})"
    if column.kind == "binary":
        return page.say("columns.positive", percent=f"{100 * values.mean():.0f}")
    top = values.value_counts(normalize=True).head(3)
    known = variables().get(column.name) if column.known else None
    words = {
        str(level): known.level_label(str(level), page.language) if known else str(level)
        for level in top.index
    }
    return page.say("shared.separator").join(
        f"{words[str(level)]} {100 * share:.0f}%" for level, share in top.items()
    )
