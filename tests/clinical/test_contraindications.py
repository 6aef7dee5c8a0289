"""Contraindications: the published lists, answers worked out and given, and nothing silent about what is unknown."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from core.clinical.contraindications import (
    answer_columns,
    check_contraindications,
    contraindications,
    list_names,
    notes,
    summary,
)
from core.clinical.notes import STATUSES
from core.text import LANGUAGES, has_text, text

# ESC 2019, as its table prints them: six absolute, nine relative
ABSOLUTE = {
    "haemorrhagic_or_unknown_stroke",
    "ischaemic_stroke_6_months",
    "cns_neoplasm",
    "major_trauma_surgery_3_weeks",
    "bleeding_diathesis",
    "active_bleeding",
}
RELATIVE = {
    "tia_6_months",
    "oral_anticoagulation",
    "pregnancy_or_post_partum_week",
    "non_compressible_puncture",
    "traumatic_resuscitation",
    "refractory_hypertension",
    "advanced_liver_disease",
    "infective_endocarditis",
    "active_peptic_ulcer",
}


def found(list_name: str = "esc_2019", **patient: Any) -> dict[str, Any]:
    return {one.name: one for one in check_contraindications(pd.DataFrame([patient]), list_name)[0]}


def answered(answer: float, list_name: str = "esc_2019") -> dict[str, float]:
    return {column.name: answer for column in answer_columns(list_name)}


def test_the_esc_list_is_the_published_one():
    entries = contraindications("esc_2019")
    assert {one.name for one in entries if one.strength == "absolute"} == ABSOLUTE
    assert {one.name for one in entries if one.strength == "relative"} == RELATIVE


def test_the_accp_list_has_the_twenty_two_entries_of_its_table():
    entries = contraindications("accp_2012")
    assert [one.strength for one in entries] == ["absolute"] * 7 + ["relative"] * 15


@pytest.mark.parametrize("list_name", list_names())
def test_every_entry_has_words_a_source_and_a_standing(list_name):
    for one in contraindications(list_name):
        assert one.source
        assert one.status in STATUSES
        assert all(one.label(language) for language in LANGUAGES)


def test_every_remark_has_words_and_says_where_it_comes_from():
    for note in notes().values():
        assert has_text(note.key)
        assert note.source
        assert note.status in STATUSES
    assert notes()["life_threatening"].status == "unverified"


def test_without_any_record_everything_is_unknown():
    for list_name in list_names():
        findings = check_contraindications(pd.DataFrame(index=["a"]), list_name)[0]
        assert {one.answer for one in findings} == {"unknown"}
        assert summary(findings).state == "open"
        assert all(one.name in one.missing for one in findings)


@pytest.mark.parametrize(
    ("patient", "name", "answer"),
    [
        ({"systolic_bp": 181.0}, "refractory_hypertension", "yes"),
        ({"systolic_bp": 180.0}, "refractory_hypertension", "no"),
        ({"anticoagulant_use": 1.0}, "oral_anticoagulation", "yes"),
        ({"anticoagulant_use": 0.0}, "oral_anticoagulation", "no"),
        ({"sex": "male"}, "pregnancy_or_post_partum_week", "no"),
        ({"sex": "female", "age": 59.0}, "pregnancy_or_post_partum_week", "unknown"),
        ({"sex": "female", "age": 60.0}, "pregnancy_or_post_partum_week", "no"),
        ({"prior_stroke": 0.0}, "haemorrhagic_or_unknown_stroke", "no"),
        ({"prior_stroke": 0.0}, "ischaemic_stroke_6_months", "no"),
        ({"prior_stroke": 0.0}, "tia_6_months", "unknown"),
        ({"recent_surgery": 0.0}, "major_trauma_surgery_3_weeks", "no"),
        ({"cancer": 0.0}, "cns_neoplasm", "unknown"),
        ({"cardiac_arrest": 0.0}, "traumatic_resuscitation", "no"),
        ({"liver_disease": 0.0}, "advanced_liver_disease", "no"),
        ({"recent_major_bleeding": 0.0}, "active_bleeding", "unknown"),
        ({"ischaemic_stroke_3_months": 1.0}, "ischaemic_stroke_6_months", "yes"),
    ],
)
def test_variables_answer_where_they_decide(patient, name, answer):
    assert found(**patient)[name].answer == answer


@pytest.mark.parametrize(
    ("patient", "name", "answer"),
    [
        ({"diastolic_bp": 111.0}, "diastolic_over_110", "yes"),
        ({"diastolic_bp": 110.0}, "diastolic_over_110", "no"),
        ({"age": 75.0}, "age_over_75", "no"),
        ({"age": 76.0}, "age_over_75", "yes"),
        ({"weight": 59.9}, "weight_below_60", "yes"),
        ({"weight": 60.0}, "weight_below_60", "no"),
        ({"sex": "female"}, "female_sex", "yes"),
        ({"cns_neoplasm": 1.0}, "structural_intracranial_disease", "yes"),
        ({"ischaemic_stroke_6_months": 0.0}, "ischaemic_stroke_3_months", "no"),
    ],
)
def test_the_older_list_has_its_own_limits(patient, name, answer):
    assert found("accp_2012", **patient)[name].answer == answer


@pytest.mark.parametrize(
    ("patient", "name"),
    [
        ({"prior_stroke": 1.0}, "haemorrhagic_or_unknown_stroke"),
        ({"prior_stroke": 1.0}, "ischaemic_stroke_6_months"),
        ({"cancer": 1.0}, "cns_neoplasm"),
        ({"recent_surgery": 1.0}, "major_trauma_surgery_3_weeks"),
        ({"platelets": 99.0}, "bleeding_diathesis"),
        ({"inr": 1.8}, "bleeding_diathesis"),
        ({"haemoptysis": 1.0}, "active_bleeding"),
        ({"liver_disease": 1.0}, "advanced_liver_disease"),
        ({"cardiac_arrest": 1.0}, "traumatic_resuscitation"),
    ],
)
def test_what_only_hints_leaves_the_question_open_and_says_why(patient, name):
    one = found(**patient)[name]
    assert one.answer == "unknown"
    assert one.hints == tuple(patient)
    assert name in summary(tuple(found(**patient).values())).hinted


def test_a_given_answer_counts_before_one_worked_out_and_the_contradiction_is_told():
    one = found(systolic_bp=200.0, refractory_hypertension=0.0)["refractory_hypertension"]
    assert (one.answer, one.stated, one.contradicts) == ("no", True, True)
    other = found(prior_stroke=0.0, ischaemic_stroke_6_months=1.0)["ischaemic_stroke_6_months"]
    assert (other.answer, other.stated, other.contradicts) == ("yes", True, True)
    agreed = found(systolic_bp=200.0, refractory_hypertension=1.0)["refractory_hypertension"]
    assert (agreed.answer, agreed.contradicts) == ("yes", False)


def test_the_gravest_state_wins():
    no = answered(0.0)
    assert summary(check_contraindications(pd.DataFrame([no]))[0]).state == "none_found"
    one_open = {**no, "active_peptic_ulcer": math.nan}
    relative = {**one_open, "infective_endocarditis": 1.0}
    absolute = {**relative, "active_bleeding": 1.0}
    states = [
        summary(one).state for one in check_contraindications(pd.DataFrame([one_open, relative, absolute]))
    ]
    assert states == ["open", "relative", "absolute"]
    last = summary(check_contraindications(pd.DataFrame([absolute]))[0])
    assert last.absolute_yes == ("active_bleeding",)
    assert last.relative_yes == ("infective_endocarditis",)
    assert last.unknown == ("active_peptic_ulcer",)


def test_a_hint_goes_once_the_question_is_answered():
    assert found(cancer=1.0, cns_neoplasm=0.0)["cns_neoplasm"].hints == ()


def test_race_is_shown_as_published_but_neither_asked_nor_counted():
    assert "black_race" in {one.name for one in contraindications("accp_2012")}
    assert "black_race" not in {column.name for column in answer_columns("accp_2012")}
    assert "black_race" not in found("accp_2012", black_race=1.0)


def test_no_patients_give_no_findings():
    assert check_contraindications(pd.DataFrame({"age": []})) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_strengths_answers_and_states_have_words(language):
    for key in ("strengths.absolute", "answers.unknown", "states.open", "lists.esc_2019"):
        assert text(language, f"contraindications.{key}")
