"""A cohort: the folder contract, loading, saving whole or not at all, and its digest.

``cohort.toml`` (name, source, synthetic or real, index time, outcome definition), ``ehr.csv``, ``labels.csv``,
``ecg.csv`` with the recordings under ``ecg/``; a synthetic cohort also has ``oracle.csv``. Any part may be missing but
one of ehr and ecg; without either, the recordings beside ``labels.csv`` are looked for.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from core.cohort._alike_ids import label_id_notes, one_person, respelled
from core.cohort._frame_text import write_frame
from core.cohort._recording_files import find_labelled, find_named, holds_recordings, read_list
from core.cohort._unmatched import unmatched_notes
from core.cohort.about import About, parse_about, synthetic_about
from core.cohort.classes import CLASSES, OUTCOMES, TASKS
from core.cohort.column_mapping import FILE as MAPPING
from core.cohort.column_mapping import read_mapping
from core.cohort.columns import Column, Note, ReadingReport, Table
from core.cohort.tables import identified, label_notes, labels_in, load_cells, read_both, write_table
from core.cohort.variables import variables
from core.cohort.writing import whole_folder, write_about
from core.errors import CohortError

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.cohort.synthetic import SyntheticPatients

__all__ = [
    "CLASSES",
    "TASKS",
    "About",
    "Cohort",
    "check_common",
    "known_in_time",
    "load_cohort",
    "restrict",
    "save_cohort",
    "synthetic_cohort",
]

_LIST = "ecg.csv"
# notes of the table's report that decide who is who and what happened: told of the cohort too
_OF_LABELS = ("events.", "labels_read.", "reading_ids.", "reading_rows.without_")


@dataclass(frozen=True)
class Cohort:
    """Patients with what is known of them.

    Attributes
    ----------
    about
        Name and provenance.
    table
        The EHR table, or None.
    labels
        Index ``patient_id``; ``pe`` (Int8, may be missing), ``outcome`` (text, may be missing), optional ``group``.
    recordings
        Index ``patient_id`` (may repeat); ``path`` inside the folder, optional ``acquired_at``; or None.
    oracle
        Synthetic cohorts only: the generator's own probabilities. Never a predictor.
    folder
        Where the recordings' paths begin; None for a cohort that was not read from a folder.
    notes
        What reading the folder left out or doubts, beside the report of the table.
    """

    about: About
    table: Table | None
    labels: pd.DataFrame
    recordings: pd.DataFrame | None = None
    oracle: pd.DataFrame | None = None
    folder: Path | None = None
    notes: tuple[Note, ...] = ()

    @property
    def recordings_folder(self) -> Path | None:
        """Where the recordings' paths begin; None for a cohort without files."""
        return Path(self.about.signals) if self.folder and self.about.signals else self.folder

    def labelled(self, task: str) -> pd.Series:
        """Class codes (int64, order of ``CLASSES[task]``) of the patients that have a label for the task."""
        if task == "diagnosis":
            return self.labels["pe"].dropna().astype("int64")
        codes = {name: code for code, name in enumerate(OUTCOMES)}
        return self.labels["outcome"].dropna().map(codes).astype("int64")

    def groups(self) -> pd.Series:
        """Person of each row: the ``group`` column, or the patient_id where there is none; what is alike is one."""
        own = pd.Series(self.labels.index.astype(str), index=self.labels.index)
        return one_person(self.labels["group"].fillna(own) if "group" in self.labels else own)

    def digest(self) -> str:
        """SHA-256 over table, labels and list of recordings: the same patients give the same digest.

        What the recordings hold is covered by ``core.recordings.recordings_digest``.
        """
        digest = hashlib.sha256()
        listed = self.recordings.sort_values("path") if self.recordings is not None else None
        for frame in (self.table.frame if self.table else None, self.labels, listed):
            if frame is not None:
                write_frame(frame.sort_index(kind="stable"), _Hashed(digest))
        return digest.hexdigest()


class _Hashed:
    """Text that goes into a digest as it is written: the whole of it would need ten times the table's memory."""

    def __init__(self, digest: hashlib._Hash) -> None:
        self._digest = digest

    def write(self, text: str, /) -> None:
        self._digest.update(text.encode())


def load_cohort(folder: Path) -> Cohort:
    """Read a cohort folder.

    A folder of recordings with ``labels.csv`` (``patient_id`` the file's name without its ending, or a column ``file``)
    is one too: without ``ehr.csv`` and ``ecg.csv`` the recordings are looked for in it and in the folders below.
    With ``ehr.csv`` and no ``ecg.csv``, recordings that are called as its patients are become theirs.
    ``columns.toml`` says how columns of ``ehr.csv`` are read, which columns of ``labels.csv`` (or, without it, of
    ``ehr.csv``) are the labels, and what their words mean.

    Raises
    ------
    CohortError
        The folder or its tables are missing, ``cohort.toml`` cannot be read, tables and labels share no patient, or a
        recording's path does not stay inside the folder.
    TableError
        A table cannot be read.
    """
    if not folder.is_dir():
        raise CohortError("errors.folder_missing", folder=folder)
    mapping = read_mapping(folder / MAPPING) if (folder / MAPPING).is_file() else None
    given = folder / "labels.csv"
    table, labels = None, None
    label_cells = load_cells(given, given.name) if given.is_file() else None
    notes: tuple[Note, ...] = ()
    if (folder / "ehr.csv").is_file():
        cells = load_cells(folder / "ehr.csv", "ehr.csv")
        table, labels = read_both(cells, label_cells, mapping)
        notes = tuple(note for note in table.report.notes if note.key.startswith(_OF_LABELS))
    recordings, found = _recordings(folder, table)
    notes = (*notes, *found)
    listed = recordings if table is None else table.frame
    if listed is None and not holds_recordings(folder):
        raise CohortError("errors.cohort_empty", folder=folder)
    if listed is None:
        if label_cells is None:
            raise CohortError("errors.cohort_labels_missing", folder=folder)
        labels, recordings, notes = find_labelled(folder, mapping)
        notes = (*label_id_notes(labels, given.name), *label_notes(label_cells, mapping), *notes)
    else:
        if table is None and label_cells is not None:
            label_cells, notes = identified(label_cells, listed.index, mapping)
            labels, found = respelled(labels_in(label_cells, mapping), listed.index, given.name, _LIST)
            notes = (*notes, *found, *label_id_notes(labels, given.name), *label_notes(label_cells, mapping))
        if labels is None:
            raise CohortError("errors.cohort_labels_missing", folder=folder)
        check_common(labels, listed.index)
        notes = notes if table is not None else (*notes, *unmatched_notes(labels.index, listed.index))
    oracle = _read_oracle(folder / "oracle.csv")
    return Cohort(_read_about(folder), table, labels, recordings, oracle, folder, notes)


def save_cohort(cohort: Cohort, folder: Path, also: Callable[[Path], object] | None = None) -> None:
    """Write a cohort folder whole: it appears at ``folder`` complete, or not at all.

    Parameters
    ----------
    also
        Writes what else belongs into the folder (recordings), told the place where it is being made.

    Raises
    ------
    CohortError
        The folder exists and is not empty, or cannot be written.
    """
    with whole_folder(folder) as place:
        _write(cohort, place)
        if also is not None:
            also(place)


def synthetic_cohort(patients: SyntheticPatients) -> Cohort:
    """Turn generated patients into a cohort, as reading their folder would."""
    catalogue = variables()
    columns = tuple(catalogue[str(name)].column() for name in patients.ehr.columns)
    about = synthetic_about(patients.preset, patients.seed, patients.signal)
    report = ReadingReport("ehr.csv", about.generator, *patients.ehr.shape)
    labels = patients.labels.assign(pe=patients.labels["pe"].astype("Int8"))
    return Cohort(about, Table(patients.ehr, columns, report), labels, None, patients.oracle)


def restrict(cohort: Cohort, task: str) -> tuple[Table, pd.Series, pd.Series]:
    """Rows that are labelled for the task and stand in the table, with the columns known in time for it.

    Returns
    -------
    table, codes, groups
        In the order of the table, all with the same index.

    Raises
    ------
    CohortError
        The cohort has no table, or no labelled patient in it.
    """
    if cohort.table is None:
        raise CohortError("errors.cohort_no_table", name=cohort.about.name)
    codes = cohort.labelled(task)
    keep = cohort.table.frame.index[cohort.table.frame.index.isin(codes.index)]
    if keep.empty:
        raise CohortError("errors.cohort_no_label", name=cohort.about.name, task=task)
    columns = tuple(column for column in cohort.table.columns if known_in_time(column, task))
    frame = cohort.table.frame.loc[keep, [column.name for column in columns]]
    return replace(cohort.table, frame=frame, columns=columns), codes.loc[keep], cohort.groups().loc[keep]


def known_in_time(column: Column, task: str) -> bool:
    """Whether the column may predict the task: for the diagnosis nothing that imaging or treatment tells."""
    if not column.known or task == "outcome":
        return True
    return variables()[column.name].known == "suspicion"


def _recordings(folder: Path, table: Table | None) -> tuple[pd.DataFrame | None, tuple[Note, ...]]:
    """Return the recordings that ``ecg.csv`` lists, else those that are called as the table's patients are."""
    if (folder / _LIST).is_file():
        listed = read_list(folder / _LIST)
        if table is None:
            return listed, ()
        return respelled(listed, table.frame.index, _LIST, "ehr.csv", repeats=True)
    return find_named(folder, table.frame.index) if table is not None else (None, ())


def _write(cohort: Cohort, folder: Path) -> None:
    write_about(cohort.about, folder / "cohort.toml")
    if cohort.table is not None:
        write_table(cohort.table, folder / "ehr.csv")
    for name, frame in (("labels", cohort.labels), ("ecg", cohort.recordings), ("oracle", cohort.oracle)):
        if frame is not None:
            frame.to_csv(folder / f"{name}.csv", lineterminator="\n", encoding="utf-8")


def _read_about(folder: Path) -> About:
    path = folder / "cohort.toml"
    return (
        parse_about(path.read_bytes(), _name_of(folder)) if path.is_file() else About(name=_name_of(folder))
    )


def _name_of(folder: Path) -> str:
    """Name of a folder as text that can be written anywhere: unpacked from an archive it may be no UTF-8."""
    return folder.resolve().name.encode("utf-8", "replace").decode()


def check_common(labels: pd.DataFrame, known: pd.Index) -> None:
    """Raise a ``CohortError`` unless labels and patients share an identifier."""
    if not labels.index.isin(known).any():
        raise CohortError(
            "errors.cohort_no_common", example=str(labels.index[0])[:40], other=str(known[0])[:40]
        )


def _read_oracle(path: Path) -> pd.DataFrame | None:
    if not path.is_file():
        return None
    numbers = ("severity", "p_pe", *(f"p_{name}" for name in OUTCOMES))
    kinds = {"patient_id": "str", "stratum": "str", **dict.fromkeys(numbers, "float64")}
    try:
        frame = pd.read_csv(path, dtype=kinds).set_index("patient_id")[["stratum", *numbers]]
    # pandas' own errors of reading are ValueErrors, those of missing columns KeyErrors
    except (ValueError, KeyError, OSError) as error:
        raise CohortError("errors.cohort_oracle", reason=" ".join(str(error).split())[:80]) from error
    if not frame.index.is_unique:
        raise CohortError("errors.cohort_oracle", reason="duplicated patient_id")
    return frame
