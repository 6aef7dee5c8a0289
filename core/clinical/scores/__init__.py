"""Published scores and guideline classes: data read by one small engine; what is missing widens the range.

Examples
--------
>>> import pandas as pd
>>> patient = pd.DataFrame({"age": [78.0], "recent_major_bleeding": [1.0], "syncope": [1.0]})
>>> found = results(patient)[0]["bacs"]
>>> found.points, (found.low, found.high), found.class_name, found.missing
(None, (5, 6), 'high', ('cancer',))
"""

from __future__ import annotations

from core.clinical.scores._assessing import Assessment, assess, assess_all
from core.clinical.scores._definitions import Band, Item, PointRate, Rate, Rule, Score, scores
from core.clinical.scores._results import Result, results
from core.clinical.scores.rivals import rates_of, rivals, score_points
from core.clinical.scores.tables import input_columns, read_score_table, score_table_of

__all__ = [
    "Assessment",
    "Band",
    "Item",
    "PointRate",
    "Rate",
    "Result",
    "Rule",
    "Score",
    "assess",
    "assess_all",
    "input_columns",
    "rates_of",
    "read_score_table",
    "results",
    "rivals",
    "score_points",
    "score_table_of",
    "scores",
]
