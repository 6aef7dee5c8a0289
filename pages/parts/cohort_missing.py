"""Missing values on the Cohort page: how many by column and class, and which are missing together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core import charts
from core.charts.words import percent, word
from core.cohort.folder import CLASSES, TASKS
from core.cohort.missing_patterns import missing_patterns
from pages.parts.cohort_memory import draw_of, remembered
from pages.parts.cohort_views import group_words, table_in
from pages.parts.show import show_chart
from pages.parts.stacked_table import draw_rows

if TYPE_CHECKING:
    from core.cohort.columns import Column
    from core.cohort.folder import Cohort
    from core.cohort.missing_patterns import MissingPatterns
    from pages.parts.frame import Page

_EVERYONE = "everyone"


def missing(page: Page, cohort: Cohort) -> None:
    """Draw the share of patients without each variable, of all or of one class, and the patterns."""
    # imaging and treatment exist for embolism only: a control's empty cell there is no gap
    preset = "pe" if cohort.about.synthetic else _EVERYONE
    options = [_EVERYONE, *[name for task in TASKS for name in CLASSES[task] if len(_rows(cohort, name))]]
    chosen = st.selectbox(
        _say(page, "of"),
        options,
        index=options.index(preset) if preset in options else 0,
        format_func=lambda name: _class(page, cohort, name),
        key="cohort_missing_of",
    )
    draw_of(page, cohort, ("missing", chosen), lambda: _missing(page, cohort, chosen))


def _missing(page: Page, cohort: Cohort, chosen: str) -> None:
    if cohort.about.synthetic and chosen not in ("pe", *CLASSES["outcome"]):
        st.caption(_say(page, "controls"))
    table = table_in(cohort)
    frame = table.frame.loc[_rows(cohort, chosen)]
    if not remembered(cohort, f"gaps {chosen}", lambda: bool(frame.isna().any(axis=None))):
        st.success(_say(page, "nothing"), icon=":material/check_circle:")
        return
    found = remembered(cohort, f"patterns {chosen}", lambda: missing_patterns(frame))
    _patterns(page, cohort, found, chosen, frame)
    chart = remembered(
        cohort, f"missing {chosen} {page.language}", lambda: _by_column(page, cohort, table.columns, frame)
    )
    show_chart(chart, "cohort_missing")


def _by_column(page: Page, cohort: Cohort, columns: tuple[Column, ...], frame: pd.DataFrame) -> charts.Chart:
    shares = pd.DataFrame(
        {
            "label": [column.label(page.language, unit=False) for column in columns],
            "share": [float(frame[column.name].isna().mean()) for column in columns],
            "group": [group_words(page, column) for column in columns],
        }
    )
    some = shares[shares["share"] > 0]
    return charts.missingness(some, language=page.language, synthetic=cohort.about.synthetic)


def _patterns(page: Page, cohort: Cohort, found: MissingPatterns, chosen: str, frame: pd.DataFrame) -> None:
    labels = {column.name: column.label(page.language, unit=False) for column in table_in(cohort).columns}
    facts = {
        "complete": f"{found.n_complete:,}",
        "n": f"{found.n_rows:,}",
        "patterns": f"{found.n_patterns:,}",
    }
    st.markdown(_say(page, "summary", **facts))
    chart = remembered(cohort, f"grid {chosen} {page.language}", lambda: _grid(page, cohort, found, labels))
    show_chart(chart, "cohort_patterns")
    _blocks(page, found, labels)
    _by_class(page, cohort, found, frame)


def _grid(page: Page, cohort: Cohort, found: MissingPatterns, labels: dict[str, str]) -> charts.Chart:
    # two blocks may read alike: their place tells them apart
    names = [
        labels[block[0]] + (_say(page, "and_more", n=len(block) - 1) if len(block) > 1 else "")
        for block in found.blocks
    ]
    names = [name if names.count(name) == 1 else f"{name} ({place + 1})" for place, name in enumerate(names)]
    cells = pd.DataFrame(
        [
            {"label": name, "pattern": number + 1, "missing": bool(row[place])}
            for place, name in enumerate(names)
            for number, row in enumerate(found.patterns)
        ]
    )
    shares = pd.DataFrame(
        {
            "pattern": range(1, len(found.counts) + 1),
            "share": found.counts / max(found.n_rows, 1),
            "n": found.counts,
        }
    )
    return charts.missing_pattern_grid(
        cells, shares, language=page.language, synthetic=cohort.about.synthetic
    )


def _blocks(page: Page, found: MissingPatterns, labels: dict[str, str]) -> None:
    together = [
        {
            _say(page, "together"): page.say("shared.separator").join(labels[name] for name in block),
            _say(page, "share"): percent(float(share)),
        }
        for block, share in zip(found.blocks, found.shares, strict=True)
        if len(block) > 1
    ]
    if together:
        draw_rows(together, _say(page, "together"), stacked=False)


def _by_class(page: Page, cohort: Cohort, found: MissingPatterns, frame: pd.DataFrame) -> None:
    """How many have each pattern, and of each class of the first task that has two among these rows."""
    shown = {
        _say(page, "pattern"): [str(place + 1) for place in range(len(found.counts))],
        _say(page, "patients"): [f"{n:,} ({percent(n / max(found.n_rows, 1))})" for n in found.counts],
    }
    for task in reversed(TASKS):
        codes = cohort.labelled(task).reindex(frame.index)
        if codes.nunique() < 2:
            continue
        shares = found.by_class(codes.map(dict(enumerate(CLASSES[task]))))
        for name in CLASSES[task]:
            if name in shares:
                header = _say(page, "share_of", name=word(page.language, "classes", name))
                shown[header] = [percent(float(share)) for share in shares[name]]
        break
    rows = [dict(zip(shown, cells, strict=True)) for cells in zip(*shown.values(), strict=True)]
    draw_rows(rows, _say(page, "pattern"), stacked=False)


def _rows(cohort: Cohort, name: str) -> pd.Index:
    """Patients of a class (a class of either task), or all, in the order of the table."""
    return remembered(cohort, f"rows {name}", lambda: _of_class(cohort, name))


def _of_class(cohort: Cohort, name: str) -> pd.Index:
    index = table_in(cohort).frame.index
    if name == _EVERYONE:
        return index
    task = next(task for task in TASKS if name in CLASSES[task])
    codes = cohort.labelled(task)
    return index[index.isin(codes.index[codes == CLASSES[task].index(name)])]


def _class(page: Page, cohort: Cohort, name: str) -> str:
    words = page.say("distribution.everyone") if name == _EVERYONE else word(page.language, "classes", name)
    return f"{words} (n = {len(_rows(cohort, name)):,})"


def _say(page: Page, key: str, **values: object) -> str:
    return page.say(f"cohort_missing.{key}", **values)
