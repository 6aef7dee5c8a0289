"""Benefit and harm: every figure worked out again by hand from the cited odds ratios."""

from __future__ import annotations

import math

import pytest

from core.clinical.baselines import class_baselines, model_baselines
from core.clinical.benefit_harm import (
    balance,
    effect,
    effects,
    ratio_of_counts,
    with_odds_ratio,
)
from core.clinical.benefit_harm_words import sentence
from core.errors import InputError


def by_outcome(rows):
    return {row.outcome: row for row in rows}


def test_the_odds_are_multiplied_not_the_share():
    # odds 1/9 times 3 are 3/9: 3 of 12
    assert with_odds_ratio(0.10, 3) == pytest.approx(0.25)
    assert with_odds_ratio(0.25, 1 / 3) == pytest.approx(0.10)
    assert with_odds_ratio(0.0, 5) == 0
    assert with_odds_ratio(1.0, 0.2) == 1


def test_deaths_of_an_intermediate_high_patient_by_hand():
    # Becattini 2016: 7.7 of 100 die; Marti 2015: odds ratio 0.59 (0.36 to 0.96)
    row = by_outcome(balance({"death": 0.077}).lysis)["death"]
    odds = 0.077 / 0.923
    expected = [100 * odds * ratio / (1 + odds * ratio) for ratio in (0.59, 0.36, 0.96)]
    assert [row.after.value, row.after.low, row.after.high] == pytest.approx(expected)
    assert [round(one, 2) for one in expected] == [4.69, 2.92, 7.41]
    assert row.before.value == pytest.approx(7.7)
    assert row.difference.value == pytest.approx(4.691 - 7.7, abs=1e-3)
    assert (row.difference.low, row.difference.high) == pytest.approx((2.916 - 7.7, 7.415 - 7.7), abs=1e-3)
    # 100 / 3.009 = 33.2; from 100 / 4.784 to 100 / 0.285
    assert row.number_needed.value == pytest.approx(33.2, abs=0.1)
    assert (row.number_needed.low, row.number_needed.high) == pytest.approx((20.9, 350.7), abs=0.1)
    assert row.leaning == "supports"


def test_major_bleeds_caused_by_hand():
    # Chatterjee's anticoagulation arms: 3.42 %; Marti 2015: odds ratio 2.91 (1.95 to 4.36)
    row = by_outcome(balance({"death": 0.05}).lysis)["major_bleeding"]
    odds = 0.0342 / 0.9658
    expected = [100 * odds * ratio / (1 + odds * ratio) - 3.42 for ratio in (2.91, 1.95, 4.36)]
    assert [row.difference.value, row.difference.low, row.difference.high] == pytest.approx(expected)
    assert [round(one, 2) for one in expected] == [5.92, 3.04, 9.95]
    assert row.number_needed.value == pytest.approx(16.9, abs=0.1)
    assert row.leaning == "argues_against"


def test_intracranial_bleeds_caused_by_hand():
    # 0.19 % without; fatal or intracranial 3.18 (1.25 to 8.11): 0.00604 with
    row = by_outcome(balance({"death": 0.05}).lysis)["intracranial"]
    assert row.after.value == pytest.approx(100 * 3.18 * 0.0019 / (1 - 0.0019 + 3.18 * 0.0019))
    assert row.after.value == pytest.approx(0.602, abs=1e-3)
    assert (row.difference.low, row.difference.high) == pytest.approx((0.047, 1.330), abs=1e-3)


def test_a_risk_under_thrombolysis_is_turned_back():
    # 9 of 100 bleed with thrombolysis: odds 0.0989 / 2.91 = 0.03399 without, 3.29 of 100
    row = by_outcome(balance({"major_bleeding": 0.09}, given="lysis").lysis)["major_bleeding"]
    assert row.after.value == pytest.approx(9.0)
    assert row.before.value == pytest.approx(100 * (0.09 / 0.91 / 2.91) / (1 + 0.09 / 0.91 / 2.91))
    assert row.before.value == pytest.approx(3.287, abs=1e-3)
    assert (row.before.low, row.before.high) == pytest.approx((2.218, 4.827), abs=1e-3)
    assert (row.difference.low, row.difference.high) == pytest.approx((4.173, 6.782), abs=1e-3)


def test_both_directions_meet():
    there = by_outcome(balance({"death": 0.077}).lysis)["death"]
    back = by_outcome(balance({"death": there.after.value / 100}, given="lysis").lysis)["death"]
    assert back.before.value == pytest.approx(7.7)
    assert back.difference.value == pytest.approx(there.difference.value)


def test_half_the_dose_starts_from_the_risk_under_the_full_one():
    found = balance({"death": 0.077, "major_bleeding": 0.09})
    full, half = by_outcome(found.lysis), by_outcome(found.half_dose)
    assert set(half) == {"death", "major_bleeding"}
    for outcome, row in half.items():
        assert row.before.value == pytest.approx(full[outcome].after.value)
    # Wang 2010: 3 % against 10 %, odds ratio 0.03/0.97 / (0.10/0.90) = 0.278
    assert half["major_bleeding"].effect.ratio.value == pytest.approx(0.2784, abs=1e-4)
    share = full["major_bleeding"].after.value / 100
    assert half["major_bleeding"].after.value == pytest.approx(
        100 * 0.27835 * share / (1 - share + 0.27835 * share), abs=1e-3
    )


def test_no_number_needed_where_the_interval_holds_no_difference():
    found = balance({"death": 0.077}, chosen={"death": "marti_2015_death_stable"})
    death = by_outcome(found.lysis)["death"]
    assert death.effect.ratio.high > 1
    assert death.number_needed is None
    assert death.leaning == "open"
    assert all(row.number_needed is None for row in found.half_dose)
    assert "includes no difference" in sentence(death, "en")


def test_no_number_needed_without_an_interval():
    found = balance({"intracranial": 0.002}, chosen={"intracranial": "chatterjee_2014_intracranial"})
    row = by_outcome(found.lysis)["intracranial"]
    assert row.number_needed is None
    assert math.isnan(row.difference.low)
    assert "no interval" in sentence(row, "en")


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_where_nobody_or_everybody_is_struck_nothing_changes(share):
    row = by_outcome(balance({"death": share}).lysis)["death"]
    assert row.difference.value == 0
    assert row.number_needed is None


@pytest.mark.parametrize("share", [-0.01, 1.01, math.nan, math.inf])
def test_a_share_that_is_none_is_one_sentence(share):
    with pytest.raises(InputError, match="no probability from 0 to 1"):
        balance({"death": share})


def test_what_does_not_exist_is_a_mistake_in_the_code():
    for wrong in ({"baseline": {"stroke": 0.1}}, {"baseline": {"death": 0.1}, "given": "aspirin"}):
        with pytest.raises(KeyError):
            balance(wrong.pop("baseline"), **wrong)


@pytest.mark.parametrize(
    "name", ["marti_2015_major_bleeding", "keller_2020_death", "wang_2010_death", "nobody_2030"]
)
def test_figures_rest_on_a_trial_of_the_same_question_only(name):
    with pytest.raises(KeyError):
        balance({"death": 0.08}, chosen={"death": name})


def test_the_printed_intervals_of_the_counts():
    # PEITHO prints 5.55 (2.30 to 13.39) and 0.73 (0.34 to 1.57)
    assert ratio_of_counts([32, 506], [6, 499]).rounded(2).to_json() == {
        "value": 5.55,
        "low": 2.30,
        "high": 13.39,
    }
    assert ratio_of_counts([12, 506], [16, 499]).rounded(2).to_json() == {
        "value": 0.73,
        "low": 0.34,
        "high": 1.57,
    }
    # the counts behind the printed shares
    assert (round(32 / 506, 3), round(6 / 499, 3)) == (0.063, 0.012)
    assert (round(4 / 27, 3), round(7 / 17, 3)) == (0.148, 0.412)


# clinical reference 2.1 and 5 item 36
@pytest.mark.parametrize(
    ("name", "ratio", "low", "high", "status"),
    [
        ("marti_2015_death", 0.59, 0.36, 0.96, "verified"),
        ("chatterjee_2014_death", 0.53, 0.32, 0.88, "verified"),
        ("marti_2015_major_bleeding", 2.91, 1.95, 4.36, "verified"),
        ("chatterjee_2014_major_bleeding", 2.73, 1.91, 3.91, "unverified"),
        ("marti_2015_intracranial", 3.18, 1.25, 8.11, "verified"),
        ("chatterjee_2014_intracranial", 4.63, None, None, "secondary"),
        ("chatterjee_2014_major_bleeding_over_65", 3.10, None, None, "unverified"),
        ("keller_2020_death", 0.42, 0.37, 0.48, "verified"),
        ("mimic_iv_death", 0.289, 0.072, 1.02, "verified"),
    ],
)
def test_effects_are_the_cited_ones_with_their_standing(name, ratio, low, high, status):
    found = effect(name)
    assert found.ratio.to_json() == {"value": ratio, "low": low, "high": high}
    assert found.status == status


def test_a_ratio_without_an_interval_never_leaves_out_no_difference():
    without = [one for one in effects() if math.isnan(one.ratio.low)]
    assert without
    assert not any(one.excludes_none for one in without)


def test_only_what_fits_the_patient_is_shown_beside():
    def names(**patient):
        found = balance({"death": 0.08}, **patient)
        return {row.effect.name for row in found.alternatives} | {one.name for one in found.context}

    young, old = "chatterjee_2014_major_bleeding_up_to_65", "chatterjee_2014_major_bleeding_over_65"
    assert {young, old} <= names()
    assert young in names(age=65)
    assert old not in names(age=65)
    assert old in names(age=66)
    assert young not in names(age=66)
    assert "wang_2010_bleeding_under_65_kg" in names(weight_kg=64.9)
    assert "wang_2010_bleeding_under_65_kg" not in names(weight_kg=65)
    assert "peitho_2014_death" not in names(stable=False)
    assert "keller_2020_death" not in names(stable=True)


def test_what_is_no_trial_never_makes_a_figure():
    found = balance({"death": 0.08})
    rows = (*found.lysis, *found.half_dose, *found.alternatives)
    assert all(row.effect.used and not row.effect.is_hazard_ratio for row in rows)
    assert {"keller_2020_death", "mimic_iv_death", "gao_2020_any_bleeding"} <= {
        one.name for one in found.context
    }


def test_the_caution_always_stands_and_the_rest_where_it_belongs():
    plain = {one.name for one in balance({"death": 0.08}).notes}
    assert {"causal_caution", "outcomes_overlap", "interval_covers"} <= plain
    assert not {"turned_back", "stable_not_significant", "class_treatment"} & plain
    model = balance(model_baselines({"none": 0.85, "death": 0.06, "bleeding": 0.09}, "model"), stable=True)
    assert {"turned_back", "stable_not_significant"} <= {one.name for one in model.notes}
    by_class = balance({"death": class_baselines()["intermediate-high"]})
    assert "class_treatment" in {one.name for one in by_class.notes}
