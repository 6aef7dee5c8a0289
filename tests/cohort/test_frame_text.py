"""The text of a frame is ``to_csv``'s to the letter: stored digests rest on it."""

from __future__ import annotations

from io import StringIO

import numpy as np
import pandas as pd
import pytest

from core.cohort import _frame_text
from core.cohort._frame_text import write_frame
from core.cohort.folder import synthetic_cohort
from core.cohort.synthetic import generate


def frame_text(frame: pd.DataFrame) -> str:
    out = StringIO()
    write_frame(frame, out)
    return out.getvalue()


_NUMBERS = [0.0, -0.0, 1.0, np.nan, np.inf, -np.inf, 1e-7, 1e22, 0.1 + 0.2, 123456789.123]
_TEXTS = ["plain", 'a "quoted" one', "with, comma", "two\nlines", "", " ", "中文", "=1+1", "'", None]


@pytest.mark.parametrize("named", [True, False])
def test_hard_numbers_and_words_are_written_as_pandas_writes_them(named):
    frame = pd.DataFrame({"number": _NUMBERS, "a, b": pd.Series(_TEXTS, dtype="str")})
    frame.index = pd.Index([f"p{n}" for n in range(len(frame))], name="patient_id" if named else None)
    assert frame_text(frame) == frame.to_csv(lineterminator="\n")


def test_columns_of_other_kinds_are_left_to_pandas():
    frame = pd.DataFrame({"pe": pd.Series([1, None, 0], dtype="Int8"), "n": [1, 2, 3], "x": [0.5, 1.5, 2.5]})
    assert frame_text(frame) == frame.to_csv(lineterminator="\n")


def test_a_generated_cohort_keeps_its_digest(monkeypatch):
    monkeypatch.setattr(_frame_text, "_ROWS_AT_ONCE", 7)
    frame = synthetic_cohort(generate(60, 3)).table.frame
    assert frame_text(frame) == frame.to_csv(lineterminator="\n")
