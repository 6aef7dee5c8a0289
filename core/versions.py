"""Versions of the libraries that a result depends on."""

from __future__ import annotations

import importlib.metadata

_LIBRARIES = (
    "numpy",
    "pandas",
    "scipy",
    "scikit-learn",
    "imbalanced-learn",
    "xgboost",
    "xgboost-cpu",
    "numba",
    "torch",
    "onnx",
    "onnxruntime",
)


def versions() -> dict[str, str]:
    """Name to version of each library that is installed."""
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
