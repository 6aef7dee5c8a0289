"""Real recordings for tests, with what their files state about them; tests skip where the data is not there."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.ecg.reading import read_recording

if TYPE_CHECKING:
    from core.ecg.recording import Recording

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(
    not (DATA / "ecg-vendor").is_dir(), reason="real recordings are not at ../shared/data"
)
PHILIPS = ("129DYPRG.XML", "2020-5-18_15-48-11.xml")


@dataclass(frozen=True)
class Stated:
    """What a maker's machine measured, as its file states it."""

    rate_bpm: float
    pr_ms: float
    qrs_ms: float
    qt_ms: float
    axes_deg: tuple[float, float, float]


def vendor_recordings() -> dict[str, tuple[Recording, Stated]]:
    """The four vendor files by name, with P, QRS and T axis among what is stated."""
    folder = DATA / "ecg-vendor"
    stated = {"muse-example1.xml": _muse(folder), "waveform_ecg.dcm": _dicom(folder)}
    stated |= {name: _philips(folder / name) for name in PHILIPS}
    return {name: (read_recording(folder / name), each) for name, each in stated.items()}


def labelled_recordings() -> dict[str, tuple[Recording, set[str], str]]:
    """The WFDB records with their SNOMED codes and sex; E07510 is E07509 once more and left out."""
    found = {}
    for path in sorted((DATA / "ecg-wfdb").glob("*.hea")):
        text = path.read_text(encoding="utf-8")
        codes = set(re.search(r"Dx: *([\d,]+)", text)[1].split(","))
        sex = re.search(r"Sex: *(\w+)", text)[1].lower()
        if path.stem != "E07510":
            found[path.stem] = (read_recording(path), codes, sex)
    return found


def philips_leads(name: str) -> dict[str, dict[str, float]]:
    """Amplitudes in mV by lead and wave as a Philips file states them."""
    leads = {}
    for node in _tree(DATA / "ecg-vendor" / name).iter():
        if node.tag.endswith("leadmeasurement"):
            values = {child.tag.split("}")[-1]: child.text for child in node}
            leads[node.get("leadname")] = {
                wave: float(values[f"{wave}amp"]) / 1000
                for wave in ("q", "r", "s", "t")
                if re.fullmatch(r"-?\d+", values.get(f"{wave}amp") or "")
            }
    return leads


def _muse(folder: Path) -> Stated:
    text = (folder / "muse-example1.xml").read_text(encoding="latin-1")
    names = ("VentricularRate", "PRInterval", "QRSDuration", "QTInterval", "PAxis", "RAxis", "TAxis")
    values = [float(re.search(rf"<{name}>(-?\d+)<", text)[1]) for name in names]
    return Stated(*values[:4], tuple(values[4:]))


def _philips(path: Path) -> Stated:
    names = (
        "meanventrate",
        "meanprint",
        "meanqrsdur",
        "meanqtint",
        "pfrontaxis",
        "qrsfrontaxis",
        "tfrontaxis",
    )
    values = {}
    for node in _tree(path).iter():
        values.setdefault(node.tag.split("}")[-1], node.text)
    numbers = [float(values[name]) for name in names]
    return Stated(*numbers[:4], tuple(numbers[4:]))


def _dicom(folder: Path) -> Stated:
    content = (folder / "waveform_ecg.dcm").read_bytes()

    def value(name: bytes) -> float:
        return float(
            re.search(name + rb"\s*\xfe\xff.{0,80}?\x40\x00\x0a\xa3DS..([\d. -]+)", content, re.DOTALL)[1]
        )

    axes = tuple(value(name) for name in (rb"P Axis", rb"QRS Axis", rb"T Axis"))
    return Stated(
        60000 / value(rb"RR Interval"),
        value(rb"PR Interval"),
        value(rb"QRS Duration"),
        value(rb"QT Interval"),
        axes,
    )


def _tree(path: Path) -> ET.Element:
    return ET.fromstring(path.read_bytes())
