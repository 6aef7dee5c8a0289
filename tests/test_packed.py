from __future__ import annotations

import io
import zipfile

import pytest

from core.cohort.archive import unpack_cohort
from core.cohort.folder import load_cohort, synthetic_cohort
from core.cohort.synthetic import generate
from core.packed import pack_synthetic, packed_name


@pytest.fixture(scope="module")
def patients():
    return generate(24, 5)


def test_a_packed_cohort_unpacks_to_the_same_patients(patients, tmp_path):
    folder = unpack_cohort(pack_synthetic(patients, ecg=False), tmp_path)
    read = load_cohort(folder)
    assert folder.name == packed_name(patients) == "synthetic-mixed-registry-24-seed5"
    assert read.digest() == synthetic_cohort(patients).digest()
    assert read.about.synthetic


def test_recordings_come_with_it_where_asked_for(patients, tmp_path):
    read = load_cohort(unpack_cohort(pack_synthetic(patients, ecg=True), tmp_path))
    assert len(read.recordings) == 24
    assert (read.recordings_folder / read.recordings["path"].iloc[0]).is_file()


def test_the_same_patients_are_the_same_file(patients):
    first = pack_synthetic(patients, ecg=False)
    assert first == pack_synthetic(patients, ecg=False)
    assert zipfile.ZipFile(io.BytesIO(first)).testzip() is None
