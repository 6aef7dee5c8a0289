"""Example files in XML: HL7 aECG, and the part of GE MUSE that carries the waveform."""

from __future__ import annotations

import base64
import zlib
from typing import TYPE_CHECKING

from core.ecg.formats._write_devices import microvolts

if TYPE_CHECKING:
    from core.ecg.recording import Recording

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_STORED = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")


def write_aecg(recording: Recording, stem: str) -> dict[str, bytes]:
    """Rhythm of an annotated ECG, whole microvolts."""
    time = (
        '<component><sequence><code code="TIME_RELATIVE"/><value xsi:type="GLIST_PQ">'
        f'<head value="0" unit="s"/><increment value="{1 / recording.rate_hz:.10g}" unit="s"/>'
        "</value></sequence></component>\n"
    )
    leads = "".join(
        f'<component><sequence><code code="MDC_ECG_LEAD_{lead}"/><value xsi:type="SLIST_PQ">'
        '<origin value="0" unit="uV"/><scale value="1" unit="uV"/>'
        f"<digits>{' '.join(map(str, row.tolist()))}</digits></value></sequence></component>\n"
        for lead, row in zip(recording.present, microvolts(recording), strict=True)
    )
    document = (
        f'{_HEAD}<AnnotatedECG xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        '<code code="93000"/>\n<component><series><code code="RHYTHM"/><component><sequenceSet>\n'
        f"{time}{leads}</sequenceSet></component></series></component>\n</AnnotatedECG>\n"
    )
    return {f"{stem}-aecg.xml": document.encode()}


def write_muse(recording: Recording, stem: str) -> dict[str, bytes]:
    """Eight stored leads, as carts export them; the other limb leads follow from I and II."""
    stored = tuple(lead for lead in _STORED if lead in recording.present)
    leads = []
    for lead, row in zip(stored, microvolts(recording, stored), strict=True):
        data = row.tobytes()
        leads.append(
            f"<LeadData><LeadByteCountTotal>{len(data)}</LeadByteCountTotal>"
            f"<LeadSampleCountTotal>{row.size}</LeadSampleCountTotal>"
            "<LeadAmplitudeUnitsPerBit>1</LeadAmplitudeUnitsPerBit>"
            "<LeadAmplitudeUnits>MICROVOLTS</LeadAmplitudeUnits>"
            f"<LeadID>{lead}</LeadID><LeadSampleSize>2</LeadSampleSize>"
            f"<LeadDataCRC32>{zlib.crc32(data)}</LeadDataCRC32>"
            f"<WaveFormData>{base64.b64encode(data).decode()}</WaveFormData></LeadData>\n"
        )
    document = (
        f"{_HEAD}<RestingECG><Waveform><WaveformType>Rhythm</WaveformType>"
        f"<NumberofLeads>{len(stored)}</NumberofLeads>"
        f"<SampleBase>{recording.rate_hz:g}</SampleBase><SampleExponent>0</SampleExponent>\n"
        f"{''.join(leads)}</Waveform></RestingECG>\n"
    )
    return {f"{stem}-muse.xml": document.encode()}
