"""Files in, predictions out: what ``python -m core predict`` does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from core.artifacts import artifact_name, list_artifacts
from core.cohort._alike_ids import respelling, respelling_note
from core.cohort._recording_files import list_recordings
from core.cohort._recording_names import file_stem
from core.cohort.folder import TASKS
from core.cohort.mapping_beside import open_table
from core.cohort.tables import table_of
from core.ecg.interpretation import Reading, read_ecg
from core.errors import ArtifactError, InputError, RecordingError
from core.prediction import Prediction, fusion_features, predict_ecg, predict_ehr, predict_fusion
from core.recordings import RecordingSource, read_each, read_one
from core.text import text
from core.training import check_task, load_ecg_model, load_ehr_model, load_fusion_model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.cohort.column_mapping import ColumnMapping
    from core.cohort.columns import Table
    from core.cohort.tables import Cells
    from core.ecg.model import EcgModel
    from core.ehr.pipeline import EhrModel


def predict_files(
    root: Path,
    ehr: Path | None,
    ecg: Path | None,
    task: str | None,
    told: Callable[[str], None],
    columns: Path | None = None,
) -> list[Prediction]:
    """Predict the rows of a table, a recording or a folder of recordings, or both, by every saved model that fits.

    Parameters
    ----------
    root
        Folder of the artifacts.
    ehr, ecg
        A table; a recording or a folder of them.
    task
        None for every task that has a saved model.
    told
        Called with what the reader noticed, and with each recording that cannot be used.
    columns
        How columns of the table are read; without it, the ``columns.toml`` beside the table, where there is one.

    Raises
    ------
    InputError
        Nothing was given, a file is missing or unreadable, no recording of a folder can be read, or a model is missing.
    """
    if ehr is None and ecg is None:
        raise InputError("errors.no_input")
    if columns is not None and ehr is None:
        raise InputError("errors_prediction.columns_alone", file=columns.name)
    if task is not None:
        check_task(task)
    records: dict[str, _Record] = {}
    recordings: dict[str, _Recordings] = {}
    if ehr is not None:
        tasks = _tasks(root, task, "ehr")
        cells, mapping = open_table(ehr, columns, told)
        for one in tasks:
            records[one] = _of_table(root, cells, mapping, one, told)
    if ecg is not None:
        tasks = _tasks(root, task, "ecg")
        readings = _spelled(_readings(ecg, told), records, told)
        for one in tasks:
            model = load_ecg_model(root, one)[1]
            recordings[one] = _Recordings(model, readings, predict_ecg(model, readings, one))
    predictions: list[Prediction] = []
    for one in sorted({*records, *recordings}, key=TASKS.index):
        record, recording = records.get(one), recordings.get(one)
        if record and recording and (root / artifact_name(one, "fusion")).is_dir():
            predictions += _fused(root, one, record, recording)
        else:
            predictions += [each for given in (record, recording) if given for each in given.predictions]
    return predictions


@dataclass(frozen=True)
class _Record:
    """A table as one task's model read it, and what the model says of its rows."""

    model: EhrModel
    table: Table
    predictions: list[Prediction]


@dataclass(frozen=True)
class _Recordings:
    """Recordings that were read, and what one task's model says of them."""

    model: EcgModel
    readings: list[tuple[str, Reading]]
    predictions: list[Prediction]


def _fused(root: Path, task: str, record: _Record, recording: _Recordings) -> list[Prediction]:
    """Join by patient_id; who has only one of the two gets that one's prediction, and is told."""
    _, model = load_fusion_model(root, task)
    features = fusion_features(model, record.model, recording.model, record.table, recording.readings)
    ecg = {one.patient_id: one for one in recording.predictions}
    joined = [
        predict_fusion(model, one, ecg.pop(one.patient_id, None), task, features.get(one.patient_id))
        for one in record.predictions
    ]
    return joined + [predict_fusion(model, None, one, task) for one in ecg.values()]


def _spelled(
    readings: list[tuple[str, Reading]], records: dict[str, _Record], told: Callable[[str], None]
) -> list[tuple[str, Reading]]:
    """Give recordings the table's spelling of their identifiers, where only case or spaces differ."""
    known = next((record.table.frame.index for record in records.values()), ())
    spelling = respelling((name for name, _ in readings), map(str, known))
    if spelling:
        told(respelling_note(spelling).say("en"))
    return [(spelling.get(name, name), reading) for name, reading in readings]


def _tasks(root: Path, task: str | None, modality: str) -> list[str]:
    saved = {folder.name for folder in list_artifacts(root)}
    wanted = [task] if task is not None else [one for one in TASKS if artifact_name(one, modality) in saved]
    if not wanted:
        default = TASKS[0] if modality == "ecg" else TASKS[-1]
        raise ArtifactError("errors.artifact_missing", folder=root / artifact_name(default, modality))
    return wanted


def _of_table(
    root: Path, cells: Cells, mapping: ColumnMapping | None, task: str, told: Callable[[str], None]
) -> _Record:
    _, model = load_ehr_model(root, task)
    table = table_of(cells, columns=model.encoder.columns, mapping=mapping)
    for note in table.report.notes:
        if note.kind != "read":
            told(note.say("en"))
    return _Record(model, table, predict_ehr(model, table, task))


def _readings(ecg: Path, told: Callable[[str], None]) -> list[tuple[str, Reading]]:
    """Read one recording, or all of a folder; an identifier is the file's stem, or its path where stems repeat."""
    if ecg.is_file():
        recording = read_one(ecg, ecg.name)
        for assumption in recording.assumptions:
            told(text("en", assumption.key, **assumption.values))
        return [(file_stem(ecg.name), read_ecg(recording))]
    if not ecg.is_dir():
        raise InputError("errors.file_missing", file=ecg)
    paths = list_recordings(ecg)
    stems = [file_stem(path.rpartition("/")[2]) for path in paths]
    ids = stems if len(set(stems)) == len(stems) else paths
    rows = pd.DataFrame({"patient_id": ids, "path": paths}, index=pd.Index(ids, dtype="str"))
    found, refused = read_each(RecordingSource(rows, folder=ecg), ids, read_ecg)
    for error in refused.values():
        told(str(error))
    if not found:
        raise next(iter(refused.values()), RecordingError("errors.no_recording_in_folder", folder=ecg))
    return list(found.items())
