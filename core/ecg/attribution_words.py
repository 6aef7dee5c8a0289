"""An attribution in plain sentences: the strongest stretch either way, and the named sign that it fits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.ecg.attribution import RESTING_BPM, SYSTEMS
from core.ecg.recording import LEADS
from core.text import text

if TYPE_CHECKING:
    from core.ecg.attribution import Attribution, Rate, Stretch
    from core.ecg.interpretation import Reading
    from core.ecg.signs import Sign

LEAST_SHARE = 0.15
"""A stretch with less than this share of all absolute values does not stand out."""

LEAST_EFFECT = 0.1
"""Nor does one that moves the log-odds by less: the odds by a tenth."""

LEAST_BPM = 10.0
"""A rate closer to ``RESTING_BPM`` than this is not worth a sentence."""

SHOWN_IN: dict[str, dict[str, tuple[str, ...]]] = {
    "t_inversion_v1_v4": {"t": ("V1", "V2", "V3", "V4")},
    "t_inversion_v1_v3": {"t": ("V1", "V2", "V3")},
    "t_inversion_v1_v2": {"t": ("V1", "V2")},
    "s1q3t3": {"qrs": ("I", "III"), "t": ("III",)},
    "s_in_i": {"qrs": ("I",)},
    "q_in_iii": {"qrs": ("III",)},
    "t_inversion_iii": {"t": ("III",)},
    "complete_rbbb": {"qrs": ("V1", "V2", "I", "V6")},
    "incomplete_rbbb": {"qrs": ("V1", "V2", "I", "V6")},
    "qr_in_v1": {"qrs": ("V1",)},
    "clockwise_rotation": {"qrs": ("V1", "V2", "V3", "V4")},
    "right_axis": {"qrs": ("I", "aVF")},
    "left_axis": {"qrs": ("I", "aVF")},
    "low_voltage": {"qrs": LEADS},
    "p_pulmonale": {"p": ("II",)},
    "st_elevation_avr": {"st": ("aVR",)},
}
"""Wave and leads in which each sign is seen; of signs that contain one another the widest stands first."""

_PART_OF = {
    "t_inversion_v1_v3": "t_inversion_v1_v4",
    "t_inversion_v1_v2": "t_inversion_v1_v3",
    "s_in_i": "s1q3t3",
    "q_in_iii": "s1q3t3",
    "t_inversion_iii": "s1q3t3",
}
_OPPOSED = ("t_inversion_v1_v4", "s1q3t3", "complete_rbbb", "p_pulmonale", "st_elevation_avr")
"""Signs of a strained right heart whose absence is worth a word where their place argues against embolism."""


_MOST_SIGNS = 2


@dataclass(frozen=True)
class Statement:
    """One sentence, still without a language.

    Attributes
    ----------
    kind
        ``support``, ``against``, ``rate`` or ``flat``.
    value
        Log-odds that the sentence speaks of; None for ``flat``.
    stretch
        Wave and leads of ``support`` and ``against``.
    rate
        Of ``rate``.
    signs
        Names of the signs that are there and fit.
    absent
        The sign that would be seen at this place and is not there.
    """

    kind: Literal["support", "against", "rate", "flat"]
    value: float | None = None
    stretch: Stretch | None = None
    rate: Rate | None = None
    signs: tuple[str, ...] = ()
    absent: str | None = None

    def say(self, language: str) -> str:
        """Return the sentence in ``"zh"`` or ``"en"``."""
        if self.kind == "flat":
            return text(language, "attribution.flat", percent=round(100 * LEAST_SHARE))
        factor = f"{math.exp(-(self.value or 0.0)):.2g}"
        if self.rate is not None:
            key = "rate_support" if self.rate.value > 0 else "rate_against"
            said = text(
                language,
                f"attribution.{key}",
                bpm=round(self.rate.bpm),
                rest=round(RESTING_BPM),
                factor=factor,
            )
        else:
            assert self.stretch is not None
            said = text(
                language,
                f"attribution.{self.kind}",
                wave=text(language, f"attribution.waves.{self.stretch.wave}"),
                leads=leads_said(self.stretch.leads, language),
                factor=factor,
            )
        return text(language, "attribution.sentence", said=said, fits=self._fits(language))

    def _fits(self, language: str) -> str:
        if self.absent:
            return text(language, "attribution.absent", sign=_quoted(self.absent, language))
        if not self.signs:
            return text(language, "attribution.no_sign") if self.kind == "support" else ""
        number = "one" if len(self.signs) == 1 else "many"
        between = text(language, "shared.separator")
        signs = between.join(_quoted(name, language) for name in self.signs)
        fits = "fits" if (self.value or 0.0) > 0 else "although"
        return text(language, f"attribution.{fits}_{number}", signs=signs)


def _quoted(sign: str, language: str) -> str:
    return text(language, "attribution.quoted", label=text(language, f"signs.{sign}.label"))


def statements(attribution: Attribution, reading: Reading) -> tuple[Statement, ...]:
    """What can be said of an attribution, the strongest first.

    Parameters
    ----------
    attribution
        Of the recording.
    reading
        Of the same recording; its signs are what stretches are tied to.
    """
    found: list[Statement] = []
    for kind, stretch in (("support", attribution.support), ("against", attribution.against)):
        if stretch is not None and stands_out(stretch):
            found.append(_of_stretch("support" if kind == "support" else "against", stretch, reading))
    rate = attribution.rate
    if rate is not None and abs(rate.value) >= LEAST_EFFECT and abs(rate.bpm - RESTING_BPM) >= LEAST_BPM:
        tachycardia = reading.signs.get("sinus_tachycardia")
        there = tachycardia is not None and tachycardia.present is True
        found.append(Statement("rate", rate.value, rate=rate, signs=("sinus_tachycardia",) if there else ()))
    if not any(each.kind in {"support", "against"} for each in found):
        found.append(Statement("flat"))
    return tuple(sorted(found, key=lambda each: -abs(each.value or 0.0)))


def sentences(attribution: Attribution, reading: Reading, language: str) -> list[str]:
    """``statements`` in one language."""
    return [each.say(language) for each in statements(attribution, reading)]


def stands_out(stretch: Stretch) -> bool:
    """Whether a stretch is worth a sentence.

    Its share of the map and its own effect must reach their limits, and both must point the same way: where taking
    the whole stretch out contradicts the sum of its leads, neither can be trusted.
    """
    return (
        stretch.share >= LEAST_SHARE
        and abs(stretch.effect) >= LEAST_EFFECT
        and (stretch.effect > 0) == (stretch.value > 0)
    )


def leads_said(leads: tuple[str, ...], language: str) -> str:
    """Leads in their order, neighbours of the chest as a run, all limb leads as such.

    Examples
    --------
    >>> leads_said(("I", "III", "V1", "V2", "V3", "V5"), "en")
    'I, III, V1–V3, V5'
    """
    if set(leads) == set(SYSTEMS["limb"]):
        return text(language, "attribution.limb_leads")
    runs: list[list[str]] = []
    for lead in sorted(leads, key=LEADS.index):
        if runs and lead.startswith("V") and LEADS.index(lead) == LEADS.index(runs[-1][-1]) + 1 > 6:
            runs[-1].append(lead)
        else:
            runs.append([lead])
    said = [run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    return text(language, "attribution.leads", leads=text(language, "shared.separator").join(said))


def _of_stretch(kind: Literal["support", "against"], stretch: Stretch, reading: Reading) -> Statement:
    here = sorted(
        (name for name, places in SHOWN_IN.items() if set(places.get(stretch.wave, ())) & set(stretch.leads)),
        key=lambda name: -_likeness(SHOWN_IN[name][stretch.wave], stretch.leads),
    )
    there = [name for name in here if _present(reading.signs, name) is True]
    fitting = tuple(name for name in there if not _widened(name, there))[:_MOST_SIGNS]
    absent = [name for name in here if name in _OPPOSED and _present(reading.signs, name) is False]
    missed = absent[0] if kind == "against" and absent and not fitting else None
    return Statement(kind, stretch.effect, stretch=stretch, signs=fitting, absent=missed)


def _likeness(leads: tuple[str, ...], others: tuple[str, ...]) -> float:
    """Leads that two sets share, of all leads in either (Jaccard)."""
    return len(set(leads) & set(others)) / len(set(leads) | set(others))


def _present(signs: dict[str, Sign], name: str) -> bool | None:
    sign = signs.get(name)
    return None if sign is None else sign.present


def _widened(name: str, there: list[str]) -> bool:
    """Whether a sign that contains this one is there too."""
    wider = _PART_OF.get(name)
    return wider is not None and (wider in there or _widened(wider, there))
