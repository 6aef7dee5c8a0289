"""Method checks: numbered rules computed from a saved model, its predictions and, where it can be had, its cohort.

A check never takes the program's word: what a rule is about is worked out again from what was stored. Expensive checks
train anew and run only when they are asked for (``python -m core.checks ARTIFACT --expensive``).
"""

from core.checks._regenerate import cohort_again
from core.checks._rules import EXPENSIVE, RULES, run_checks
from core.checks._verdict import LEVELS, SECTIONS, Check, Level, Phrase

__all__ = [
    "EXPENSIVE",
    "LEVELS",
    "RULES",
    "SECTIONS",
    "Check",
    "Level",
    "Phrase",
    "cohort_again",
    "run_checks",
]
