"""One new patient: a record, a recording or both go in, and what the three models say stands side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from core import charts
from core.charts.words import risk, word
from core.report.risk import likeliest_outside
from pages.parts.errors import friendly_errors
from pages.parts.fusion_data import SERIES
from pages.parts.fusion_input import NEW, ask_record, ask_recording
from pages.parts.kept_parts import keep
from pages.parts.loaders import artifacts_folder, ecg_model, ehr_model, results
from pages.parts.shared_memory import shared
from pages.parts.show import in_one_line, show_chart, waiting
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.prediction import Prediction
    from core.results import Results
    from pages.parts.frame import Page
    from pages.parts.fusion_data import Joined
    from pages.parts.fusion_input import Given


@st.fragment
def draw(page: Page, found: Results, three: Joined) -> None:
    """Draw both inputs and the answers; only this part runs again when an input changes.

    Parameters
    ----------
    found, three
        The saved fusion of the question that the page is on.
    """
    st.markdown(page.say("fusion_more.new.lead"))
    left, right = st.columns(2, gap="medium")
    given: dict[str, Given | None] = {}
    with left.container(border=True), friendly_errors(page):
        given["ehr"] = ask_record(page, found.task)
    with right.container(border=True), friendly_errors(page):
        given["ecg"] = ask_recording(page, found.task)
    answers = {name: one.prediction for name, one in given.items() if one is not None}
    st.header(page.say("fusion_more.new.answer.title"), anchor=False)
    if not answers:
        st.info(page.say("fusion_more.new.answer.nothing"), icon=":material/person_add:")
        return
    # where the fusion cannot be loaded, the single models still answer
    with friendly_errors(page), waiting(page.say("fusion_more.new.answer.working"), 520):
        sides = given.get("ehr"), given.get("ecg")
        ours = all(one is None or one.name for one in sides)
        key = ("fusion_joint", *_digests(found), *(one and one.name for one in sides))
        joint = shared(key, lambda: join(found, *sides)) if ours else join(found, *sides)
        if joint.modality == "fusion":
            answers["fusion"] = joint
        _fallback(page, joint)
    if ours and "fusion" in answers:
        keep(page, ("fusion_new", *key), lambda: _answers(page, found, three, answers), ours=True)
    else:
        _answers(page, found, three, answers)
    _warnings(page, answers)
    if {name: one and one.kind for name, one in given.items()} == {"ehr": "example", "ecg": "demonstration"}:
        st.caption(page.say("fusion_more.new.answer.differ"))
    st.caption(page.say("fusion_more.new.answer.note"))


def join(found: Results, ehr: Given | None, ecg: Given | None) -> Prediction:
    """Return what the fusion says; with one side missing the other's own, see ``predict_fusion``.

    Raises
    ------
    ArtifactError
        The fusion cannot be loaded, or a single model has been trained again since.
    """
    from core.prediction import fusion_features, predict_fusion

    model, features = _model(found), None
    if ehr is not None and ecg is not None and ehr.table is not None and ecg.reading is not None:
        singles = ehr_model(found.task), ecg_model(found.task)
        features = fusion_features(model, *singles, ehr.table, [(NEW, ecg.reading)]).get(NEW)
    said = [None if one is None else one.prediction for one in (ehr, ecg)]
    return predict_fusion(model, *said, found.task, features)


def _model(found: Results) -> Any:
    return _loaded(str(artifacts_folder()), found.task, _digests(found))


def _digests(found: Results) -> tuple[str, ...]:
    bases = (results(found.task, name).artifact.digest for name in ("ehr", "ecg"))
    return (found.artifact.digest, *bases)


@st.cache_resource(show_spinner=False, max_entries=4)
def _loaded(root: str, task: str, digests: tuple[str, ...]) -> Any:  # noqa: ARG001 - the digests are the key
    from core.training import load_fusion_model

    return load_fusion_model(Path(root), task)[1]


def _fallback(page: Page, joint: Prediction) -> None:
    """Say who answers where the fusion cannot."""
    if joint.modality == "fusion":
        return
    if not joint.probabilities:
        st.warning(page.say("fusion_more.new.answer.neither"), icon=":material/block:")
        return
    st.info(page.say(f"fusion_more.new.answer.fallback_{joint.modality}"), icon=":material/call_split:")


def _answers(page: Page, found: Results, three: Joined, answers: dict[str, Prediction]) -> None:
    there = {name: answers[name] for name in SERIES if name in answers and answers[name].probabilities}
    if there:
        frame = _risks(found, three, there)
        left, right = st.columns(2, gap="medium")
        with left:
            chart = charts.modality_risks(frame, language=page.language, synthetic=found.synthetic)
            show_chart(chart, "fusion_new_risks")
        with right, st.container(key="short_fusion_new"):
            st.table(
                _table(page, found, answers),
                border="horizontal",
                hide_index=True,
                alt=page.say("fusion_more.new.answer.title"),
            )
        for name, one in there.items():
            if words := likeliest_outside(one, page.language):
                st.caption(f"{page.say(f'names.{name}')}{page.say('fusion_more.new.answer.colon')}{words}")


def _risks(found: Results, three: Joined, there: dict[str, Prediction]) -> pd.DataFrame:
    names = found.classes[1:] if len(found.classes) == 2 else found.classes
    shares = dict(zip(found.classes, three.fusion.shares, strict=True))
    rows = [
        (name, series, one.probabilities[name], shares[name])
        for name in names
        for series, one in there.items()
    ]
    return pd.DataFrame(rows, columns=["class", "series", "probability", "base_rate"])


def _table(page: Page, found: Results, answers: dict[str, Prediction]) -> pd.DataFrame:
    """One row a model: risks of the events, and the classes that cannot be left out."""
    events = found.classes[1:]
    rows = []
    for name in SERIES:
        one = answers.get(name)
        row = {page.say("fusion_more.new.answer.modality"): page.say(f"names.{name}")}
        if one is None or not one.probabilities:
            reason = "alone" if name == "fusion" else "absent" if one is None else "unusable"
            row |= {word(page.language, "classes", each): "–" for each in events}
            row[page.say("fusion_more.new.answer.set")] = page.say(f"fusion_more.new.answer.{reason}")
        else:
            row |= {
                word(page.language, "classes", each): in_one_line(
                    risk(page.language, one.probabilities[each])
                )
                for each in events
            }
            held = [word(page.language, "classes", each) for each in one.prediction_set]
            row[page.say("fusion_more.new.answer.set")] = page.say("shared.separator").join(held) or page.say(
                "fusion_more.new.answer.empty_set"
            )
        rows.append(row)
    return pd.DataFrame(rows)


def _warnings(page: Page, answers: dict[str, Prediction]) -> None:
    from core.cohort.variables import variables

    # the fusion repeats what the single models warn of
    singles = [answers[name] for name in ("ehr", "ecg") if name in answers]
    for warning in (each for one in singles for each in one.warnings):
        values = dict(warning.values)
        known = variables().get(str(values.get("variable")))
        if known is not None:
            values["variable"] = known.label(page.language)
        st.warning(plain(page.say(warning.key, **values)), icon=":material/warning:")
