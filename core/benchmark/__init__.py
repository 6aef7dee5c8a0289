"""The performance figures beside their targets, in one run: times are compared within it, never between machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.artifacts import DEFAULT_FOLDER
from core.benchmark.figure import Figure, Scale, figure
from core.errors import InputError
from core.progress import Progress, silent

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["GROUPS", "Figure", "Scale", "benchmark", "figure"]

GROUPS = (
    *("missforest", "storage", "one-row", "resampling", "one-patient", "artifacts", "hospital-table"),
    *("one-recording", "imports", "attribution", "ecg-accuracy", "evaluation", "claims", "mimic"),
    *("app-start", "app-first-screen", "app-rerun", "app-memory", "app-load"),
    *("kills", "uploads"),
)
_LONG = ("hospital-table", "ecg-accuracy", "claims", "mimic", "kills", "uploads")


def benchmark(
    only: str | None = None,
    *,
    full: bool = False,
    scale: Scale | None = None,
    root: Path = DEFAULT_FOLDER,
    progress: Progress = silent,
) -> list[Figure]:
    """Measure.

    Parameters
    ----------
    only
        One of ``GROUPS``.
    full
        Also what takes many minutes; else that is measured only when named.
    scale
        Sizes of the tables.
    root
        Folder of the saved models.
    progress
        Told stage and share done.

    Raises
    ------
    InputError
        ``only`` is no group.
    """
    if only is not None and only not in GROUPS:
        raise InputError("errors_benchmark.unknown", name=only, known=", ".join(GROUPS))
    wanted = [only] if only else [name for name in GROUPS if full or name not in _LONG]
    figures = []
    for number, name in enumerate(wanted):
        progress("measure", number / len(wanted))
        figures += _measure(name, scale or Scale(), root)
    progress("measure", 1.0)
    return figures


def _measure(name: str, scale: Scale, root: Path) -> list[Figure]:
    from core.benchmark import (
        app,
        claims,
        ecg,
        evaluation,
        first_screen,
        hospital,
        imputer,
        kills,
        mimic,
        resampling,
        serving,
        uploads,
    )

    work = {
        "missforest": lambda: imputer.against_peers(scale),
        "storage": lambda: imputer.stored(scale),
        "one-row": lambda: imputer.one_row(scale),
        "resampling": lambda: resampling.neighbours_and_strength(scale),
        "one-patient": lambda: serving.one_patient(scale, root),
        "artifacts": lambda: serving.sizes(root),
        "hospital-table": lambda: hospital.hospital_table(scale),
        "one-recording": lambda: ecg.one_recording(scale, root),
        "imports": lambda: ecg.imports(scale, root),
        "attribution": lambda: ecg.attribution(scale, root),
        "ecg-accuracy": lambda: ecg.accuracy(scale, root),
        "evaluation": lambda: evaluation.six_models(scale),
        "claims": lambda: claims.claims(scale),
        "mimic": lambda: mimic.mimic(scale),
        "kills": lambda: kills.kills(scale),
        "app-start": lambda: app.start(scale, root),
        "app-first-screen": lambda: first_screen.first_screen(scale, root),
        "app-rerun": lambda: app.rerun(scale, root),
        "app-memory": lambda: app.memory(scale, root),
        "app-load": lambda: app.load(scale, root),
        "uploads": lambda: uploads.uploads(scale, root),
    }
    return work[name]()
