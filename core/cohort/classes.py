"""The tasks and their classes, in the order in which predictions, tables and charts have them."""

from __future__ import annotations

TASKS = ("diagnosis", "outcome")
OUTCOMES = ("none", "death", "bleeding")
CLASSES = {"diagnosis": ("no_pe", "pe"), "outcome": OUTCOMES}
