"""Files that are broken, hostile or no recording: each gives one sentence, in both languages."""

from __future__ import annotations

import gzip
import io
import pickle
import re
import struct
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from scipy.io import savemat

from core.ecg.reading import read_recording
from core.ecg.recording import LEADS
from core.ecg.writing import example_files
from core.errors import RecordingError
from core.text import LANGUAGES
from tests.ecg.format_examples import as_csv, example

SIGNAL = example().signal
HEADER = ",".join(LEADS)


def only(source_format: str) -> bytes:
    return next(iter(example_files(example(), source_format).values()))


def wfdb(change=lambda header: header, **files: bytes) -> dict[str, bytes]:
    both = example_files(example(), "wfdb")
    both["example.hea"] = change(both["example.hea"].decode()).encode()
    return both | files


def npy(array: np.ndarray, *, objects: bool = False) -> bytes:
    stream = io.BytesIO()
    if objects:
        np.lib.format.write_array_header_1_0(
            stream, {"descr": "|O", "fortran_order": False, "shape": (12, 750)}
        )
        return stream.getvalue() + pickle.dumps(array.tolist())
    np.save(stream, array)
    return stream.getvalue()


def npy_claiming(shape: str) -> bytes:
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + header.encode() + bytes(1000)


def changed(row: int, column: slice, value: float) -> np.ndarray:
    signal = SIGNAL.copy()
    signal[row, column] = value
    return signal


def zip_bomb() -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("signal.npy", "w") as part,
    ):
        part.write(npy_claiming("(12, 1000000000)")[:128])
        for _ in range(450):
            part.write(bytes(1 << 20))
    return stream.getvalue()


def zipped(name: str, data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return stream.getvalue()


def mat(**contents: object) -> bytes:
    stream = io.BytesIO()
    savemat(stream, contents)
    return stream.getvalue()


ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
BOMB = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a0 "aaaaaaaaaa">{ENTITIES}]><RestingECG>&a8;</RestingECG>'
OUTSIDE = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><AnnotatedECG>&x;</AnnotatedECG>'
PARAMETER = '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://example.com/x.dtd"> %x;]><restingecgdata/>'

DAMAGED = {
    "empty": b"",
    "only zeros": bytes(5000),
    "blank lines": b"\n\n \n",
    "prose": b"The patient is well.\nNo recording was made.\n",
    "gzip": gzip.compress(as_csv(SIGNAL.T, HEADER)),
    "zip of a CSV": zipped("ecg.csv", as_csv(SIGNAL.T, HEADER)),
    "PDF": b"%PDF-1.7\n" + bytes(range(256)) * 4,
    "PNG": b"\x89PNG\r\n\x1a\n" + bytes(500),
    "pickle": pickle.dumps(SIGNAL),
    "random bytes": np.random.default_rng(1).bytes(20_000),
    "WFDB: signal file cut off": wfdb(**{"example.dat": example_files(example(), "wfdb")["example.dat"][:-100]}),
    "WFDB: signal file too long": wfdb(**{"example.dat": example_files(example(), "wfdb")["example.dat"] + bytes(100)}),
    "WFDB: signal file missing": {"example.hea": wfdb()["example.hea"]},
    "WFDB: signal of another record": wfdb(**{"example.dat": np.roll(SIGNAL.T, 5).astype("<i2").tobytes()}),
    "WFDB: header names another folder": wfdb(lambda h: h.replace("example.dat", "../example.dat")),
    "WFDB: header names an absolute path": wfdb(lambda h: h.replace("example.dat", "/etc/passwd")),
    "WFDB: header names a drive": wfdb(lambda h: h.replace("example.dat", r"C:\ecg\example.dat")),
    "WFDB: header names a web file": wfdb(lambda h: h.replace("example.dat", "https://example.com/a.dat")),
    "WFDB: gigabytes claimed": wfdb(lambda h: h.replace(" 750\n", " 999999999999\n", 1)),
    "WFDB: hundreds of signals": wfdb(lambda h: h.replace("example 12", "example 9999")),
    "WFDB: unknown format": wfdb(lambda h: h.replace(".dat 16 ", ".dat 310 ")),
    "WFDB: broken gain": wfdb(lambda h: h.replace("1000(0)", "10x0(0)")),
    "WFDB: 50 Hz": wfdb(lambda h: h.replace("12 250 ", "12 50 ")),
    "WFDB: no rate": wfdb(lambda h: h.replace("12 250 ", "12 0 ")),
    "WFDB: several segments": {"a.hea": b"a/3 12 500 15000\na_1 5000\na_2 5000\na_3 5000\n"},
    "WFDB: two headers": wfdb(**{"other.hea": example_files(example(), "wfdb")["example.hea"]}),
    "no files": {},
    "CSV: a word among the numbers": as_csv(SIGNAL.T, HEADER).replace(b"\n", b"\n0.1,oops,0.1\n", 3),
    "CSV: rows of unlike length": as_csv(SIGNAL.T, HEADER) + b"0.1,0.2\n",
    "CSV: three leads": as_csv(SIGNAL[:3].T, "I,II,III"),
    "CSV: unknown columns": as_csv(SIGNAL[:5].T, "a,b,c,d,e"),
    "CSV: too short": as_csv(SIGNAL[:, :100].T, f"# fs 250\n{HEADER}"),
    "CSV: a table of patients": b"patient_id,age,sex\n1,50,F\n2,60,M\n3,44,F\n",
    "NPY: objects": npy(SIGNAL, objects=True),
    "NPY: cut off": npy(SIGNAL)[:-8],
    "NPY: gigabytes claimed": npy_claiming("(12, 100000000000)"),
    "NPY: header is code": npy_claiming("__import__('os').getcwd()"),
    "NPY: negative shape": npy_claiming("(12, -5)"),
    "NPY: three axes": npy(np.zeros((3, 12, 750))),
    "NPY: one axis": npy(SIGNAL[0]),
    "NPY: complex numbers": npy(SIGNAL.astype(complex)),
    "NPY: all NaN": npy(np.full_like(SIGNAL, np.nan)),
    "NPY: a stretch of NaN": npy(changed(4, slice(100, 400), np.nan)),
    "NPY: infinite": npy(changed(4, slice(100, 101), np.inf)),
    "NPY: constant": npy(np.ones_like(SIGNAL)),
    "NPY: three leads": npy(SIGNAL[:3]),
    "NPY: absurd amplitudes": npy(SIGNAL * 1e12),
    "NPY: one lead beyond all measure": npy(changed(4, slice(100, 101), 3e38)),
    "NPY: amplitudes of no unit": npy(SIGNAL * 30),
    "NPY: short": npy(SIGNAL[:, :300]),
    "NPZ: swells": zip_bomb(),
    "NPZ: cut off": only("npz")[:5000],
    "NPZ: no signal": zipped("rate.npy", npy(np.array(500.0))),
    "NPZ: objects": zipped("signal.npy", npy(SIGNAL, objects=True)),
    "MAT: cut off": only("mat")[:3000],
    "MAT: no signal": mat(age=61.0),
    "MAT 7.3": b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(512) + b"\x89HDF\r\n\x1a\n" + bytes(500),
    "DICOM: cut off": only("dicom")[:-500],
    "DICOM: no waveform": bytes(128) + b"DICM" + b"\x02\x00\x00\x00UL\x04\x00" + bytes(4),
    "EDF: cut off": only("edf")[:-700],
    "EDF: digital range upside down": only("edf").replace(b"-32767  32767   ", b"32767   -32767  "),
    "EDF: interrupted": only("edf")[:192] + b"EDF+D" + only("edf")[197:],
    "SCP: cut off": only("scp")[:-300],
    "SCP: one byte changed": only("scp")[:9000] + b"\x99" + only("scp")[9001:],
    "XML: entities that swell": BOMB.encode(),
    "XML: an entity from a file": OUTSIDE.encode(),
    "XML: a parameter entity from the web": PARAMETER.encode(),
    "XML: entities in UTF-16": BOMB.replace('<?xml version="1.0"?>', "").encode("utf-16"),
    "XML: something else": b"<html><body>500 Hz</body></html>",
    "XML: nested deeply": b"<RestingECG>" + b"<a>" * 100_000,
    "XML: unknown encoding": b'<?xml version="1.0" encoding="utf-7"?><RestingECG/>',
    "aECG: cut off": only("aecg")[:4000],
    "aECG: no waveform": b'<AnnotatedECG xmlns="urn:hl7-org:v3"/>',
    "aECG: a word among the digits": only("aecg").replace(b"<digits>", b"<digits>oops "),
    "aECG: no scale": re.sub(rb"<scale[^>]*>", b"", only("aecg")),
    "MUSE: rubbish for base64": re.sub(rb"<WaveFormData>.{8}", b"<WaveFormData>@@@@####", only("muse"), count=1),
    "MUSE: base64 cut off": re.sub(rb".{9}</WaveFormData>", b"</WaveFormData>", only("muse")),
    "MUSE: samples claimed": only("muse").replace(b"<LeadSampleCountTotal>750", b"<LeadSampleCountTotal>7500000000"),
    "MUSE: one lead altered": re.sub(rb"<WaveFormData>....", b"<WaveFormData>AAAB", only("muse"), count=1),
    "MUSE: no rate": only("muse").replace(b"<SampleBase>250", b"<SampleBase>nan"),
    "MUSE: 50 Hz": only("muse").replace(b"<SampleBase>250", b"<SampleBase>50"),
    "MUSE: no rhythm": only("muse").replace(b"Rhythm", b"Median"),
    "Philips: no waveform": b"<restingecgdata/>",
    "Philips: gigabytes claimed": (
        b'<restingecgdata><waveforms><parsedwaveforms compression="XLI" samplespersecond="500" resolution="5"'
        b' dataencoding="Base64" durationperchannel="3000000">AAAA</parsedwaveforms></waveforms></restingecgdata>'
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_gives_one_sentence(name):
    with pytest.raises(RecordingError) as caught:
        read_recording(DAMAGED[name], "upload.xyz")
    for language in LANGUAGES:
        sentence = caught.value.say(language)
        assert sentence
        assert "\n" not in sentence
        assert "{" not in sentence
        assert len(sentence) < 300


@pytest.mark.parametrize(
    "name", [name for name in DAMAGED if isinstance(DAMAGED[name], bytes) and DAMAGED[name]]
)
def test_the_same_holds_for_a_path(name, tmp_path):
    path = tmp_path / "recording.dat"
    path.write_bytes(DAMAGED[name])
    with pytest.raises(RecordingError):
        read_recording(path)


def test_a_path_that_is_none(tmp_path):
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(RecordingError):
            read_recording(path)


def test_what_is_larger_than_200_megabytes_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    with pytest.raises(RecordingError, match="300 MB"):
        read_recording(path)


def test_a_header_reaches_files_of_its_own_folder_only(tmp_path):
    files = wfdb()
    (tmp_path / "secret.dat").write_bytes(files["example.dat"])
    folder = tmp_path / "upload"
    folder.mkdir()
    (folder / "example.hea").write_bytes(files["example.hea"])
    (folder / "example.dat").symlink_to(tmp_path / "secret.dat")
    with pytest.raises(RecordingError, match="plain file"):
        read_recording(folder / "example.hea")


def test_an_uploaded_header_reaches_no_file_of_the_machine(tmp_path, monkeypatch):
    (tmp_path / "example.dat").write_bytes(wfdb()["example.dat"])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RecordingError, match="missing"):
        read_recording(wfdb()["example.hea"])


def test_a_name_from_outside_cannot_break_the_sentence():
    with pytest.raises(RecordingError) as caught:
        read_recording(b"", "a\nb{0}\x1b[31m../../etc/passwd")
    assert caught.value.say("en").startswith("passwd:")


def test_a_wrong_unit_or_rate_of_the_user_gives_its_sentence():
    for given in ({"unit": "furlong"}, {"rate_hz": 0.0}, {"rate_hz": float("nan")}, {"rate_hz": 1e9}):
        with pytest.raises(RecordingError):
            read_recording(only("npy"), **given)


def test_a_tiny_signal_in_a_stated_unit_is_refused():
    small = replace(example(), signal=SIGNAL / 1000)
    with pytest.raises(RecordingError, match="mV"):
        read_recording(next(iter(example_files(small, "npz").values())))
