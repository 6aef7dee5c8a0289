"""Signs against the SNOMED codes of 29 recordings of two hospitals: sensitivity and specificity as counts.

A code that is absent does not deny a sign: coders wrote what they found worth writing. So the counts of
recordings without the code in which the sign is seen are bounded, not zero, and each is explained.
"""

from __future__ import annotations

import pytest

from core.ecg.interpretation import Reading, read_ecg
from tests.ecg.real import labelled_recordings, needs_data

pytestmark = needs_data
SINUS = {"426783006", "427084000", "426177001"}


@pytest.fixture(scope="module")
def readings() -> dict[str, tuple[Reading, set[str]]]:
    return {name: (read_ecg(rec, sex), codes) for name, (rec, codes, sex) in labelled_recordings().items()}


def counts(readings, codes: set[str], sign) -> tuple[int, int, set[str]]:
    """Coded and seen, coded, and the names of those seen without the code."""
    coded = {name for name, (_, stated) in readings.items() if stated & codes}
    seen = {name for name, (reading, _) in readings.items() if sign(reading)}
    return len(coded & seen), len(coded), seen - coded


def present(name: str):
    return lambda reading: reading.signs[name].present is True


def test_sinus_rhythm_is_found_in_all_24_that_are_coded_so(readings):
    seen, coded, others = counts(readings, SINUS, lambda r: r.measurements.rhythm == "sinus")
    assert (seen, coded) == (24, 24)
    # the other five carry no code of a rhythm at all
    assert others == {"E07504", "E07505", "E07507", "E07516", "E07519"}


def test_sinus_tachycardia_sensitivity_7_of_7_specificity_22_of_22(readings):
    assert counts(readings, {"427084000"}, present("sinus_tachycardia")) == (7, 7, set())


def test_bradycardia_sensitivity_4_of_4_specificity_23_of_25(readings):
    # 53 and 57 beats a minute, coded as sinus rhythm only
    found = counts(readings, {"426177001"}, lambda r: r.measurements.heart_rate_bpm < 60)
    assert found == (4, 4, {"HR06007", "HR06009"})


def test_complete_rbbb_sensitivity_1_of_1_specificity_28_of_28(readings):
    assert counts(readings, {"59118001", "713427006"}, present("complete_rbbb")) == (1, 1, set())


def test_incomplete_rbbb_sensitivity_0_of_1_specificity_28_of_28(readings):
    # the one that is coded has a QRS of about 90 ms, the definition asks for 110
    assert counts(readings, {"713426002"}, present("incomplete_rbbb")) == (0, 1, set())
    assert readings["HR06002"][0].measurements.qrs_ms < 100


def test_t_inversion_in_v1_to_v3_sensitivity_1_of_1_specificity_28_of_28(readings):
    assert counts(readings, {"59931005"}, present("t_inversion_v1_v3")) == (1, 1, set())


def test_long_qtc_sensitivity_2_of_2_specificity_24_of_27(readings):
    seen, coded, others = counts(readings, {"111975006"}, present("long_qtc"))
    assert (seen, coded) == (2, 2)
    # two at 115 a minute, where Bazett overcorrects; one with a U wave
    assert others <= {"E07502", "E07511", "E07514"}


@pytest.mark.parametrize(
    ("sign", "others"),
    [
        ("atrial_fibrillation_suspected", set()),
        ("left_axis", set()),
        # a complete RBBB, whose late forces count into the net area; and 143 degrees in a man of 29
        ("right_axis", {"E07509", "E07514"}),
        # chest leads below 1.0 mV throughout, limb leads not: coders use the limb leads
        ("low_voltage", {"E07507", "E07513"}),
        ("s1q3t3", set()),
        ("incomplete_rbbb", set()),
    ],
)
def test_signs_that_no_recording_is_coded_for_are_rare(readings, sign, others):
    assert {name for name, (reading, _) in readings.items() if reading.signs[sign].present} == others


def test_every_recording_is_usable_with_all_intervals(readings):
    for reading, _ in readings.values():
        measured = reading.measurements
        assert reading.quality.usable
        assert 90 <= measured.pr_ms <= 220
        assert 60 <= measured.qrs_ms <= 160
        assert 280 <= measured.qt_ms <= 520
