"""Whether the recording can be read, what is wrong with it, and what the reader took for granted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.parts.wording import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.ecg.interpretation import Reading
    from core.ecg.quality import Problem
    from core.ecg.recording import Recording
    from pages.parts.frame import Page


def draw_verdict(page: Page, reading: Reading) -> None:
    """Draw the verdict first, then every problem as one sentence."""
    quality = reading.quality
    if quality.usable:
        st.success(page.say("quality.usable"), icon=":material/check_circle:")
    else:
        st.error(page.say("quality.unusable"), icon=":material/block:")
    sentences = problem_sentences(page, quality.problems)
    if sentences:
        st.markdown("\n".join(f"- {plain(sentence)}" for sentence in sentences))


def problem_sentences(page: Page, problems: Iterable[Problem]) -> list[str]:
    """Return one sentence a problem; the same problem in several leads is said once, with all of them."""
    grouped: dict[str, list[Problem]] = {}
    for problem in problems:
        grouped.setdefault(problem.key, []).append(problem)
    return [_sentence(page, key, same) for key, same in grouped.items()]


def _sentence(page: Page, key: str, same: list[Problem]) -> str:
    leads = page.say("verdict.and").join(problem.lead for problem in same if problem.lead)
    values = {
        name: _range([problem.values[name] for problem in same if name in problem.values])
        for problem in same
        for name in problem.values
    }
    return page.say(f"quality.{key}", lead=leads, **values)


def _range(values: list[object]) -> object:
    """Return what the leads have in common, or the span of their numbers."""
    numbers = sorted(value for value in values if isinstance(value, int | float))
    if len(set(values)) <= 1 or not numbers:
        return "–" if values[0] is None else values[0]
    return f"{numbers[0]:g}–{numbers[-1]:g}" if numbers[0] != numbers[-1] else numbers[0]


def draw_assumptions(page: Page, recording: Recording) -> None:
    """Draw format, rate and length in one line, and every assumption as a sentence."""
    st.caption(
        page.say(
            "verdict.file",
            format=page.say(f"formats.{recording.source_format}"),
            rate=f"{recording.rate_hz:g}",
            seconds=f"{recording.duration_s:.1f}",
            n=len(recording.present),
        )
    )
    if not recording.assumptions:
        return
    with st.container(border=True):
        st.markdown(f"**{page.say('verdict.assumed')}**")
        said = (page.say(each.key, **each.values) for each in recording.assumptions)
        st.markdown("\n".join(f"- {plain(sentence)}" for sentence in said))
