"""Copies that are not quite the same, and recordings taken too late: planted, they turn their check red."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.checks import run_checks
from core.checks._evidence import Evidence
from core.checks._near import near_pairs, near_recordings, near_rows, sketch
from core.checks._time import as_times, recordings_in_time
from core.cohort.folder import About, Cohort, load_cohort, synthetic_cohort
from core.cohort.synthetic import generate
from core.ecg.simulator import simulate
from core.ecg.writing import compact_files
from core.results import load_results
from core.training import train
from tests.conftest import SMALL, narrow

NUMBERS = (
    "age",
    "weight",
    "height",
    "heart_rate",
    "systolic_bp",
    "respiratory_rate",
    "spo2",
    "haemoglobin",
    "lactate",
)
OTHERS = ("platelets", "creatinine", "sodium", "sex", "cancer")


@dataclass
class Stored:
    """What a rule reads of a saved model, without the model."""

    manifest: dict[str, Any]
    table: pd.DataFrame
    classes: tuple[str, ...] = ("no_pe", "pe")
    task: str = "diagnosis"
    artifact: Any = field(init=False)

    def __post_init__(self) -> None:
        self.artifact = self

    def frame(self, name: str) -> pd.DataFrame:
        assert name == "predictions"
        return self.table


def evidence(cohort: Cohort, parts: dict[str, str], modality: str = "ecg") -> Evidence:
    frame = pd.DataFrame({"patient_id": list(parts), "part": list(parts.values()), "truth": "pe"})
    manifest = {"modality": modality, "cohort_digest": cohort.digest()}
    return Evidence(Stored(manifest, frame), cohort, cohort.digest())


# ---------------------------------------------------------------- rows
@pytest.fixture(scope="module")
def wide():
    return narrow(synthetic_cohort(generate(260, seed=6)), (*NUMBERS, *OTHERS))


def altered(cohort, n):
    """The cohort with some patients a second time, under another name, with one value changed by hand."""
    ids = cohort.table.frame.index[:n]
    new = [f"X{name}" for name in ids]
    twins = cohort.table.frame.loc[ids].set_axis(new)
    twins["heart_rate"] += 3
    frame = pd.concat([cohort.table.frame, twins]).rename_axis("patient_id")
    labels = pd.concat([cohort.labels, cohort.labels.loc[ids].set_axis(new)]).rename_axis("patient_id")
    return replace(cohort, table=replace(cohort.table, frame=frame), labels=labels, oracle=None)


def test_a_patient_copied_with_a_value_changed_is_found(wide, tmp_path):
    planted = altered(wide, 40)
    train(planted, "diagnosis", "ehr", tmp_path, SMALL)
    checks = {one.key: one for one in run_checks(load_results(tmp_path, "diagnosis", "ehr"), planted)}
    assert checks["near_rows"].level == "red"
    # not one of the copies is identical
    assert checks["no_duplicates"].level == "green"
    assert "nearly the same" in checks["near_rows"].say("en")


def test_different_patients_are_no_copies(wide, tmp_path):
    train(wide, "diagnosis", "ehr", tmp_path, SMALL)
    checks = {one.key: one for one in run_checks(load_results(tmp_path, "diagnosis", "ehr"), wide)}
    assert checks["near_rows"].level == "green"


def test_with_few_numbers_it_cannot_be_told(tiny):
    parts = {
        name: "test" if place % 4 else "out-of-fold" for place, name in enumerate(tiny.table.frame.index)
    }
    found = near_rows(evidence(tiny, parts, "ehr"))
    assert found.level == "unchecked"
    assert found.measured.key == "checks.reasons.too_few_values"


def by_hand(first, second, share, least):
    """Every pair compared with every other."""
    found = []
    for i, one in enumerate(first):
        for k, other in enumerate(second):
            same = (one == other).sum()
            measured = (np.isfinite(one) | np.isfinite(other)).sum()
            if same >= least and same >= share * measured:
                found.append((i, k))
    return found


@pytest.mark.parametrize("differing", [0, 1, 2, 3])
def test_blocks_find_what_comparing_every_pair_finds(differing):
    rng = np.random.default_rng(differing)
    second = rng.integers(0, 6, (60, 20)).astype(float)
    second[rng.random(second.shape) < 0.15] = np.nan
    first = second[:15].copy()
    for row in first:
        row[rng.choice(20, differing, replace=False)] = 99.0
    assert near_pairs(first, second, 0.9, 8) == by_hand(first, second, 0.9, 8)
    assert bool(near_pairs(first, second, 0.9, 8)) == (differing < 3)


# ---------------------------------------------------------------- recordings
def recording(number):
    stratum = ("control", "high", "other")[number % 3]
    return simulate(5, number, stratum=stratum, severity=0.2).recording


def folder_of(place, recordings, **columns):
    """A cohort folder with these recordings, one a patient."""
    (place / "ecg").mkdir(parents=True)
    for name, one in recordings.items():
        for file, content in compact_files(one, name, "simulated").items():
            (place / "ecg" / file).write_bytes(content)
    labels = pd.DataFrame({"patient_id": list(recordings), "pe": [n % 2 for n in range(len(recordings))]})
    listed = pd.DataFrame({"patient_id": list(recordings), "path": [f"ecg/{one}.hea" for one in recordings]})
    acquired = columns.pop("acquired_at", None)
    if acquired is not None:
        listed["acquired_at"] = acquired
    labels.assign(**columns).to_csv(place / "labels.csv", index=False)
    listed.to_csv(place / "ecg.csv", index=False)
    return load_cohort(place)


PARTS = {"P1": "test", "P2": "test", "P3": "out-of-fold", "P4": "out-of-fold", "P5": "out-of-fold"}


def louder(one, gain=1.2):
    """The same recording by another export: another gain, a slow wander, a little noise."""
    rng = np.random.default_rng(1)
    wander = 0.15 * np.sin(np.arange(one.signal.shape[1]) / 900)
    signal = gain * one.signal + wander + 0.01 * rng.standard_normal(one.signal.shape)
    return replace(one, signal=signal.astype(np.float32))


@pytest.mark.parametrize(
    "change", [lambda one: one, louder], ids=["the same bytes", "another gain and noise"]
)
def test_a_recording_copied_into_the_other_part_is_found(tmp_path, change):
    recordings = {name: recording(number) for number, name in enumerate(PARTS)}
    recordings["P4"] = change(recordings["P2"])
    found = near_recordings(evidence(folder_of(tmp_path / "c", recordings), PARTS))
    assert found.level == "red"
    assert found.measured.values["near"] == 1
    assert "1" in found.measured.say("zh")


def test_recordings_of_different_patients_are_no_copies(tmp_path):
    recordings = {name: recording(number) for number, name in enumerate(PARTS)}
    found = near_recordings(evidence(folder_of(tmp_path / "c", recordings), PARTS))
    assert found.level == "green"
    assert float(found.measured.values["largest"]) < 0.9


def test_a_copy_inside_one_part_is_no_leak(tmp_path):
    recordings = {name: recording(number) for number, name in enumerate(PARTS)}
    recordings["P4"] = recordings["P3"]
    assert near_recordings(evidence(folder_of(tmp_path / "c", recordings), PARTS)).level == "green"


def test_products_of_sketches_are_correlations():
    one, other = recording(1), recording(2)
    assert sketch(one) @ sketch(one) == pytest.approx(1, abs=1e-5)
    assert sketch(one) @ sketch(replace(one, signal=-one.signal)) == pytest.approx(-1, abs=1e-5)
    assert abs(float(sketch(one) @ sketch(other))) < 0.9
    flat = replace(one, signal=np.zeros_like(one.signal))
    assert not sketch(flat).any()


def test_simulated_recordings_have_no_copies_and_no_clock(tiny):
    parts = dict.fromkeys(tiny.labels.index[:3], "test") | dict.fromkeys(
        tiny.labels.index[3:9], "out-of-fold"
    )
    for rule in (near_recordings, recordings_in_time):
        found = rule(evidence(tiny, parts))
        assert found.level == "unchecked"
        assert found.measured.key == "checks.reasons.simulated_recordings"


# ---------------------------------------------------------------- time
def timed(acquired, labels=None):
    ids = pd.Index(list(PARTS), name="patient_id")
    table = pd.DataFrame({"pe": pd.array([1, 0, 1, 0, 1], dtype="Int8"), "outcome": None}, index=ids)
    listed = pd.DataFrame({"path": [f"ecg/{name}.hea" for name in ids]}, index=ids)
    if acquired is not None:
        listed["acquired_at"] = acquired
    return Cohort(About("timed"), None, table.assign(**(labels or {})), listed)


EARLY = ["2024-05-01 10:00"] * 5
T0 = {"t0": ["2024-05-01 11:30"] * 5}


def test_a_recording_taken_after_the_index_time_is_found():
    late = [*EARLY[:4], "2024-05-01 12:00"]
    found = recordings_in_time(evidence(timed(late, T0), PARTS))
    assert found.level == "red"
    assert found.measured.values["late"] == 1
    assert "t0" in found.measured.say("en")


def test_recordings_taken_before_it_pass():
    assert recordings_in_time(evidence(timed(EARLY, T0), PARTS)).level == "green"


def test_the_end_of_what_may_be_known_counts_before_the_start_of_lysis():
    labels = T0 | {"known_until": ["2024-05-01 09:00"] * 5}
    assert recordings_in_time(evidence(timed(EARLY, labels), PARTS)).level == "red"


@pytest.mark.parametrize(
    ("acquired", "labels", "key"),
    [
        (EARLY, None, "no_index_time"),
        (None, T0, "no_acquired_at"),
        ([*EARLY[:4], "unknown"], T0, "measured"),
        (EARLY, {"t0": ["2024-05-01 11:30"] * 4 + [None]}, "measured"),
    ],
)
def test_a_time_that_is_not_known_is_amber(acquired, labels, key):
    found = recordings_in_time(evidence(timed(acquired, labels), PARTS))
    assert found.level == "amber"
    assert found.measured.key == f"checks.recordings_in_time.{key}"
    assert found.measured.say("zh")


@pytest.mark.parametrize(
    "written", ["2024-05-01 10:00", "2024/05/01 10:00", "2024年5月1日 10:00", "2024-05-01T10:00:00Z"]
)
def test_moments_are_read_as_hospitals_write_them(written):
    assert as_times(pd.Series([written])).iloc[0] == pd.Timestamp("2024-05-01 10:00", tz="UTC")


@pytest.mark.parametrize("modality", ["ehr", "fusion"])
def test_a_model_without_recordings_of_its_own_says_so(tiny, modality):
    parts = dict.fromkeys(tiny.labels.index[:4], "test")
    for rule in (near_recordings, recordings_in_time):
        assert rule(evidence(tiny, parts, modality)).level == "unchecked"
