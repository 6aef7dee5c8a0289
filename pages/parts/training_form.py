"""What to train: on whom, which task and modality, with how much work."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import streamlit as st

from core.training_run import CHOICES, QUICK, Request, defaults
from pages.parts import training_runs
from pages.parts.training_permission import missing_libraries
from pages.parts.wording import plain

if TYPE_CHECKING:
    from pages.parts.frame import Page
    from pages.parts.training_permission import Permission

_SIZES = (400, 1_000, 2_000, 4_000, 8_000, 12_000, 20_000)
_DEFAULT_SIZE = 12_000
_PRESETS = ("mixed-registry", "peitho-like", "pku-like", "unstable")
_MOST_SEED = 2**32 - 1


def draw(page: Page, may: Permission) -> None:
    """Draw the form; starting draws the page again with the run.

    Raises
    ------
    InputError
        What is asked for cannot be started.
    """
    st.header(page.say("form.title"), anchor=False)
    asked = {**_what(page), **_whom(page, may)}
    modality = str(asked["modality"])
    changes = _how(page, modality)
    seed = st.session_state.get("training_seed", 0)
    missing = missing_libraries(modality)
    if missing:
        st.warning(
            page.say("form.not_installed", names=plain(", ".join(missing))), icon=":material/extension_off:"
        )
    upload = asked.pop("content", b"")
    ready = not missing and (asked["source"] != "upload" or bool(upload))
    if st.button(
        page.say("form.start"),
        type="primary",
        icon=":material/play_arrow:",
        disabled=not ready,
        key="training_start",
    ):
        training_runs.start(Request(**asked, seed=int(seed), changes=changes), upload)
        st.rerun()


def _what(page: Page) -> dict[str, object]:
    left, right = st.columns(2)
    with left:
        task = st.segmented_control(
            page.say("form.task"),
            ("outcome", "diagnosis"),
            default="outcome",
            format_func=lambda name: page.say(f"tasks.{name}"),
            key="training_task",
            required=True,
        )
    with right:
        modality = st.segmented_control(
            page.say("form.modality"),
            ("ehr", "ecg", "fusion"),
            default="ehr",
            format_func=lambda name: page.say(f"charts.series.{name}"),
            key="training_modality",
            required=True,
        )
    return {"task": task, "modality": modality}


def _whom(page: Page, may: Permission) -> dict[str, object]:
    sources = ("synthetic", "upload", "folder") if may.local else ("synthetic", "upload")
    source = st.segmented_control(
        page.say("form.source"),
        sources,
        default=sources[0],
        format_func=lambda name: page.say(f"sources.{name}"),
        key="training_source",
        required=True,
    )
    if source == "upload":
        return {"source": source, **_upload(page)}
    if source == "folder":
        typed = st.text_input(
            page.say("form.folder"), key="training_folder", help=page.say("form.folder_help"), max_chars=400
        )
        return {"source": source, "folder": typed.strip()}
    return {"source": "synthetic", **_synthetic(page)}


def _synthetic(page: Page) -> dict[str, object]:
    columns = st.columns(3)
    with columns[0]:
        preset = st.selectbox(
            page.say("form.preset"),
            _PRESETS,
            format_func=lambda name: page.say(f"shared.presets.{name}"),
            key="training_preset",
        )
    with columns[1]:
        size = st.select_slider(
            page.say("form.patients"), _SIZES, value=_DEFAULT_SIZE, key="training_patients"
        )
    with columns[2]:
        seed = st.number_input(
            page.say("form.cohort_seed"), 0, _MOST_SEED, value=0, step=1, key="training_cohort_seed"
        )
    return {"preset": preset, "patients": int(size), "cohort_seed": int(seed)}


def _upload(page: Page) -> dict[str, object]:
    given = st.file_uploader(
        page.say("form.upload"), type="zip", key="training_upload", help=page.say("form.upload_help")
    )
    st.caption(page.say("form.upload_kept"))
    content = given.getvalue() if given is not None else b""
    return {"upload": hashlib.sha256(content).hexdigest(), "content": content}


def _how(page: Page, modality: str) -> dict[str, dict[str, int]]:
    """Return the settings that differ from the shipped models'; a fusion's include its single models'."""
    effort = st.segmented_control(
        page.say("form.effort"),
        ("full", "quick"),
        default="full",
        format_func=lambda name: page.say(f"efforts.{name}"),
        key="training_effort",
        required=True,
    )
    st.caption(page.say(f"efforts.{effort}_meaning"))
    used = ("ehr", "ecg", "fusion") if modality == "fusion" else (modality,)
    with st.expander(page.say("form.settings"), icon=":material/tune:"):
        st.number_input(page.say("form.seed"), 0, _MOST_SEED, value=0, step=1, key="training_seed")
        return {
            one: changed for one in used if (changed := _changed(page, one, str(effort), title=len(used) > 1))
        }


def _changed(page: Page, modality: str, effort: str, *, title: bool) -> dict[str, int]:
    if title:
        st.markdown(f"**{page.say(f'charts.series.{modality}')}**")
    start = defaults(modality) | (QUICK[modality] if effort == "quick" else {})
    columns = st.columns(len(start))
    chosen = {}
    for column, (name, (low, high)) in zip(columns, CHOICES[modality].items(), strict=True):
        words, key = page.say(f"settings.{modality}.{name}"), f"training_{effort}_{modality}_{name}"
        with column:
            if (low, high) == (0, 1):
                chosen[name] = int(st.checkbox(words, value=bool(start[name]), key=key))
            else:
                chosen[name] = int(st.number_input(words, low, high, value=start[name], step=1, key=key))
    shipped = defaults(modality)
    return {name: value for name, value in chosen.items() if value != shipped[name]}
