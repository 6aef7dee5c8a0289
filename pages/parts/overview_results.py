"""The overview's results: two questions by three modalities, and whether joining the two helps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

from core.charts.words import word
from core.errors import ArtifactError
from pages.parts.frame import Source
from pages.parts.fusion_data import joined
from pages.parts.fusion_verdict import answer, verdict_sentence
from pages.parts.loaders import all_results
from pages.parts.plain_table import draw_table
from pages.parts.score_rivals import best_words
from pages.parts.show import in_one_line, number, unbroken
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.evaluation import Interval
    from core.results import Results
    from pages.parts.frame import Page
    from pages.parts.plain_table import Line

_TASKS = ("diagnosis", "outcome")
_MODALITIES = ("ecg", "ehr", "fusion")
_ICONS = {
    "gain": ":material/trending_up:",
    "loss": ":material/trending_down:",
    "unclear": ":material/trending_flat:",
    "unknown": ":material/question_mark:",
}


def saved_results(page: Page) -> dict[tuple[str, str], Results]:
    """Return the saved models' results by task and modality; a model that cannot be opened is named."""
    opened, problems = all_results()
    for problem in problems:
        st.warning(plain(problem.say(page.language)), icon=":material/warning:")
    found = {(one.task, str(one.artifact.manifest["modality"])): one for one in opened}
    return {key: one for key, one in found.items() if key[0] in _TASKS and key[1] in _MODALITIES}


def sources_of(found: dict[tuple[str, str], Results]) -> list[Source]:
    """Return whose data the models rest on, each cohort once."""
    sources = {(str(one.artifact.manifest["cohort"]["name"]), one.synthetic) for one in found.values()}
    return [Source(name, synthetic, "model") for name, synthetic in sorted(sources)]


def results_at_a_glance(page: Page, found: dict[tuple[str, str], Results]) -> None:
    """Show what every saved model reached; without any, nothing."""
    if not found:
        return
    st.header(page.say("glance.title"), anchor=False)
    with st.container(key="glance"):
        head = [
            page.say("glance.question"),
            *(page.say(f"pages_fusion.names.{name}") for name in _MODALITIES),
        ]
        draw_table(head, _rows(page, found), page.say("glance.title"))
    st.caption(_note(page, found))
    for task in _TASKS:
        if (task, "fusion") in found:
            _fusion(page, found[task, "fusion"])
    _rivals(page, {task: found[task, "ehr"] for task in _TASKS if (task, "ehr") in found})
    _missing(page, found)


def _rows(page: Page, found: dict[tuple[str, str], Results]) -> list[tuple[str, list[list[Line]]]]:
    """One row a question, one cell a modality; a missing model is said, and below the table how to train it."""
    mixed = len({one.synthetic for one in found.values()}) > 1
    untrained = [("span", "–"), ("small", page.say("glance.untrained"))]
    return [
        (
            page.say(f"glance.short.{task}"),
            [
                _cell(page, found[task, name], mixed=mixed) if (task, name) in found else untrained
                for name in _MODALITIES
            ],
        )
        for task in _TASKS
    ]


def _cell(page: Page, one: Results, *, mixed: bool) -> list[Line]:
    """Return the main AUROC with its interval, of three classes those of the two events, and how many were judged.

    ``mixed``: some models are of synthetic patients and some of real ones, so each says which.
    """
    evaluation = one.evaluation
    # of two classes one AUROC says all, and DeLong's interval is that of the other pages
    several = len(one.classes) > 2
    main = evaluation.macro_auroc if several else evaluation.classes[one.classes[-1]].auroc
    small = []
    if several:
        small += [
            in_one_line(
                f"{word(page.language, 'classes', name)} {number(evaluation.classes[name].auroc.value)}"
            )
            for name in one.classes[1:]
        ]
    if one.oracle is not None:
        small.append(in_one_line(page.say("glance.oracle", value=number(one.oracle.macro_auroc.value))))
    small.append(in_one_line(page.say("glance.n", n=evaluation.n)))
    if mixed:
        small.append(page.say(f"frame.source.{'synthetic' if one.synthetic else 'real'}"))
    return [("strong", number(main.value)), ("span", _limits(main)), *(("small", words) for words in small)]


def _limits(interval: Interval) -> str:
    """Return ``0.65–0.82`` such that a phone does not break it in two; a dash where there are no limits."""
    if not (math.isfinite(interval.low) and math.isfinite(interval.high)):
        return "–"
    return unbroken(f"{number(interval.low)}–{number(interval.high)}")


def _note(page: Page, found: dict[tuple[str, str], Results]) -> str:
    kinds = {one.synthetic for one in found.values()}
    said = [f":violet-badge[{page.say('charts.synthetic')}]"] if kinds == {True} else []
    tested = {task: {one.evaluation.n for key, one in found.items() if key[0] == task} for task in _TASKS}
    said += [
        page.say("glance.note"),
        *(
            page.say("glance.other_patients", task=page.say(f"glance.{task}"))
            for task, numbers in tested.items()
            if len(numbers) > 1
        ),
    ]
    return " ".join(said)


def _fusion(page: Page, one: Results) -> None:
    """Say whether the fusion's gain is significant."""
    try:
        three = joined(one, one.artifact.digest)
    except ArtifactError as error:
        st.warning(plain(error.say(page.language)), icon=":material/warning:")
        return
    said = verdict_sentence(page, three, synthetic=one.synthetic)
    st.markdown(f"{_ICONS[answer(three)]} **{page.say(f'glance.{one.task}')}** {said}")


def _rivals(page: Page, records: dict[str, Results]) -> None:
    """Name the best published score of each question, on the same patients as the record model."""
    said = False
    for task, one in records.items():
        try:
            words = best_words(page, one)
        except ArtifactError as error:
            st.warning(plain(error.say(page.language)), icon=":material/warning:")
            continue
        if words:
            told = page.say("fusion_more.glance.line", task=page.say(f"glance.{task}"), scores=words)
            st.markdown(f":material/calculate: {told}")
            said = True
    if said:
        st.caption(page.say("fusion_more.glance.note"))


def _missing(page: Page, found: dict[tuple[str, str], Results]) -> None:
    absent = [
        (task, modality) for task in _TASKS for modality in _MODALITIES if (task, modality) not in found
    ]
    if not absent:
        return
    commands = [f"- `python -m core train --task {task} --modality {modality}`" for task, modality in absent]
    with st.expander(page.say("glance.how", n=len(absent)), icon=":material/model_training:"):
        st.markdown("\n".join(commands))
