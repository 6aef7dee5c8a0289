"""A made-up copy of MIMIC-IV of any size, for measuring: the tables' columns and shapes, invented numbers.

All tables that grow with the hospital are written block by block, so that making them needs no more memory than one.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from core.benchmark.mimic_copy_bedside import bedside_rows
from core.benchmark.mimic_people import HOUR, People, make_people, moment, subjects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from core.benchmark.mimic_copy_bedside import Maker
    from core.benchmark.mimic_people import Numbers

BLOCK = 500_000
_LAB_ROWS_A_VISIT = 270
_D_DIMER, _OTHER_LAB = 50915, 51500
# item: unit, and factor that brings the drawn numbers (about 90) where such values lie
_KNOWN_LABS = {
    51222: ("g/dL", 0.13),
    51265: ("K/uL", 2.0),
    51301: ("K/uL", 0.1),
    50912: ("mg/dL", 0.015),
    51006: ("mg/dL", 0.3),
    50983: ("mEq/L", 1.5),
    50971: ("mEq/L", 0.045),
    50813: ("mmol/L", 0.02),
}
# one in three rows of the laboratory, and one in six of the charts, is of an item that the builder wants
_LAB_ITEMS = np.array([*_KNOWN_LABS, *range(_OTHER_LAB, _OTHER_LAB + 16)])
_LAB_UNITS = np.array([*(unit for unit, _ in _KNOWN_LABS.values()), *["mg/dL"] * 16])
_LAB_FACTORS = np.array([*(factor for _, factor in _KNOWN_LABS.values()), *[1.0] * 16])
_CHART_ITEMS = np.array([220045, 220179, 220180, 220210, 220277, 223761, *range(225000, 225030)])


def write_copy(folder: Path, lab_rows: int, chart_rows: int, form: str, seed: int = 0) -> None:
    """Write a copy whose laboratory and charts have so many rows; the bedside and the pharmacy in proportion.

    Parameters
    ----------
    form
        ``csv.gz`` or ``parquet``; both hold the same rows.
    """
    rng = np.random.default_rng(seed)
    people = make_people(max(200, lab_rows // _LAB_ROWS_A_VISIT), rng)
    for room in ("hosp", "icu"):
        (folder / room).mkdir(parents=True, exist_ok=True)
    for name, frame in _small_tables(people, rng).items():
        _write(folder / f"{name}.{form}", iter([frame]))
    jobs: dict[str, tuple[int, int, Maker]] = {
        "hosp/labevents": (lab_rows, lab_rows, _laboratory),
        "icu/chartevents": (chart_rows, chart_rows, _charts),
        **bedside_rows(lab_rows, people),
    }
    for number, (name, (rows, share, make)) in enumerate(jobs.items()):
        blocks = (
            make(
                np.arange(begin, min(begin + BLOCK, rows)),
                share,
                people,
                np.random.default_rng([seed, number, begin]),
            )
            for begin in range(0, rows, BLOCK)
        )
        _write(folder / f"{name}.{form}", blocks)


def _write(path: Path, blocks: Iterator[pl.DataFrame]) -> None:
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        first = next(blocks).to_arrow()
        with pq.ParquetWriter(path, first.schema) as writer:
            writer.write_table(first)
            for block in blocks:
                writer.write_table(block.to_arrow())
        return
    with gzip.open(path, "wb", compresslevel=1) as file:
        for number, block in enumerate(blocks):
            text = block.write_csv(include_header=number == 0, datetime_format="%Y-%m-%d %H:%M:%S")
            file.write(text.encode())


def _persons(rows: Numbers, total: int, n: int) -> Numbers:
    """Person of each row: the tables themselves are in the order of the persons too."""
    return np.asarray(rows * n // total)


def _laboratory(rows: Numbers, total: int, people: People, rng: np.random.Generator) -> pl.DataFrame:
    person = _persons(rows, total, len(people.starts))
    time = moment(people, person, rng)
    kind = rng.integers(0, len(_LAB_ITEMS), len(rows))
    value = np.round(rng.gamma(9, 10, len(rows)) * _LAB_FACTORS[kind], 1)
    # suspicion of an embolism in one visit of 25
    suspected = (_LAB_ITEMS[kind] == _OTHER_LAB) & (person % 25 == 0)
    texts = np.array(["", "", "", "___", "IF FASTING, 70-100 NORMAL, >125 PROVISIONAL DIABETES."])
    return pl.DataFrame(
        {
            "labevent_id": rows,
            "subject_id": person + 10_000_000,
            "hadm_id": person + 20_000_000,
            "specimen_id": rng.integers(0, 10**8, len(rows)),
            "itemid": np.where(suspected, _D_DIMER, _LAB_ITEMS[kind]),
            "order_provider_id": pl.Series(rng.integers(0, 9000, len(rows))).cast(pl.String),
            "charttime": time,
            "storetime": time + HOUR,
            "value": pl.Series(value).cast(pl.String),
            "valuenum": value,
            "valueuom": np.where(suspected, "ng/mL FEU", _LAB_UNITS[kind]),
            "ref_range_lower": np.full(len(rows), 3.5),
            "ref_range_upper": np.full(len(rows), 5.2),
            "flag": np.array(["", "abnormal"])[rng.integers(0, 2, len(rows))],
            "priority": np.array(["ROUTINE", "STAT"])[rng.integers(0, 2, len(rows))],
            "comments": texts[rng.integers(0, len(texts), len(rows))],
        }
    )


def _charts(rows: Numbers, total: int, people: People, rng: np.random.Generator) -> pl.DataFrame:
    person = _persons(rows, total, len(people.starts))
    time = moment(people, person, rng)
    value = np.round(rng.normal(90, 15, len(rows)))
    return pl.DataFrame(
        {
            "subject_id": person + 10_000_000,
            "hadm_id": person + 20_000_000,
            "stay_id": person + 30_000_000,
            "caregiver_id": rng.integers(0, 90_000, len(rows)),
            "charttime": time,
            "storetime": time + HOUR,
            "itemid": _CHART_ITEMS[rng.integers(0, len(_CHART_ITEMS), len(rows))],
            "value": pl.Series(value).cast(pl.String),
            "valuenum": value,
            "valueuom": np.array(["bpm", "mmHg", "%", ""])[rng.integers(0, 4, len(rows))],
            "warning": np.zeros(len(rows), dtype=np.int64),
        }
    )


def _small_tables(people: People, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """Persons, a visit each, and the tables that stay empty."""
    key = subjects(np.arange(len(people.starts)))
    empty = pl.Series([], dtype=pl.String)
    return {
        "hosp/patients": _patients(key["subject_id"], rng),
        "hosp/admissions": _admissions(key, people.starts),
        **{name: pl.DataFrame(dict.fromkeys(columns, empty)) for name, columns in _EMPTY.items()},
    }


def _patients(subject: Numbers, rng: np.random.Generator) -> pl.DataFrame:
    n = len(subject)
    return pl.DataFrame(
        {
            "subject_id": subject,
            "gender": np.array(["F", "M"])[rng.integers(0, 2, n)],
            "anchor_age": rng.integers(18, 90, n),
            "anchor_year": np.full(n, 2150),
            "dod": pl.Series([None] * n, dtype=pl.Date),
        }
    )


def _admissions(key: dict[str, Numbers], starts: NDArray[Any]) -> pl.DataFrame:
    n = len(starts)
    return pl.DataFrame(
        {
            **key,
            "admittime": starts + 2 * HOUR,
            "dischtime": starts + 200 * HOUR,
            "deathtime": pl.Series([None] * n, dtype=pl.Datetime("us")),
            "edregtime": starts,
            "race": np.full(n, "UNKNOWN"),
            "hospital_expire_flag": np.zeros(n, dtype=np.int64),
        }
    )


_EMPTY = {
    "hosp/procedures_icd": ("subject_id", "hadm_id", "icd_code", "icd_version", "chartdate"),
    "icu/icustays": ("subject_id", "intime", "outtime"),
    "icu/procedureevents": ("subject_id", "itemid", "starttime", "endtime"),
}


if __name__ == "__main__":
    write_copy(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
