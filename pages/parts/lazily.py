"""Parts of a page that are loaded when they are drawn: the frame stands at once, and a folded tab costs nothing."""

from __future__ import annotations

import importlib
from typing import Any


def part(name: str) -> Any:
    """Return a module of ``pages.parts``, loaded now if it was not before.

    Parameters
    ----------
    name
        ``"ehr_results"`` for ``pages/parts/ehr_results.py``.
    """
    return importlib.import_module(f"pages.parts.{name}")
