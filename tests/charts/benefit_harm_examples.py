"""One patient's benefit and harm for the charts."""

from __future__ import annotations

from typing import Any

from core.clinical.benefit_harm import balance


def benefit_harm_examples() -> dict[str, dict[str, Any]]:
    """Arguments for each chart of benefit and harm, by its name."""
    found = balance({"death": 0.077})
    return {
        "benefit_harm_icons": {"frame": found.frame()},
        "effect_forest": {"effects": found.effects_frame("en")},
    }
