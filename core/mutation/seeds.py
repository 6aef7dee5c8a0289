"""Small whole files of every kind that is read here, made in memory: what mutations begin from."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.ecg.recording import LEADS, Recording
from core.ecg.simulator import simulate
from core.ecg.writing import EXAMPLE_FORMATS, example_files

if TYPE_CHECKING:
    from pathlib import Path

    Files = dict[str, bytes]

_PATIENTS = 30
_MIMIC_ROWS = 400
_RATE_HZ, _SECONDS = 500.0, 3.0
_DEVICE_FILES = {"mat": "*.hea", "muse": "muse*", "philips": "*.[xX][mM][lL]", "dicom": "*.dcm"}
_LARGEST = 300_000


def table() -> pd.DataFrame:
    """A table of made-up patients with every kind of column, in the form that hospitals export."""
    rng = np.random.default_rng(0)
    n = _PATIENTS
    frame = pd.DataFrame(
        {
            "patient_id": [f"P{number:03d}" for number in range(n)],
            "age": rng.integers(20, 95, n),
            "sex": rng.choice(["male", "female"], n),
            "heart_rate": rng.integers(50, 150, n).astype(float),
            "Creatinine (mg/dL)": rng.uniform(0.5, 4, n).round(2),
            "SpO2 %": rng.integers(80, 100, n),
            "体温": rng.uniform(36, 39, n).round(1),
            "恶性肿瘤": rng.choice(["是", "否", ""], n),
            "ward": rng.choice(["A", "B", "C"], n),
            "visit date": pd.date_range("2024-01-01", periods=n).strftime("%Y-%m-%d"),
            "own value": rng.normal(5, 1, n).round(3),
        }
    )
    frame.loc[rng.integers(0, n, 6), "heart_rate"] = np.nan
    return frame


def labels() -> pd.DataFrame:
    """Labels of the same patients."""
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "patient_id": [f"P{number:03d}" for number in range(_PATIENTS)],
            "pe": rng.integers(0, 2, _PATIENTS),
            "outcome": rng.choice(["none", "death", "bleeding", ""], _PATIENTS),
            "group": [f"G{number // 2}" for number in range(_PATIENTS)],
        }
    )


def event_labels() -> pd.DataFrame:
    """Labels of the same patients in two columns of events, under a header that names no identifier."""
    rng = np.random.default_rng(2)
    events = {name: rng.choice(["0", "1", ""], _PATIENTS, p=[0.6, 0.3, 0.1]) for name in ("死亡", "大出血")}
    return pd.DataFrame({"流水": labels()["patient_id"]} | events)


def csv_bytes(frame: pd.DataFrame, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """Text of a table."""
    return frame.to_csv(index=False, sep=delimiter, lineterminator="\n").encode(encoding)


def workbook_bytes(frame: pd.DataFrame) -> bytes:
    """Return a workbook with one sheet."""
    out = io.BytesIO()
    frame.to_excel(out, index=False, engine="openpyxl")
    return out.getvalue()


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """Return the table as Parquet."""
    out = io.BytesIO()
    frame.to_parquet(out, index=False)
    return out.getvalue()


def zipped(files: Files) -> bytes:
    """Pack files as people pack a folder."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


def unzipped(data: bytes) -> Files:
    """Parts of a ZIP file."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def recording() -> Recording:
    """Return a short simulated electrocardiogram."""
    return simulate(0, 0, stratum="high", severity=0.3, rate_hz=_RATE_HZ, duration_s=_SECONDS).recording


def recording_files() -> dict[str, Files]:
    """One recording in every format, Philips among them."""
    one = recording()
    return {name: example_files(one, name) for name in EXAMPLE_FORMATS} | {"philips": philips(one)}


def philips(one: Recording) -> Files:
    """Sierra XML as plain base64: the packed form has no writer here, real files bring it."""
    samples = np.rint(np.nan_to_num(one.signal) * 1000 / 5).astype("<i2")
    milliseconds = round(1000 * one.n_samples / one.rate_hz)
    document = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<restingecgdata xmlns="http://www3.medical.philips.com">\n'
        f"<dataacquisition><signalcharacteristics><samplingrate>{one.rate_hz:g}</samplingrate>"
        "<resolution>5</resolution><numberchannelsvalid>12</numberchannelsvalid></signalcharacteristics>"
        "</dataacquisition>\n<patient><generalpatientdata><age><years>61</years></age><sex>Female</sex>"
        "</generalpatientdata></patient>\n"
        f'<waveforms><parsedwaveforms dataencoding="Base64" compression="Uncompressed" '
        f'durationperchannel="{milliseconds}" numberofleads="12" leadlabels="{" ".join(LEADS)}">\n'
        f"{base64.b64encode(samples.tobytes()).decode()}\n</parsedwaveforms></waveforms></restingecgdata>\n"
    )
    return {"philips.xml": document.encode()}


def device_files(folder: Path) -> dict[str, list[Files]]:
    """Real recordings by the reader that takes them, where a folder with ``ecg-wfdb`` and ``ecg-vendor`` is at hand."""
    found: dict[str, list[Files]] = {}
    for header in sorted((folder / "ecg-wfdb").glob("*.hea"))[:1]:
        pair = (header, header.with_suffix(".mat"))
        if all(path.is_file() for path in pair):
            found["wfdb"] = [{path.name: path.read_bytes() for path in pair}]
    for kind, pattern in _DEVICE_FILES.items():
        for path in sorted((folder / "ecg-vendor").glob(pattern)):
            if path.stat().st_size <= _LARGEST and (kind == "muse") == ("muse" in path.name):
                found.setdefault(kind, []).append({path.name: path.read_bytes()})
    return found


def cohort_folder() -> Files:
    """Return a cohort folder with every part that a cohort may have."""
    one = recording()
    files: Files = {
        "cohort.toml": (
            b'name = "made-up"\nsource = "nobody"\nsynthetic = true\nindex_time = "arrival"\n'
            b'outcome_definition = "as told"\nseed = 7\n'
        ),
        "ehr.csv": csv_bytes(table()),
        "labels.csv": csv_bytes(labels()),
    }
    rows = ["patient_id,path,acquired_at,unit,rate_hz"]
    for number, kind in enumerate(("wfdb", "csv")):
        made = example_files(one, kind, f"r{number}")
        files |= {f"ecg/{name}": content for name, content in made.items()}
        unit, rate_hz = ("", "") if kind == "wfdb" else ("mV", f"{_RATE_HZ:g}")
        rows.append(f"P{number:03d},ecg/{next(iter(made))},2024-01-0{number + 1},{unit},{rate_hz}")
    return files | {"ecg.csv": ("\n".join(rows) + "\n").encode()}


def mapping() -> Files:
    """``columns.toml`` of the same table."""
    entries = (("age", "age", ""), ("own value", "leave_out", ""), ("恶性肿瘤", "cancer", ""))
    events = (("死亡", "death", ""), ("大出血", "major_bleeding", ""))
    parts = [
        f'[[column]]\nheader = "{header}"\nread_as = "{read_as}"\n' + (f'unit = "{unit}"\n' if unit else "")
        for header, read_as, unit in (*entries, *events)
    ]
    parts += ['[outcome]\n"好转" = "none"\n2 = "death"\n', '[pe]\n"疑似" = "unknown"\n']
    return {"columns.toml": "\n".join(parts).encode()}


def result_files() -> Files:
    """``flow.csv`` and ``table_one.csv``, as a builder leaves them beside a cohort."""
    from core.cohort import flow, table_one

    kept: dict[str, object] = dict.fromkeys(flow.COLUMNS, "")
    kept |= {"part": "cases", "step": "admissions", "kind": "kept", "admissions": 10, "persons": 9}
    entry: dict[str, object] = dict.fromkeys(table_one.COLUMNS, 1.0)
    entry |= {"task": "outcome", "variable": "age", "class": "none"}
    return {
        "flow.csv": csv_bytes(pd.DataFrame([kept] * 3)),
        "table_one.csv": csv_bytes(pd.DataFrame([entry] * 3)),
    }


def mimic_copies() -> tuple[Files, ...]:
    """Return small made-up copies of MIMIC-IV, path inside the copy to content, as CSV.GZ and as Parquet."""
    import tempfile
    from pathlib import Path

    from core.benchmark.mimic_copy import write_copy

    copies = []
    for form in ("csv.gz", "parquet"):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            write_copy(folder, _MIMIC_ROWS, _MIMIC_ROWS, form)
            files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
            copies.append({path.relative_to(folder).as_posix(): path.read_bytes() for path in files})
    return tuple(copies)
