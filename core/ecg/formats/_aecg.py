"""HL7 annotated ECG (aECG): leads as lists of whole numbers with an origin and a scale.

Format: ANSI/HL7 V3 ECG R1-2004 (R2009); lead names from ISO/IEEE 11073-10101.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.ecg.formats._limits import damaged, number, numbers_in, required
from core.ecg.formats._raw import Channel, Raw
from core.ecg.formats._upload import shown
from core.ecg.formats._xml import attribute, text_at
from core.errors import RecordingError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6}
_STATED = {
    "MDC_ECG_HEART_RATE": "heart_rate_bpm",
    "MDC_ECG_TIME_PD_PR": "pr_ms",
    "MDC_ECG_TIME_PD_QRS": "qrs_ms",
    "MDC_ECG_TIME_PD_QT": "qt_ms",
    "MDC_ECG_TIME_PD_QTc": "qtc_ms",
    "MDC_ECG_ANGLE_QRS_FRONT": "axis_deg",
}
_SEXES = {"M": "male", "F": "female"}


def read_aecg(root: Element, file: str) -> Raw:
    """Read the rhythm of an ``AnnotatedECG`` document; the representative beat is left aside.

    Raises
    ------
    RecordingError
        There is none, or its samples are damaged.
    """
    sets = root.findall("component/series/component/sequenceSet")
    if not sets:
        raise RecordingError("errors_recording.no_rhythm", file=file, format="aECG")
    rhythm = max(sets, key=lambda found: len(found.findall("component/sequence")))
    rate, channels = None, []
    for sequence in rhythm.findall("component/sequence"):
        code = attribute(_child(sequence, "code", file), "code")
        value = _child(sequence, "value", file)
        if code.startswith("TIME_"):
            rate = _rate(value, file)
        else:
            channels.append(_channel(code, value, file))
    return Raw("aecg", tuple(channels), rate, stated=_stated(root))


def _child(element: Element, name: str, file: str) -> Element:
    found = element.find(name)
    if found is None:
        raise damaged(file, "aECG", name)
    return found


def _rate(value: Element, file: str) -> float:
    step = _child(value, "increment", file)
    seconds = required(attribute(step, "value"), file, "aECG", "increment", least=1e-9)
    unit = _SECONDS.get(attribute(step, "unit").lower() or "s")
    if unit is None:
        raise damaged(file, "aECG", "increment unit")
    rate = 1 / (seconds * unit)
    return float(round(rate)) if abs(rate - round(rate)) < 1e-3 else rate


def _channel(code: str, value: Element, file: str) -> Channel:
    scale = _child(value, "scale", file)
    origin = value.find("origin")
    step = required(attribute(scale, "value"), file, "aECG", f"{code} scale")
    zero = number(attribute(origin, "value")) if origin is not None else 0.0
    samples = numbers_in(text_at(value, "digits"), file, "aECG", code) * step + (zero or 0.0)
    return Channel(code, samples, attribute(scale, "unit") or None)


def _stated(root: Element) -> dict[str, float | str]:
    stated: dict[str, float | str] = {}
    for annotation in root.iter("annotation"):
        code, value = annotation.find("code"), annotation.find("value")
        name = _STATED.get(attribute(code, "code")) if code is not None else None
        found = number(attribute(value, "value")) if value is not None else None
        if name and found is not None and name not in stated:
            in_seconds = value is not None and attribute(value, "unit") == "s" and name.endswith("_ms")
            stated[name] = found * 1000 if in_seconds else found
    for sex in root.iter("administrativeGenderCode"):
        stated["sex"] = _SEXES.get(attribute(sex, "code").upper(), "unknown")
    texts = [
        text_at(annotation, "value")
        for annotation in root.iter("annotation")
        if "INTERPRETATION_STATEMENT"
        in "".join(attribute(code, "code") for code in annotation.findall("code"))
    ]
    if any(texts):
        stated["diagnoses"] = shown("; ".join(text for text in texts if text), 500)
    return stated
