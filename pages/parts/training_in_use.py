"""The models in use, and the way back to the ones before them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.adoption import adopt, previous, way_back
from core.artifacts import list_artifacts
from core.cohort.naming import cohort_words
from pages.parts.loaders import all_results, artifacts_folder
from pages.parts.plain_table import draw_table
from pages.parts.show import in_one_line, unbroken, with_limits
from pages.parts.wording import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.artifacts import Artifact
    from core.results import Results
    from pages.parts.frame import Page
    from pages.parts.plain_table import Line


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
        head = [page.say(f"in_use.{name}") for name in ("model", "auroc", "cohort")]
        draw_table(head, [_row(page, one) for one in found], page.say("in_use.title"))
        st.caption(page.say("in_use.note"))
    if allowed:
        _back(page)


def _row(page: Page, found: Results) -> tuple[str, list[list[Line]]]:
    manifest, run = found.artifact.manifest, found.artifact.run
    macro = len(found.classes) > 2
    area = found.evaluation.macro_auroc if macro else found.evaluation.classes[found.classes[-1]].auroc
    source = page.say(f"frame.source.{'synthetic' if found.synthetic else 'real'}")
    patients = page.say("in_use.patients", train=f"{manifest['n_train']:,}", test=f"{manifest['n_test']:,}")
    cells: list[list[Line]] = [
        [("span", unbroken(with_limits(area))), ("small", patients)],
        [
            ("span", cohort_words(str(manifest["cohort"].get("name", "–")), page.language)),
            ("small", source),
            ("small", found.artifact.version),
            ("small", _trained(page, run)),
        ],
    ]
    return _named(page, found.artifact), cells


def _trained(page: Page, run: Mapping[str, object]) -> str:
    """When a model was trained, and how long it took."""
    seconds = run.get("seconds")
    words = [in_one_line(str(run.get("date") or "–"))]
    if isinstance(seconds, int | float):
        words.append(in_one_line(page.say("in_use.seconds", seconds=f"{seconds:,.0f}")))
    return " · ".join(words)


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
