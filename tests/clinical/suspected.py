"""A made-up patient with nothing that pre-test rules count."""

from __future__ import annotations

import pandas as pd

ITEMS = {
    "leg_swelling": 0.0,
    "alternative_less_likely": 0.0,
    "recent_surgery": 0.0,
    "immobilisation": 0.0,
    "prior_vte": 0.0,
    "haemoptysis": 0.0,
    "cancer": 0.0,
    "heart_rate": 80.0,
    "age": 40.0,
    "leg_pain": 0.0,
    "leg_tenderness": 0.0,
}


def suspected(**known: float) -> pd.DataFrame:
    """One row of the pre-test items, some of them as given."""
    return pd.DataFrame([{**ITEMS, **known}])
