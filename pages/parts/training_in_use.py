"""The models in use, and the way back to the ones before them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.adoption import adopt, previous, way_back
from core.artifacts import list_artifacts
from core.cohort.naming import cohort_words
from pages.parts.loaders import all_results, artifacts_folder
from pages.parts.show import unbroken, with_limits
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.artifacts import Artifact
    from core.results import Results
    from pages.parts.frame import Page


def draw(page: Page, *, allowed: bool) -> None:
    """Draw the table of the models in use, and for those who may the way back.

    Raises
    ------
    InputError
        Going back failed.
    """
    st.header(page.say("in_use.title"), anchor=False)
    found, problems = all_results()
    if not found and not problems:
        st.info(page.say("in_use.none"), icon=":material/info:")
        return
    for problem in problems:
        st.error(plain(problem.say(page.language)), icon=":material/error:")
    if found:
        st.dataframe(
            pd.DataFrame([_row(page, one) for one in found]),
            hide_index=True,
            width="stretch",
            height="content",
            alt=page.say("in_use.title"),
        )
        st.caption(page.say("in_use.note"))
    if allowed:
        _back(page)


def _row(page: Page, found: Results) -> dict[str, str]:
    manifest, run = found.artifact.manifest, found.artifact.run
    macro = len(found.classes) > 2
    area = found.evaluation.macro_auroc if macro else found.evaluation.classes[found.classes[-1]].auroc
    seconds = run.get("seconds")
    return {
        page.say("in_use.model"): _named(page, found.artifact),
        page.say("in_use.auroc"): unbroken(with_limits(area)),
        page.say("in_use.kind"): page.say(f"frame.source.{'synthetic' if found.synthetic else 'real'}"),
        page.say("in_use.patients"): f"{manifest['n_train']:,} / {manifest['n_test']:,}",
        page.say("in_use.version"): found.artifact.version,
        page.say("in_use.date"): str(run.get("date") or "–"),
        page.say("in_use.cohort"): cohort_words(str(manifest["cohort"].get("name", "–")), page.language),
        page.say("in_use.seconds"): f"{seconds:,.0f}" if isinstance(seconds, int | float) else "–",
    }


def _back(page: Page) -> None:
    root = artifacts_folder()
    names = [folder.name for folder in list_artifacts(root) if previous(root, folder.name) is not None]
    if not names:
        st.caption(page.say("in_use.no_way_back"))
        return
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        name = st.selectbox(
            page.say("in_use.back_to"),
            names,
            format_func=lambda one: _before(page, one),
            key="training_back_to",
        )
    with right:
        if st.button(page.say("in_use.back"), icon=":material/undo:", key="training_back", width="stretch"):
            adopt(way_back(root, name), root)
            st.toast(page.say("in_use.went_back"), icon=":material/undo:")
            st.rerun()
    st.caption(page.say("in_use.back_meaning"))


def _before(page: Page, name: str) -> str:
    before = previous(artifacts_folder(), name)
    if before is None:
        return name
    date = str(before.run.get("date") or "–")
    return page.say("in_use.before", model=_named(page, before), version=before.version, date=date)


def _named(page: Page, model: Artifact) -> str:
    task, modality = model.manifest.get("task"), model.manifest.get("modality")
    return f"{page.say(f'tasks.{task}')} · {page.say(f'charts.series.{modality}')}"
