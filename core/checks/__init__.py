"""Method checks: numbered rules computed from a saved model, its predictions and, where it can be had, its cohort.

A check never takes the program's word: what a rule is about is worked out again from what was stored. Expensive checks
train anew and run only when they are asked for (``python -m core.checks ARTIFACT --expensive``).

What is asked is told at once; what judges it is loaded when the first model is checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.checks._verdict import LEVELS, SECTIONS, Check, Level, Phrase, Rule, rules
from core.late import late_names

if TYPE_CHECKING:
    from core.checks._regenerate import cohort_again
    from core.checks._rules import EXPENSIVE, RULES, run_checks
else:
    __getattr__ = late_names(
        __name__,
        {"cohort_again": "_regenerate", "EXPENSIVE": "_rules", "RULES": "_rules", "run_checks": "_rules"},
    )

__all__ = [
    "EXPENSIVE",
    "LEVELS",
    "RULES",
    "SECTIONS",
    "Check",
    "Level",
    "Phrase",
    "Rule",
    "cohort_again",
    "rules",
    "run_checks",
]
