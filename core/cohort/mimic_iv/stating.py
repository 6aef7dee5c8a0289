"""What a build says of itself: name, index time, outcome, settings, and every definition in words."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from core.cohort.mimic_iv.definitions import definition
from core.cohort.mimic_iv.options import Options
from core.errors import CohortError
from core.text import text

_RULES = ("use_1", "use_2", "use_3")
_LIMITS = (
    *("limit_codes", "limit_ct", "limit_red_cells", "limit_echo", "limit_symptoms", "limit_vitals"),
    "limit_troponin",
)


def name(options: Options) -> str:
    """Name of the cohort, the variant in it."""
    return f"MIMIC-IV, {options.variant}"


def settings(options: Options) -> str:
    """Settings of the build in one line."""
    return (
        f"pe-position {options.pe_position}, variant {options.variant}, controls {options.controls}, "
        f"hours {options.hours}, recordings {options.recordings}, bleeding {options.bleeding}"
    )


def options_of(line: str) -> Options | None:
    """Options of a build out of what ``settings`` wrote; None for any other line."""
    words = dict(part.strip().rpartition(" ")[::2] for part in line.split(","))
    names = [field.name for field in fields(Options)]
    if set(words) != {name.replace("_", "-") for name in names} or not words["hours"].isdecimal():
        return None
    given: dict[str, Any] = {name: words[name.replace("_", "-")] for name in names}
    try:
        return Options(**{**given, "hours": int(given["hours"])})
    except CohortError:
        return None


def index_time(options: Options, language: str) -> str:
    """Return when prediction happens, in ``"zh"`` or ``"en"``."""
    visit = text(language, "mimic.index_visit", hours=options.hours)
    if options.variant == "anticoagulation":
        return visit
    return f"{visit} {text(language, 'mimic.index_lysis')}"


def outcome_definition(options: Options, language: str) -> str:
    """Return the outcome's definition with its rule of precedence."""
    rule = definition("outcomes")
    kind = "any" if options.bleeding == "any-criterion" else options.bleeding
    bleeding = text(
        language,
        f"mimic.major_{kind}",
        bleeding_days=rule["bleeding"]["days"],
        fall=rule["bleeding"]["fall_g_l"] / 10,
        units=rule["bleeding"]["units"],
    )
    return text(language, f"mimic.outcome_{options.variant}", days=rule["death_days"], bleeding=bleeding)


def data_use(language: str) -> list[str]:
    """Return the rules of using MIMIC data, to be told before a build."""
    return [text(language, f"mimic.{rule}") for rule in _RULES]


def definitions(options: Options, language: str) -> list[str]:
    """Every definition and limit of a build, a sentence or two each."""
    drugs = definition("drugs")
    alteplase = drugs["systemic"]["alteplase"]
    lines = [
        settings(options),
        text(language, f"mimic.embolism_{options.pe_position}"),
        text(language, f"mimic.controls_{options.controls.replace('-', '_')}"),
        index_time(options, language),
        text(language, "mimic.known"),
        text(
            language,
            "mimic.lysis",
            least=alteplase["least"],
            hours=drugs["longest_hours"],
            episode=drugs["episode_hours"],
        ),
        outcome_definition(options, language),
        text(language, "mimic.bleeding"),
        text(language, "mimic.history"),
        text(language, "mimic.variables"),
        text(language, "mimic.recordings"),
    ]
    return [*lines, *(text(language, f"mimic.{limit}") for limit in _LIMITS)]
