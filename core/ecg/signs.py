"""The signs of right-heart strain and their neighbours, each with what was measured and where.

Definitions follow section 3.4 of the project's clinical reference; ``core/text/<language>/signs.toml`` says each in a
sentence. A sign that hangs on a lead or an interval that could not be measured is None, unless the rest decides it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from core.ecg.recording import LEADS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from core.ecg.lead_waves import LeadWaves
    from core.ecg.measurements import Measurements

T_INVERTED_MV = 0.10
S1_Q3_MV = 0.15
P_PULMONALE_MV = 0.25
LIMB_LOW_MV = 0.5
CHEST_LOW_MV = 1.0
ST_RAISED_MV = 0.10
INCOMPLETE_MS, COMPLETE_MS = 110.0, 120.0
RIGHT_AXIS_DEG, LEFT_AXIS_DEG = 90.0, -30.0
LONG_QTC_MS = {"male": 450.0, "female": 460.0}
Sex = Literal["male", "female"]


@dataclass(frozen=True)
class Sign:
    """One sign.

    Attributes
    ----------
    name
        Key in ``signs.toml``, with ``label`` and ``definition`` below it.
    present
        None where it could not be decided.
    values
        What was measured, by a short name with its unit (``"s_i_mv"``); None where it could not be.
    leads
        Leads in which it is to be seen.
    window_ms
        Stretch of the median beat in which it was measured; None for signs of the rhythm.
    unverified
        Whether the definition was written from memory, without its source at hand.
    """

    name: str
    present: bool | None
    values: dict[str, float | None] = field(default_factory=dict)
    leads: tuple[str, ...] = ()
    window_ms: tuple[float, float] | None = None
    unverified: bool = False


def find_signs(measured: Measurements, sex: Sex | None = None) -> dict[str, Sign]:
    """All signs, by name, in the order in which they are shown.

    Parameters
    ----------
    sex
        Decides the limit of a long QTc; without it only a QTc beyond both limits, or below both, is decided.
    """
    signs = [
        *_rhythm_signs(measured),
        *_limb_signs(measured),
        *_t_signs(measured),
        *_bundle_branch_signs(measured),
        *_axis_signs(measured),
        *_amplitude_signs(measured),
        _long_qtc(measured, sex),
    ]
    return {sign.name: sign for sign in signs}


def all_of(parts: Iterable[bool | None]) -> bool | None:
    """Whether every part holds; one that fails decides, else one unknown leaves it open.

    Examples
    --------
    >>> all_of([True, None]), all_of([False, None]), all_of([True, True])
    (None, False, True)
    """
    parts = list(parts)
    if any(part is False for part in parts):
        return False
    return None if any(part is None for part in parts) else True


def any_of(parts: Iterable[bool | None]) -> bool | None:
    """Whether at least one part holds; one that does decides, else one unknown leaves it open.

    Examples
    --------
    >>> any_of([True, None]), any_of([False, None]), any_of([False, False])
    (True, None, False)
    """
    opposite = all_of(None if part is None else not part for part in parts)
    return None if opposite is None else not opposite


def _value(measured: Measurements, lead: str, name: str) -> float | None:
    waves = measured.leads.get(lead)
    return None if waves is None else getattr(waves, name)


def _holds(value: float | None, test: Callable[[float], bool]) -> bool | None:
    return None if value is None else test(value)


def _qrs_window(measured: Measurements) -> tuple[float, float] | None:
    marks = measured.waves
    return (
        None if marks.qrs_onset is None or marks.qrs_offset is None else (marks.qrs_onset, marks.qrs_offset)
    )


def _t_window(measured: Measurements) -> tuple[float, float] | None:
    marks = measured.waves
    return None if marks.qrs_offset is None or marks.t_end is None else (marks.qrs_offset, marks.t_end)


def _rhythm_signs(measured: Measurements) -> list[Sign]:
    rate = measured.heart_rate_bpm
    fast = _holds(rate, lambda bpm: bpm > 100.0)
    sinus = True if measured.rhythm == "sinus" else None
    p_seen = measured.pr_ms is not None
    irregular = None if measured.regular is None else not measured.regular
    values = {"heart_rate_bpm": rate}
    return [
        Sign("sinus_tachycardia", all_of([fast, sinus]), values, ("II",), _qrs_window(measured)),
        Sign(
            "atrial_fibrillation_suspected",
            all_of([irregular, not p_seen]) if rate is not None else None,
            {**values, "rr_sd_ms": measured.rr_sd_ms},
            ("II", "V1"),
        ),
    ]


def _limb_signs(measured: Measurements) -> list[Sign]:
    s_i, q_iii, t_iii = (_value(measured, *at) for at in (("I", "s"), ("III", "q"), ("III", "t")))
    deep_s = _holds(s_i, lambda mv: mv >= S1_Q3_MV)
    deep_q = _holds(q_iii, lambda mv: mv >= S1_Q3_MV)
    inverted = _holds(t_iii, lambda mv: mv <= -T_INVERTED_MV)
    qrs, t = _qrs_window(measured), _t_window(measured)
    whole = None if qrs is None else (qrs[0], t[1] if t else qrs[1])
    all_values = {
        "s_i_mv": s_i,
        "q_iii_mv": q_iii,
        "t_iii_mv": t_iii,
        "q_iii_ms": _value(measured, "III", "q_ms"),
    }
    return [
        Sign("s1q3t3", all_of([deep_s, deep_q, inverted]), all_values, ("I", "III"), whole),
        Sign("s_in_i", deep_s, {"s_i_mv": s_i}, ("I",), qrs),
        Sign("q_in_iii", deep_q, {"q_iii_mv": q_iii, "q_iii_ms": all_values["q_iii_ms"]}, ("III",), qrs),
        Sign("t_inversion_iii", inverted, {"t_iii_mv": t_iii}, ("III",), t),
    ]


def _t_signs(measured: Measurements) -> list[Sign]:
    signs = []
    for last in ("V2", "V3", "V4"):
        leads = LEADS[LEADS.index("V1") : LEADS.index(last) + 1]
        heights = {f"t_{lead.lower()}_mv": _value(measured, lead, "t") for lead in leads}
        present = all_of(_holds(mv, lambda mv: mv <= -T_INVERTED_MV) for mv in heights.values())
        signs.append(Sign(f"t_inversion_v1_{last.lower()}", present, heights, leads, _t_window(measured)))
    return signs


def _bundle_branch_signs(measured: Measurements) -> list[Sign]:
    width = measured.qrs_ms
    shape = any_of(_second_r(measured.leads.get(lead), width) for lead in ("V1", "V2"))
    broad_s = any_of(_broad_s(measured.leads.get(lead)) for lead in ("I", "V6"))
    values = {
        "qrs_ms": width,
        "r_v1_mv": _value(measured, "V1", "r"),
        "s_v1_mv": _value(measured, "V1", "s"),
        "r2_v1_mv": _value(measured, "V1", "r2"),
        "s_i_ms": _value(measured, "I", "s_ms"),
        "s_v6_ms": _value(measured, "V6", "s_ms"),
    }
    narrow = _holds(width, lambda ms: INCOMPLETE_MS <= ms < COMPLETE_MS)
    wide = _holds(width, lambda ms: ms >= COMPLETE_MS)
    leads, window = ("V1", "V2", "I", "V6"), _qrs_window(measured)
    return [
        Sign("incomplete_rbbb", all_of([narrow, shape]), values, leads, window),
        Sign("complete_rbbb", all_of([wide, shape, broad_s]), values, leads, window),
        _qr_in_v1(measured),
    ]


def _second_r(waves: LeadWaves | None, width: float | None) -> bool | None:
    """The R' of a right bundle-branch block: R' of 0.1 mV or more, or in a wide QRS a notched, mostly upright R."""
    if waves is None:
        return None
    if waves.r2 >= 0.1:
        return True
    upright = waves.r > waves.s and waves.r > waves.q
    return bool(
        width is not None and width >= COMPLETE_MS and upright and (waves.notched or waves.r_ms >= 60.0)
    )


def _broad_s(waves: LeadWaves | None) -> bool | None:
    """S longer than R or than 40 ms (AHA/ACCF/HRS 2009 recommendations, part III, Circulation 119:e235)."""
    if waves is None:
        return None
    return waves.s > 0 and (waves.s_ms > 40.0 or waves.s_ms > waves.r_ms)


def _qr_in_v1(measured: Measurements) -> Sign:
    waves = measured.leads.get("V1")
    present = None if waves is None else waves.q >= 0.05 and waves.r >= 0.1
    values = {"q_v1_mv": _value(measured, "V1", "q"), "r_v1_mv": _value(measured, "V1", "r")}
    return Sign("qr_in_v1", present, values, ("V1",), _qrs_window(measured), unverified=True)


def _axis_signs(measured: Measurements) -> list[Sign]:
    axis = measured.qrs_axis_deg
    values, leads, window = {"qrs_axis_deg": axis}, ("I", "aVF"), _qrs_window(measured)
    return [
        Sign("right_axis", _holds(axis, lambda deg: deg > RIGHT_AXIS_DEG), values, leads, window),
        Sign("left_axis", _holds(axis, lambda deg: -90.0 <= deg < LEFT_AXIS_DEG), values, leads, window),
    ]


def _amplitude_signs(measured: Measurements) -> list[Sign]:
    p_ii, st_avr = _value(measured, "II", "p"), _value(measured, "aVR", "st_j")
    marks = measured.waves
    p_window = None if marks.p_onset is None or marks.p_offset is None else (marks.p_onset, marks.p_offset)
    j = None if marks.qrs_offset is None else (marks.qrs_offset, marks.qrs_offset)
    return [
        Sign(
            "p_pulmonale", _holds(p_ii, lambda mv: mv > P_PULMONALE_MV), {"p_ii_mv": p_ii}, ("II",), p_window
        ),
        _low_voltage(measured),
        _clockwise_rotation(measured),
        Sign(
            "st_elevation_avr",
            _holds(st_avr, lambda mv: mv >= ST_RAISED_MV),
            {"st_avr_mv": st_avr},
            ("aVR",),
            j,
        ),
    ]


def _low_voltage(measured: Measurements) -> Sign:
    limb = [_value(measured, lead, "qrs_mv") for lead in LEADS[:6]]
    chest = [_value(measured, lead, "qrs_mv") for lead in LEADS[6:]]
    low = any_of(
        [
            all_of(_holds(mv, lambda mv: mv < LIMB_LOW_MV) for mv in limb),
            all_of(_holds(mv, lambda mv: mv < CHEST_LOW_MV) for mv in chest),
        ]
    )
    values = {"largest_limb_qrs_mv": _largest(limb), "largest_chest_qrs_mv": _largest(chest)}
    return Sign("low_voltage", low, values, LEADS, _qrs_window(measured))


def _largest(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return max(known) if known else None


def _clockwise_rotation(measured: Measurements) -> Sign:
    """R below S (or Q) in V1 to V4: the transition lies in V5 or beyond."""
    before, values = [], {}
    for lead in LEADS[6:10]:
        waves = measured.leads.get(lead)
        ratio = None if waves is None else max(waves.r, waves.r2) - max(waves.s, waves.q, waves.s2)
        values[f"r_minus_s_{lead.lower()}_mv"] = ratio
        before.append(_holds(ratio, lambda mv: mv < 0.0))
    return Sign("clockwise_rotation", all_of(before), values, LEADS[6:10], _qrs_window(measured))


def _long_qtc(measured: Measurements, sex: Sex | None) -> Sign:
    qtc = measured.qtc_bazett_ms
    sexes = (sex,) if sex else ("male", "female")
    beyond = {None if qtc is None else qtc > LONG_QTC_MS[each] for each in sexes}
    present = beyond.pop() if len(beyond) == 1 else None
    marks = measured.waves
    window = None if marks.qrs_onset is None or marks.t_end is None else (marks.qrs_onset, marks.t_end)
    return Sign("long_qtc", present, {"qtc_bazett_ms": qtc}, LEADS, window)
