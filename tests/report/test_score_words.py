"""Guideline classes that are risks are called so; an open one names every class that is left, or its two ends."""

from __future__ import annotations

import pandas as pd
import pytest

from core.clinical.scores import results
from core.report.score_words import class_words, short_class

KNOWN = {"systolic_bp": 120.0, "cardiac_arrest": 0.0, "vasopressor": 0.0, "rv_dysfunction": 1.0}


@pytest.mark.parametrize(
    ("language", "settled", "either", "ends"),
    [
        ("zh", "中高危", "中高危或中低危", "中低危 至 中高危"),
        (
            "en",
            "intermediate-high risk",
            "intermediate-high risk or intermediate-low risk",
            "intermediate-low risk to intermediate-high risk",
        ),
    ],
)
def test_a_chinese_class_in_words(language, settled, either, ends):
    frame = pd.DataFrame([{**KNOWN, "troponin_positive": 1.0}, KNOWN])
    whole, open_ = (one["china_2018"] for one in results(frame, ("china_2018",)))
    assert class_words(whole, language) == settled
    assert class_words(open_, language) == either
    assert short_class(open_, language) == ends
