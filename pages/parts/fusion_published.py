"""What others found when they joined ECG and health record: a gain here, none there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.clinical.citations import cited
from core.clinical.reported_fusion import published_fusions
from pages.parts.fusion_verdict import answer
from pages.parts.kept_parts import kept_part
from pages.parts.show import breakable, stacked_limits
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.clinical.reported_fusion import FusionStudy
    from core.evaluation import Interval
    from core.results import Results
    from pages.parts.frame import Page
    from pages.parts.fusion_data import Joined

_MODALITIES = ("ecg", "ehr", "fusion")


@kept_part
def draw(page: Page, found: Results | None, *, three: Joined | None) -> None:
    """Draw the table; this project's own figures stand first where they answer the same question."""
    st.header(page.say("published.title"), anchor=False)
    st.markdown(page.say("published.lead"))
    own = []
    if found is not None and three is not None and found.task == "diagnosis":
        own.append(_own(page, found, three))
    rows = [*own, *(_study(page, study) for study in published_fusions())]
    with st.container(key="worded_fusion_published"):
        st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, alt=page.say("published.title"))
    st.caption(page.say("published.note"))
    if found is not None and found.task == "outcome":
        st.caption(page.say("published.no_outcome"))


def _own(page: Page, found: Results, three: Joined) -> dict[str, str]:
    shown = {name: three.auroc(name, three.main) for name in _MODALITIES}
    name = page.say("published.own_synthetic" if found.synthetic else "published.own")
    verdict = page.say(f"published.found.{answer(three)}")
    events = found.evaluation.classes["pe"].events
    n = found.evaluation.n
    what = page.say("published.studies.own")
    return _row(page, name, verdict, shown, ("own", n, events / n, what, ""))


def _study(page: Page, study: FusionStudy) -> dict[str, str]:
    shown = {name: study.aurocs[name] for name in _MODALITIES}
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
    shown: dict[str, Interval],
    about: tuple[str, int | None, float | None, str, str],
) -> dict[str, str]:
    """Name and three figures; the answer and what else is known of a study stand below its name: it fits a phone."""
    status, patients, prevalence, what, source = about
    facts = [
        what,
        "" if patients is None else page.say("published.patients", n=f"{patients:,}"),
        "" if prevalence is None else page.say("published.prevalence", share=f"{prevalence:.1%}"),
        cited(source, page.language),
        page.say(f"ecg_results.published.statuses.{status}"),
    ]
    said = plain(breakable(" · ".join(one for one in facts if one)))
    answer_words = page.say("published.verdict", answer=verdict)
    return {
        page.say("published.study"): f"**{plain(name)}**  \n{answer_words}  \n:small[{said}]",
        **{page.say(f"names.{one}"): stacked_limits(shown[one], page.language) for one in _MODALITIES},
    }
