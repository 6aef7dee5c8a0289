"""Lead names in their many spellings, and the order of channels that carry no name."""

from __future__ import annotations

import re
import unicodedata

from core.ecg.recording import LEADS

# EN 1064 table of lead codes; DICOM and ISO 11073 use the same numbers ("2:61", "5.6.3-9-61")
LEAD_CODES = {
    **dict(zip((1, 2, 61, 62, 63, 64), LEADS[:6], strict=True)),
    **dict(zip(range(3, 9), LEADS[6:], strict=True)),
}
_BY_COUNT = {8: ("I", "II", *LEADS[6:]), 12: LEADS, 15: LEADS}
_FILLERS = {"LEAD", "ECG", "EKG", "REF", "EINTHOVEN", "GOLDBERGER", "WILSON", "CHANNEL", "CHAN", "MDC", "DER"}
_NAMES = {
    **{lead.upper(): lead for lead in LEADS},
    **{f"ML{lead}": lead for lead in LEADS[:3]},
    # Spanish, Portuguese, French and Italian exports
    **{f"D{lead}": lead for lead in LEADS[:3]},
    **{f"D{number}": lead for number, lead in enumerate(LEADS[:3], 1)},
    **{f"L{number}": lead for number, lead in enumerate(LEADS[:3], 1)},
    **{f"C{number}": f"V{number}" for number in range(1, 7)},
    **{f"V{letter}": f"aV{letter}" for letter in "RLF"},
}


def lead_of(label: str) -> str | None:
    """Name of a lead as ``LEADS`` writes it.

    Examples
    --------
    >>> [lead_of(label) for label in ("Lead I (Einthoven)", "MDC_ECG_LEAD_AVR", "v1-REF", "II导联", "V8")]
    ['I', 'aVR', 'V1', 'II', None]
    """
    text = unicodedata.normalize("NFKC", label).upper().replace("导联", " ").strip()
    if text.startswith("-") or len(text) > 80:
        return None
    words = [word for word in re.split(r"[^A-Z0-9]+", text) if word and word not in _FILLERS]
    name = "".join(words)
    for prefix in ("", "ECG", "EKG", "LEAD"):
        if prefix and not name.startswith(prefix):
            continue
        if (lead := _NAMES.get(name.removeprefix(prefix))) is not None:
            return lead
    return None


def lead_of_code(code: str) -> str | None:
    """Lead of a DICOM or ISO 11073 channel code, whose last number is that of EN 1064."""
    found = re.fullmatch(r"(?:2:|5\.6\.3-9-|131\s*:?\s*)?(\d{1,3})", code.strip())
    return LEAD_CODES.get(int(found.group(1))) if found else None


def leads_by_order(n_channels: int) -> tuple[str, ...] | None:
    """Leads of channels without names: eight, twelve or fifteen of them have a usual order."""
    return _BY_COUNT.get(n_channels)
