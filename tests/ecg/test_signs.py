"""Signs at and beside their limits, and the Daniel and TwiST vectors of the clinical reference, section 1.12."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.ecg.ecg_scores import daniel_score, score, twist_score
from core.ecg.lead_waves import LeadWaves
from core.ecg.measurements import Measurements
from core.ecg.recording import LEADS
from core.ecg.signs import find_signs
from core.text import LANGUAGES, text

PLAIN = LeadWaves(r=1.0, r_ms=40, s=0.1, s_ms=20, qrs_mv=1.1, st_j=0.0, st_j60=0.0, t=0.2, p=0.1)
NORMAL = Measurements(
    heart_rate_bpm=72.0,
    regular=True,
    rhythm="sinus",
    pr_ms=160.0,
    qrs_ms=90.0,
    qt_ms=380.0,
    qtc_bazett_ms=416.0,
    qrs_axis_deg=40.0,
    leads=dict.fromkeys(LEADS, PLAIN),
)


def with_lead(measured: Measurements, leads: dict[str, dict[str, object] | None]) -> Measurements:
    """The same with some leads changed, or left out where None is given."""
    table = dict(measured.leads)
    for lead, changes in leads.items():
        if changes is None:
            del table[lead]
        else:
            table[lead] = replace(table[lead], **changes)
    return replace(measured, leads=table)


def present(measured: Measurements, name: str, sex=None):
    return find_signs(measured, sex)[name].present


def test_a_normal_recording_shows_none():
    assert {sign.present for sign in find_signs(NORMAL).values()} == {False}


def test_nothing_measured_decides_nothing():
    assert {sign.present for sign in find_signs(Measurements()).values()} == {None}


def test_every_sign_has_a_label_and_a_definition_in_both_languages():
    for name in find_signs(NORMAL):
        for language in LANGUAGES:
            assert text(language, f"signs.{name}.label")
            assert text(language, f"signs.{name}.definition")


@pytest.mark.parametrize(
    ("rate", "rhythm", "expected"),
    [
        (100.0, "sinus", False),
        (100.1, "sinus", True),
        (120.0, None, None),
        (80.0, None, False),
    ],
)
def test_sinus_tachycardia_is_above_100_with_p(rate, rhythm, expected):
    assert present(replace(NORMAL, heart_rate_bpm=rate, rhythm=rhythm), "sinus_tachycardia") is expected


@pytest.mark.parametrize(
    ("regular", "pr", "expected"),
    [
        (False, None, True),
        (False, 160.0, False),
        (True, None, False),
        (None, None, None),
    ],
)
def test_fibrillation_is_irregular_and_without_p(regular, pr, expected):
    measured = replace(NORMAL, regular=regular, pr_ms=pr)
    assert present(measured, "atrial_fibrillation_suspected") is expected


def test_s1q3t3_needs_all_three():
    full = with_lead(NORMAL, {"I": {"s": 0.15}, "III": {"q": 0.15, "t": -0.1}})
    assert present(full, "s1q3t3") is True
    for lead, change in (("I", {"s": 0.14}), ("III", {"q": 0.14}), ("III", {"t": -0.09})):
        assert present(with_lead(full, {lead: change}), "s1q3t3") is False


def test_s1q3t3_is_open_without_lead_iii_and_refuted_without_s_in_i():
    assert present(with_lead(NORMAL, {"I": {"s": 0.3}, "III": None}), "s1q3t3") is None
    assert present(with_lead(NORMAL, {"III": None}), "s1q3t3") is False


@pytest.mark.parametrize("n", [2, 3, 4])
def test_t_inversion_counts_leads_from_v1(n):
    inverted = with_lead(NORMAL, {f"V{i}": {"t": -0.1} for i in range(1, n + 1)})
    assert [present(inverted, f"t_inversion_v1_v{last}") for last in (2, 3, 4)] == [
        last <= n for last in (2, 3, 4)
    ]


@pytest.mark.parametrize(
    ("qrs", "incomplete", "complete"),
    [
        (109.0, False, False),
        (110.0, True, False),
        (119.0, True, False),
        (120.0, False, True),
    ],
)
def test_bundle_branch_block_by_width(qrs, incomplete, complete):
    shape = with_lead(
        replace(NORMAL, qrs_ms=qrs), {"V1": {"r": 0.2, "s": 0.3, "r2": 0.5}, "I": {"s_ms": 50.0}}
    )
    assert present(shape, "incomplete_rbbb") is incomplete
    assert present(shape, "complete_rbbb") is complete


def test_a_wide_qrs_without_r_prime_is_no_right_bundle_branch_block():
    assert present(replace(NORMAL, qrs_ms=140.0), "complete_rbbb") is False


@pytest.mark.parametrize(
    ("axis", "right", "left"),
    [
        (90.0, False, False),
        (90.1, True, False),
        (-30.0, False, False),
        (-30.1, False, True),
        (-120.0, False, False),
    ],
)
def test_axis_deviation(axis, right, left):
    measured = replace(NORMAL, qrs_axis_deg=axis)
    assert (present(measured, "right_axis"), present(measured, "left_axis")) == (right, left)


@pytest.mark.parametrize(
    ("qtc", "sex", "expected"),
    [
        (450.0, "male", False),
        (451.0, "male", True),
        (455.0, "female", False),
        (461.0, "female", True),
        (455.0, None, None),
        (461.0, None, True),
        (450.0, None, False),
    ],
)
def test_long_qtc_depends_on_sex_between_450_and_460(qtc, sex, expected):
    assert present(replace(NORMAL, qtc_bazett_ms=qtc), "long_qtc", sex) is expected


def test_low_voltage_in_all_limb_leads_or_in_all_chest_leads():
    limb = with_lead(NORMAL, {lead: {"qrs_mv": 0.49} for lead in LEADS[:6]})
    chest = with_lead(NORMAL, {lead: {"qrs_mv": 0.99} for lead in LEADS[6:]})
    assert present(limb, "low_voltage") is True
    assert present(chest, "low_voltage") is True
    assert present(with_lead(limb, {"II": {"qrs_mv": 0.5}}), "low_voltage") is False


def test_clockwise_rotation_when_r_is_below_s_up_to_v4():
    turned = with_lead(NORMAL, {f"V{i}": {"r": 0.3, "s": 0.9} for i in range(1, 5)})
    assert present(turned, "clockwise_rotation") is True
    assert present(with_lead(turned, {"V4": {"r": 1.0}}), "clockwise_rotation") is False


def test_the_remaining_amplitudes():
    assert present(with_lead(NORMAL, {"II": {"p": 0.26}}), "p_pulmonale") is True
    assert present(with_lead(NORMAL, {"II": {"p": 0.25}}), "p_pulmonale") is False
    assert present(with_lead(NORMAL, {"aVR": {"st_j": 0.1}}), "st_elevation_avr") is True
    assert present(with_lead(NORMAL, {"V1": {"q": 0.1, "r": 0.3}}), "qr_in_v1") is True


DANIEL = {
    "heart_rate_bpm": 112.0,
    "incomplete_rbbb": True,
    "complete_rbbb": False,
    "t_inversion_v1_v4": True,
    "t_depth_mv": (0.15, 0.25, 0.15),
    "q_in_iii": True,
    "t_inversion_iii": True,
    "s1q3t3": True,
}


def test_daniel_vector_is_18():
    assert daniel_score(**DANIEL).points == 18


def test_daniel_spans_0_to_21():
    most = DANIEL | {"incomplete_rbbb": False, "complete_rbbb": True, "t_depth_mv": (0.3, 0.3, 0.3)}
    none = dict.fromkeys(DANIEL, False) | {"heart_rate_bpm": 80.0, "t_depth_mv": (0.0, 0.0, 0.0)}
    unknown = dict.fromkeys(DANIEL) | {"t_depth_mv": (None, None, None)}
    assert daniel_score(**most).points == 21
    assert daniel_score(**none).points == 0
    open_score = daniel_score(**unknown)
    assert (open_score.points, open_score.low, open_score.high, len(open_score.missing)) == (None, 0, 21, 9)


@pytest.mark.parametrize(("rate", "points"), [(100.0, 0), (100.5, 2)])
def test_daniel_rate_of_exactly_100_does_not_count(rate, points):
    assert daniel_score(**DANIEL | {"heart_rate_bpm": rate}).items[0].points == points


@pytest.mark.parametrize(
    ("mm", "points"), [(0.0, (0, 0)), (0.9, (0, 1)), (1.0, (1, 2)), (2.0, (1, 2)), (2.1, (2, 3))]
)
def test_daniel_depth_of_t_inversion(mm, points):
    items = {item.name: item.points for item in daniel_score(**DANIEL | {"t_depth_mv": (mm / 10,) * 3}).items}
    assert (items["t_depth_v1"], items["t_depth_v2"], items["t_depth_v3"]) == (
        points[0],
        points[1],
        points[1],
    )


@pytest.mark.parametrize(
    ("incomplete", "complete", "low", "high"),
    [
        (True, False, 2, 2),
        (False, True, 3, 3),
        (False, False, 0, 0),
        (None, True, 3, 3),
        (None, False, 0, 2),
        (True, None, 2, 2),
        (False, None, 0, 3),
        (None, None, 0, 3),
    ],
)
def test_daniel_bundle_branch_range(incomplete, complete, low, high):
    item = daniel_score(**DANIEL | {"incomplete_rbbb": incomplete, "complete_rbbb": complete}).items[1]
    assert (item.low, item.high) == (low, high)


def test_twist_vector_is_8_and_its_points_are_marked_unverified():
    result = twist_score(t_inversion_v1_v3=True, s_in_i=False, sinus_tachycardia=True)
    assert result.points == 8
    assert result.unverified
    assert twist_score(t_inversion_v1_v3=True, s_in_i=True, sinus_tachycardia=True).points == 10


def test_twist_with_an_open_item_is_a_range():
    result = twist_score(t_inversion_v1_v3=True, s_in_i=None, sinus_tachycardia=True)
    assert (result.points, result.low, result.high, result.missing) == (None, 8, 10, ("s_in_i",))
    assert result.to_json()["low"] == 8


def test_a_missing_lead_opens_the_scores_that_hang_on_it():
    measured = with_lead(NORMAL, {"V3": None, "V1": {"t": -0.2}, "V2": {"t": -0.2}})
    scores = score(measured, find_signs(measured))
    assert scores["daniel"].missing == ("t_inversion_v1_v4", "t_depth_v3") or scores["daniel"].missing == (
        "t_depth_v3",
    )
    assert scores["daniel"].points is None
    assert (scores["twist"].low, scores["twist"].high) == (0, 5)
