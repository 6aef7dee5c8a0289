"""From all rows to training and test part on the Cohort page: a flow with numbers, the classes, the folds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core import charts
from core.charts.style import look
from core.charts.words import percent, word
from core.cohort.folder import CLASSES
from pages.parts.cohort_memory import draw_of, remembered
from pages.parts.cohort_views import labelled_tasks
from pages.parts.show import show_chart
from pages.parts.stacked_table import draw_rows
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.cohort.folder import Cohort
    from core.split_shown import ShownSplit
    from pages.parts.frame import Page

_NEUTRAL = ("#eef2f5", "#55606b")
_MOST_SEED = 2**32 - 1


def classes_and_parts(page: Page, cohort: Cohort) -> None:
    """Draw what training would make of the cohort, for the task chosen."""
    tasks = labelled_tasks(cohort)
    if not tasks:
        st.info(_say(page, "no_labels"), icon=":material/label_off:")
        return
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        task = st.segmented_control(
            _say(page, "task"),
            tasks,
            default=remembered(cohort, "first task", lambda: _first(cohort, tasks)),
            format_func=lambda name: page.say(f"distribution.{name}"),
            key="cohort_split_task",
            required=True,
            wrap=True,
        )
    with right:
        seed = st.number_input(
            _say(page, "seed"), 0, _MOST_SEED, 0, 1, key="cohort_split_seed", help=_say(page, "seed_help")
        )
    from core.split_shown import shown_split

    split = remembered(cohort, f"split {task} {seed}", lambda: shown_split(cohort, str(task), int(seed)))
    draw_of(page, cohort, ("split", task, seed), lambda: _split(page, cohort, split, int(seed)))


def _split(page: Page, cohort: Cohort, split: ShownSplit, seed: int) -> None:
    if split.refusal is not None:
        st.warning(plain(split.refusal.say(page.language)), icon=":material/warning:")
    _flow(page, split)
    chart = remembered(
        cohort,
        f"split chart {split.task} {seed} {page.language}",
        lambda: charts.class_flow(split.stages(), language=page.language, synthetic=cohort.about.synthetic),
    )
    show_chart(chart, "cohort_split_shares")
    _together(page, split)
    if len(split.folds):
        _folds(page, split)


def _first(cohort: Cohort, tasks: list[str]) -> str:
    """Return the first task that has patients in every class; the first of all where none has."""
    whole = (task for task in tasks if cohort.labelled(task).nunique() == len(CLASSES[task]))
    return next(whole, tasks[0])


def _flow(page: Page, split: ShownSplit) -> None:
    st.subheader(_say(page, "flow"), anchor=False)
    words = [
        f"{word(page.language, 'classes', name)} {split.patients(label=name):,}"
        for name in CLASSES[split.task]
    ]
    alt = _say(
        page,
        "flow_alt",
        rows=f"{split.n_rows:,}",
        usable=f"{split.patients():,}",
        classes=page.say("shared.separator").join(words),
        train=f"{split.patients('train'):,}",
        test=f"{split.patients('test'):,}",
    )
    st.graphviz_chart(flow_of_classes(page, split), width="content", alt=alt)


def flow_of_classes(page: Page, split: ShownSplit) -> str:
    """Return the diagram in Graphviz's language: all rows, the usable ones, each class, the two parts."""
    lines = [
        "digraph {",
        'graph [rankdir=TB, nodesep=0.3, ranksep=0.4, bgcolor="white"]',
        'node [shape=box, fontsize=11, fontname="sans-serif", margin="0.14,0.08", style="filled"]',
        'edge [arrowsize=0.6, color="#555555", fontsize=10, fontname="sans-serif", fontcolor="#222222"]',
        _node("all", _say(page, "all"), split.n_rows),
        _node("usable", _say(page, "usable"), split.patients()),
        "all -> usable",
    ]
    if split.without_label:
        lines.append(_node("without", _say(page, "without_label"), split.without_label, dashed=True))
        lines.append("all -> without [style=dashed]")
    for place, name in enumerate(CLASSES[split.task]):
        n = split.patients(label=name)
        seen, share = look(name, place), percent(n / max(split.patients(), 1))
        label = f"{seen.glyph} {word(page.language, 'classes', name)}"
        lines.append(_node(f"c{place}", label, n, share, line=seen.color))
        lines.append(f"usable -> c{place}")
        for part in ("train", "test"):
            count = split.patients(part, name)
            if count:
                lines.append(f'c{place} -> {part} [label=" {count:,}", color="{seen.color}"]')
    for part in ("train", "test"):
        share = percent(split.patients(part) / max(split.patients(), 1))
        lines.append(_node(part, word(page.language, "stages", part), split.patients(part), share))
    # unseen arrows keep the order of the task's classes, and training before test
    in_order = " -> ".join(f"c{place}" for place in range(len(CLASSES[split.task])))
    lines += [f"{{rank=same; {in_order} [style=invis]}}", "{rank=same; train -> test [style=invis]}"]
    return "\n".join([*lines, "}"])


def _node(name: str, words: str, count: int, share: str = "", *, line: str = "", dashed: bool = False) -> str:
    fill = _NEUTRAL[0] if not line else "#ffffff"
    style = "filled,dashed" if dashed else "filled"
    label = f"{words}\\n{count:,}" + (f" ({share})" if share else "")
    width = 2 if line else 1
    return (
        f'{name} [label="{label}", fillcolor="{fill}", color="{line or _NEUTRAL[1]}", penwidth={width}, '
        f'style="{style}", fontcolor="#222222"]'
    )


def _together(page: Page, split: ShownSplit) -> None:
    if split.apart:
        st.error(_say(page, "apart", n=f"{split.apart:,}"), icon=":material/error:")
    elif split.several:
        st.success(_say(page, "together", n=f"{split.several:,}"), icon=":material/groups:")
    else:
        st.caption(_say(page, "one_row"))
    if split.without_row:
        st.caption(_say(page, "without_row", n=f"{split.without_row:,}"))
    st.caption(_say(page, "natural"))


def _folds(page: Page, split: ShownSplit) -> None:
    st.subheader(_say(page, "folds"), anchor=False)
    st.caption(_say(page, "folds_lead"))
    wide = split.folds.pivot_table(index="fold", columns="class", values="patients", sort=False)
    shown = [
        {
            _say(page, "fold"): str(fold),
            **{word(page.language, "classes", str(name)): f"{n:,.0f}" for name, n in counts.items()},
            _say(page, "sum"): f"{counts.sum():,.0f}",
        }
        for fold, counts in wide.iterrows()
    ]
    draw_rows(shown, _say(page, "folds"), stacked=False)


def _say(page: Page, key: str, **values: object) -> str:
    return page.say(f"cohort_split.{key}", **values)
