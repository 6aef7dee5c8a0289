"""How record and ECG are joined: the ways compared, the weights in words, what happens when one is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.charts.words import signed, word
from core.fusion.late import MODALITIES
from core.text import has_text
from pages.parts.kept_parts import kept_part
from pages.parts.show import number
from pages.parts.stacked_table import draw_rows
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.results import Results
    from pages.parts.frame import Page
    from pages.parts.fusion_data import Joined, Way

# a weight this close to 1 counts its evidence in full, this close to 0 not at all
_NEAR = 0.1


@kept_part
def draw(page: Page, found: Results, *, three: Joined) -> None:
    """Draw the ways, the weights and the rule for a missing modality."""
    st.header(page.say("ways.title"), anchor=False)
    st.markdown(page.say("ways.lead", n=f"{found.artifact.manifest['n_train']:,}"))
    draw_rows(_ways(page, three), page.say("ways.title"))
    st.caption(_choice(page, three))
    st.header(page.say("weights.title"), anchor=False)
    st.markdown(page.say("weights.lead", reference=word(page.language, "classes", found.classes[0])))
    for position, name in enumerate(found.classes[1:]):
        st.markdown(f"- {_weight_sentence(page, three, position, name)}")
    if three.correction is not None:
        st.markdown(page.say(f"weights.{three.correction}"))
    elif any(one.chosen and one.name == "sum" for one in three.ways):
        st.markdown(page.say("weights.set"))
    st.caption(page.say("weights.note"))
    st.header(page.say("fallback.title"), anchor=False)
    st.markdown(page.say("fallback.rule"))
    st.markdown(
        page.say(
            "fallback.counts",
            n=f"{found.evaluation.n:,}",
            without_ecg=f"{three.without['test_without_ecg']:,}",
            without_ehr=f"{three.without['test_without_ehr']:,}",
        )
    )


def _ways(page: Page, three: Joined) -> list[dict[str, str]]:
    return [
        {
            page.say("ways.way"): _name(page, one),
            page.say("ways.log_loss"): number(one.log_loss, 4),
            page.say("ways.difference"): _worse(page, one),
            page.say("macro_auroc"): number(one.macro_auroc),
            page.say("ways.kept"): "✓" if one.chosen else "",
        }
        for one in sorted(three.ways, key=lambda one: one.log_loss)
    ]


def _worse(page: Page, way: Way) -> str:
    """How much worse than the least, with its standard error; of a correction that never helped, that it did not."""
    if way.steps == 0:
        return page.say("ways.no_step")
    if way.difference <= 0:
        return page.say("ways.least")
    return f"+{way.difference:.4f} ± {way.difference_se:.4f}"


def _name(page: Page, way: Way) -> str:
    key = f"pages_fusion.ways.names.{way.name}"
    return page.say(key) if has_text(key) else way.name


def _choice(page: Page, three: Joined) -> str:
    """Say which was kept, and where a single model alone did better already inside the training part."""
    kept = next((one for one in three.ways if one.chosen), None)
    if kept is None:
        return page.say("ways.none_kept")
    said = page.say("ways.choice", name=plain(_name(page, kept)))
    better = [one for one in three.ways if one.name in MODALITIES and one.log_loss < kept.log_loss]
    if better:
        names = page.say("shared.separator").join(_name(page, one) for one in better)
        said += " " + page.say("ways.single_better", names=names)
    return said


def _weight_sentence(page: Page, three: Joined, position: int, name: str) -> str:
    record, ecg = three.fusion.weights[position]
    return page.say(
        "weights.sentence",
        name=word(page.language, "classes", name),
        ehr=f"{record:.2f}",
        ehr_words=page.say(f"weights.{_kind(record)}"),
        ecg=f"{ecg:.2f}",
        ecg_words=page.say(f"weights.{_kind(ecg)}"),
        intercept=signed(three.fusion.intercepts[position]),
    )


def _kind(weight: float) -> str:
    if abs(weight) < _NEAR:
        return "unused"
    if abs(weight - 1) <= _NEAR:
        return "full"
    return "more" if weight > 1 else "less"
