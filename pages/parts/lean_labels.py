"""Labels without emoji: Streamlit looks for one at the start of every label of a segmented control.

It does so by a pattern of 5,000 alternatives, which is made when the first such control is drawn: a twentieth of a
first view, and 6 MB. No label and no icon of this app is an emoji (icons are Material Symbols).
"""

from __future__ import annotations

import importlib
import re
import sys
from types import ModuleType
from typing import Any

_NAME = "streamlit.emojis"


class _NoEmojis(ModuleType):
    """Stand-in for Streamlit's table of emojis; whatever else is asked of it comes from the table itself."""

    ALL_EMOJIS: frozenset[str] = frozenset()
    EMOJI_EXTRACTION_REGEX = re.compile(r"(?!)")

    def __getattr__(self, asked: str) -> Any:
        if asked.startswith("__"):
            raise AttributeError(asked)
        sys.modules.pop(_NAME, None)
        return getattr(importlib.import_module(_NAME), asked)


def keep_labels_lean() -> None:
    """Put the stand-in where Streamlit looks for its table, unless that was loaded before."""
    sys.modules.setdefault(_NAME, _NoEmojis(_NAME))
