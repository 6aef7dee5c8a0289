"""Charts of stored results, built once for all visitors: building takes plotly longer than everything else on a page.

Only for what comes out of saved models and published figures. A chart of a visitor's own patient or file is built
where it is shown and belongs to that session alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.charts.style import Chart

_MOST = 64


def stored_chart(draw: Callable[..., Chart], *given: Any, **options: Any) -> Chart:
    """Return ``draw(*given, **options)``, or what it made of equal tables and words before.

    Parameters
    ----------
    draw
        A function of ``core.charts``.
    given, options
        Compared by content: tables, arrays, data classes, words and numbers.
    """
    return _drawn(draw.__qualname__, given, options, draw)


@st.cache_resource(show_spinner=False, max_entries=_MOST)
def _drawn(
    name: str,  # noqa: ARG001 - part of the key
    given: tuple[Any, ...],
    options: dict[str, Any],
    _draw: Callable[..., Chart],
) -> Chart:
    return _draw(*given, **options)
