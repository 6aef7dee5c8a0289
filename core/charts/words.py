"""Words and numbers on charts: class words, number formats, and text from files made harmless."""

from __future__ import annotations

import math
import unicodedata
from typing import Any

from core.text import has_text, text

# plotly reads a small HTML, entities and (where MathJax is loaded) $...$ in every text
_HARMLESS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;", "\n": " ", "\r": " "})


def escape(words: object) -> str:
    """Return text such that plotly shows it as it stands.

    Examples
    --------
    >>> escape('<a href="x">K+</a>')
    '&lt;a href="x"&gt;K+&lt;/a&gt;'
    """
    return str(words).translate(_HARMLESS)


def width(words: str) -> int:
    """Return the room that text takes, a Latin letter counting 1 and a Chinese character 2."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def clip(words: object, limit: int = 26) -> str:
    """Return text cut to ``limit`` Latin letters' width, with an ellipsis where something is left out.

    Examples
    --------
    >>> clip("N-terminal pro-B-type natriuretic peptide", 20)
    'N-terminal pro-B-ty…'
    """
    whole = str(words)
    if width(whole) <= limit:
        return whole
    kept = ""
    for letter in whole:
        if width(kept + letter) > limit - 1:
            break
        kept += letter
    return kept.rstrip() + "…"


def tick(words: object, limit: int = 20, lines: int = 1) -> str:
    """Return a label as it stands beside an axis: in at most so many lines, clipped, escaped.

    Examples
    --------
    >>> tick("Systolic blood pressure [mmHg]", lines=2)
    'Systolic blood<br>pressure [mmHg]'
    """
    rest, out = str(words).strip(), list[str]()
    while width(rest) > limit and len(out) < lines - 1:
        head = clip(rest, limit + 1).removesuffix("…")
        # a Chinese label breaks anywhere, a Latin one where a word ends
        space = head.rfind(" ")
        cut = space if space > len(head) // 3 else len(head)
        out.append(rest[:cut])
        rest = rest[cut:].lstrip()
    return "<br>".join(escape(line) for line in [*out, clip(rest, limit)])


def word(language: str, kind: str, name: str) -> str:
    """Return what a class, series or stage is called; a name the catalogue does not know stands for itself.

    Parameters
    ----------
    kind
        ``classes``, ``series``, ``stages`` or ``errors``: a table in ``charts.toml``.
    """
    key = f"charts.{kind}.{name}"
    return text(language, key) if has_text(key) else name


def count(number: float) -> str:
    """Return a count with separators: ``1,424``."""
    return f"{round(number):,}"


def percent(share: float) -> str:
    """Return a share from 0 to 1 as a whole percentage, ``<1%`` and ``>99%`` at the ends."""
    if not math.isfinite(share):
        return "–"
    if 0 < share < 0.005:
        return "<1%"
    if 0.995 < share < 1:
        return ">99%"
    return f"{share:.0%}"


def of_100(probability: float) -> str:
    """Return a probability as patients in a hundred, without the words: ``9``, ``<1``, ``>99``."""
    return percent(probability).rstrip("%")


def risk(language: str, probability: float) -> str:
    """Return a probability in words: ``9 of 100``."""
    return text(language, "charts.risk", x=of_100(probability))


def auroc(value: float) -> str:
    """Return an area under a curve with two decimals."""
    return f"{value:.2f}" if math.isfinite(value) else "–"


def auroc_interval(value: float, low: float, high: float) -> str:
    """Return an area with its interval: ``0.71 (0.65–0.77)``."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return auroc(value)
    return f"{auroc(value)} ({auroc(low)}–{auroc(high)})"


def signed(value: float, digits: int = 2) -> str:
    """Return a number with its sign and a true minus: ``−0.31``; what rounds to 0 has none."""
    rounded = round(value, digits)
    return f"{0:.{digits}f}" if rounded == 0 else f"{rounded:+.{digits}f}".replace("-", "−")


def listed(language: str, parts: Any) -> str:
    """Join phrases into one, with the language's own mark between them."""
    return text(language, "charts.separator").join(parts)


def signed_interval(value: float, low: float, high: float, language: str, digits: int = 3) -> str:
    """Return ``+0.031 (+0.012 to +0.050)``: limits that carry signs cannot be joined by a dash."""
    if not math.isfinite(value):
        return "–"
    facts = {"value": value, "low": low, "high": high}
    said = {name: signed(one, digits) for name, one in facts.items()}
    if not (math.isfinite(low) and math.isfinite(high)):
        return said["value"]
    return text(language, "charts_fusion.signed_interval", **said)
