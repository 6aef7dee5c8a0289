"""The data card of generated cohorts: equations and settings as tidy frames, read from the generator's own files."""

from __future__ import annotations

from typing import Any

import pandas as pd

from core.cohort.synthetic import assumptions
from core.cohort.variables import variables
from core.ecg.simulator import CLASSES, STRATA
from core.ecg.simulator import assumptions as ecg_assumptions
from core.text import has_text, text

ORIGINS = ("published", "parameter_set", "assumed", "mixed")


def origin(source: str) -> str:
    """Whether a source stands for a published figure, the simulated parameter set, an assumption, or a mixture."""
    words = source.lower()
    is_assumed = "assumed" in words
    if is_assumed and words.strip() != "assumed" and not words.startswith("assumed"):
        return "mixed"
    if is_assumed:
        return "assumed"
    return "parameter_set" if "parameter set" in words or words.startswith("2.6") else "published"


def label(name: str, language: str) -> str:
    """Return a generated variable as it is called on screen."""
    own = f"checks.generated.{name}"
    if has_text(own):
        return text(language, own)
    known = variables().get(name)
    return known.label(language) if known else name


def presets_frame() -> pd.DataFrame:
    """One row a preset and outcome: ``preset``, ``outcome``, ``rate``, ``intercept`` (nan for none), ``source``."""
    return pd.DataFrame(
        [
            {
                "preset": preset,
                "outcome": outcome,
                "rate": rate,
                "intercept": entry["intercepts"].get(outcome, float("nan")),
                "source": entry["source"],
            }
            for preset, entry in assumptions()["presets"].items()
            for outcome, rate in entry["rates"].items()
        ]
    )


def effects_frame(language: str) -> pd.DataFrame:
    """One row a term of the linear predictors: of which outcome and variable, in which form, how strong, from where."""
    return pd.DataFrame(
        [
            {
                "outcome": outcome,
                "variable": label(term["of"], language),
                "term": term_formula(term),
                "effect": _effect(term),
                "source": term["source"],
                "origin": origin(term["source"]),
            }
            for outcome, terms in assumptions()["effects"].items()
            for term in terms
        ]
    )


def variables_frame(language: str) -> pd.DataFrame:
    """One row a variable: its distribution, correlation with severity, share not measured and rule, from where."""
    return pd.DataFrame(
        [
            {
                "variable": label(entry["name"], language),
                "distribution": distribution(entry, language),
                "severity": entry.get("severity", 0.0),
                "missing": entry.get("missing", 0.0),
                "rule": entry.get("missing_rule", ""),
                "source": entry["source"],
                "origin": origin(entry["source"]),
            }
            for entry in assumptions()["variables"]
        ]
    )


def missing_rules(language: str) -> dict[str, str]:
    """Rule by which a value is measured to the linear predictor behind it."""
    return {
        name: " + ".join(["a", *(_weighted(term, language) for term in terms)]).replace("+ −", "− ")
        for name, terms in assumptions()["missing_rules"].items()
    }


def population() -> pd.DataFrame:
    """One row a setting of the whole population: ``setting``, ``value``, ``source``; record and ECG."""
    rows = []
    for stored in (assumptions()["population"], ecg_assumptions()["population"]):
        rows += [
            {"setting": name, "value": value, "source": stored["source"][name]}
            for name, value in stored.items()
            if name != "source"
        ]
    return pd.DataFrame(rows).drop_duplicates("setting")


def signs_frame() -> pd.DataFrame:
    """One row an ECG sign: ``sign``, share among ``control``, ``mild`` and ``severe`` embolism, ``source``."""
    return pd.DataFrame(
        [
            {"sign": name, **{of: entry[of] for of in CLASSES}, "source": entry["source"]}
            for name, entry in ecg_assumptions()["signs"].items()
        ]
    )


def term_formula(term: dict[str, Any]) -> str:
    """Return the function of the variable that enters: ``x > 70``, ``ln(x / 1.9)``, ``x − 36``, or ``x``."""
    signs = {"above": "x > {:g}", "below": "x < {:g}", "at_least": "x ≥ {:g}", "log_ratio_to": "ln(x / {:g})"}
    for key, shape in signs.items():
        if key in term:
            return shape.format(term[key])
    return f"x − {term['minus']:g}" if "minus" in term else "x"


def distribution(entry: dict[str, Any], language: str) -> str:
    """Return a variable's distribution: one number for all, or ``high | other | control``."""
    kind = entry["kind"]
    shift = "".join(f" + {one['times']:g}·{label(one['of'], language)}" for one in entry.get("terms", []))
    shift = shift.replace("+ -", "− ")
    if kind == "categorical":
        return ", ".join(
            f"{_level(entry['name'], key, language)} {p:.0%}" for key, p in entry["levels"].items()
        )
    if kind == "creatinine_of_egfr":
        return "CKD-EPI 2021⁻¹(eGFR)"
    if kind == "binary":
        return f"P = {_strata(entry['probability'], percent=True)}{shift}"
    if kind == "hundred_minus_gamma":
        return f"100 − Γ({_strata(entry['shape'])}, {_strata(entry['scale'])})"
    if kind == "lognormal":
        return f"LN(ln {_strata(entry['median'])}{shift}, {_strata(entry['log_sd'])})"
    return f"N({_strata(entry['mean'])}{shift}, {_strata(entry['sd'])})"


def _level(name: str, level: str, language: str) -> str:
    known = variables().get(name)
    return known.level_label(level, language) if known else level


def _strata(value: float | dict[str, float], *, percent: bool = False) -> str:
    def shown(one: float) -> str:
        return f"{100 * one:g}%" if percent else f"{one:g}"

    if not isinstance(value, dict):
        return shown(value)
    return " | ".join(shown(value[name]) if name in value else "–" for name in STRATA)


def _effect(term: dict[str, Any]) -> str:
    return (
        f"OR {term['odds_ratio']:g}" if "odds_ratio" in term else f"β {term['slope']:.4g}".replace("-", "−")
    )


def _weighted(term: dict[str, Any], language: str) -> str:
    formula = term_formula(term).replace("x", label(term["of"], language))
    return f"{term['times']:g}·[{formula}]".replace("-", "−")
