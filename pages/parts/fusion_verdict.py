"""Whether joining helps, in one sentence computed from the paired comparisons; the overview says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.artifacts import artifact_name, load_artifact
from core.charts.words import signed_interval, word
from core.errors import ArtifactError
from core.fusion.late import MODALITIES
from pages.parts.fusion_data import MACRO
from pages.parts.loaders import artifacts_folder
from pages.parts.show import number

if TYPE_CHECKING:
    from core.results import Results
    from pages.parts.frame import Page
    from pages.parts.fusion_data import Gain, Joined


def answer(three: Joined) -> str:
    """Return ``gain``, ``loss``, ``unclear`` or ``unknown``.

    A gain is claimed only where the intervals against both single models leave 0 out; otherwise the better single
    model decides, since nobody would choose the other one.
    """
    gains = three.main_gains()
    verdicts = {one.verdict for one in gains.values()}
    if "unknown" in verdicts:
        return "unknown"
    if verdicts == {"gain"}:
        return "gain"
    best = max(MODALITIES, key=lambda name: three.auroc(name, three.main).value)
    return "loss" if gains[best].verdict == "loss" else "unclear"


def verdict_sentence(page: Page, three: Joined, *, synthetic: bool) -> str:
    """Say whether joining helps, with both differences and their intervals."""
    gains = three.main_gains()
    return page.say(
        f"pages_fusion.verdict.{answer(three)}",
        patients=page.say(f"pages_fusion.verdict.{'synthetic' if synthetic else 'real'}"),
        measure=page.say("pages_fusion.verdict.macro") if three.main == MACRO else "AUROC",
        value=number(three.auroc("fusion", three.main).value),
        ehr=_clause(page, three, gains["ehr"]),
        ecg=_clause(page, three, gains["ecg"]),
    )


def draw_verdict(page: Page, found: Results, three: Joined) -> None:
    """Draw the sentence, what it does not say, and what is doubtful about it."""
    st.info(verdict_sentence(page, three, synthetic=found.synthetic), icon=":material/balance:")
    said = page.say("verdict.note", n=f"{found.evaluation.n:,}")
    st.caption(f"{said} {page.say('verdict.note_synthetic')}" if found.synthetic else said)
    few = [name for name, one in found.evaluation.classes.items() if one.events < 30]
    if few:
        events = [
            f"{word(page.language, 'classes', name)} {found.evaluation.classes[name].events}" for name in few
        ]
        names = page.say("shared.separator").join(events)
        st.warning(page.say("verdict.few", names=names), icon=":material/warning:")
    for name in _retrained(found):
        st.warning(page.say("verdict.retrained", name=page.say(f"names.{name}")), icon=":material/update:")


def _clause(page: Page, three: Joined, gain: Gain) -> str:
    return page.say(
        f"pages_fusion.verdict.clause.{gain.verdict}",
        name=page.say(f"pages_fusion.verdict.{gain.against}"),
        single=number(three.auroc(gain.against, three.main).value),
        difference=signed_interval(
            gain.difference.value, gain.difference.low, gain.difference.high, page.language
        ),
    )


def _retrained(found: Results) -> list[str]:
    """Return the single models that now stand beside the fusion but are not those it was fitted on."""
    other = []
    for name in MODALITIES:
        stored = found.artifact.manifest.get("bases", {}).get(name, {}).get("digest")
        try:
            now = load_artifact(artifacts_folder() / artifact_name(found.task, name)).digest
        except ArtifactError:
            continue
        if stored is not None and stored != now:
            other.append(name)
    return other
