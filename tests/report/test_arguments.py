from __future__ import annotations

import pytest

from core.cohort.examples import examples
from core.report.arguments import arguments
from core.report.risk import likeliest_outside
from core.report.steps import step_answer
from core.text import text
from tests.report.patients import inputs_of, said

ADVICE = (
    "should be given",
    "withhold",
    "recommend to",
    "we advise",
    "应当溶栓",
    "应溶栓",
    "不应溶栓",
    "建议溶栓",
    "立即溶栓",
)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", list(examples()))
def test_no_sentence_advises(name, language):
    words = " ".join(one for said_ in arguments(inputs_of(name), language).values() for one in said_)
    assert words
    assert not [one for one in ADVICE if one in words]


def test_shock_supports_and_contraindications_argue_against():
    high = arguments(inputs_of("high_risk"), "en")
    assert any("ESC 2019 high risk" in one for one in high["supports"])
    against = arguments(inputs_of("contraindicated"), "en")["against"]
    assert any(text("en", "contraindications.items.haemorrhagic_or_unknown_stroke") in one for one in against)


def test_low_risk_argues_against():
    assert any("ESC 2019 low risk" in one for one in arguments(inputs_of("low_risk"), "en")["against"])


def test_trials_count_on_the_side_that_their_interval_leaves():
    found = arguments(inputs_of("intermediate_high"), "en")
    assert any(one.startswith("Death: of 100") for one in found["supports"])
    assert any(one.startswith("Major bleeding: of 100") for one in found["against"])


def test_bleeding_that_the_model_rules_out_supports_and_a_raised_one_argues_against():
    ruled_out = said(prediction_set=("none",))
    supports = arguments(inputs_of("low_risk", outcome={"ehr": ruled_out}), "en")["supports"]
    assert any("can rule out Bleeding" in one for one in supports)
    assert any("above what is usual" in one for one in arguments(inputs_of("low_risk"), "en")["against"])


@pytest.mark.parametrize(
    ("held", "names"), [(("death", "bleeding"), True), (("none", "bleeding"), False), ((), False)]
)
def test_a_likeliest_class_outside_the_set_is_not_left_to_read_as_ruled_out(held, names):
    likely = said(prediction_set=held, probabilities={"none": 0.82, "death": 0.09, "bleeding": 0.09})
    assert ("No event" in likeliest_outside(likely, "en")) is names
    assert ("不表示它被排除" in likeliest_outside(likely, "zh")) is names


def test_what_is_open_is_named():
    found = arguments(inputs_of("much_missing"), "en")["open"]
    assert any("C1 to E2R" in one for one in found)
    assert any("Contraindications not known" in one for one in found)


def test_a_stranger_is_an_open_question():
    found = arguments(inputs_of("low_risk", outcome={"ehr": said(withheld=True)}), "en")
    assert text("en", "report.risk.withheld") in found["open"]


def test_what_the_trials_say_of_stable_patients_stands_beside_the_saved_lives():
    remark = text("en", "benefit_harm.notes.stable_not_significant")
    assert remark in arguments(inputs_of("intermediate_high"), "en")["open"]
    assert remark not in arguments(inputs_of("high_risk"), "en")["open"]


def test_the_trial_of_intermediate_risk_is_quoted_with_its_source_and_only_there():
    found = [one for one in arguments(inputs_of("intermediate_high"), "en")["open"] if "PEITHO" in one]
    assert len(found) == 1
    assert "2.6% against 5.6%" in found[0]
    assert "6.3% against 1.2%" in found[0]
    assert "Meyer 2014" in found[0]
    assert not [one for one in arguments(inputs_of("low_risk"), "en")["open"] if "PEITHO" in one]


def test_every_sentence_on_a_guideline_class_of_recommendation_is_marked_unverified():
    for name in ("high", "intermediate-high", "intermediate-low", "low"):
        assert "unverified" in text("en", f"report.arguments.esc.{name}", death="1%")
        assert "未核实" in text("zh", f"report.arguments.esc.{name}", death="1%")


def test_nothing_about_adults_argues_in_a_child():
    inputs = inputs_of("outside")
    found = arguments(inputs, "en")
    assert not inputs.balances
    assert text("en", "report.balance.adults_only") in found["open"]
    assert not found["supports"]
    assert "18" in step_answer("treatment", inputs, "en").line
    assert "18" in step_answer("severity", inputs, "en").line
