"""A small table of words, drawn without pandas: a first view does not wait half a second for it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Sequence

Line = tuple[str, str]
"""How a line of a cell is set (``strong``, ``small`` or ``span``), and its words, which are plain text."""


def draw_table(head: Sequence[str], rows: Sequence[tuple[str, Sequence[Sequence[Line]]]], label: str) -> None:
    """Draw a table whose first column names the rows.

    Parameters
    ----------
    head
        Words above every column, the first too.
    rows
        Name of each row, and the lines of each of its cells.
    label
        What the table is, for screen readers.
    """
    above = "".join(f'<th scope="col">{escape(words)}</th>' for words in head)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(map(_cell, cells))}</tr>' for name, cells in rows
    )
    st.html(
        f'<table class="plain" aria-label="{escape(label)}"><thead><tr>{above}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _cell(lines: Sequence[Line]) -> str:
    return f"<td>{'<br/>'.join(f'<{kind}>{escape(words)}</{kind}>' for kind, words in lines)}</td>"
