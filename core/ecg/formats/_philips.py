"""Philips Sierra XML, versions 1.03 and 1.04: twelve leads, usually packed, with a calibration tail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.ecg.formats._limits import (
    MAX_CHANNELS,
    MAX_MINUTES,
    check_length,
    from_base64,
    number,
    numbers_in,
    required,
)
from core.ecg.formats._philips_xli import unpack_xli
from core.ecg.formats._raw import Channel, Raw
from core.ecg.formats._upload import shown
from core.ecg.formats._xml import attribute, text_at
from core.ecg.recording import LEADS, Assumption
from core.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

    from numpy.typing import NDArray

_TAIL_FROM_S, _WITH_TAIL_S = 10.0, 11.0
_STATED = {
    "heart_rate_bpm": ("heartrate", "meanventrate"),
    "pr_ms": ("print", "meanprint"),
    "qrs_ms": ("qrsdur", "meanqrsdur"),
    "qt_ms": ("qtint", "meanqtint"),
    "qtc_ms": ("qtcb", "meanqtc"),
    "qtc_fridericia_ms": ("qtcf",),
    "axis_deg": ("qrsfrontaxis",),
    "p_axis_deg": ("pfrontaxis",),
    "t_axis_deg": ("tfrontaxis",),
}


def read_philips(root: Element, file: str) -> Raw:
    """Read the parsed waveforms of a ``restingecgdata`` document.

    Raises
    ------
    RecordingError
        There are none, or their samples are damaged.
    """
    waves = root.find("waveforms/parsedwaveforms")
    if waves is None:
        raise RecordingError("errors_recording.no_rhythm", file=file, format="Philips")
    signs = root.find("dataacquisition/signalcharacteristics")
    rate_text = attribute(waves, "samplespersecond") or text_at(signs, "samplingrate")
    rate = required(rate_text, file, "Philips", "samplingrate", least=1)
    resolution_text = (
        attribute(waves, "resolution") or text_at(signs, "signalresolution") or text_at(signs, "resolution")
    )
    resolution = required(resolution_text, file, "Philips", "resolution", least=1e-6)
    offset = number(attribute(waves, "signaloffset") or text_at(signs, "signaloffset") or 0) or 0.0
    milliseconds = required(
        attribute(waves, "durationperchannel"), file, "Philips", "durationperchannel", least=1
    )
    if milliseconds > MAX_MINUTES * 60_000 or rate > 1e5:
        raise RecordingError(
            "errors_recording.too_long", file=file, minutes=round(milliseconds / 60_000), limit=MAX_MINUTES
        )
    labels = _labels(root, waves, signs)
    leads = _leads(waves, round(milliseconds / 1000 * rate), len(labels), file)
    kept = leads
    assumptions: tuple[Assumption, ...] = ()
    if milliseconds == 1000 * _WITH_TAIL_S:
        kept = [lead[: round(_TAIL_FROM_S * rate)] for lead in leads]
        assumptions = (Assumption("recording.tail_cut", {"seconds": f"{_WITH_TAIL_S - _TAIL_FROM_S:g}"}),)
    channels = tuple(
        Channel(label, (lead - offset) * resolution, "µV") for label, lead in zip(labels, kept, strict=True)
    )
    return Raw("philips", channels, rate, assumptions, _stated(root))


def _labels(root: Element, waves: Element, signs: Element | None) -> list[str]:
    given = attribute(waves, "leadlabels") or text_at(
        root, "reportinfo/reportformat/waveformformat/mainwaveformformat"
    )
    count = number(attribute(waves, "numberofleads") or text_at(signs, "numberchannelsvalid"), least=1)
    labels = given.split() or list(LEADS)
    return labels[: int(min(count, MAX_CHANNELS))] if count else labels


def _leads(waves: Element, n_samples: int, n_leads: int, file: str) -> list[NDArray[np.float64]]:
    packing = (attribute(waves, "compression") or attribute(waves, "compressmethod")).upper()
    packed = packing == "XLI" and attribute(waves, "compressflag").lower() != "false"
    if packing not in {"", "XLI", "UNCOMPRESSED", "NONE"}:
        raise RecordingError("errors_recording.packing", file=file, format="Philips", found=shown(packing))
    if attribute(waves, "dataencoding").lower() == "plain":
        samples = numbers_in("".join(waves.itertext()).replace(",", " "), file, "Philips", "parsedwaveforms")
        check_length(file, "Philips", n_samples * n_leads, samples.size)
        return list(samples.reshape(n_leads, n_samples))
    data = from_base64("".join(waves.itertext()), file, "Philips", "parsedwaveforms")
    if not packed:
        check_length(file, "Philips", 2 * n_samples * n_leads, len(data))
        return list(np.frombuffer(data, dtype="<i2").reshape(n_leads, n_samples).astype(np.float64))
    # the best packing there is gains less than a factor of 400: a claim beyond that is never unpacked
    check_length(file, "Philips", 0, max(0, n_samples * n_leads - 400 * len(data)))
    # some carts pack channels behind the leads that their header does not count
    leads = unpack_xli(data, n_samples, n_leads, file)
    check_length(file, "Philips", n_leads, len(leads))
    return [lead.astype(np.float64) for lead in _undo_differences(leads)]


def _undo_differences(leads: Sequence[NDArray[np.int32]]) -> list[NDArray[np.int32]]:
    """Leads III to aVF are stored as what is left of them after prediction from I and II."""
    one, two, *rest = leads
    if len(rest) < 4:
        return list(leads)
    three = two - one - rest[0]
    right = -rest[1] - (one + two) // 2
    left = (one - three) // 2 - rest[2]
    foot = (two + three) // 2 - rest[3]
    return [one, two, three, right, left, foot, *rest[4:]]


def _stated(root: Element) -> dict[str, float | str]:
    places = (
        root.find("interpretations/interpretation/globalmeasurements"),
        root.find("interpretations/interpretation/interpretationmeasurements"),
        root.find("internalmeasurements/crossleadmeasurements"),
        root.find("measurements/globalmeasurements"),
    )
    stated: dict[str, float | str] = {}
    for name, tags in _STATED.items():
        for value in (number(text_at(place, tag)) for place in places for tag in tags):
            if value is not None:
                stated.setdefault(name, value)
    patient = root.find("patient/generalpatientdata")
    if (age := number(text_at(patient, "age/years"), least=0)) is not None:
        stated["age"] = age
    if sex := text_at(patient, "sex").lower():
        stated["sex"] = sex if sex in {"male", "female"} else "unknown"
    lines = [
        text_at(line, "leftstatement") for line in root.findall("interpretations/interpretation/statement")
    ]
    if any(lines):
        stated["diagnoses"] = shown("; ".join(line for line in lines if line), 500)
    return stated
