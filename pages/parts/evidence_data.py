"""What the evidence page looks at: every saved model, its checks, its cohort made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.parts.loaders import all_results, state_of
from pages.parts.shared_memory import Shelf
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.checks import Check
    from core.cohort.folder import Cohort
    from core.results import Results
    from pages.parts.frame import Page

_TASKS = ("outcome", "diagnosis")
_MODALITIES = ("ehr", "ecg", "fusion")


def saved_models(page: Page) -> dict[str, Results]:
    """Return the models that can be opened, by name; the others are said."""
    found, problems = all_results()
    for problem in problems:
        st.warning(plain(problem.say(page.language)), icon=":material/warning:")
    known = [one for one in found if one.task in _TASKS and _modality(one) in _MODALITIES]
    known.sort(key=lambda one: (_TASKS.index(one.task), _MODALITIES.index(_modality(one))))
    return {one.artifact.folder.name: one for one in known}


def model_label(page: Page, found: Results) -> str:
    """Return a model's name on screen."""
    return page.say(f"models.{found.task}_{_modality(found)}")


def choose_model(page: Page, models: dict[str, Results]) -> Results | None:
    """Let one of the saved models be chosen; without any, say what to do."""
    if not models:
        st.info(page.say("no_model"), icon=":material/info:")
        return None
    names = list(models)
    name = st.segmented_control(
        page.say("which"),
        names,
        default=names[0],
        format_func=lambda one: model_label(page, models[one]),
        key="evidence_model",
        required=True,
    )
    return models[name or names[0]]


def last_change(models: dict[str, Results]) -> tuple[str, list[Results]]:
    """Return the last day on which a model was trained, and the models of that day."""
    day = max((str(one.artifact.run.get("date", "")) for one in models.values()), default="")
    return day, [one for one in models.values() if day and one.artifact.run.get("date") == day]


def is_checked(found: Results) -> bool:
    """Whether a model was checked since one of its files last changed."""
    return _checked().has(state_of(found))


def checks_of(found: Results) -> tuple[Check, ...]:
    """Check a model; again only when one of its files has changed."""

    def make() -> tuple[Check, ...]:
        from core.checks import run_checks

        manifest = found.artifact.manifest
        digest = str(manifest.get("cohort_digest"))
        return run_checks(found, _cohort(manifest, digest), digest=digest)

    return _checked().get(state_of(found), make)


@st.cache_resource(show_spinner=False)
def _checked() -> Shelf:
    return Shelf(16)


@st.cache_resource(show_spinner=False, max_entries=1)
def _cohort(_manifest: dict[str, object], digest: str) -> Cohort | None:  # noqa: ARG001 - the digest is the key
    from core.checks import cohort_again

    return cohort_again(_manifest)


def _modality(found: Results) -> str:
    return str(found.artifact.manifest["modality"])
