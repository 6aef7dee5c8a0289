"""What the Cohort page worked out of the cohort it looks at.

A preset's cohort is one object for all visitors, and so is what the page shows of it by itself; an uploaded one is in
its visitor's session alone, and what was worked out of it goes with it. What a visitor started by a button is that
visitor's, of whatever cohort.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar, cast

import streamlit as st

from pages.parts.kept_parts import keep
from pages.parts.shared_memory import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from core.cohort.folder import Cohort
    from pages.parts.frame import Page

_STATE = "cohort_started"
_SHELF = "_worked_out_by_the_page"
_PRESET = "_preset_of_the_page"
_lock = threading.Lock()
Found = TypeVar("Found")


def remembered(cohort: Cohort, name: str, work: Callable[[], Found]) -> Found:
    """Return what ``work`` gives for this very cohort, done once and kept as long as the cohort itself."""
    with _lock:
        # with the cohort itself: in a store beside it, whatever names the cohort would keep it from ever going
        shelf = vars(cohort).setdefault(_SHELF, Shelf())
    return cast("Shelf", shelf).get(name, work)


def of_preset(cohort: Cohort, *made_from: Hashable) -> Cohort:
    """Mark a cohort as generated from these settings, and return it: what is drawn of it is kept for all visitors."""
    vars(cohort)[_PRESET] = made_from
    return cohort


def draw_of(page: Page, cohort: Cohort, key: tuple[Hashable, ...], draw: Callable[[], None]) -> None:
    """Draw a part that follows from the cohort and the key: of a preset once for all, of an upload every time."""
    preset = vars(cohort).get(_PRESET)
    if preset is None:
        draw()
    else:
        keep(page, ("cohort", *preset, *key), draw, ours=True, lasting=lambda: ())


def started(cohort: Cohort, name: str, work: Callable[[], Found]) -> Found:
    """Return what ``work`` gives, done once in this session; a new cohort takes the old one's place."""
    kept = st.session_state.get(_STATE)
    if kept is None or kept[0] is not cohort:
        empty: dict[str, object] = {}
        st.session_state[_STATE] = kept = (cohort, empty)
    if name not in kept[1]:
        kept[1][name] = work()
    return cast("Found", kept[1][name])


def forget(cohort: Cohort, name: str) -> None:
    """Let go of what was started, so that it is worked out anew."""
    kept = st.session_state.get(_STATE)
    if kept is not None and kept[0] is cohort:
        kept[1].pop(name, None)


def was_started(cohort: Cohort, name: str) -> bool:
    """Whether this visitor has the result already."""
    kept = st.session_state.get(_STATE)
    return kept is not None and kept[0] is cohort and name in kept[1]
