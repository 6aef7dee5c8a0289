"""The results tab's tables: this model's figures beside what others reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.clinical.citations import cited
from core.clinical.reported import original_report, published_ecg_models
from core.evaluation import Interval, implied_prevalence
from core.late import LateModule
from pages.parts.show import breakable, number, stacked_limits, unbroken, with_limits
from pages.parts.wording import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from core.clinical.reported import Study
    from core.evaluation import Decision
    from pages.parts.frame import Page
else:
    pd = LateModule("pandas")

_NONE = "–"
# two figures a column, so that a phone shows them beside a name that can be read
_COMPARED = {"found": ("sensitivity", "specificity"), "means": ("ppv", "npv")}


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
            own_name(page, synthetic=synthetic): [unbroken(with_limits(one)) for one in own.values()],
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
    """One row a study, this model and the original report first; what else is known of it stands below its name.

    Figures alone have columns of their own, so that a phone shows them all; how far they were checked is said with
    each study.
    """
    found = {**decision.figures(), "auroc": auroc}
    counts = decision.counts
    facts = [
        page.say("ecg_results.published.statuses.own"),
        _patients(page, counts.tp + counts.fp + counts.fn + counts.tn),
        _share(page, f"{decision.prevalence.value:.1%}"),
    ]
    # intervals of the other figures stand in the table above
    own = {name: number(one.value) for name, one in found.items()}
    rows = [_row(page, own_name(page, synthetic=synthetic), facts, auroc, own)]
    rows += [_study_row(page, one) for one in (original_report(), *published_ecg_models())]
    return pd.DataFrame(rows)


def _study_row(page: Page, study: Study) -> dict[str, str]:
    given = study.figures
    share = study.prevalence
    if share is None and "accuracy" in given and "specificity" in given:
        figures = (given[name].value for name in ("accuracy", "sensitivity", "specificity"))
        shown = page.say("ecg_results.table.derived", value=f"{implied_prevalence(*figures):.1%}")
    else:
        shown = "" if share is None else f"{share:.1%}"
    facts = [
        page.say(f"ecg_results.published.statuses.{study.status}"),
        page.say(f"ecg_results.published.studies.{study.key}"),
        "" if study.patients is None else _patients(page, study.patients),
        _share(page, shown) if shown else "",
        cited(study.source, page.language),
    ]
    values = {name: _value(one) for name, one in given.items()}
    return _row(page, _study_name(page, study), facts, given["auroc"], values)


def _row(
    page: Page, name: str, facts: Sequence[str], auroc: Interval, values: Mapping[str, str]
) -> dict[str, str]:
    said = plain(breakable(" · ".join(one for one in facts if one)))
    return {
        page.say("ecg_results.published.study"): f"**{plain(name)}**  \n:small[{said}]",
        page.say("ecg_results.table.auroc"): stacked_limits(auroc, page.language),
        **{
            page.say(f"ecg_results.published.{column}"): _pair([values.get(one, _NONE) for one in pair])
            for column, pair in _COMPARED.items()
        },
    }


def _pair(values: Sequence[str]) -> str:
    """Two figures in one cell, which a phone sets below each other; of none a single dash."""
    return "\u00a0/ ".join(values) if set(values) != {_NONE} else _NONE


def _patients(page: Page, n: int) -> str:
    return page.say("pages_fusion.published.patients", n=f"{n:,}")


def _share(page: Page, share: str) -> str:
    return page.say("pages_fusion.published.prevalence", share=share)


def _study_name(page: Page, study: Study) -> str:
    if study.status == "reported":
        return page.say("ecg_results.published.report")
    return page.say("ecg_results.published.strain", name=study.name) if study.task == "strain" else study.name


def _value(interval: Interval) -> str:
    """Return a figure without limits, with as many digits as were reported, two at least."""
    return f"{interval.value:.{max(2, len(f'{interval.value:g}'.partition('.')[2]))}f}"
