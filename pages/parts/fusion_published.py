"""What others found when they joined ECG and health record: a gain here, none there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.clinical.citations import cited
from core.clinical.reported_fusion import published_fusions
from pages.parts.fusion_verdict import answer
from pages.parts.show import with_limits

if TYPE_CHECKING:
    from core.clinical.reported_fusion import FusionStudy
    from core.results import Results
    from pages.parts.frame import Page
    from pages.parts.fusion_data import Joined

_MODALITIES = ("ecg", "ehr", "fusion")
_NONE = "–"


def draw(page: Page, found: Results | None, three: Joined | None) -> None:
    """Draw the table; this project's own figures stand first where they answer the same question."""
    st.header(page.say("published.title"), anchor=False)
    st.markdown(page.say("published.lead"))
    own = []
    if found is not None and three is not None and found.task == "diagnosis":
        own.append(_own(page, found, three))
    rows = [*own, *(_study(page, study) for study in published_fusions())]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        width="stretch",
        height="content",
        alt=page.say("published.title"),
    )
    st.caption(page.say("published.note"))
    if found is not None and found.task == "outcome":
        st.caption(page.say("published.no_outcome"))


def _own(page: Page, found: Results, three: Joined) -> dict[str, str]:
    shown = {name: with_limits(three.auroc(name, three.main)) for name in _MODALITIES}
    name = page.say("published.own_synthetic" if found.synthetic else "published.own")
    verdict = page.say(f"published.found.{answer(three)}")
    events = found.evaluation.classes["pe"].events
    n = found.evaluation.n
    what = page.say("published.studies.own")
    return _row(page, name, verdict, shown, ("own", n, events / n, what, ""))


def _study(page: Page, study: FusionStudy) -> dict[str, str]:
    shown = {name: with_limits(study.aurocs[name]) for name in _MODALITIES}
    verdict = page.say(f"published.found.{'gain' if study.gain else 'no_gain'}")
    about = (
        study.status,
        study.patients,
        study.prevalence,
        page.say(f"published.studies.{study.key}"),
        study.source,
    )
    return _row(page, study.name, verdict, shown, about)


def _row(
    page: Page,
    name: str,
    verdict: str,
    shown: dict[str, str],
    about: tuple[str, int | None, float | None, str, str],
) -> dict[str, str]:
    status, patients, prevalence, what, source = about
    return {
        page.say("published.study"): name,
        page.say("published.verdict"): verdict,
        **{page.say(f"names.{one}"): shown[one] for one in _MODALITIES},
        page.say("published.status"): page.say(f"ecg_results.published.statuses.{status}"),
        page.say("published.patients"): _NONE if patients is None else f"{patients:,}",
        page.say("published.prevalence"): _NONE if prevalence is None else f"{prevalence:.1%}",
        page.say("published.what"): what,
        page.say("published.source"): cited(source, page.language) or _NONE,
    }
