"""Published scores in words: points or their range, the class or those still possible, what was published for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.clinical.citations import cited
from core.clinical.scores import rates_of, scores
from core.report.blocks import joined, sentences
from core.report.value_words import label_of
from core.text import has_text, text

if TYPE_CHECKING:
    from core.clinical.scores import Rate, Result

# guidelines whose classes are risks: "high risk", not "high"
_RISK_CLASSES = ("esc_2019", "china_2018")


def title_of(name: str, language: str) -> str:
    """Return the score's title."""
    return text(language, f"scores.titles.{name}")


def result_words(result: Result, language: str) -> str:
    """Return points and class: ``7 points: likely``; a range and all classes that are possible while it is open."""
    if result.applies is False:
        return text(language, "report.scores.not_for")
    points, classes = points_words(result, language), class_words(result, language)
    if points and classes:
        return text(language, "report.scores.points_class", points=points, name=classes)
    return points or classes


def points_words(result: Result, language: str) -> str:
    """Return ``7 points`` or ``4–6 points``; nothing for a rule without points."""
    if not scores()[result.name].items or result.low is None:
        return ""
    low, high = f"{result.low}", f"{result.high}"
    key = "report.scores.point" if low == high == "1" else "report.scores.points"
    return text(language, key, points=low if low == high else f"{low}–{high}")


def class_words(result: Result, language: str) -> str:
    """Return the class, or every class that is still possible."""
    if result.class_name is not None:
        return one_class(result.name, result.class_name, language)
    if result.name == "aha_2026":
        return short_class(result, language)
    names = [one_class(result.name, name, language) for name in result.possible]
    return text(language, "report.scores.or").join(names)


def short_class(result: Result, language: str) -> str:
    """Return a guideline's class in a word: ``C3R``; while it is open its mildest to its gravest: ``C1 to E2``."""
    if result.low is None or result.high is None:
        return text(language, "report.scores.not_for")
    ends = dict.fromkeys(_short(result.name, str(end), language) for end in (result.low, result.high))
    return text(language, "report.scores.to").join(ends)


def _short(score: str, name: str, language: str) -> str:
    key = f"report.severity.esc.{name}"
    return text(language, key) if score in _RISK_CLASSES and has_text(key) else name


def one_class(score: str, name: str, language: str) -> str:
    """Return one class in words, its modifier apart: ``E1, …; R, …``."""
    if score in _RISK_CLASSES:
        return _short(score, name, language)
    modifier = scores()[score].modifier
    if modifier is not None and name.endswith(modifier.name) and name != modifier.name:
        parts = (name.removesuffix(modifier.name), modifier.name)
        return text(language, "report.scores.plus").join(
            text(language, f"scores.classes.{part}") for part in parts
        )
    return text(language, f"scores.classes.{name}")


def rate_words(result: Result, language: str) -> str:
    """Return what was published for the class, each with its source and how far that was checked."""
    return sentences(language, (_rate(one, language) for one in rates_of(result)))


def share_of(rate: Rate) -> str:
    """Return a published frequency: ``7.7% (4.5–10.9%)``, ``8–13%``, or ``OR 4.0 (1.7–9.3)``."""
    if rate.odds_ratio is not None:
        return f"OR {rate.odds_ratio:g} ({rate.low:g}–{rate.high:g})"
    limits = None if rate.low is None or rate.high is None else f"{_percent(rate.low)}–{_percent(rate.high)}%"
    if rate.share is None:
        return limits or "–"
    return f"{_percent(rate.share)}% ({limits})" if limits else f"{_percent(rate.share)}%"


def _percent(share: float) -> str:
    return f"{100 * share:.2g}" if share < 0.001 else f"{100 * share:.1f}".removesuffix(".0")


def _rate(rate: Rate, language: str) -> str:
    return text(
        language,
        "report.scores.rate",
        of=text(language, f"scores.rates.{rate.of}"),
        share=share_of(rate),
        source=cited(rate.source, language),
        status=text(language, f"scores.statuses.{rate.status}"),
    )


def gap_words(result: Result, language: str) -> str:
    """Return which inputs are missing and which of them alone would settle the class; nothing where none is."""
    if result.applies is False:
        return ""
    said = []
    settled = result.class_name is not None or (result.points is not None and not result.possible)
    if result.missing:
        names = joined(language, (label_of(name, language) for name in result.missing))
        key = "report.scores.missing_settled" if settled else "report.scores.missing"
        said.append(text(language, key, names=names))
    if result.settled_by and not settled:
        names = text(language, "report.scores.or").join(
            label_of(name, language) for name in result.settled_by
        )
        said.append(text(language, "report.scores.settles", names=names))
    if result.presumed is not None and not settled:
        presumed = one_class(result.name, result.presumed, language)
        said.append(text(language, "report.scores.presumed", name=presumed))
    if result.contradicting:
        names = joined(language, (label_of(name, language) for name in result.contradicting))
        said.append(text(language, "report.scores.contradicting", names=names))
    return sentences(language, said)


def score_row(result: Result, language: str) -> tuple[str, str, str]:
    """Return title, result, and what stands behind it: a row of a table of scores."""
    status = scores()[result.name].status
    mark = (
        "" if status == "verified" else text(language, "report.scores.mark", status=_status(status, language))
    )
    said = (rate_words(result, language), gap_words(result, language))
    return title_of(result.name, language) + mark, result_words(result, language), sentences(language, said)


def _status(status: str, language: str) -> str:
    return text(language, f"scores.statuses.{status}")
