"""From the channels of a file to a recording: leads in their order, in mV, within the limits of what can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.ecg.formats._leads import lead_of, leads_by_order
from core.ecg.formats._limits import MAX_MINUTES, number
from core.ecg.formats._samples import bridge_gaps, check_amplitude, trim_ends
from core.ecg.formats._units import MILLIVOLTS, fitting_unit, unit_of
from core.ecg.formats._upload import shown
from core.ecg.recording import LEADS, Assumption, Recording
from core.errors import RecordingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg.formats._raw import Channel, Raw

LEAST_RATE_HZ, MOST_RATE_HZ = 100.0, 32_000.0
LEAST_SECONDS = 2.0
LEAST_LEADS = 6
ASSUMED_RATE_HZ = 500.0


def assemble(raw: Raw, file: str, unit: str | None, rate_hz: float | None) -> Recording:
    """Make a recording of what a format reader found.

    Parameters
    ----------
    unit, rate_hz
        What the user says; it goes before what the file states, and a contradiction is said.

    Raises
    ------
    RecordingError
        Too few leads, too short, too slow, constant, not finite, or of no heart's amplitude.
    """
    said = list(raw.assumptions)
    leads = _named(raw, file, said)
    _check_shape(leads, file)
    rate = _rate(raw, rate_hz, file, said)
    table = trim_ends(np.stack([channel.samples for channel in leads.values()]))
    _check_length(table.shape[1], rate, file)
    for lead, row in zip(leads, table, strict=True):
        if np.isinf(row).any():
            raise RecordingError("errors_recording.infinite", file=file, lead=lead)
    present = {lead: row for lead, row in zip(leads, table, strict=True) if not np.isnan(row).all()}
    present = bridge_gaps(present, rate, file, said)
    _check_count(present, file)
    scaled = _in_millivolts(present, leads, unit, file, said)
    check_amplitude(scaled, file)
    _derive(scaled, said)
    missing = [lead for lead in LEADS if lead not in scaled]
    if missing:
        said.append(Assumption("recording.leads_missing", {"leads": ", ".join(missing)}))
    signal = np.full((len(LEADS), table.shape[1]), np.nan, dtype=np.float32)
    for lead, row in scaled.items():
        signal[LEADS.index(lead)] = row
    return Recording(signal, rate, raw.format, tuple(said))


def _named(raw: Raw, file: str, said: list[Assumption]) -> dict[str, Channel]:
    """Channels by lead: by their names, or by their order where none has a lead's name."""
    leads: dict[str, Channel] = {}
    others, twice = [], []
    for channel in raw.channels:
        lead = lead_of(channel.label)
        if lead is None:
            others.append(channel.label)
        elif lead in leads:
            twice.append(lead)
        else:
            leads[lead] = channel
    if not leads and (order := leads_by_order(len(raw.channels))):
        said.append(Assumption("recording.leads_by_order", {"leads": ", ".join(order)}))
        return dict(zip(order, raw.channels, strict=False))
    if not leads:
        raise RecordingError(
            "errors_recording.no_leads", file=file, n=len(raw.channels), found=_listed(others)
        )
    if others:
        said.append(Assumption("recording.left_out", {"n": len(others), "names": _listed(others)}))
    if twice:
        said.append(Assumption("recording.lead_twice", {"leads": ", ".join(dict.fromkeys(twice))}))
    return leads


def _check_shape(leads: dict[str, Channel], file: str) -> None:
    lengths = {len(channel.samples) for channel in leads.values()}
    if len(lengths) > 1:
        raise RecordingError("errors_recording.unequal", file=file, least=min(lengths), most=max(lengths))


def _rate(raw: Raw, given: float | None, file: str, said: list[Assumption]) -> float:
    stated = raw.rate_hz
    if given is not None:
        rate = float(given)
        if stated is not None and abs(stated - rate) > 1e-3 * rate:
            values: dict[str, object] = {"stated": f"{stated:g}", "given": f"{rate:g}"}
            said.append(Assumption("recording.rate_overruled", values))
    elif stated is not None:
        rate = stated
    else:
        rate = ASSUMED_RATE_HZ
        said.append(Assumption("recording.rate_assumed", {"rate": f"{rate:g}"}))
    if number(rate) is None or not LEAST_RATE_HZ <= rate <= MOST_RATE_HZ:
        raise RecordingError(
            "errors_recording.rate",
            file=file,
            found=f"{rate:g}",
            least=f"{LEAST_RATE_HZ:g}",
            most=f"{MOST_RATE_HZ:g}",
        )
    return rate


def _check_length(n_samples: int, rate: float, file: str) -> None:
    seconds = n_samples / rate
    if seconds < LEAST_SECONDS:
        raise RecordingError(
            "errors_recording.too_short", file=file, seconds=f"{seconds:.2f}", least=f"{LEAST_SECONDS:g}"
        )
    if seconds > 60 * MAX_MINUTES:
        raise RecordingError(
            "errors_recording.too_long", file=file, minutes=round(seconds / 60), limit=MAX_MINUTES
        )


def _check_count(present: dict[str, NDArray[np.float64]], file: str) -> None:
    moving = [lead for lead, row in present.items() if (row != row[0]).any()]
    if present and not moving:
        raise RecordingError("errors_recording.constant", file=file)
    if len(moving) < LEAST_LEADS:
        raise RecordingError(
            "errors_recording.too_few",
            file=file, n=len(moving), least=LEAST_LEADS, leads=", ".join(moving) or "–",
        )  # fmt: skip


def _in_millivolts(
    present: dict[str, NDArray[np.float64]],
    leads: dict[str, Channel],
    given: str | None,
    file: str,
    said: list[Assumption],
) -> dict[str, NDArray[np.float64]]:
    stated = {lead: unit_of(leads[lead].unit) for lead in present}
    if given is not None:
        unit = unit_of(given)
        if unit is None:
            known = ", ".join(MILLIVOLTS)
            raise RecordingError("errors_recording.unit", file=file, found=shown(given, 20), known=known)
        contradicted = sorted({other for other in stated.values() if other not in {None, unit}}, key=str)
        if contradicted:
            values: dict[str, object] = {"stated": ", ".join(map(str, contradicted)), "given": unit}
            said.append(Assumption("recording.unit_overruled", values))
        return {lead: row * MILLIVOLTS[unit] for lead, row in present.items()}
    silent = [present[lead] for lead, unit in stated.items() if unit is None]
    guess = fitting_unit(silent) if silent else None
    if silent and guess is None:
        raise RecordingError("errors_recording.unit_unclear", file=file, known=", ".join(MILLIVOLTS))
    if silent:
        said.append(Assumption("recording.unit_guessed", {"unit": guess}))
    return {lead: row * MILLIVOLTS[stated[lead] or guess or "mV"] for lead, row in present.items()}


def _derive(leads: dict[str, NDArray[np.float64]], said: list[Assumption]) -> None:
    """Add what limb leads follow from two of I, II and III (Einthoven, Goldberger)."""
    missing = [lead for lead in LEADS[:6] if lead not in leads]
    known = [lead for lead in LEADS[:3] if lead in leads]
    if not missing or len(known) < 2:
        return
    one = leads["I"] if "I" in leads else leads["II"] - leads["III"]
    two = leads["II"] if "II" in leads else one + leads["III"]
    formulas = {
        "I": one,
        "II": two,
        "III": two - one,
        "aVR": -(one + two) / 2,
        "aVL": one - two / 2,
        "aVF": two - one / 2,
    }
    leads.update({lead: formulas[lead] for lead in missing})
    values: dict[str, object] = {"leads": ", ".join(missing), "sources": ", ".join(known[:2])}
    said.append(Assumption("recording.leads_derived", values))


def _listed(names: list[str]) -> str:
    return shown(", ".join(name or "–" for name in names), 60)
