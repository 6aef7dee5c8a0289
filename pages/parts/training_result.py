"""What a run left: its model beside the one in use, and the decision to adopt it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.adoption import adopt, fusion_resting_on, in_use
from core.artifacts import artifact_name
from core.charts.words import signed_interval, word
from core.cohort.naming import cohort_words
from core.training_run import compare
from core.training_run.work import MODELS
from pages.parts import training_progress, training_runs
from pages.parts.loaders import artifacts_folder
from pages.parts.notice import Source
from pages.parts.show import unbroken, with_limits
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.artifacts import Artifact
    from core.training_run import Comparison, Run
    from pages.parts.frame import Page


def draw(page: Page, run: Run) -> None:
    """Draw how a run ended, and what it left.

    Raises
    ------
    InputError
        What it left, or the model in use, cannot be read; or adopting failed.
    """
    st.header(page.say("result.title"), anchor=False)
    st.markdown(_what(page, run))
    if run.state == "failed" and run.error is not None:
        st.error(plain(run.error.say(page.language)), icon=":material/error:")
    if run.state == "cancelled":
        st.info(page.say("result.cancelled"), icon=":material/stop_circle:")
    if run.state != "cancelled":
        training_progress.noticed(page, run)
    if run.state == "done":
        _model(page, run)
    if st.button(page.say("result.discard"), icon=":material/restart_alt:", key="training_discard"):
        training_runs.discard(run)
        st.rerun()
    if run.state == "done":
        st.caption(page.say("result.discard_meaning"))
        with st.expander(page.say("result.figures"), icon=":material/monitoring:"):
            training_progress.figures(page, run, run.told())


def _what(page: Page, run: Run) -> str:
    asked = run.request
    names = {
        "task": page.say(f"tasks.{asked.task}"),
        "modality": page.say(f"charts.series.{asked.modality}"),
        "source": page.say(f"sources.{asked.source}"),
        "time": training_progress.duration(page, run.seconds),
    }
    return page.say("result.what", **names)


def _model(page: Page, run: Run) -> None:
    models = run.models()
    new = models[-1]
    root, name = artifacts_folder(), artifact_name(run.request.task, run.request.modality)
    used = in_use(root, name)
    synthetic = new.manifest["cohort"].get("synthetic") is True
    counts = {"n_train": f"{new.manifest['n_train']:,}", "n_test": f"{new.manifest['n_test']:,}"}
    kind = page.say("frame.source.synthetic" if synthetic else "frame.source.real")
    name_of_cohort = str(new.manifest["cohort"].get("name", ""))
    page.show_sources([Source(name_of_cohort, synthetic)])
    cohort = plain(cohort_words(name_of_cohort, page.language))
    st.markdown(page.say("result.model", version=new.version, cohort=cohort, kind=kind, **counts))
    if used is None:
        st.info(page.say("result.none_in_use"), icon=":material/fiber_new:")
        _areas(page, new)
    elif used.digest == new.digest:
        st.success(page.say("result.in_use"), icon=":material/check_circle:")
    else:
        _beside(page, compare(run.folder / MODELS, root, new))
    changed = [model for model in models if not _stands(model)]
    if changed:
        _adopting(page, run, changed, synthetic=synthetic)


def _beside(page: Page, found: Comparison) -> None:
    if found.paired:
        st.markdown(page.say("result.paired", n=f"{found.n_common:,}"))
    else:
        st.warning(page.say("result.unpaired"), icon=":material/compare_arrows:")
    rows = []
    for name, new, used, difference in found.rows:
        row = {
            page.say("result.class"): word(page.language, "classes", name),
            page.say("result.new"): unbroken(with_limits(new)),
            page.say("result.used"): unbroken(with_limits(used)),
        }
        if difference is not None:
            limits = (difference.value, difference.low, difference.high)
            row[page.say("result.difference")] = signed_interval(*limits, page.language)
        rows.append(row)
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, alt=page.say("result.title"))
    st.caption(page.say("result.note_paired" if found.paired else "result.note_unpaired"))


def _areas(page: Page, new: Artifact) -> None:
    from core.evaluation import Evaluation

    found = Evaluation.from_json(new.manifest["metrics"])
    shown = [name for name in found.classes if len(found.classes) > 2 or name != next(iter(found.classes))]
    rows = [
        {
            page.say("result.class"): word(page.language, "classes", name),
            page.say("result.new"): unbroken(with_limits(found.classes[name].auroc)),
        }
        for name in shown
    ]
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, alt=page.say("result.title"))


def _adopting(page: Page, run: Run, changed: list[Artifact], *, synthetic: bool) -> None:
    root = artifacts_folder()
    names = [artifact_name(str(one.manifest["task"]), str(one.manifest["modality"])) for one in changed]
    for name in names:
        fusion = fusion_resting_on(root, name)
        if fusion is not None and run.request.modality != "fusion":
            st.warning(page.say("result.fusion_rests", version=fusion.version), icon=":material/link_off:")
    agreed = synthetic or st.checkbox(page.say("result.real_agreed"), key="training_real_agreed")
    if len(changed) > 1:
        said = [page.say(f"charts.series.{name.split('-')[1]}") for name in names]
        st.caption(page.say("result.together", names=page.say("shared.separator").join(said)))
    if st.button(
        page.say("result.adopt"),
        type="primary",
        icon=":material/check:",
        disabled=not agreed,
        key="training_adopt",
        help=page.say("result.adopt_help"),
    ):
        adopt(changed, root)
        st.toast(page.say("result.adopted"), icon=":material/check_circle:")
        st.rerun()


def _stands(model: Artifact) -> bool:
    name = artifact_name(str(model.manifest["task"]), str(model.manifest["modality"]))
    used = in_use(artifacts_folder(), name)
    return used is not None and used.digest == model.digest
