"""A table of results whose rows become blocks on a phone: every cell below the others, beside its column's name.

It is text of the page, not a canvas: a browser finds words in it, a screen reader reads it, nothing scrolls sideways.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def draw_rows(
    rows: Sequence[Mapping[str, str]], label: str, *, tall: bool = False, stacked: bool = True
) -> None:
    """Draw rows of the same columns; the first cell names its row.

    Parameters
    ----------
    rows
        Cells by the words above their column, all plain text; at least one row.
    label
        What the table is, for screen readers.
    tall
        Whether it has so many rows that it scrolls within a place of its own, its head staying above.
    stacked
        Whether a phone shows every row as a block; a table of few short figures stays a table.
    """
    head = list(rows[0])
    above = "".join(f'<th role="columnheader" scope="col">{escape(words)}</th>' for words in head)
    body = "".join(_row(head, row) for row in rows)
    kind = "plain rows stacked" if stacked else "plain rows"
    # a browser forgets what is a row and a cell when they are set as blocks: their roles say it again
    table = (
        f'<table class="{kind}" role="table" aria-label="{escape(label)}">'
        f'<thead role="rowgroup"><tr role="row">{above}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
    )
    # a place that scrolls can be reached and moved by keys
    place = f'<div class="tall" role="region" aria-label="{escape(label)}" tabindex="0">{table}</div>'
    st.html(place if tall else table)


def _row(head: Sequence[str], row: Mapping[str, str]) -> str:
    name = f'<th role="rowheader" scope="row">{escape(row[head[0]])}</th>'
    cells = "".join(
        f'<td role="cell" data-column="{escape(words)}">{escape(row[words])}</td>' for words in head[1:]
    )
    return f'<tr role="row">{name}{cells}</tr>'
