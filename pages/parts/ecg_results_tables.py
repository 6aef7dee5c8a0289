"""The results tab's tables: this model's figures beside what others reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from core.clinical.citations import cited
from core.clinical.reported import original_report, published_ecg_models
from core.evaluation import Interval, implied_prevalence
from pages.parts.show import number, with_limits

if TYPE_CHECKING:
    from core.clinical.reported import Study
    from core.evaluation import Decision
    from pages.parts.frame import Page

_NONE = "–"
_COMPARED = ("auroc", "sensitivity", "specificity", "ppv", "npv")


def own_name(page: Page, *, synthetic: bool) -> str:
    """Return what this model's column or row is headed: synthetic figures say so."""
    return page.say("ecg_results.own_synthetic" if synthetic else "ecg_results.own")


def figures_table(page: Page, decision: Decision, auroc: Interval, *, synthetic: bool) -> pd.DataFrame:
    """One row a figure: this model's at the threshold, and the original report's."""
    own = {**decision.figures(), "auroc": auroc, "prevalence": decision.prevalence}
    theirs = reported_figures(page)
    return pd.DataFrame(
        {
            page.say("ecg_results.table.figure"): [page.say(f"ecg_results.table.{name}") for name in own],
            own_name(page, synthetic=synthetic): [with_limits(one) for one in own.values()],
            page.say("ecg_results.table.reported"): [theirs[name] for name in own],
        }
    )


def reported_figures(page: Page) -> dict[str, str]:
    """Return the original report's figures as given, and marked what follows from them."""
    given = {name: one.value for name, one in original_report().figures.items()}
    sensitivity, specificity = given["sensitivity"], given["specificity"]
    derived = {
        "lr_positive": sensitivity / (1 - specificity),
        "lr_negative": (1 - sensitivity) / specificity,
        "prevalence": implied_prevalence(given["accuracy"], sensitivity, specificity),
    }
    marked = {
        name: page.say("ecg_results.table.derived", value=number(value)) for name, value in derived.items()
    }
    as_given = {name: number(value) if name == "auroc" else f"{value:g}" for name, value in given.items()}
    return as_given | marked


def published_table(page: Page, decision: Decision, auroc: Interval, *, synthetic: bool) -> pd.DataFrame:
    """One row a study, this model and the original report first; each with how far its figures were checked."""
    head = {name: page.say(f"ecg_results.table.{name}") for name in _COMPARED}
    found = {**decision.figures(), "auroc": auroc}
    counts = decision.counts
    own = {
        page.say("ecg_results.published.study"): own_name(page, synthetic=synthetic),
        page.say("ecg_results.published.status"): page.say("ecg_results.published.statuses.own"),
        head["auroc"]: with_limits(auroc),
        # their intervals stand in the table above; here columns of a phone's width count
        **{head[name]: number(found[name].value) for name in _COMPARED[1:]},
        page.say("ecg_results.published.prevalence"): f"{decision.prevalence.value:.1%}",
        page.say("ecg_results.published.patients"): f"{counts.tp + counts.fp + counts.fn + counts.tn:,}",
    }
    others = [_study_row(page, one, head) for one in (original_report(), *published_ecg_models())]
    return pd.DataFrame([own, *others]).fillna(_NONE)


def _study_row(page: Page, study: Study, head: dict[str, str]) -> dict[str, str]:
    given = study.figures
    share = study.prevalence
    if share is None and "accuracy" in given and "specificity" in given:
        figures = (given[name].value for name in ("accuracy", "sensitivity", "specificity"))
        shown = page.say("ecg_results.table.derived", value=f"{implied_prevalence(*figures):.1%}")
    else:
        shown = _NONE if share is None else f"{share:.1%}"
    return {
        page.say("ecg_results.published.study"): _study_name(page, study),
        page.say("ecg_results.published.status"): page.say(f"ecg_results.published.statuses.{study.status}"),
        head["auroc"]: with_limits(given["auroc"]),
        **{head[name]: _value(given[name]) if name in given else _NONE for name in _COMPARED[1:]},
        page.say("ecg_results.published.prevalence"): shown,
        page.say("ecg_results.published.patients"): _NONE
        if study.patients is None
        else f"{study.patients:,}",
        page.say("ecg_results.published.what"): page.say(f"ecg_results.published.studies.{study.key}"),
        page.say("ecg_results.published.source"): cited(study.source, page.language) or _NONE,
    }


def _study_name(page: Page, study: Study) -> str:
    if study.status == "reported":
        return page.say("ecg_results.published.report")
    return page.say("ecg_results.published.strain", name=study.name) if study.task == "strain" else study.name


def _value(interval: Interval) -> str:
    """Return a figure without limits, with as many digits as were reported, two at least."""
    return f"{interval.value:.{max(2, len(f'{interval.value:g}'.partition('.')[2]))}f}"
