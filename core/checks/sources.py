"""Where the limits of the rules come from."""

from __future__ import annotations

from core.checks._verdict import limits


def rule_sources() -> list[tuple[str, str, str]]:
    """Rule, source and status of every limit that has a source."""
    return [(key, str(one["source"]), str(one["status"])) for key, one in limits().items() if one["source"]]
