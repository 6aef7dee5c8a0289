"""Which signs a synthetic patient has, and what an ideal reader makes of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from core.ecg._simulator_settings import CLASSES, Settings, assumptions
from core.late import LateModule

if TYPE_CHECKING:
    import numpy as np

special = LateModule("scipy.special")


@dataclass(frozen=True)
class Signs:
    """Signs that are really in the waveform (definitions: clinical reference 3.4).

    Attributes
    ----------
    t_inversion
        Last lead of T inversion that starts in V1: 0 (none), 2, 3 or 4.
    tachycardia
        Rate above 100; with sinus rhythm it is sinus tachycardia.
    """

    tachycardia: bool = False
    s1q3t3: bool = False
    t_inversion: int = 0
    incomplete_rbbb: bool = False
    complete_rbbb: bool = False
    atrial_fibrillation: bool = False
    premature_beats: bool = False
    right_axis: bool = False
    p_pulmonale: bool = False
    low_voltage: bool = False

    def named(self) -> dict[str, bool]:
        """One yes or no a sign, T inversion nested by its reach."""
        flags: dict[str, bool] = {k: bool(v) for k, v in asdict(self).items() if k != "t_inversion"}
        reach = {f"t_inversion_v1_v{k}": self.t_inversion >= k for k in (2, 3, 4)}
        sinus = {"sinus_tachycardia": self.tachycardia and not self.atrial_fibrillation}
        return flags | reach | sinus


def is_severe(stratum: str, severity: float, settings: Settings) -> bool:
    """Whether an embolism stands among the severe share; a control never does."""
    return stratum != "control" and bool(severity > special.ndtri(1.0 - settings.severe_share))


def draw_signs(rng: np.random.Generator, of: str, heart_rate: float | None = None) -> Signs:
    """Draw the signs of one patient.

    Parameters
    ----------
    of
        ``control``, ``mild`` or ``severe``.
    heart_rate
        Where the rate is given, it says whether there is tachycardia.
    """
    u = rng.random(8)
    tachycardia = bool(u[0] < rate_of("tachycardia", of)) if heart_rate is None else heart_rate > 100
    s1q3t3 = bool(u[1] < rate_of("s1q3t3", of))
    reach = max((k for k in (2, 3, 4) if u[2] < rate_of(f"t_inversion_v1_v{k}", of)), default=0)
    complete = rate_of("complete_rbbb", of)
    fibrillation = rate_of("atrial_fibrillation", of)
    return Signs(
        tachycardia=tachycardia,
        s1q3t3=s1q3t3,
        t_inversion=reach,
        complete_rbbb=bool(u[3] < complete),
        incomplete_rbbb=bool(complete <= u[3] < complete + rate_of("incomplete_rbbb", of)),
        atrial_fibrillation=bool(u[4] < fibrillation),
        premature_beats=bool(fibrillation <= u[4] < fibrillation + rate_of("premature_beats", of)),
        right_axis=bool(u[5] < rate_of("right_axis", of)),
        p_pulmonale=bool(u[6] < rate_of("p_pulmonale", of)) and not u[4] < fibrillation,
        low_voltage=bool(u[7] < rate_of("low_voltage", of)) and not s1q3t3,
    )


def rate_of(sign: str, of: str) -> float:
    """Share of a class that has the sign."""
    return float(assumptions()["signs"][sign][of])


def ideal_reader(signs: Signs, settings: Settings | None = None, *, use_rate: bool = True) -> float:
    """P(embolism | signs) by the very rates that the signs were drawn with.

    Parameters
    ----------
    use_rate
        Whether tachycardia counts. Where the rate came from the health record its rates are not those of
        ``simulator.toml``, and the signs alone are judged.
    """
    settings = settings or Settings()
    control, mild, severe = sign_likelihoods(signs, use_rate=use_rate)
    pe = settings.severe_share * severe + (1 - settings.severe_share) * mild
    odds = settings.pe_share / (1 - settings.pe_share) * pe / control
    return float(odds / (1 + odds))


def sign_likelihoods(signs: Signs, *, use_rate: bool = True) -> tuple[float, float, float]:
    """Probability of exactly these signs without embolism, in a mild and in a severe one."""
    control, mild, severe = (_likelihood(signs, of, use_rate=use_rate) for of in CLASSES)
    return control, mild, severe


def _likelihood(signs: Signs, of: str, *, use_rate: bool) -> float:
    def has(name: str, present: bool) -> float:  # noqa: FBT001 - the sign's own yes or no
        return rate_of(name, of) if present else 1 - rate_of(name, of)

    product = has("tachycardia", signs.tachycardia) if use_rate else 1.0
    product *= has("s1q3t3", signs.s1q3t3) * has("right_axis", signs.right_axis)
    at_least = [1.0, *(rate_of(f"t_inversion_v1_v{k}", of) for k in (2, 3, 4)), 0.0]
    step = max(signs.t_inversion - 1, 0)
    product *= at_least[step] - at_least[step + 1]
    product *= _one_of(of, complete_rbbb=signs.complete_rbbb, incomplete_rbbb=signs.incomplete_rbbb)
    product *= _one_of(
        of, atrial_fibrillation=signs.atrial_fibrillation, premature_beats=signs.premature_beats
    )
    if not signs.atrial_fibrillation:
        product *= has("p_pulmonale", signs.p_pulmonale)
    if not signs.s1q3t3:
        product *= has("low_voltage", signs.low_voltage)
    return product


def _one_of(of: str, **present: bool) -> float:
    """Likelihood of signs that exclude one another."""
    for name, there in present.items():
        if there:
            return rate_of(name, of)
    return 1 - sum(rate_of(name, of) for name in present)
