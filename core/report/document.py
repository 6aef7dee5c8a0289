"""The printable report: one HTML page for A4 that carries everything it needs and runs nothing."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING

from core.cohort.naming import cohort_words
from core.cohort.variables import variables
from core.report.blocks import STEPS, Grid, joined
from core.report.figures import risk_figure
from core.report.steps import step_answer, step_blocks
from core.report.value_words import column_label, range_words, side_of, value_words
from core.text import text

if TYPE_CHECKING:
    from core.cohort.columns import Column
    from core.report.blocks import Answer, Block
    from core.report.inputs import ReportInputs

_STYLE = Path(__file__).with_name("report.css")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
# a table of so few rows stays on one page
_SHORT = 10
_MARKS = {"answered": "✓", "attention": "!", "open": "?", "none": "–"}
_SIDES = {"low": "↓", "high": "↑"}
_BULLETS = {"supports": "+", "against": "−", "open": "?", "higher": "↑", "lower": "↓", "small": "•", "": "•"}


def patient_report(inputs: ReportInputs, language: str, made_on: str = "") -> str:
    """Write the report.

    Parameters
    ----------
    inputs
        All that is known and worked out.
    language
        ``"zh"`` or ``"en"``.
    made_on
        Day and time of writing, as it is to be printed.

    Returns
    -------
    str
        A whole HTML document: no script, nothing from elsewhere, all text escaped.
    """
    body = [
        _head(inputs, language, made_on),
        *(_step(name, inputs, language) for name in _order()),
        _values(inputs, language),
        _sources(inputs, language),
    ]
    title = text(language, "report.title")
    return (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if language == "zh" else "en"}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_style(language)}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def escape(words: object) -> str:
    """Return text such that a browser shows it as it stands."""
    return html.escape(str(words), quote=True)


def _order() -> tuple[str, ...]:
    """The summary first: whoever reads one page only reads that."""
    return (STEPS[-1], *STEPS[:-1])


def _style(language: str) -> str:
    notice = text(language, "frame.notice").replace("\\", "").replace('"', "")
    return _STYLE.read_text(encoding="utf-8").replace("NOTICE", notice)


def _head(inputs: ReportInputs, language: str, made_on: str) -> str:
    models = {one.cohort: one.synthetic for one in inputs.models}
    made = text(language, f"report.origin.{inputs.origin}")
    lines = [
        f"<h1>{escape(text(language, 'report.title'))}</h1>",
        f'<p class="notice">{escape(text(language, "frame.notice"))}</p>',
        '<p class="who">' + escape(text(language, "report.who", name=inputs.name, origin=made)) + "</p>",
    ]
    if any(models.values()):
        names = text(language, "shared.separator").join(
            cohort_words(name, language) for name, made_up in models.items() if made_up
        )
        words = text(language, "report.synthetic", names=names)
        kind = text(language, "frame.source.synthetic")
        lines.append(f'<p class="synthetic"><strong>{escape(kind)}</strong> {escape(words)}</p>')
    if made_on:
        lines.append(f'<p class="small">{escape(text(language, "report.made_on", when=made_on))}</p>')
    return "<header>\n" + "\n".join(lines) + "\n</header>"


def _step(name: str, inputs: ReportInputs, language: str) -> str:
    answer = step_answer(name, inputs, language)
    title = text(language, "report.summary.title" if name == "summary" else f"report.steps.{name}")
    figure = risk_figure(inputs, language) if name == "risk" else ""
    blocks = "\n".join(_block(one) for one in step_blocks(name, inputs, language))
    inside = f"<h2>{escape(title)}</h2>\n{_line(answer, language)}\n{figure}{blocks}"
    return f'<section class="step {name}">\n{inside}\n</section>'


def _line(answer: Answer, language: str) -> str:
    mark = f"{_MARKS[answer.state]} {text(language, f'report.states.{answer.state}')}"
    return f'<p class="answer {answer.state}"><span class="state">{escape(mark)}</span> {escape(answer.line)}</p>'


def _block(block: Block) -> str:
    note = f'<p class="small">{escape(block.note)}</p>\n' if block.note else ""
    title = f"<h3>{escape(block.title)}</h3>\n" if block.title else ""
    if isinstance(block, Grid):
        kind = "wordy" if block.wordy else "plain"
        short = " short" if len(block.rows) <= _SHORT else ""
        return f'<div class="block {kind}{short}">\n{title}{_table(block.header, block.rows)}\n{note}</div>'
    bullet = _BULLETS[block.kind]
    items = "\n".join(f'<li><span class="bullet">{bullet}</span>{escape(item)}</li>' for item in block.items)
    return f'<div class="block {block.kind}">\n{title}<ul>\n{items}\n</ul>\n{note}</div>'


def _table(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    body = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _values(inputs: ReportInputs, language: str) -> str:
    """Numbers in a table, conditions by their answer in lines: what is known, and what is not."""
    header = tuple(text(language, f"report.values.{key}") for key in ("name", "value", "usual"))
    known = [column for column in inputs.asked if column.name in inputs.values]
    rows = tuple(_value(column, inputs, language) for column in known if column.kind != "binary")
    answered = {
        answer: [
            column_label(column, language)
            for column in known
            if column.kind == "binary" and value_words(column, inputs.values[column.name], language) == answer
        ]
        for answer in dict.fromkeys(
            value_words(column, inputs.values[column.name], language)
            for column in known
            if column.kind == "binary"
        )
    }
    said = [
        text(language, "report.values.answered", answer=answer, names=joined(language, names))
        for answer, names in answered.items()
    ]
    missing = joined(language, (column_label(column, language) for column in inputs.missing))
    said.append(text(language, "report.values.missing", n=len(inputs.missing), names=missing or "–"))
    paragraphs = "\n".join(f"<p>{escape(one)}</p>" for one in said)
    title = text(language, "report.values.title", n=len(known))
    note = text(language, "report.values.note")
    return (
        f'<section class="values">\n<h2>{escape(title)}</h2>\n<div class="two">{_table(header, rows)}</div>\n'
        f'{paragraphs}\n<p class="small">{escape(note)}</p>\n</section>'
    )


def _value(column: Column, inputs: ReportInputs, language: str) -> tuple[str, ...]:
    value, sex = inputs.values[column.name], inputs.values.get("sex")
    side = side_of(column.name, value, sex) if column.known else ""
    limits = variables()[column.name].reference_for(str(sex)) if column.known else None
    words = value_words(column, value, language)
    if side in ("low", "high"):
        words += f" {_SIDES[side]} {text(language, f'report.values.{side}')}"
    return column_label(column, language), words, range_words(limits) if limits else "–"


def _sources(inputs: ReportInputs, language: str) -> str:
    header = tuple(text(language, f"report.models.{key}") for key in ("model", "cohort", "date", "digest"))
    rows = tuple(
        (
            " · ".join(
                text(language, key) for key in (f"report.models.{one.task}", f"charts.series.{one.modality}")
            ),
            cohort_words(one.cohort, language)
            + (f" ({text(language, 'frame.source.synthetic')})" if one.synthetic else ""),
            one.date,
            one.digest,
        )
        for one in inputs.models
    )
    table = _table(header, rows) if rows else f"<p>{escape(text(language, 'report.models.none'))}</p>"
    said = "".join(
        f"<li>{escape(text(language, f'report.sources.{key}'))}</li>" for key in ("status", "causal", "local")
    )
    return (
        f'<section class="sources">\n<h2>{escape(text(language, "report.models.title"))}</h2>\n{table}\n'
        f"<ul>{said}</ul>\n</section>"
    )
