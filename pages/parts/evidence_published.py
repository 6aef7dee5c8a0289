"""Published results with the highest figures marked, and the references behind figures and limits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.checks import rules
from core.checks.reporting import reporting_source
from core.checks.sources import rule_sources
from core.clinical.citations import cited
from core.clinical.literature import READS, highest, published_models
from pages.parts.evidence_data import model_label
from pages.parts.kept_parts import kept_part
from pages.parts.show import unbroken, with_limits
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.clinical.literature import Published
    from core.evaluation import Interval
    from core.results import Results
    from pages.parts.frame import Page

_OWN = {"pe": ("diagnosis", "pe"), "death": ("outcome", "death"), "bleeding": ("outcome", "bleeding")}
_MODALITY = {"ecg": "ecg", "ehr": "ehr", "ecg_ehr": "fusion"}


@kept_part
def draw(page: Page, models: dict[str, Results]) -> None:
    """Draw the tab."""
    st.markdown(page.say("published.lead"))
    published = published_models()
    best = highest(published)
    for reads in READS:
        st.header(page.say(f"published.reads.{reads}"), anchor=False)
        rows = [_row(page, one, is_highest=one.key in best) for one in published if one.reads == reads]
        rows += _own_rows(page, models, reads)
        st.table(
            pd.DataFrame(rows), border="horizontal", hide_index=True, alt=page.say(f"published.reads.{reads}")
        )
    st.caption(page.say("published.note"))
    st.header(page.say("references.title"), anchor=False)
    st.markdown(page.say("references.lead"))
    st.table(
        _references(page, published), border="horizontal", hide_index=True, alt=page.say("references.title")
    )


def _row(page: Page, one: Published, *, is_highest: bool) -> dict[str, str]:
    marks = []
    if is_highest:
        marks.append(f":blue-badge[:material/trophy: {page.say('published.highest')}]")
    if one.optimistic:
        marks.append(f":orange-badge[:material/warning: {page.say('published.optimistic')}]")
    about = page.say(f"published.studies.{one.key}") if one.reads != "ecg" else _ecg_words(page, one)
    patients = "" if one.patients is None else page.say("published.patients", n=f"{one.patients:,}")
    question = page.say(f"published.predicts.{one.predicts}")
    words = [
        question,
        about,
        patients,
        "" if one.source == one.name else cited(one.source, page.language),
        page.say(f"ecg_results.published.statuses.{one.status}"),
    ]
    shown = plain(" · ".join(part for part in words if part))
    head = " ".join([f"**{plain(one.name)}**", *marks])
    return {
        page.say("published.study"): f"{head}\n\n:gray[{shown}]",
        "AUROC": _area(one.auroc),
    }


def _area(interval: Interval) -> str:
    """An area under a curve; where the column is narrow, its interval goes to the next line as a whole."""
    return plain(unbroken(with_limits(interval)))


def _ecg_words(page: Page, one: Published) -> str:
    return page.say(f"ecg_results.published.studies.{one.key}")


def _own_rows(page: Page, models: dict[str, Results], reads: str) -> list[dict[str, str]]:
    """Return this project's figures, which stand beside the others with what they are made from."""
    return [
        _own_row(page, found, question, name)
        for found in models.values()
        if found.artifact.manifest["modality"] == _MODALITY.get(reads)
        for question, (task, name) in _OWN.items()
        if found.task == task
    ]


def _own_row(page: Page, found: Results, question: str, name: str) -> dict[str, str]:
    kind = page.say("frame.source.synthetic" if found.synthetic else "frame.source.real")
    colour = "violet" if found.synthetic else "blue"
    words = [
        page.say(f"published.predicts.{question}"),
        model_label(page, found),
        page.say("published.patients", n=f"{found.evaluation.n:,}"),
    ]
    head = f"**{page.say('published.own')}** :{colour}-badge[{kind}]"
    return {
        page.say("published.study"): f"{head}\n\n:gray[{plain(' · '.join(words))}]",
        "AUROC": _area(found.evaluation.classes[name].auroc),
    }


def _references(page: Page, published: tuple[Published, ...]) -> pd.DataFrame:
    """Every source once, with what it is used for and how far it was checked."""
    used: dict[str, tuple[set[str], set[str]]] = {}
    numbers = {one.key: one.number for one in rules()}
    for key, source, status in rule_sources():
        uses, states = used.setdefault(source, (set(), set()))
        uses.add(page.say("references.check", n=numbers[key]))
        states.add(page.say(f"checks.statuses.{status}"))
    for one in published:
        uses, states = used.setdefault(f"{one.name}. {one.source}", (set(), set()))
        uses.add(page.say("references.published"))
        states.add(page.say(f"ecg_results.published.statuses.{one.status}"))
    source, status = reporting_source()
    uses, states = used.setdefault(source, (set(), set()))
    uses.add(page.say("references.reporting"))
    states.add(page.say(f"ecg_results.published.statuses.{status}"))
    separator = page.say("shared.separator")
    names = sorted(used, key=str.casefold)
    return pd.DataFrame(
        {
            page.say("references.source"): [plain(cited(one, page.language)) for one in names],
            page.say("references.used"): [
                plain(separator.join(sorted(used[one][0], key=_by_number))) for one in names
            ],
            page.say("references.status"): [separator.join(sorted(used[one][1])) for one in names],
        }
    )


def _full_name(one: Published) -> str:
    """A study and where it was printed; a source that begins with the study's name says both."""
    return one.source if one.source.startswith(one.name) else f"{one.name}. {one.source}"


def _by_number(words: str) -> list[str | int]:
    """Check 5 comes before check 28."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", words)]
