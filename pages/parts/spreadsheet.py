"""CSV that a spreadsheet opens rightly: Chinese intact, and text from files never a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.spreadsheet import harmless

if TYPE_CHECKING:
    import pandas as pd


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Return the table as UTF-8 CSV with a byte-order mark (Excel needs it for Chinese).

    Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers.
    """
    safe = frame.copy()
    for name in safe.columns:
        if safe[name].dtype.kind != "f":
            safe[name] = safe[name].map(harmless)
    safe.columns = [harmless(str(name)) for name in safe.columns]
    return safe.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
