"""A run while it is at work: stage, share, time left and its figures; the rest of the app goes on meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core import charts
from core.text import has_text
from pages.parts import training_runs
from pages.parts.show import number, show_chart
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.training_run import Run, Told
    from pages.parts.frame import Page

_EVERY_S = 1.5
_EPOCHS = ["fold", "number", "train_loss", "watched_loss"]
_TRIALS = ["depth", "strength", "rounds", "log_loss", "macro_auroc"]


@st.fragment(run_every=_EVERY_S)
def follow(page: Page, run: Run) -> None:
    """Draw how far a run is, again and again, until it is over."""
    if run.state != "running":
        st.rerun()
    run.follow(training_runs.visitor())
    told = run.told()
    st.progress(min(told.share, 1.0), text=_stage(page, told))
    st.caption(f"{page.say('progress.passed', time=duration(page, run.seconds))} · {_left(page, run, told)}")
    if st.button(page.say("progress.cancel"), icon=":material/stop_circle:", key="training_cancel"):
        if not run.leave(training_runs.visitor()):
            training_runs.unfollow()
            st.toast(page.say("progress.left_to_others"))
        st.rerun()
    st.caption(page.say("progress.meanwhile"))
    noticed(page, run)
    figures(page, run, told)


def noticed(page: Page, run: Run) -> None:
    """Draw what the reader noticed in a cohort of one's own."""
    if notes := run.notes.get(page.language):
        with st.expander(page.say("progress.noticed", n=len(notes)), icon=":material/fact_check:"):
            st.markdown("\n".join(f"- {plain(note)}" for note in notes))


def others(page: Page, run: Run) -> None:
    """Say that somebody else's run is at work, and how far it is."""
    told = run.told()
    share = f"{100 * told.share:.0f}"
    st.info(
        page.say("progress.others", share=share, left=_left(page, run, told)), icon=":material/hourglass_top:"
    )


def figures(page: Page, run: Run, told: Told) -> None:
    """Draw what the run has told of its losses and settings, model by model."""
    synthetic = run.request.source == "synthetic"
    models = dict.fromkeys(str(values.get("model", "")) for _, values in told.figures)
    for model in models:
        epochs = _frame(told, "epoch", model, _EPOCHS)
        trials = _frame(told, "trial", model, _TRIALS)
        if not epochs.empty:
            epochs = epochs.rename(columns={"number": "epoch"})
            chart = charts.epoch_losses(epochs, language=page.language, synthetic=synthetic)
            show_chart(chart, f"training_epochs_{model}")
        if not trials.empty:
            chart = charts.tried_settings(trials, language=page.language, synthetic=synthetic)
            show_chart(chart, f"training_trials_{model}")
            best = number(float(trials.loc[trials["log_loss"].idxmin(), "macro_auroc"]))
            st.caption(page.say("progress.best", auroc=best))


def duration(page: Page, seconds: float) -> str:
    """Return a time in words: seconds below a minute, minutes above."""
    if seconds < 60:
        return page.say("progress.seconds", n=f"{seconds:.0f}")
    return page.say("progress.minutes", m=f"{seconds // 60:.0f}", s=f"{seconds % 60:.0f}")


def _stage(page: Page, told: Told) -> str:
    key = f"stages.{told.stage}"
    words = page.say(key) if has_text(key) else page.say("progress.begins")
    model = page.say(f"charts.series.{told.model.split('-')[1]}") + " · " if told.model else ""
    return f"{model}{words} · {100 * told.share:.0f}%"


def _left(page: Page, run: Run, told: Told) -> str:
    seconds = run.seconds_left(told)
    if seconds is None:
        return page.say("progress.left_unknown")
    return page.say("progress.left", time=duration(page, seconds))


def _frame(told: Told, kind: str, model: str, columns: list[str]) -> pd.DataFrame:
    rows = [values for one, values in told.figures if one == kind and values.get("model") == model]
    return pd.DataFrame(rows, columns=columns).dropna(ignore_index=True)
