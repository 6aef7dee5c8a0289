"""How good the health-record model is: figures with intervals, confusion matrix, curves, what resampling does.

The main figures stand before the sections are loaded, whose tables and charts take pandas in.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core import charts
from core.charts.words import word
from core.errors import ArtifactError
from core.late import LateModule
from pages.parts.kept_parts import kept_part
from pages.parts.lazily import part
from pages.parts.loaders import artifacts_folder
from pages.parts.show import (
    figure_row,
    in_one_line,
    number,
    show_chart,
    stacked_limits,
    unbroken,
    with_limits,
)
from pages.parts.wording import plain

if TYPE_CHECKING:
    import pandas as pd

    from core.evaluation import Evaluation
    from core.results import Results
    from pages.parts.frame import Page
else:
    pd = LateModule("pandas")


def draw(page: Page, found: Results) -> None:
    """Draw the whole section from stored results; no model is loaded."""
    _headline(page, found)
    _figures(page, found)
    _flow(page, found)
    part("ehr_resampling").draw(page, found)
    part("ehr_benefit").draw(page, found)
    part("ehr_rivals").draw(page, found)
    part("subgroup_view").draw(page, found, "ehr")
    _learning_curve(page, found)


@kept_part
def _figures(page: Page, found: Results) -> None:
    with st.container(key="short_ehr_figures"):
        st.table(
            _metrics_table(page, found), border="horizontal", hide_index=True, alt=page.say("tabs.results")
        )
    st.caption(
        page.say(
            "metrics.accuracy",
            value=with_limits(found.evaluation.accuracy),
            balanced=number(found.evaluation.balanced_accuracy),
        )
        + " "
        + page.say("metrics.note", n=found.evaluation.n)
    )
    left, right = st.columns(2)
    with left:
        evaluation = found.evaluation
        show_chart(
            charts.confusion_matrix(
                list(evaluation.classes),
                evaluation.confusion,
                language=page.language,
                synthetic=found.synthetic,
            ),
            "ehr_confusion",
        )
        st.caption(page.say(f"decision.{found.task}"))
    with right:
        show_chart(_roc(found, page.language), "ehr_roc")


def _headline(page: Page, found: Results) -> None:
    evaluation = found.evaluation
    with figure_row("ehr_headline"):
        st.metric(page.say("metrics.macro_auroc"), unbroken(with_limits(evaluation.macro_auroc)), border=True)
        for name, one in evaluation.classes.items():
            if len(evaluation.classes) == 2 and name == "no_pe":
                continue
            label = page.say("metrics.auroc_of", name=word(page.language, "classes", name), events=one.events)
            st.metric(label, unbroken(with_limits(one.auroc)), border=True)
        if found.oracle is not None:
            st.metric(
                page.say("metrics.oracle"),
                number(found.oracle.macro_auroc.value),
                border=True,
                help=page.say("metrics.oracle_help"),
            )
    few = [name for name, one in evaluation.classes.items() if one.events < 30]
    if few:
        names = page.say("shared.separator").join(
            f"{word(page.language, 'classes', name)} {evaluation.classes[name].events}" for name in few
        )
        st.warning(page.say("metrics.few_events", names=names), icon=":material/warning:")


def _metrics_table(page: Page, found: Results) -> pd.DataFrame:
    """One column a class and one row a figure: it fits a phone, and a column reads as a class's profile."""
    columns: dict[str, list[str]] = {}
    language = page.language
    for name, one in found.evaluation.classes.items():
        measures = one.measures
        figures = {
            page.say("metrics.events"): in_one_line(f"{one.events:,} / {found.evaluation.n:,}"),
            "AUROC": stacked_limits(one.auroc, language),
            "AUPRC": stacked_limits(one.auprc, language),
            page.say("metrics.sensitivity"): stacked_limits(measures.sensitivity, language),
            page.say("metrics.specificity"): stacked_limits(measures.specificity, language),
            page.say("metrics.ppv"): stacked_limits(measures.ppv, language),
            page.say("metrics.npv"): stacked_limits(measures.npv, language),
            "F1": number(measures.f1),
            page.say("metrics.brier"): number(one.brier, 3),
            page.say("metrics.slope"): stacked_limits(one.calibration_slope, language, can_be_negative=True),
            page.say("metrics.intercept"): stacked_limits(
                one.calibration_intercept, language, can_be_negative=True
            ),
        }
        columns.setdefault(page.say("metrics.figure"), list(figures))
        columns[word(language, "classes", name)] = list(figures.values())
    return pd.DataFrame(columns)


def _roc(found: Results, language: str) -> charts.Chart:
    curves = found.frame("roc")
    main = curves[curves["series"] == "p"]
    aurocs = {
        name: (one.auroc.value, one.auroc.low, one.auroc.high)
        for name, one in found.evaluation.classes.items()
    }
    return charts.roc_curves(
        main,
        aurocs,
        comparison=curves[curves["series"] == "twin_p"],
        comparison_aurocs=_aurocs(found.twin),
        comparison_series="twin",
        language=language,
        synthetic=found.synthetic,
    )


def _aurocs(evaluation: Evaluation | None) -> dict[str, float]:
    return {} if evaluation is None else {name: one.auroc.value for name, one in evaluation.classes.items()}


@kept_part
def _flow(page: Page, found: Results) -> None:
    st.header(page.say("flow.title"), anchor=False)
    counts = found.artifact.manifest["class_counts"]
    rows = [
        (stage, name, counts[stage][name])
        for stage in ("all", "train", "resampled", "test")
        for name in found.classes
    ]
    frame = pd.DataFrame(rows, columns=["stage", "class", "count"])
    show_chart(charts.class_flow(frame, language=page.language, synthetic=found.synthetic), "ehr_flow")
    st.caption(page.say("flow.note"))


def _learning_curve(page: Page, found: Results) -> None:
    path = artifacts_folder() / "learning-curve-outcome-ehr.json"
    if found.task != "outcome" or not found.synthetic or not path.is_file():
        return
    st.header(page.say("learning.title"), anchor=False)
    try:
        _reached_by_size(page, found, str(path), path.stat().st_mtime_ns)
    except ArtifactError as error:
        st.warning(plain(error.say(page.language)), icon=":material/warning:")


@kept_part
def _reached_by_size(
    page: Page,
    found: Results,  # noqa: ARG001 - every part is drawn alike
    path: str,
    stamp: int,  # noqa: ARG001 - a new file is drawn anew
) -> None:
    from core.learning_curve import load_learning_curve

    curve = load_learning_curve(Path(path))
    chart = charts.learning_curve(curve.chart_frame(), language=page.language, synthetic=True)
    show_chart(chart, "ehr_learning")
    with st.container(key="short_ehr_learning"):
        st.table(
            _reached(page, curve.rows), border="horizontal", hide_index=True, alt=page.say("learning.title")
        )
    st.caption(page.say("learning.note", test=f"{curve.about['test_patients']:,}"))


def _reached(page: Page, rows: pd.DataFrame) -> pd.DataFrame:
    """How much of what can be known is reached at each size, by the model and by its twin."""
    macro = rows[rows["class"] == "macro"]
    words = macro.assign(
        reached=[
            f"{one.fraction:.0%}  \n" + in_one_line(f"{one.fraction_low:.0%}–{one.fraction_high:.0%}")
            for one in macro.itertuples()
        ]
    ).pivot_table(index=["n_patients", "n_train"], columns="series", values="reached", aggfunc="first")
    return pd.DataFrame(
        {
            page.say("learning.patients"): [f"{n:,}" for n, _ in words.index],
            page.say("learning.rows"): [f"{n:,}" for _, n in words.index],
            page.say("learning.main"): words["main"].to_list(),
            page.say("learning.twin"): words["twin"].to_list(),
        }
    )
