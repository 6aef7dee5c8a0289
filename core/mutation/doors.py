"""What the app does with an upload, door by door: reads it, works with it, and says what it noticed."""

from __future__ import annotations

import contextlib
import functools
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import InputError
from core.text import LANGUAGES, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from core.cohort.columns import Column, Note
    from core.cohort.folder import Cohort
    from core.ecg.recording import Recording

    Files = dict[str, bytes]

MODALITIES = ("ehr", "ecg", "fusion")


def read_table(files: Files, folder: Path) -> None:
    """Read a hospital's table as the columns of a model and freely; what was understood is written and read again."""
    from core.cohort.tables import read_table, write_table

    (name, content), *_ = files.items()
    table = read_table(content, name)
    _say(table.report.notes)
    _ = [column.label(language) for column in table.columns for language in LANGUAGES]
    write_table(table, folder / "again.csv")
    _say(read_table(content, name, columns=_catalogue()).report.notes)


def read_labels(files: Files, _: Path) -> None:
    """Read labels beside the table of their patients."""
    from core.cohort.tables import load_cells, read_both
    from core.mutation import seeds

    (name, content), *_rest = files.items()
    table, _labels = read_both(
        load_cells(seeds.csv_bytes(seeds.table()), "ehr.csv"), load_cells(content, name)
    )
    _say(table.report.notes)


def read_scores(files: Files, _: Path) -> None:
    """Read a table for the published scores, and reckon them."""
    from core.clinical.scores import read_score_table, results

    (name, content), *_rest = files.items()
    table = read_score_table(content, name)
    _say(table.report.notes)
    for row in results(table.frame):
        json.dumps({key: one.to_json() for key, one in row.items()}, allow_nan=False)


def read_recording(files: Files, _: Path) -> None:
    """Read a recording, what the device says of it, and interpret it."""
    from core.ecg.reading import read_recording, read_stated

    _interpret(read_recording(dict(files), next(iter(files))))
    json.dumps(read_stated(dict(files), next(iter(files))), allow_nan=False)


def read_about(files: Files, _: Path) -> None:
    """Read what a cohort says of itself."""
    from core.cohort.about import parse_about

    (name, content), *_rest = files.items()
    json.dumps(parse_about(content, name).facts(), allow_nan=False)


def read_mapping(files: Files, _: Path) -> None:
    """Read what a person said of a table's columns, write it as it is downloaded, and read tables by it."""
    from core.cohort.column_mapping import mapping_text, parse_mapping
    from core.cohort.tables import load_cells, read_labels, table_of
    from core.mutation import seeds

    (name, content), *_rest = files.items()
    mapping = parse_mapping(content, name)
    parse_mapping(mapping_text(mapping).encode(), name)
    for made in (seeds.labels(), seeds.event_labels().rename(columns={"流水": "patient_id"})):
        read_labels(seeds.csv_bytes(made), "labels.csv", mapping)
    cells = load_cells(seeds.csv_bytes(seeds.table()), "ehr.csv")
    for columns in (None, _catalogue()):
        _say(table_of(cells, columns=columns, mapping=mapping).report.notes)


def read_folder_files(files: Files, _: Path) -> None:
    """Read the tables of a cohort folder as the page takes them: in memory."""
    from core.cohort.folder_files import read_folder_files

    _say(_reports(read_folder_files(files).cohort))


def read_folder(files: Files, folder: Path) -> None:
    """Read a cohort folder from disk, recordings and all."""
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    _read_cohort(folder)


def read_archive(files: Files, folder: Path) -> None:
    """Read a cohort folder that comes as a ZIP file: its tables in memory, as the Cohort page does, then all of it."""
    from core.cohort.archive import tables_in, unpack_cohort
    from core.cohort.folder_files import read_folder_files

    (content,) = files.values()
    with contextlib.suppress(InputError):
        _say(_reports(read_folder_files(tables_in(content)).cohort))
    _read_cohort(unpack_cohort(content, folder))


def read_documents(files: Files, folder: Path) -> None:
    """Read the measurements that stand beside the models."""
    from core.learning_curve import load_learning_curve
    from core.optimism import load_optimism

    load: dict[str, Callable[[Path], object]] = {
        "learning-curve-outcome-ehr.json": load_learning_curve,
        "optimism-outcome-ehr.json": load_optimism,
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
        load[name](folder / name)


def read_mimic(files: Files, folder: Path) -> None:
    """Build a cohort from a copy of MIMIC-IV."""
    from core.cohort.mimic_iv.build import build

    for name, content in files.items():
        place = folder / "mimic" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    build(folder / "mimic", folder / "cohort")


def model_reader(name: str) -> Callable[[Files, Path], None]:
    """Reader of a saved model that is laid out as ``name``: the model itself, and its stored results."""
    task, modality = name.split("-")

    def read(files: Files, folder: Path) -> None:
        """Lay the model's files out in ``folder`` and read what the pages and the command line read of them."""
        from core import training
        from core.results import load_results

        place = folder / name
        place.mkdir()
        for file, content in files.items():
            (place / file).write_bytes(content)
        found = load_results(folder, task, modality)
        _ = found.classes, found.synthetic, found.evaluation.to_json()
        for table in ("predictions", "roc", "calibration"):
            found.frame(table)
        load = {"ehr": training.load_ehr_model, "ecg": training.load_ecg_model, "fusion": _fusion}
        load[modality](folder, task)

    return read


def _fusion(root: Path, task: str) -> object:
    """Open a fusion without the single models that it stands on."""
    from core.artifacts import artifact_name, load_artifact
    from core.fusion import storage

    return storage.from_files(load_artifact(root / artifact_name(task, "fusion")))


def _read_cohort(folder: Path) -> None:
    from core.cohort.folder import load_cohort
    from core.recordings import has_recordings, read_each, recordings_digest, recordings_of

    cohort = load_cohort(folder)
    cohort = replace(cohort, about=replace(cohort.about, signals=None))
    cohort.digest()
    _say(_reports(cohort))
    if has_recordings(cohort):
        source = recordings_of(cohort)
        found, refused = read_each(source, source.rows.index, _interpret, workers=1)
        _ = [error.say(language) for error in refused.values() for language in LANGUAGES]
        recordings_digest(source, found, workers=1)


def _reports(cohort: Cohort) -> tuple[Note, ...]:
    return cohort.notes + (cohort.table.report.notes if cohort.table is not None else ())


def _interpret(recording: Recording) -> None:
    from core.ecg.interpretation import read_ecg

    for language in LANGUAGES:
        _ = [text(language, one.key, **one.values) for one in recording.assumptions]
    json.dumps(read_ecg(recording).to_json(), allow_nan=False)


def _say(notes: Iterable[Note]) -> None:
    _ = [note.say(language) for note in notes for language in LANGUAGES]


@functools.cache
def _catalogue() -> tuple[Column, ...]:
    from core.cohort.variables import variables

    return tuple(variable.column() for variable in variables().values())
