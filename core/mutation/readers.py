"""Every door that a file comes in by, with whole uploads to try it on, and how damaged ones are sealed again."""

from __future__ import annotations

import binascii
import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.artifacts import MANIFEST, list_artifacts
from core.mutation import doors, seeds
from core.mutation.hostile import hostile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import numpy as np

    Files = dict[str, bytes]
    Seal = Callable[[Files, np.random.Generator], Files]

_LARGE_MODEL, _SLOW = 0.25, 0.1


def _as_it_is(files: Files, _: np.random.Generator) -> Files:
    return files


@dataclass(frozen=True)
class Reader:
    """One door.

    Attributes
    ----------
    name
        For the report.
    seeds
        Uploads that can be read: file name to content.
    read
        Reads an upload as the app does, with an empty folder of its own.
    seal
        What lets a damaged upload pass the first look: it is packed, its checksums fit again.
    share
        How many cases it gets, against the others.
    damaged
        Which files of the seeds are damaged; all of them without a name.
    hostile
        Folders with uploads made to do harm, sealed already: they lie on disk, since they are many and large.
    """

    name: str
    seeds: tuple[Files, ...]
    read: Callable[[Files, Path], None]
    seal: Seal = _as_it_is
    share: float = 1.0
    damaged: tuple[str, ...] = ()
    hostile: tuple[Path, ...] = ()


def readers(artifacts: Path, spool: Path, devices: Path | None = None) -> list[Reader]:
    """All doors.

    Parameters
    ----------
    artifacts
        Folder of saved models; those that are there are mutated too.
    spool
        Folder that hostile uploads are laid out in.
    devices
        Folder of real recordings, if one is at hand.
    """
    found = [*_tables(), *_recordings(devices), *_folders(), *_stored(artifacts)]
    found.append(Reader("MIMIC-IV tables", seeds.mimic_copies(), doors.read_mimic, share=_SLOW))
    return [replace(one, hostile=tuple(_spooled(one.name, spool / str(at)))) for at, one in enumerate(found)]


def _spooled(name: str, folder: Path) -> Iterator[Path]:
    for number, files in enumerate(hostile(name)):
        for file, content in files.items():
            place = folder / str(number) / file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        yield folder / str(number)


def _tables() -> list[Reader]:
    patients = seeds.table()
    labels = [seeds.csv_bytes(made) for made in (seeds.labels(), seeds.event_labels())]
    book, parquet = seeds.workbook_bytes(patients), seeds.parquet_bytes(patients)
    texts = [
        seeds.csv_bytes(patients, delimiter, encoding)
        for delimiter, encoding in (
            (",", "utf-8"),
            ("\t", "utf-16"),
            (";", "gb18030"),
            ("|", "utf-8-sig"),
            (",", "utf-16-le"),
        )
    ]
    return [
        Reader("csv", _each("ehr.csv", texts), doors.read_table, share=2),
        Reader("xlsx", _each("ehr.xlsx", [book]), doors.read_table, share=0.5),
        Reader("xlsx parts", (seeds.unzipped(book),), doors.read_table, _packed("ehr.xlsx")),
        Reader("parquet", _each("ehr.parquet", [parquet]), doors.read_table),
        Reader("labels", _each("labels.csv", labels), doors.read_labels),
        Reader("score table", _each("ehr.csv", texts[:1]), doors.read_scores, share=0.3),
    ]


def _recordings(devices: Path | None) -> list[Reader]:
    real = seeds.device_files(devices) if devices is not None else {}
    made = seeds.recording_files()
    arrays = seeds.unzipped(next(iter(made["npz"].values())))
    return [
        *(
            Reader(
                f"ecg {kind}",
                (files, *real.get(kind, ())),
                doors.read_recording,
                _scp_sealed if kind == "scp" else _as_it_is,
            )
            for kind, files in made.items()
        ),
        Reader("ecg npz parts", (arrays,), doors.read_recording, _packed("example.npz"), 0.5),
    ]


def _folders() -> list[Reader]:
    folder = seeds.cohort_folder()
    about = {"cohort.toml": folder["cohort.toml"]}
    tables = {name: content for name, content in folder.items() if "/" not in name and name != "ecg.csv"}
    archive = {"cohort.zip": seeds.zipped(folder)}
    return [
        Reader("cohort.toml", (about,), doors.read_about, share=0.5),
        Reader("ecg.csv", (folder,), doors.read_folder, damaged=("ecg.csv",)),
        Reader("columns.toml", (seeds.mapping(),), doors.read_mapping),
        Reader("folder files", (tables | seeds.result_files(),), doors.read_folder_files),
        Reader("zip", (archive,), doors.read_archive),
        Reader("zip parts", (folder,), doors.read_archive, _packed("cohort.zip")),
    ]


def _stored(root: Path) -> list[Reader]:
    documents = {path.name: path.read_bytes() for path in sorted(root.glob("*.json"))}
    found = [Reader("documents", (documents,), doors.read_documents)] if documents else []
    for folder in list_artifacts(root):
        files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
        share = _LARGE_MODEL if folder.name.endswith("ehr") else 0.5
        found.append(Reader(folder.name, (files,), doors.model_reader(folder.name), _signed, share))
    return found


def _each(name: str, contents: Sequence[bytes]) -> tuple[Files, ...]:
    return tuple({name: content} for content in contents)


def _packed(name: str) -> Seal:
    def seal(files: Files, _: np.random.Generator) -> Files:
        return {name: seeds.zipped(files)}

    return seal


def _scp_sealed(files: Files, rng: np.random.Generator) -> Files:
    """Let the size and the checksum of an SCP file fit, most of the time."""
    if rng.random() < 0.2:
        return files
    return {
        name: sealed[:0] + binascii.crc_hqx(sealed, 0xFFFF).to_bytes(2, "little") + sealed
        for name, content in files.items()
        for sealed in [len(content).to_bytes(4, "little") + content[6:]]
    }


def _signed(files: Files, rng: np.random.Generator) -> Files:
    """Let a manifest name the digests of the damaged files, half of the time: then their own readers must refuse."""
    if rng.random() < 0.5:
        return files
    try:
        manifest = json.loads(files[MANIFEST])
        for name in manifest["files"]:
            manifest["files"][name] = hashlib.sha256(files[name]).hexdigest()
    except (ValueError, KeyError, TypeError, RecursionError):
        return files
    return files | {MANIFEST: json.dumps(manifest).encode()}
