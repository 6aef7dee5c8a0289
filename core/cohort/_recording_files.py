"""Which recordings a cohort folder holds: listed in ``ecg.csv``, or found beside a table of labels."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from core.cohort._cells import clip
from core.cohort._file_labels import read_file_labels
from core.cohort._patient_ids import patient_ids
from core.cohort._recording_names import and_alike, file_stem, matched, names_of, sole
from core.cohort._table_cells import load_cells
from core.cohort.columns import Note, NoteKind
from core.errors import CohortError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from core.cohort.column_mapping import ColumnMapping

_TABLES = {"cohort.toml", "ehr.csv", "labels.csv", "oracle.csv", "ecg.csv"}
# papers, pictures and archives: endings that no recording has
_NO_RECORDINGS = {
    *(".md", ".pdf", ".html", ".htm", ".doc", ".docx", ".ppt", ".pptx", ".xls", ".xlsx", ".parquet"),
    *(".png", ".jpg", ".jpeg", ".gif", ".svg", ".tif", ".tiff", ".bmp"),
    *(".toml", ".yaml", ".yml", ".json", ".ini", ".log", ".py", ".ipynb", ".db", ".lnk", ".sha256", ".md5"),
    *(".zip", ".gz", ".7z", ".rar", ".tar", ".h5", ".hdf5"),
}
# what collections of recordings carry beside them
_OTHERS = {"records", "annotators", "license", "license.txt", "readme", "readme.txt", "sha256sums.txt"}
# what a build from MIMIC-IV puts beside its tables
_BUILT = {"flow.csv", "table_one.csv", "variables.csv", "definitions.txt", "data-use.txt"}
_DRIVE = re.compile(r"[A-Za-z]:")
_CORRECTIONS = ("unit", "rate_hz")
_N_SHOWN = 3


def read_list(path: Path) -> pd.DataFrame:
    """Read ``ecg.csv``.

    Returns
    -------
    DataFrame
        Index ``patient_id`` (text; repeats where a patient has several recordings); ``path`` from the cohort's folder,
        parts joined by ``/``; optionally ``unit`` (text) and ``rate_hz`` (float64), which correct what the files leave
        open, empty where they need no correction; other columns as text.

    Raises
    ------
    CohortError
        A column is missing, a path is empty, stands twice or is not inside the folder, or a rate is no number.
    TableError
        It is no table, or identifiers are empty.
    """
    cells = load_cells(path, path.name)
    headers = [str(header) for header in cells.frame.columns]
    if not {"patient_id", "path"} <= set(headers):
        raise CohortError("errors.cohort_ecg_columns", found=", ".join(headers)[:80])
    ids = patient_ids(cells, "patient_id", repeats=True)
    rest = [header for header in headers if header != "patient_id"]
    frame = pd.DataFrame({header: cells.frame[header].str.strip() for header in rest})
    taken: set[str] = set()
    for position, written in enumerate(frame["path"]):
        inside = _inside(written)
        if inside is None or inside in taken:
            key = "errors_recordings.path" if inside is None else "errors_recordings.path_twice"
            raise CohortError(key, row=cells.rows([position])[0], path=clip(written, 60))
        taken.add(inside)
    frame["path"] = pd.Series([_inside(written) for written in frame["path"]], dtype="str")
    return _with_numbers(frame.set_axis(ids))


def holds_recordings(folder: Path) -> bool:
    """Whether a folder holds anything that may be a recording."""
    return next(_walk(folder), None) is not None


def list_recordings(folder: Path) -> list[str]:
    """Paths of all that may be recordings in a folder and below, parts joined by ``/``; a WFDB header for its pair."""
    return sorted(_members(_walk(folder)))


def find_labelled(
    folder: Path, mapping: ColumnMapping | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[Note, ...]]:
    """Match the recordings of a folder with its ``labels.csv``: by identifier, or by a column that names files.

    Which column that is, its header says, or else what it holds.

    Parameters
    ----------
    mapping
        What a person says of the labels' columns and words.

    Returns
    -------
    labels, recordings, notes
        ``labels`` as ``read_labels`` returns them; where files identify the rows, the index is the file's stem.
        ``recordings`` as ``read_list`` returns them, ``unit`` and ``rate_hz`` from columns of the labels. ``notes``
        count what has no counterpart.

    Raises
    ------
    CohortError
        No label names a recording, one may be either of two, or a rate is no number.
    TableError
        The labels cannot be read.
    """
    members = _members(_walk(folder))
    names = names_of(members)
    read = read_file_labels(folder / "labels.csv", {word for level in names for word in level}, mapping)
    labels, words = read.labels, read.files
    paths, alike = and_alike(matched(words, names), words, names)
    there = paths.notna()
    if not there.any():
        example, other = clip(words.iloc[0]), clip(next(iter(members)))
        raise CohortError(
            "errors_recordings.no_file",
            folder=folder, n=len(labels), files=len(members), example=example, other=other,
        )  # fmt: skip
    unlabelled = sorted(members.keys() - set(paths[there]))
    notes = (
        *read.notes,
        *alike,
        _note("doubted", "labels_without_file", words[~there].tolist(), len(labels)),
        _note("left_out", "files_without_label", unlabelled, len(members)),
    )
    if read.by_file:
        labels.index = _identifiers(paths)
    recordings = pd.DataFrame({"path": paths[there].to_numpy()}, index=labels.index[there], dtype="str")
    for name in _CORRECTIONS:
        if name in labels:
            recordings[name] = labels.loc[recordings.index, name].fillna("")
    return labels, _with_numbers(recordings), tuple(note for note in notes if note is not None)


def find_named(folder: Path, ids: pd.Index) -> tuple[pd.DataFrame | None, tuple[Note, ...]]:
    """Match the recordings of a folder with the patients of its table, where no ``ecg.csv`` lists them: by name.

    Parameters
    ----------
    ids
        Identifiers of the patients.

    Returns
    -------
    recordings, notes
        ``recordings`` as ``read_list`` returns them, None where no file is called as a patient is. ``notes`` say what
        was matched, and what was not.
    """
    members = _members(_walk(folder))
    words = pd.Series(ids, index=ids, dtype="str")
    # two files that may both be one patient's are nobody's
    names = [sole(level) for level in names_of(members)]
    paths, alike = and_alike(matched(words, names), words, names)
    paths = paths.dropna()
    unused = sorted(members.keys() - set(paths))
    if paths.empty:
        note = _note("doubted", "recordings_unused", unused, len(members))
        return None, () if note is None else (note,)
    notes = (
        _note("converted", "recordings_by_name", paths.tolist(), len(ids)),
        *alike,
        _note("doubted", "recordings_unused", unused, len(members)),
    )
    return pd.DataFrame({"path": paths}, dtype="str"), tuple(note for note in notes if note is not None)


def _walk(folder: Path) -> Iterator[str]:
    """Paths of all files that may be recordings, in a fixed order; links to folders are not followed."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inside = Path(place).relative_to(folder)
        for name in sorted(files):
            plain = name.lower()
            listed = plain in _TABLES | _BUILT if place == str(folder) else False
            aside = name.startswith((".", "~")) or plain in _OTHERS or Path(plain).suffix in _NO_RECORDINGS
            if not listed and not aside:
                yield (inside / name).as_posix()


def _members(paths: Iterable[str]) -> dict[str, list[str]]:
    """Path of each recording to its files: a WFDB header stands for all that has its stem."""
    by_stem: dict[str, list[str]] = {}
    for path in paths:
        by_stem.setdefault(file_stem(path), []).append(path)
    members: dict[str, list[str]] = {}
    for group in by_stem.values():
        header = next((path for path in group if path.lower().endswith(".hea")), None)
        members.update({header: group} if header else {path: [path] for path in group})
    return members


def _identifiers(paths: pd.Series) -> pd.Index[str]:
    """Identifiers of rows by their files: the stems while those differ, else paths; without a file as written."""
    there = paths.notna()
    whole = paths[there]
    choices = (whole.map(lambda path: file_stem(path.rpartition("/")[2])), whole.map(file_stem), whole)
    written = paths.index.to_series()
    named = (written.where(~there, choice) for choice in choices)
    ids: pd.Index[str] = pd.Index(next(ids for ids in named if ids.is_unique), dtype="str", name="patient_id")
    return ids


def _inside(written: str) -> str | None:
    """Path as its parts joined by ``/``; None for one that is empty or may lead out of the folder."""
    plain = written.replace("\\", "/")
    parts = [part for part in plain.split("/") if part not in {"", "."}]
    absolute = plain.startswith("/") or _DRIVE.match(plain) is not None
    if not parts or absolute or ".." in parts or not plain.isprintable():
        return None
    return "/".join(parts)


def _with_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Rates as numbers, NaN where none is given."""
    if "rate_hz" not in frame:
        return frame
    written = frame["rate_hz"]
    numbers = pd.to_numeric(written, errors="coerce")
    wrong = numbers.isna() & (written != "")
    if wrong.any():
        patient, found = str(written.index[wrong][0]), clip(written[wrong].iloc[0])
        raise CohortError("errors_recordings.rate", patient=clip(patient), found=found)
    return frame.assign(rate_hz=numbers.astype("float64"))


def _note(kind: NoteKind, key: str, words: list[str], of: int) -> Note | None:
    if not words:
        return None
    shown = ", ".join(clip(word) for word in words[:_N_SHOWN])
    return Note(kind, "", f"reading.{key}", {"n": len(words), "of": of, "examples": shown})
