"""The report's one figure: three risks as bars, told apart by hatching as well as by place and word."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from core.charts.style import look
from core.charts.words import of_100, word
from core.report.risk import shown
from core.text import text

if TYPE_CHECKING:
    from core.report.inputs import ReportInputs

_ROW, _BAR, _LEFT, _WIDTH = 26, 14, 92, 300


def risk_figure(inputs: ReportInputs, language: str) -> str:
    """Return an inline SVG: probability of each class, with a mark where the class usually lies; empty without."""
    found, used = inputs.outcome.get("ehr"), inputs.model("outcome", "ehr")
    if found is None or used is None or not shown(found):
        return ""
    rows = [
        _row(place, name, probability, used.shares.get(name, 0.0), language)
        for place, (name, probability) in enumerate(found.probabilities.items())
    ]
    height = _ROW * len(rows) + 4
    words = text(language, "report.risk.figure")
    return (
        f'<figure>\n<svg viewBox="0 0 {_LEFT + _WIDTH + 60} {height}" role="img" aria-label="{html.escape(words)}">\n'
        + "\n".join(rows)
        + f"\n</svg>\n<figcaption>{html.escape(words)}</figcaption>\n</figure>\n"
    )


def _row(place: int, name: str, probability: float, usual: float, language: str) -> str:
    top, length, at = _ROW * place + 6, _WIDTH * probability, _LEFT + _WIDTH * usual
    color, label = look(name).color, html.escape(word(language, "classes", name))
    return (
        f'<text x="{_LEFT - 8}" y="{top + 11}" text-anchor="end">{label}</text>'
        f'<rect x="{_LEFT}" y="{top}" width="{_WIDTH}" height="{_BAR}" fill="#eef1f4"/>'
        f'<rect x="{_LEFT}" y="{top}" width="{length:.1f}" height="{_BAR}" fill="{color}"/>'
        f'<path d="M{at:.1f} {top - 3} v{_BAR + 6}" stroke="#1c2733" stroke-width="1.6"/>'
        f'<text x="{_LEFT + _WIDTH + 8}" y="{top + 11}">{of_100(probability)}</text>'
    )
