"""Words that come from files, made safe for a spreadsheet: a cell never becomes a formula when a CSV is opened."""

from __future__ import annotations

import re

# the beginning of a formula, also in full width, and where another separator makes a cell begin in the midst of one
_FORMULA = re.compile(r"(^|[;\t\r\n])(?=\s{0,9}[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]+")


def harmless(value: object) -> object:
    """Put an apostrophe before what a spreadsheet would run; numbers and lone signs stay as they are.

    Examples
    --------
    >>> harmless("=1+1"), harmless("-0.5"), harmless(-0.5), harmless("a;=1+1"), harmless("A-1")
    ("'=1+1", '-0.5', -0.5, "a;'=1+1", 'A-1')
    """
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return value
    return _FORMULA.sub(r"\1'", value)
