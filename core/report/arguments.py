"""What supports systemic thrombolysis in this patient, what argues against it, and what is not known.

Each argument is a published statement or a computed figure applied to the patient's facts. Nothing is weighed up:
that is a doctor's work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.charts.words import of_100, word
from core.clinical.benefit_harm_words import sentence
from core.clinical.citations import cited
from core.clinical.contraindications import summary
from core.clinical.notes import status_words
from core.clinical.scores import rates_of
from core.clinical.trial_rates import trial_rates
from core.report.balances import STARTS, is_child, stable_remark
from core.report.blocks import Block, Lines, joined
from core.report.risk import shown, warning_lines, withheld
from core.report.score_words import class_words, share_of, title_of
from core.report.severity import GUIDELINES
from core.report.treatment import contraindication_names
from core.report.value_words import label_of
from core.text import text

if TYPE_CHECKING:
    from core.report.inputs import ReportInputs

KINDS = ("supports", "against", "open")
_ESC = {"high": "supports", "intermediate-high": "open", "intermediate-low": "against", "low": "against"}
_AHA = {"E1": "supports", "D1": "open", "D2": "open"}
_LEANINGS = {"supports": "supports", "argues_against": "against", "open": "open"}
_BLEEDING = ("bacs", "pe_sard")


def arguments(inputs: ReportInputs, language: str) -> dict[str, tuple[str, ...]]:
    """Sentences by kind: ``supports``, ``against``, ``open``."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    about_adults = () if is_child(inputs.values) else (_guidelines, _scores)
    for part in (*about_adults[:1], _contraindications, _trials, *about_adults[1:], _model):
        for kind, said in part(inputs, language):
            found[kind].append(said)
    return {kind: tuple(said) for kind, said in found.items()}


def argument_blocks(inputs: ReportInputs, language: str) -> tuple[Block, ...]:
    """Return the three lists; an empty one says so."""
    blocks = []
    for kind, said in arguments(inputs, language).items():
        shown_ = said or (text(language, "report.arguments.nothing"),)
        blocks.append(Lines(text(language, f"report.arguments.{kind}"), shown_, kind=kind))
    return tuple(blocks)


def _guidelines(inputs: ReportInputs, language: str) -> list[tuple[str, str]]:
    found = []
    esc, aha = inputs.scores["esc_2019"], inputs.scores["aha_2026"]
    if esc.class_name is not None:
        death = next((share_of(one) for one in rates_of(esc) if one.of == "death_30d"), "–")
        key = f"report.arguments.esc.{esc.class_name}"
        found.append((_ESC[esc.class_name], text(language, key, death=death)))
        if esc.class_name == "intermediate-high":
            found.append(("open", _peitho(language)))
    if aha.class_name is not None:
        for name, kind in _AHA.items():
            if aha.class_name.startswith(name):
                key = f"report.arguments.aha.{kind}"
                found.append((kind, text(language, key, name=class_words(aha, language))))
    for name in GUIDELINES:
        one = inputs.scores[name]
        if one.class_name is None:
            values = {"guideline": title_of(name, language), "classes": class_words(one, language)}
            found.append(("open", text(language, "report.arguments.class_open", **values)))
    return found


def _peitho(language: str) -> str:
    """What the trial of such patients saw, benefit and harm in one sentence."""
    seen = {
        "collapse": trial_rates()["peitho_death_or_collapse"],
        "bleeding": trial_rates()["peitho_extracranial"],
        "stroke": trial_rates()["peitho_stroke"],
    }
    pairs = {
        name: text(
            language,
            "report.arguments.peitho.pair",
            lysis=f"{100 * one.lysis:.1f}%",
            anticoagulation=f"{100 * one.anticoagulation:.1f}%",
        )
        for name, one in seen.items()
    }
    first = seen["collapse"]
    status = status_words(first.status, language)
    source = cited(first.source, language)
    return text(language, "report.arguments.peitho.said", source=source, status=status, **pairs)


def _contraindications(inputs: ReportInputs, language: str) -> list[tuple[str, str]]:
    found = summary(inputs.findings)
    said = []
    for key, kind, names in (
        ("absolute", "against", found.absolute_yes),
        ("relative", "against", found.relative_yes),
        ("unknown", "open", found.unknown),
    ):
        if names:
            words = contraindication_names(names, language)
            said.append(
                (kind, text(language, f"report.arguments.contraindications.{key}", n=len(names), names=words))
            )
    if found.state == "none_found":
        said.append(("supports", text(language, "report.arguments.contraindications.none_found")))
    return said


def _trials(inputs: ReportInputs, language: str) -> list[tuple[str, str]]:
    """Trials' effects on the risk by guideline class; on the model's where the class is open."""
    for start in STARTS:
        if start in inputs.balances:
            found = inputs.balances[start]
            said = [(_LEANINGS[row.leaning], sentence(row, language)) for row in found.lysis]
            stable = stable_remark(found, language)
            return [*said, ("open", stable)] if stable else said
    return [("open", text(language, "report.balance.adults_only"))] if is_child(inputs.values) else []


def _scores(inputs: ReportInputs, language: str) -> list[tuple[str, str]]:
    found = []
    for name in _BLEEDING:
        one = inputs.scores[name]
        rates = [share_of(rate) for rate in rates_of(one)]
        values = {"score": title_of(name, language), "rate": rates[0] if rates else "–"}
        if one.class_name == "high":
            found.append(("against", text(language, "report.arguments.bleeding_high", **values)))
        elif one.class_name == "low":
            found.append(("supports", text(language, "report.arguments.bleeding_low", **values)))
        elif one.class_name is None and one.missing:
            names = joined(language, (label_of(each, language) for each in one.missing))
            values |= {"names": names}
            found.append(("open", text(language, "report.arguments.bleeding_open", **values)))
    return found


def _model(inputs: ReportInputs, language: str) -> list[tuple[str, str]]:
    one, used = inputs.outcome.get("ehr"), inputs.model("outcome", "ehr")
    if one is None or used is None:
        return []
    if withheld(one) or not shown(one):
        return [("open", text(language, "report.risk.withheld"))]
    found = []
    bleeding, usual = one.probabilities["bleeding"], used.shares["bleeding"]
    values = {"x": of_100(bleeding), "usual": of_100(usual), "name": word(language, "classes", "bleeding")}
    if "bleeding" not in one.prediction_set:
        found.append(("supports", text(language, "report.arguments.model_low", **values)))
    elif bleeding > usual:
        found.append(("against", text(language, "report.arguments.model_high", **values)))
    else:
        found.append(("open", text(language, "report.arguments.model_open", **values)))
    found += [("open", said) for said in warning_lines({"ehr": one}, language)]
    return found
