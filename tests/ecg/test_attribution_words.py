"""Sentences: the wave, the leads, the sign; and nothing where nothing stands out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.ecg.attribution import Attribution, Rate, Stretch
from core.ecg.attribution_words import SHOWN_IN, leads_said, sentences, statements
from core.ecg.interpretation import read_ecg
from core.ecg.recording import LEADS
from core.ecg.signs import Sign, find_signs
from core.text import LANGUAGES, text
from tests.ecg.hearts import Heart, record

T_V1_V3 = Stretch("t", ("V1", "V2", "V3"), 1.2, 0.5, 1.1)
QRS_I = Stretch("qrs", ("I",), -0.6, 0.3, -0.5)
NOTHING = Attribution(
    values=np.zeros((12, 4)),
    systems=np.zeros((2, 4)),
    log_odds=0.0,
    baseline=0.0,
    rate=None,
    support=None,
    against=None,
    spans=(),
    windows=(0,),
    present=LEADS,
)


@pytest.fixture(scope="module")
def plain():
    return read_ecg(record(Heart()))


def reading_with(plain, *names):
    signs = {name: Sign(name, name in names) for name in plain.signs}
    return replace(plain, signs=signs)


def test_the_strongest_support_is_tied_to_the_widest_sign_that_is_there(plain):
    reading = reading_with(plain, "t_inversion_v1_v2", "t_inversion_v1_v3", "t_inversion_v1_v4")
    found = replace(NOTHING, support=T_V1_V3)
    (zh,), (en,) = (sentences(found, reading, language) for language in LANGUAGES)
    assert zh.startswith("支持肺栓塞最强的依据是 V1–V3 导联的 T 波")
    assert "「V1–V4 T 波倒置」这一征象一致" in zh
    assert "V1–V3 T 波倒置" not in zh
    assert en.startswith("The strongest support for embolism comes from the T wave in V1–V3")
    assert "which fits the sign “T inversion V1–V4”" in en
    # exp(-1.1): what the odds would be without it
    assert "0.33 times" in en


def test_a_stretch_that_fits_no_sign_says_so(plain):
    found = replace(NOTHING, support=T_V1_V3)
    (en,) = sentences(found, reading_with(plain), "en")
    assert "fits no named sign" in en
    (zh,) = sentences(found, reading_with(plain), "zh")
    assert "不对应" in zh


def test_a_sign_in_another_lead_or_wave_is_not_named(plain):
    reading = reading_with(plain, "p_pulmonale", "s_in_i", "t_inversion_iii")
    (statement,) = statements(replace(NOTHING, support=T_V1_V3), reading)
    assert statement.signs == ()


def test_what_argues_against_names_the_sign_that_is_not_there(plain):
    found = replace(NOTHING, against=replace(T_V1_V3, value=-1.2, effect=-1.1))
    (en,) = sentences(found, reading_with(plain), "en")
    assert en.startswith("What argues most strongly against embolism is the T wave in V1–V3")
    assert "where the sign “T inversion V1–V4” is not there" in en
    assert "3 times" in en


def test_what_argues_against_in_spite_of_a_sign_says_so(plain):
    found = replace(NOTHING, against=replace(T_V1_V3, value=-1.2, effect=-1.1))
    (en,) = sentences(found, reading_with(plain, "t_inversion_v1_v3"), "en")
    assert "although the sign “T inversion V1–V3” is there" in en


def test_an_unknown_sign_is_neither_there_nor_absent(plain):
    unknown = replace(plain, signs={name: Sign(name, None) for name in plain.signs})
    (statement,) = statements(replace(NOTHING, against=QRS_I), unknown)
    assert (statement.signs, statement.absent) == ((), None)


@pytest.mark.parametrize(
    "changes",
    [{"share": 0.1}, {"effect": 0.05}, {"effect": -0.5}],
    ids=["small share", "small effect", "effect and value contradict each other"],
)
def test_where_nothing_stands_out_that_is_what_is_said(plain, changes):
    found = replace(NOTHING, support=replace(T_V1_V3, **changes))
    assert [each.kind for each in statements(found, plain)] == ["flat"]
    (en,) = sentences(found, plain, "en")
    assert en.startswith("No single wave stands out")
    assert "15%" in en


def test_an_empty_map_is_flat(plain):
    assert [each.kind for each in statements(NOTHING, plain)] == ["flat"]


def test_the_rate_is_named_with_tachycardia_and_the_strongest_comes_first(plain):
    found = replace(NOTHING, support=T_V1_V3, rate=Rate(1.5, 118.0))
    first, second = statements(found, reading_with(plain, "sinus_tachycardia"))
    assert (first.kind, second.kind) == ("rate", "support")
    assert "118 a minute supports embolism" in first.say("en")
    assert "「窦性心动过速」" in first.say("zh")


def test_a_slow_rate_argues_against(plain):
    rate, flat = statements(replace(NOTHING, rate=Rate(-0.4, 58.0)), reading_with(plain))
    assert "argues against embolism" in rate.say("en")
    assert "反对肺栓塞" in rate.say("zh")
    assert flat.kind == "flat"


def test_a_rate_near_the_resting_one_is_not_worth_a_sentence(plain):
    kinds = [each.kind for each in statements(replace(NOTHING, rate=Rate(0.5, 81.0)), plain)]
    assert kinds == ["flat"]


def test_of_many_signs_the_two_that_lie_closest_are_named(plain):
    reading = reading_with(plain, "low_voltage", "clockwise_rotation", "complete_rbbb", "qr_in_v1")
    (statement,) = statements(replace(NOTHING, support=replace(T_V1_V3, wave="qrs")), reading)
    assert statement.signs == ("clockwise_rotation", "complete_rbbb")
    assert "which fits the signs “Clockwise rotation”, “Complete RBBB”" in statement.say("en")


def test_leads_are_said_as_runs_of_the_chest():
    assert leads_said(("V3", "V1", "V2"), "zh") == " V1–V3 导联"
    assert leads_said(("aVF", "V1"), "en") == "aVF, V1"
    assert leads_said(("I", "II"), "zh") == " I、II 导联"
    assert leads_said(LEADS[:6], "zh") == "肢体导联"
    assert leads_said(LEADS[:6], "en") == "the limb leads"


def test_every_sign_that_has_a_place_is_a_sign(plain):
    assert set(SHOWN_IN) <= set(find_signs(plain.measurements))
    for places in SHOWN_IN.values():
        for wave, leads in places.items():
            assert set(leads) <= set(LEADS)
            for language in LANGUAGES:
                assert text(language, f"attribution.waves.{wave}").strip()
