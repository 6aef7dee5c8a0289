"""The one place where functions are compiled: cached on disk where possible, and numba imported only here."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., object]")


def compiled(function: F) -> F:
    """Compile a function on its first call, without holding the interpreter's lock while it runs.

    The machine code is kept beside the module, else in the user's cache folder. Where neither can be written
    (a read-only installation without a home), numba refuses to cache; then each process compiles for itself.
    """
    options = {"nogil": True, "error_model": "numpy", "_nrt": False}
    try:
        result: F = njit(cache=True, **options)(function)
    except RuntimeError:
        result = njit(**options)(function)
    return result


def inlined(function: F) -> F:
    """Compile a function into its caller.

    For what is called thousands of times a tree: a compiled call copies every array's description.
    """
    result: F = njit(error_model="numpy", forceinline=True, _nrt=False)(function)
    return result
