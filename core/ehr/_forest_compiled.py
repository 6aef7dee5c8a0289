"""The one place where functions are compiled: cached on disk where possible, and numba imported only here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

F = TypeVar("F", bound="Callable[..., object]")

# no reference counting: the kernels allocate nothing, and counting took a third of their time
_OPTIONS = {"error_model": "numpy", "_nrt": False}


def compiled(*inlined_from: ModuleType) -> Callable[[F], F]:
    """Compile a function on its first call, without holding the interpreter's lock while it runs.

    The machine code is kept beside the module, else in the user's cache folder. Where neither can be written
    (a read-only installation without a home), numba refuses to cache; then each process compiles for itself.

    Parameters
    ----------
    inlined_from
        Modules whose functions are compiled into this one: when their files change, it is compiled anew.
    """

    def decorate(function: F) -> F:
        """Compile one function, cached where that is possible."""
        try:
            result: Any = njit(cache=True, nogil=True, **_OPTIONS)(function)
        except RuntimeError:
            result = njit(nogil=True, **_OPTIONS)(function)
        else:
            _watch(result, inlined_from)
        kept: F = result
        return kept

    return decorate


def _watch(dispatcher: Any, modules: tuple[ModuleType, ...]) -> None:
    """Let the cache look at the files of other modules as well; numba itself looks at the function's own."""
    stats = [Path(str(module.__file__)).stat() for module in modules]
    index = dispatcher._cache._cache_file  # numba offers no other way
    index._source_stamp = (index._source_stamp, *((s.st_mtime, s.st_size) for s in stats))


def inlined(function: F) -> F:
    """Compile a function into its caller.

    For what is called thousands of times a tree: a compiled call copies every array's description.
    """
    result: F = njit(forceinline=True, **_OPTIONS)(function)
    return result
