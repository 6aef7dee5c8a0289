"""Tables and lists of the report, as the page draws them: the same words in both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.report import Grid
from pages.parts.wording import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.report import Block, Lines

_ICONS = {
    "supports": ":material/add_circle:",
    "against": ":material/do_not_disturb_on:",
    "open": ":material/help:",
    "higher": ":material/arrow_upward:",
    "lower": ":material/arrow_downward:",
}


def draw_blocks(blocks: Iterable[Block]) -> None:
    """Draw tables and lists one below the other."""
    for one in blocks:
        draw_block(one)


def draw_block(block: Block, *, titled: bool = True) -> None:
    """Draw one table or list, with its title in bold."""
    if titled and block.title:
        icon = _ICONS.get(getattr(block, "kind", ""), "")
        st.markdown(f"{icon} **{plain(block.title)}**".strip())
    if isinstance(block, Grid) and block.wordy:
        _draw_entries(block)
    elif isinstance(block, Grid):
        _draw_grid(block)
    else:
        _draw_lines(block)
    if block.note:
        st.caption(plain(block.note))


def _draw_grid(grid: Grid) -> None:
    rows = [[plain(cell) for cell in row] for row in grid.rows]
    frame = pd.DataFrame(rows, columns=[plain(name) for name in grid.header])
    st.table(frame, border="horizontal", hide_index=True, alt=grid.title or None)


def _draw_entries(grid: Grid) -> None:
    """Name and result in one line, the sentences below it: as legible on a phone as on a wide screen."""
    for name, result, *behind in grid.rows:
        said = " ".join(plain(one) for one in behind if one)
        below = f"  \n:small[{said}]" if said else ""
        st.markdown(f"{plain(name)} · **{plain(result)}**{below}")


def _draw_lines(lines: Lines) -> None:
    st.markdown("\n".join(f"- {plain(item)}" for item in lines.items))
