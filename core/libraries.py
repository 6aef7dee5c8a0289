"""Libraries that only some of the work needs: a server that serves saved models can do without them.

``requirements-serving.txt`` lists what serving takes; ``requirements.txt`` adds the rest.
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

# by the name they are imported under
TRAINING = {
    "ehr": ("xgboost", "sklearn", "imblearn", "numba"),
    "ecg": ("torch", "onnx", "safetensors", "sklearn"),
    "fusion": ("torch", "onnx", "safetensors", "sklearn", "xgboost", "imblearn", "numba"),
}
IMPUTING = ("numba", "sklearn")
FORCE_PLOT = ("shap", "streamlit_shap", "matplotlib")
# by the name they are installed under, where that is another
_INSTALLED_AS = {
    "sklearn": "scikit-learn",
    "imblearn": "imbalanced-learn",
    "streamlit_shap": "streamlit-shap",
}
# xgboost is in both files: a machine without it has not been set up at all
NOT_FOR_SERVING = frozenset(
    {"polars", *FORCE_PLOT} | {one for names in TRAINING.values() for one in names}
) - {"xgboost"}


class LibraryError(InputError):
    """What is asked for needs libraries that are not installed."""


def missing(names: tuple[str, ...]) -> list[str]:
    """Which of these are not installed; none is imported to find out.

    Examples
    --------
    >>> missing(("json", "no_such_library"))
    ['no_such_library']
    """
    return [name for name in names if importlib.util.find_spec(name) is None]


def check_training(modality: str | None) -> None:
    """Refuse training that cannot work here, before any of its work is done.

    Parameters
    ----------
    modality
        None, or one that does not exist: whatever can be trained.

    Raises
    ------
    LibraryError
        Something that it needs is not installed.
    """
    _check(TRAINING.get(modality or "ehr", ()), "libraries.training")


def check_imputing() -> None:
    """Refuse to complete a table, or to measure what completing costs, before any of its work is done.

    Raises
    ------
    LibraryError
        Something that it needs is not installed.
    """
    _check(IMPUTING, "libraries.needed")


def said(names: Iterable[str]) -> str:
    """Return libraries by the names under which they are installed.

    Examples
    --------
    >>> said(["sklearn", "torch"])
    'scikit-learn, torch'
    """
    return ", ".join(_INSTALLED_AS.get(name, name) for name in names)


def _check(wanted: tuple[str, ...], key: str) -> None:
    if gone := missing(wanted):
        raise LibraryError(key, names=said(gone))


def as_sentence(error: ModuleNotFoundError) -> LibraryError | None:
    """Say in a sentence that a library was not found; None if it is none that one may do without."""
    name = (error.name or "").partition(".")[0]
    return LibraryError("libraries.needed", names=said([name])) if name in NOT_FOR_SERVING else None
