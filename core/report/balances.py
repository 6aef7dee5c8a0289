"""Benefit and harm per 100 patients like this one, from the model's risk and from the guideline's class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.clinical.baselines import class_baselines, model_baselines
from core.clinical.benefit_harm import balance
from core.clinical.benefit_harm_words import per_100, sentence, source_line
from core.report.blocks import Lines, joined
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.clinical.benefit_harm import Balance
    from core.clinical.scores import Result
    from core.report.inputs import ReportInputs

STARTS = ("class", "model")
ADULT = 18
# remarks without which a figure would say more than it can: they stand right below it
_BESIDE_LYSIS, _BESIDE_HALF = "stable_not_significant", "half_dose_small"


def balances(
    scores: Mapping[str, Result],
    probabilities: Mapping[str, float],
    values: Mapping[str, float | str],
    source: str,
) -> dict[str, Balance]:
    """Weigh thrombolysis once from each starting point that is known.

    Parameters
    ----------
    scores
        Of one patient.
    probabilities
        Of the outcome model, after thrombolysis; empty where no number is shown.
    values
        Of the patient, by the catalogue's names.
    source
        What the model is called.

    Returns
    -------
    dict
        ``class`` (death by ESC 2019 class under usual care) and ``model`` (risks under thrombolysis, turned back);
        nothing for a child: the trials had adults only.
    """
    if is_child(values):
        return {}
    esc = scores["esc_2019"].class_name
    age, weight = _number(values, "age"), _number(values, "weight")
    stable = None if esc is None else esc != "high"
    found = {}
    if esc is not None:
        found["class"] = balance({"death": class_baselines()[esc]}, age=age, weight_kg=weight, stable=stable)
    if probabilities:
        found["model"] = balance(
            model_baselines(probabilities, source), given="lysis", age=age, weight_kg=weight, stable=stable
        )
    return found


def is_child(values: Mapping[str, float | str]) -> bool:
    """Whether the patient is known to be younger than those whom scores, guidelines and trials are about."""
    age = _number(values, "age")
    return age is not None and age < ADULT


def balance_line(found: Balance, language: str) -> str:
    """Return deaths avoided and major bleeds caused in few words."""
    said = []
    for row in found.lysis:
        if row.outcome in ("death", "major_bleeding"):
            values = {"outcome": text(language, f"benefit_harm.outcomes.{row.outcome}")}
            change = row.difference
            n, low, high = (_signed(one) for one in (change.value, change.low, change.high))
            said.append(text(language, "report.balance.short", n=n, low=low, high=high, **values))
    return text(language, "report.balance.line", said=joined(language, said))


def _signed(patients: float) -> str:
    """Return patients per 100 with a sign; none before a zero or where there is no figure."""
    said = per_100(patients)
    return f"+{said}" if patients > 0 and said not in ("–", "0.00") else said


def balance_blocks(inputs: ReportInputs, language: str, start: str) -> tuple[Lines, ...]:
    """Return what comes of it in sentences, from one starting point: thrombolysis, then half against full dose."""
    found = inputs.balances.get(start)
    if found is None:
        return ()
    title = text(language, f"report.balance.title_{start}")
    half = text(language, "report.balance.half")
    return (
        Lines(
            title,
            tuple(sentence(row, language) for row in found.lysis),
            _remark(found, _BESIDE_LYSIS, language),
        ),
        Lines(
            half,
            tuple(sentence(row, language) for row in found.half_dose),
            _remark(found, _BESIDE_HALF, language),
        ),
    )


def stable_remark(found: Balance, language: str) -> str:
    """Return what the trials say of stable patients alone; nothing for others."""
    return _remark(found, _BESIDE_LYSIS, language)


def _remark(found: Balance, name: str, language: str) -> str:
    return next((one.say(language) for one in found.notes if one.name == name), "")


def ground_blocks(inputs: ReportInputs, language: str, starts: tuple[str, ...] = STARTS) -> tuple[Lines, ...]:
    """Return the trials and baselines that the figures rest on, and what must be said beside them, each once."""
    found = [inputs.balances[start] for start in starts if start in inputs.balances]
    if not found:
        return ()
    rows = [row for one in found for row in (*one.lysis, *one.half_dose)]
    sources = dict.fromkeys(source_line(row, language) for row in rows)
    beside = (_BESIDE_LYSIS, _BESIDE_HALF)
    notes = dict.fromkeys(
        note.say(language) for one in found for note in one.notes if note.name not in beside
    )
    return (
        Lines(text(language, "report.balance.notes"), tuple(notes), kind="small"),
        Lines(text(language, "report.balance.sources"), tuple(sources), kind="small"),
    )


def _number(values: Mapping[str, float | str], name: str) -> float | None:
    value = values.get(name)
    return float(value) if isinstance(value, int | float) else None
