"""Signs put into a beat's segments, and the check that no other sign came along (definitions: reference 3.4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg._simulator_signs import Signs

    Floats = NDArray[np.float64]

_I, _II, _V1 = 0, 1, 2
_RBBB_NATIVE_MS = 84.0
_LATE_HALF_MS = 34.0
_LATE_FORCE = np.array([-0.45, -0.10, 1.0, 0.55, 0.10, -0.25, -0.50, -0.55])
"""Late right ventricular force on I II V1 ... V6: forwards and to the right."""


@dataclass(frozen=True)
class Segments:
    """P, QRS and ST-T of one beat on their grids, (8, n) in mV.

    Attributes
    ----------
    summits
        Share of each segment's duration at which its summit stands.
    qrs_ms
        Where conduction to the right ventricle is late: duration of the rest of the QRS; else 0.
    late_mv
        Height of R' in V1 then.
    """

    p: Floats
    qrs: Floats
    t: Floats
    summits: dict[str, float]
    qrs_ms: float = 0.0
    late_mv: float = 0.0


def with_signs(
    segments: Segments, signs: Signs, size: dict[str, float], qrs_ms: float, *, strict: bool = True
) -> Segments | None:
    """Segments that show these signs and no others, or None where this shape cannot (``strict``)."""
    if strict and not _plausible(segments):
        return None
    qrs, t = segments.qrs.copy(), segments.t.copy()
    _turn_frontal(qrs, t, signs, size)
    _set_voltage(qrs, signs, size)
    if signs.s1q3t3:
        _add_s1q3t3(qrs, t, size)
    if signs.t_inversion:
        _invert_t(t, signs.t_inversion, size["t_inverted"])
    p = _sized_p(segments.p, signs, size)
    made = replace(segments, p=p, qrs=qrs, t=t)
    if signs.incomplete_rbbb or signs.complete_rbbb:
        kind = "complete" if signs.complete_rbbb else "incomplete"
        made = replace(made, qrs_ms=max(_RBBB_NATIVE_MS, 0.74 * qrs_ms), late_mv=size[f"r_prime_{kind}"])
        if strict and not _small_r_then_s(qrs[_V1]):
            return None
    return made if not strict or _as_asked(made, signs, qrs_ms) else None


def axis_of(lead_i: float, lead_ii: float) -> float:
    """Frontal axis in degrees from what leads I and II show."""
    return float(np.degrees(np.arctan2((2 * lead_ii - lead_i) / np.sqrt(3), lead_i)))


def with_late_force(qrs: Floats, segments: Segments, duration_ms: float) -> Floats:
    """QRS (1 sample a ms) lengthened by the late right ventricular force of a right bundle branch block."""
    n = int(duration_ms) + 1
    longer = np.zeros((8, n))
    kept = min(n, qrs.shape[1])
    longer[:, :kept] = qrs[:, :kept]
    longer[:, kept:] = qrs[:, -1:] * np.linspace(1, 0.3, n - kept)
    half = min((n - 60) / 2, _LATE_HALF_MS)
    middle = n - 6 - half
    bump = np.where(
        np.abs(np.arange(n) - middle) < half, np.cos(np.pi * (np.arange(n) - middle) / 2 / half) ** 2, 0
    )
    height = segments.late_mv - longer[_V1, int(middle)]
    late: Floats = longer + _LATE_FORCE[:, None] * max(height, 0.15) * bump
    return late


def _plausible(segments: Segments) -> bool:
    spans = np.ptp(segments.qrs, axis=1)
    p_ii = segments.p[_II]
    return bool(
        0.35 < spans.max() < 4.5
        and spans.min() > 0.12
        and p_ii.max() > max(0.05, -1.5 * p_ii.min())
        and 0.06 < np.abs(segments.t).max() < 1.4
    )


def _rotated(rows: Floats, degrees: float) -> None:
    """Turn what leads I and II show in the frontal plane, in place."""
    x, y = rows[_I].copy(), (2 * rows[_II] - rows[_I]) / np.sqrt(3)
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    rows[_I] = c * x - s * y
    rows[_II] = (np.sqrt(3) * (s * x + c * y) + rows[_I]) / 2


def _turn_frontal(qrs: Floats, t: Floats, signs: Signs, size: dict[str, float]) -> None:
    axis = axis_of(qrs[_I].sum(), qrs[_II].sum())
    if signs.right_axis:
        turn = size["right_axis_deg"] - axis
        _rotated(qrs, turn)
        _rotated(t, float(np.clip(0.25 * turn, -25, 25)))


def _limb(qrs: Floats) -> Floats:
    i, ii = qrs[_I], qrs[_II]
    return np.array([i, ii, ii - i, -(i + ii) / 2, i - ii / 2, ii - i / 2])


def _set_voltage(qrs: Floats, signs: Signs, size: dict[str, float]) -> None:
    largest = float(np.ptp(_limb(qrs), axis=1).max())
    if signs.low_voltage:
        qrs[: _II + 1] *= size["low_voltage"] / largest
    elif largest < 0.62:
        qrs[: _II + 1] *= 0.62 / largest
    chest = float(np.ptp(qrs[_V1:], axis=1).max())
    if chest < 1.15 and not signs.low_voltage:
        qrs[_V1:] *= 1.15 / chest


def _bump(n: int, middle: float, half: float) -> Floats:
    """Raised cosine on a grid from 0 to 1."""
    away = (np.linspace(0, 1, n) - middle) / half
    bump: Floats = np.where(np.abs(away) < 1, np.cos(np.pi * away / 2) ** 2, 0.0)
    return bump


def _add_s1q3t3(qrs: Floats, t: Floats, size: dict[str, float]) -> None:
    """Early force up and to the left (Q in III), late force down and to the right (S in I), T away from III."""
    up_left, down_right = np.array([0.77, -0.17]), np.array([-0.87, 0.0])
    early, late = _bump(qrs.shape[1], 0.24, 0.17), _bump(qrs.shape[1], 0.74, 0.20)
    for _ in range(3):
        third = qrs[_II] - qrs[_I]
        deep = third[: int(0.42 * qrs.shape[1])].min()
        rise = third[: int(0.30 * qrs.shape[1])].max()
        qrs[:2] += up_left[:, None] * early * max(size["q_in_iii"] + deep, 1.3 * rise, 0.0) / 0.94
        after = qrs[_I][int(0.45 * qrs.shape[1]) :].min()
        qrs[:2] += down_right[:, None] * late * max(size["s_in_i"] + after, 0.0) / 0.87
    hump = _bump(t.shape[1], 0.62, 0.38)
    third = t[_II] - t[_I]
    summit = int(0.62 * t.shape[1])
    push = max(third[summit] - size["t_in_iii"], 0.0)
    t[:2] += up_left[:, None] * hump * push / 0.94


def _invert_t(t: Floats, reach: int, depth: float) -> None:
    """T of V1 to V``reach`` made negative, deepest before the last of them."""
    n = t.shape[1]
    hump = _bump(n, 0.60, 0.40)
    keep = 1 - np.clip((np.linspace(0, 1, n) - 0.05) / 0.30, 0, 1)
    profile = np.interp(np.arange(reach), [0, max(reach - 2, 0.5), reach - 1 + 1e-6], [0.75, 1.0, 0.8])
    for k in range(reach):
        row = t[_V1 + k]
        row[:] = row * keep - max(depth * profile[k], 0.125) * hump


def _sized_p(p: Floats, signs: Signs, size: dict[str, float]) -> Floats:
    height = float(p[_II].max())
    factor = size["p_pulmonale"] / height if signs.p_pulmonale else min(1.0, 0.20 / height)
    return p * factor


def _small_r_then_s(v1: Floats) -> bool:
    half = v1[: int(0.6 * v1.size)]
    top = int(np.argmax(half))
    return bool(half[top] > 0.06 and -1.1 < v1[top:].min() < -0.10)


def _as_asked(made: Segments, signs: Signs, qrs_ms: float) -> bool:
    """Whether the made beat shows exactly the signs drawn."""
    axis = axis_of(*_frontal_area(made, qrs_ms))
    if not (92 < axis < 155 if signs.right_axis else -88 < axis < 84):
        return False
    reach = t_reach(made.t, -0.08)
    if reach != signs.t_inversion and not (signs.t_inversion == 0 and reach <= 1):
        return False
    span = float(np.ptp(_limb(made.qrs), axis=1).max())
    if signs.low_voltage != (span < 0.5):
        return False
    s_one, q_three, t_three = s1q3t3_sizes(made.qrs, made.t)
    if signs.s1q3t3:
        return min(s_one, q_three) > 0.17 and t_three < -0.11
    return min(s_one, q_three) < 0.11 or t_three > -0.07


def _frontal_area(made: Segments, qrs_ms: float) -> Floats:
    """Area of the QRS in I and II (mV ms), the late force with it."""
    step = ((made.qrs_ms or qrs_ms) + 16) / made.qrs.shape[1]
    late = _LATE_FORCE[:2] * (made.late_mv + 0.1) * _LATE_HALF_MS if made.qrs_ms else 0.0
    area: Floats = made.qrs[:2].sum(axis=1) * step + late
    return area


def t_reach(t: Floats, below: float) -> int:
    """Last precordial lead of T inversion that starts in V1 and does not break off (0: none)."""
    late = t[_V1:, int(0.25 * t.shape[1]) :]
    inverted = late.min(axis=1) <= below
    return int(np.argmin(np.append(inverted, False)))


def s1q3t3_sizes(qrs: Floats, t: Floats) -> tuple[float, float, float]:
    """Depth of S in I and of Q (or QS) in III, and T in III, mV."""
    one, three = qrs[_I], qrs[_II] - qrs[_I]
    s = -float(one[int(np.argmax(one)) :].min())
    top = int(np.argmax(three))
    before = three[: top + 1] if three.max() > 0.05 else three
    low = int(np.argmin(before))
    q = -float(before[low]) if before[: low + 1].max() < 0.015 else 0.0
    late = (t[_II] - t[_I])[int(0.25 * t.shape[1]) :]
    return s, q, float(late[np.argmax(np.abs(late))])
