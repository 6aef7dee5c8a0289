"""What kind of value each entry of a manifest is: a wrong one is refused when the model is opened, not on a page."""

from __future__ import annotations

from typing import Any

_NOTHING = type(None)
_NUMBER = (int, float)
_KINDS: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("task", "modality", "cohort_digest"), str),
    **dict.fromkeys(("n_train", "n_test", "n_persons", "seed"), int),
    **dict.fromkeys(("classes", "comparisons", "strategies", "scores", "rivals"), list),
    **dict.fromkeys(("cohort", "class_counts", "settings", "choice", "versions", "bases", "weights"), dict),
    **dict.fromkeys(("metrics", "raw_metrics", "base_metrics", "imputation", "training"), dict),
    **dict.fromkeys(
        ("twin_metrics", "oracle_metrics", "recordings", "thresholds", "fallback"), (dict, _NOTHING)
    ),
    "additivity_error": _NUMBER,
}
_OF_COHORT: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("name", "source", "index_time", "outcome_definition", "generator"), str),
    "synthetic": bool,
    "seed": (int, _NOTHING),
}
_NEEDED = ("task", "modality", "classes", "cohort", "metrics", "raw_metrics")


def wrong_entry(manifest: dict[str, Any]) -> str | None:
    """Return the name of an entry that is of another kind than it must be; None where all that is there fits."""
    for name, kind in _KINDS.items():
        if name in manifest and not _is(manifest[name], kind):
            return name
    cohort = manifest.get("cohort", {})
    for name, kind in _OF_COHORT.items():
        if name in cohort and not _is(cohort[name], kind):
            return f"cohort.{name}"
    if not all(isinstance(name, str) for name in manifest.get("classes", ())):
        return "classes"
    for part, counts in manifest.get("class_counts", {}).items():
        if not isinstance(counts, dict) or not all(_is(n, int) for n in counts.values()):
            return f"class_counts.{part}"[:40]
    return None


def missing_entry(manifest: dict[str, Any]) -> str | None:
    """Return the name of an entry without which no results can be shown; None where all are there."""
    named = "name" in manifest.get("cohort", {})
    return next((name for name in _NEEDED if name not in manifest), None if named else "cohort.name")


def _is(value: object, kind: type | tuple[type, ...]) -> bool:
    """Whether a value is of a kind; True and False are no numbers."""
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return type(value) in kinds
