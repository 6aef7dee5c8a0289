"""The work of a run, in the process of its own: the cohort, then the models, into the run's folder."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.artifacts import artifact_name
from core.modalities import SINGLE
from core.progress import Progress, hearing, span
from core.text import LANGUAGES
from core.training_run.told import Teller

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.cohort.folder import Cohort
    from core.training_run.request import Request

COHORT = "cohort"
"""Where an upload is unpacked, inside the run's folder; gone when the run is."""
MODELS = "models"
_MOST_NOTES = 200

Notes = dict[str, list[str]]
"""What the reader noticed, in each language."""


def work(request: Request, folder: Path, upload: bytes, in_use: Path, told: Callable[[Notes], None]) -> None:
    """Do what is asked for.

    Parameters
    ----------
    request
        What to train.
    folder
        The run's own.
    upload
        The ZIP file, where the request speaks of one.
    in_use
        Folder of the models in use: a fusion takes its single models from there where they fit.
    told
        Called with what the reader noticed in a cohort of one's own. Its sentences may hold a patient's values.

    Raises
    ------
    InputError
        The cohort cannot be read, or does not allow what is asked for.
    """
    teller = Teller(folder)
    try:
        with hearing(teller.figures):
            cohort = _cohort(request, folder, upload, teller)
            if request.source != "synthetic":
                told(_said(cohort))
            _train(request, cohort, folder / MODELS, in_use, teller)
    finally:
        shutil.rmtree(folder / COHORT, ignore_errors=True)


def _cohort(request: Request, folder: Path, upload: bytes, teller: Teller) -> Cohort:
    if request.source == "synthetic":
        from core.training import built_in_cohort

        teller.progress("generate", 0.0)
        return built_in_cohort(request.patients, request.cohort_seed, request.preset)
    from core.cohort.archive import unpack_cohort
    from core.cohort.folder import load_cohort

    teller.progress("cohort", 0.0)
    if request.source == "folder":
        return load_cohort(_typed(request.folder))
    (folder / COHORT).mkdir()
    cohort = load_cohort(unpack_cohort(upload, folder / COHORT))
    # an upload names no folder of the server: its recordings are those that came with it
    return replace(cohort, about=replace(cohort.about, signals=None))


def _said(cohort: Cohort) -> Notes:
    from core.cohort.telling import notes_of

    notes = notes_of(cohort)[:_MOST_NOTES]
    return {language: [note.say(language) for note in notes] for language in LANGUAGES}


def _typed(folder: str) -> Path:
    try:
        return Path(folder).expanduser()
    except RuntimeError:  # a home that nobody has
        return Path(folder)


def _train(request: Request, cohort: Cohort, models: Path, in_use: Path, teller: Teller) -> None:
    from core.training import train

    bases = [one for one in request.trained if one != request.modality]
    wanted = [one for one in bases if not _taken(request, cohort, models, in_use, one)]
    steps = [*wanted, request.modality]
    for place, modality in enumerate(steps):
        teller.model = artifact_name(request.task, modality)
        part = _part(teller.progress, place, len(steps))
        train(cohort, request.task, modality, models, request.settings(modality), part)


def _taken(request: Request, cohort: Cohort, models: Path, in_use: Path, modality: str) -> bool:
    """Copy a single model in use that was fitted on these patients with this seed, unless another is asked for."""
    from core._training_fusion import standing_base

    if request.changes.get(modality) or modality not in SINGLE:
        return False
    found = standing_base(in_use, cohort, request.task, modality, request.seed)
    if found is None:
        return False
    shutil.copytree(found.folder, models / artifact_name(request.task, modality))
    return True


def _part(progress: Progress, place: int, steps: int) -> Progress:
    return span(progress, place / steps, (place + 1) / steps)
