from __future__ import annotations

from core.evaluation import Interval
from core.report.suspicion import ct_lines, post_tests, probability_words, suspicion_answer
from core.text import text
from tests.report.patients import evidence, inputs_of


def test_the_ecg_multiplies_the_odds():
    inputs = inputs_of("intermediate_high", evidence=evidence(4.0))
    three = next(one for one in post_tests(inputs) if one.pre.name == "wells_three_tier")
    odds = three.pre.probability.value / (1 - three.pre.probability.value) * 4
    assert abs(three.by_model.value - odds / (1 + odds)) < 1e-9


def test_without_an_ecg_the_probability_stays():
    lines = ct_lines(inputs_of("intermediate_high"), "en")
    assert lines[-1] == text("en", "report.suspicion.ct.no_ecg")


def test_a_d_dimer_above_the_limit_supports_ct_whatever_the_ecg_adds():
    lines = ct_lines(inputs_of("intermediate_high", evidence=evidence(0.3)), "en")
    assert "supports CT" in lines[0]
    assert "does not change that CT is supported" in lines[-1]


def test_an_ecg_that_raises_what_a_rule_excludes_is_said_to_disagree():
    low = {"d_dimer": 0.2, "leg_swelling": 0.0, "haemoptysis": 0.0, "alternative_less_likely": 0.0}
    raised = ct_lines(inputs_of("low_risk", evidence=evidence(6.0), **low), "en")
    assert "argues against CT" in raised[0]
    assert "disagree" in raised[-1]
    lowered = ct_lines(inputs_of("low_risk", evidence=evidence(0.2), **low), "en")
    assert "both argue against CT" in lowered[-1]


def test_an_open_rule_names_what_is_missing():
    lines = ct_lines(inputs_of("much_missing"), "en")
    assert "D-dimer" in lines[0]
    assert "still open" in lines[0]


def test_without_a_settled_score_there_is_nothing_to_move():
    lines = ct_lines(inputs_of("much_missing", evidence=evidence(5.0), pre=()), "en")
    assert lines[-1] == text("en", "report.suspicion.ct.no_score")


def test_the_answer_tells_before_and_after():
    line = suspicion_answer(inputs_of("intermediate_high", evidence=evidence(4.0)), "en").line
    # 37 and 56 % at four times the odds: 70 and 84 %
    assert "before the ECG 37–56 of 100, after it 70–84 of 100" in line


def test_probabilities_are_written_as_on_every_other_page():
    nan = float("nan")
    assert probability_words(Interval(nan, 0.08, 0.13), "en") == "8–13 of 100"
    assert probability_words(Interval(0.28, 0.28, 0.28), "zh") == "100 人中 28 人"
    assert probability_words(Interval(0.28, 0.2, 0.4), "en") == "28 of 100 (20–40)"
    assert probability_words(Interval(0.997, 0.992, 0.999), "en") == ">99 of 100 (99–>99)"
    assert probability_words(Interval(nan, 0.002, 0.017), "zh") == "100 人中 <1–2 人"
    assert probability_words(Interval(nan, nan, nan), "en") == "–"
