"""Charts of stored results, built once for all visitors: building takes plotly longer than everything else on a page.

``stored_chart`` is only for what comes out of saved models and published figures. A chart of a visitor's own patient
or recording is ``own_chart``'s: kept in that session alone, and gone with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.charts.style import Chart

_MOST = 64
_MOST_OWN = 8


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


def own_chart(draw: Callable[..., Chart], *given: Any, **options: Any) -> Chart:
    """Return what ``stored_chart`` does, kept in this visitor's session and seen by nobody else."""
    return _drawn_for_one(draw.__qualname__, given, options, draw)


@st.cache_resource(show_spinner=False, max_entries=_MOST)
def _drawn(
    name: str,  # noqa: ARG001 - part of the key
    given: tuple[Any, ...],
    options: dict[str, Any],
    _draw: Callable[..., Chart],
) -> Chart:
    return _draw(*given, **options)


@st.cache_resource(show_spinner=False, max_entries=_MOST_OWN, scope="session")
def _drawn_for_one(
    name: str,  # noqa: ARG001 - part of the key
    given: tuple[Any, ...],
    options: dict[str, Any],
    _draw: Callable[..., Chart],
) -> Chart:
    return _draw(*given, **options)
