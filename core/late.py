"""A library that is loaded when it is first used.

scipy.special brings a third of a second of numpy's tools along, pandas takes as long as half of a bare page: who only
looks at stored figures needs neither.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class LateModule:
    """Stand-in for a module, loaded with the first thing that is asked of it.

    Parameters
    ----------
    name
        Dotted name of the module.

    Examples
    --------
    >>> LateModule("math").floor(2.5)
    2
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, asked: str) -> Any:
        """Load the module if it was not loaded before, and hand on what is asked of it."""
        return getattr(importlib.import_module(self._name), asked)


def late_names(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a package whose names are loaded with the module that holds them.

    Parameters
    ----------
    package
        ``__name__`` of the package. None of its modules may have the name of something that it offers: the module
        would stand in its place once it is loaded.
    homes
        Each name that the package offers to its module in it.

    Examples
    --------
    >>> late_names("email", {"message_from_string": "mime"})("Message")
    Traceback (most recent call last):
    AttributeError: Message
    """

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(name)
        return getattr(importlib.import_module(f"{package}.{homes[name]}"), name)

    return find
