"""What the order of the steps costs: each order's report beside the truth, and what one split leaves to chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core import charts
from core.charts.words import auroc, signed, word
from core.cohort.naming import cohort_words
from core.errors import ArtifactError
from pages.parts.kept_parts import kept_part
from pages.parts.loaders import artifacts_folder
from pages.parts.show import in_one_line, show_chart, stacked_difference, stacked_limits, unbroken
from pages.parts.wording import plain

if TYPE_CHECKING:
    from pathlib import Path

    from core.optimism import Optimism, Spread
    from core.results import Results
    from pages.parts.frame import Page


def draw(page: Page, found: Results) -> None:
    """Draw the section from the stored measurement; nothing is fitted."""
    if found.task != "outcome":
        st.info(page.say("optimism.other_task"), icon=":material/info:")
        return
    from core.optimism import DEFAULT_FILE

    path = artifacts_folder() / DEFAULT_FILE.name
    stamp = path.stat().st_mtime_ns if path.is_file() else 0
    try:
        measured = _read(path, stamp)
    except ArtifactError as error:
        st.info(plain(error.say(page.language)), icon=":material/info:")
        return
    st.header(page.say("optimism.title"), anchor=False)
    st.markdown(page.say("optimism.lead", n=f"{measured.about['n_rows']:,}", splits=measured.plan.splits))
    metric = (
        st.selectbox(
            page.say("optimism.picker"),
            measured.metrics,
            format_func=lambda name: _metric(page, name),
            key="ehr_optimism_metric",
        )
        or measured.metrics[0]
    )
    _orders(page, found, str(path), stamp, metric, measured=measured)
    _beyond_the_orders(page, found, str(path), stamp, measured=measured)


@st.cache_resource(show_spinner=False, max_entries=2)
def _read(path: Path, stamp: int) -> Optimism:  # noqa: ARG001 - a file written anew is read anew
    from core.optimism import load_optimism

    return load_optimism(path)


@kept_part
def _orders(
    page: Page,
    found: Results,  # noqa: ARG001 - every part is drawn alike
    path: str,  # noqa: ARG001 - a file written anew is drawn anew
    stamp: int,  # noqa: ARG001
    metric: str,
    *,
    measured: Optimism,
) -> None:
    from core.optimism import SHARES

    _chart(page, measured, "observed", metric)
    with st.container(key="short_optimism"):
        st.table(
            _table(page, measured, metric),
            border="horizontal",
            hide_index=True,
            alt=page.say("optimism.title"),
        )
    st.caption(page.say("optimism.luck"))
    if metric in SHARES:
        st.caption(page.say("optimism.not_comparable"))
    st.markdown(_measured(page, measured, metric))
    st.markdown(f"**{page.say('optimism.why_title')}** {page.say('optimism.why')}")
    st.markdown(page.say("optimism.report"))


@kept_part
def _beyond_the_orders(
    page: Page,
    found: Results,  # noqa: ARG001 - every part is drawn alike
    path: str,  # noqa: ARG001 - a file written anew is drawn anew
    stamp: int,  # noqa: ARG001
    *,
    measured: Optimism,
) -> None:
    _null(page, measured)
    _spread(page, measured)
    _method(page, measured)


def _null(page: Page, measured: Optimism) -> None:
    from core.optimism import MACRO

    st.header(page.say("optimism.null_title"), anchor=False)
    st.markdown(page.say("optimism.null"))
    _chart(page, measured, "shuffled", MACRO)


def _spread(page: Page, measured: Optimism) -> None:
    from core.optimism import LEAK_FREE

    splits = measured.plan.splits
    st.header(page.say("optimism.spread_title"), anchor=False)
    st.markdown(page.say("optimism.spread", seed=measured.plan.seed, splits=splits))
    rows = [
        {
            page.say("optimism.table.metric"): _metric(page, metric),
            page.say("optimism.table.single"): stacked_limits(single, page.language),
            page.say("optimism.table.mean", splits=splits): stacked_limits(one.mean, page.language),
            page.say("optimism.table.range"): _range(one),
            page.say("optimism.table.sd"): f"{one.deviation:.3f}",
        }
        for metric, single in measured.single.items()
        for one in [measured.summary["observed", LEAK_FREE, metric, "apparent"]]
    ]
    with st.container(key="short_optimism_spread"):
        st.table(
            _marked(page, measured, pd.DataFrame(rows)),
            border="horizontal",
            hide_index=True,
            alt=page.say("optimism.spread_title"),
        )


def _method(page: Page, measured: Optimism) -> None:
    plan, about = measured.plan, measured.about
    said = [
        page.say("optimism.cohort", name=plain(cohort_words(str(about["cohort"]), page.language))),
        page.say(f"optimism.{about['untouched']}", n=f"{about['n_untouched']:,}"),
        page.say("optimism.intervals", splits=plan.splits),
        page.say(
            "optimism.settings",
            depth=plan.depth,
            rounds=plan.rounds,
            rate=f"{plan.learning_rate:g}",
            strength=f"{plan.strength:g}",
            trees=plan.trees,
        ),
    ]
    for line in said:
        st.caption(line)


def _chart(page: Page, measured: Optimism, labels: str, metric: str) -> None:
    from core.optimism import SHARES

    splits, means = measured.chart_frames(labels, metric)
    chart = charts.order_optimism(
        splits,
        means,
        measure=_metric(page, metric),
        # one against the rest, a coin ranks half of the pairs right; what it gets right in all depends on the classes
        chance=None if metric in SHARES else 0.5,
        note=page.say("optimism.shuffled") if labels == "shuffled" else "",
        language=page.language,
        synthetic=measured.synthetic,
    )
    show_chart(chart, f"ehr_optimism_{labels}")


def _table(page: Page, measured: Optimism, metric: str) -> pd.DataFrame:
    """Four columns, limits below their figure: it fits a phone. What goes beyond the leak-free order is a sentence."""
    from core.optimism import ORDERS, PARTS

    rows = []
    for order in ORDERS:
        row = {page.say("optimism.table.order"): page.say(f"optimism.orders.{order}")}
        for part in PARTS:
            one = measured.summary["observed", order, metric, part]
            row[page.say(f"optimism.table.{part}")] = f"{auroc(one.mean.value)}  \n{_range(one)}"
        gap = measured.summary["observed", order, metric, "optimism"].mean
        row[page.say("optimism.table.optimism")] = stacked_difference(gap, page.language)
        rows.append(row)
    return _marked(page, measured, pd.DataFrame(rows))


def _marked(page: Page, measured: Optimism, table: pd.DataFrame) -> pd.DataFrame:
    """Say in the head of the first column that the figures are of synthetic patients."""
    if not measured.synthetic:
        return table
    first = str(table.columns[0])
    return table.rename(columns={first: f"{first} · {page.say('charts.synthetic')}"})


def _measured(page: Page, measured: Optimism, metric: str) -> str:
    return page.say(
        "optimism.measured",
        measure=_metric(page, metric),
        impute=_gap(page, measured, "impute_first", metric, "beyond"),
        resample=_gap(page, measured, "resample_first", metric, "beyond"),
        both=_gap(page, measured, "both_first", metric, "beyond"),
    )


def _metric(page: Page, name: str) -> str:
    if name in ("macro", "accuracy", "balanced_accuracy"):
        return page.say(f"optimism.metrics.{name}")
    return page.say("optimism.metrics.auroc_of", name=word(page.language, "classes", name))


def _range(one: Spread) -> str:
    return unbroken(f"{auroc(one.smallest)}–{auroc(one.largest)}")


def _gap(page: Page, measured: Optimism, order: str, metric: str, quantity: str) -> str:
    mean = measured.summary["observed", order, metric, quantity].mean
    words = page.say("optimism.gap", **{name: signed(value) for name, value in vars(mean).items()})
    return in_one_line(words)
