"""Patterns of missing values for the tests of charts."""

from __future__ import annotations

import pandas as pd

LABELS = ("Systolic blood pressure [mmHg]", "肌钙蛋白 I [ng/mL]", "Lactate [mmol/L]")


def patterns() -> dict[str, pd.DataFrame]:
    gone = {(0, 2), (1, 2), (2, 3)}
    cells = [
        {"label": label, "pattern": number, "missing": (place, number) in gone}
        for place, label in enumerate(LABELS)
        for number in (1, 2, 3)
    ]
    shares = pd.DataFrame({"pattern": [1, 2, 3], "share": [0.5, 0.3, 0.1], "n": [50, 30, 10]})
    return {"patterns": pd.DataFrame(cells), "shares": shares}
