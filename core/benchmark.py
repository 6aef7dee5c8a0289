"""The performance figures beside their targets, in one run: times are compared within it, never between machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core._benchmark_figure import Figure, Scale, figure
from core.artifacts import DEFAULT_FOLDER
from core.errors import InputError
from core.progress import Progress, silent

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["GROUPS", "Figure", "Scale", "benchmark", "figure"]

GROUPS = (
    *("missforest", "storage", "one-row", "resampling", "one-patient", "artifacts", "hospital-table"),
    *("one-recording", "imports", "attribution", "ecg-accuracy", "evaluation", "claims", "mimic"),
    *("app-start", "app-rerun", "app-memory", "app-load"),
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
    from core import (
        _benchmark_app,
        _benchmark_claims,
        _benchmark_ecg,
        _benchmark_evaluation,
        _benchmark_hospital,
        _benchmark_imputer,
        _benchmark_kills,
        _benchmark_mimic,
        _benchmark_resampling,
        _benchmark_uploads,
    )
    from core import _benchmark_serving as serving

    work = {
        "missforest": lambda: _benchmark_imputer.against_peers(scale),
        "storage": lambda: _benchmark_imputer.stored(scale),
        "one-row": lambda: _benchmark_imputer.one_row(scale),
        "resampling": lambda: _benchmark_resampling.neighbours_and_strength(scale),
        "one-patient": lambda: serving.one_patient(scale, root),
        "artifacts": lambda: serving.sizes(root),
        "hospital-table": lambda: _benchmark_hospital.hospital_table(scale),
        "one-recording": lambda: _benchmark_ecg.one_recording(scale, root),
        "imports": lambda: _benchmark_ecg.imports(scale, root),
        "attribution": lambda: _benchmark_ecg.attribution(scale, root),
        "ecg-accuracy": lambda: _benchmark_ecg.accuracy(scale, root),
        "evaluation": lambda: _benchmark_evaluation.six_models(scale),
        "claims": lambda: _benchmark_claims.claims(scale),
        "mimic": lambda: _benchmark_mimic.mimic(scale),
        "kills": lambda: _benchmark_kills.kills(scale),
        "app-start": lambda: _benchmark_app.start(scale, root),
        "app-rerun": lambda: _benchmark_app.rerun(scale, root),
        "app-memory": lambda: _benchmark_app.memory(scale, root),
        "app-load": lambda: _benchmark_app.load(scale, root),
        "uploads": lambda: _benchmark_uploads.uploads(scale, root),
    }
    return work[name]()
