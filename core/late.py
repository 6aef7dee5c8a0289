"""A library that is loaded when it is first used.

scipy.special brings a third of a second of numpy's tools along, pandas takes as long as half of a bare page: who only
looks at stored figures needs neither.
"""

from __future__ import annotations

import importlib
from typing import Any


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
