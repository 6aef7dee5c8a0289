"""Three synthetic patients to look at: signs of severe embolism, embolism without a sign, no embolism."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.ecg.simulator import Signs, Simulated

SEX = "female"
_SEED = 20_260_101
_MOST_TRIED = 5_000


@dataclass(frozen=True)
class Demonstration:
    """Whom the simulator is asked for.

    Attributes
    ----------
    name
        Key under ``[demonstrations]`` in ``pages_ecg.toml``.
    stratum, severity
        As ``core.ecg.simulator.simulate`` takes them.
    fits
        Which of the drawn signs make the patient the one that is meant.
    """

    name: str
    stratum: str
    severity: float
    fits: Callable[[Signs], bool]


def _typical(signs: Signs) -> bool:
    clear = signs.tachycardia and signs.s1q3t3 and signs.t_inversion >= 3
    return clear and not (signs.atrial_fibrillation or signs.premature_beats or signs.complete_rbbb)


def _without_signs(signs: Signs) -> bool:
    return not any(signs.named().values())


DEMONSTRATIONS = {
    each.name: each
    for each in (
        Demonstration("typical", "high", 1.5, _typical),
        Demonstration("silent", "other", -1.0, _without_signs),
        Demonstration("control", "control", 0.0, _without_signs),
    )
}


def demonstration(name: str) -> Simulated:
    """Make a demonstration patient's recording: the first that fits, in the order of the simulator's numbers.

    Raises
    ------
    KeyError
        No such demonstration.
    LookupError
        The simulator draws none that fits: its sign rates have changed beyond recognition.
    """
    from core.ecg.simulator import draw_truth, simulate

    wanted = DEMONSTRATIONS[name]
    for number in range(_MOST_TRIED):
        signs, _ = draw_truth(_SEED, number, stratum=wanted.stratum, severity=wanted.severity)
        if wanted.fits(signs):
            return simulate(_SEED, number, stratum=wanted.stratum, severity=wanted.severity, sex=SEX)
    raise LookupError(name)
