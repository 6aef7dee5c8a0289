"""What the Cohort page worked out of the cohort it looks at: kept in this session, until another cohort is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.cohort.folder import Cohort

_STATE = "cohort_worked_out"
Found = TypeVar("Found")


def remembered(cohort: Cohort, name: str, work: Callable[[], Found]) -> Found:
    """Return what ``work`` gives for this very cohort, done once; a new cohort takes the old one's place."""
    kept = st.session_state.get(_STATE)
    if kept is None or kept[0] is not cohort:
        empty: dict[str, object] = {}
        st.session_state[_STATE] = kept = (cohort, empty)
    if name not in kept[1]:
        kept[1][name] = work()
    return cast("Found", kept[1][name])


def forget(cohort: Cohort, name: str) -> None:
    """Let go of one result, so that it is worked out anew."""
    kept = st.session_state.get(_STATE)
    if kept is not None and kept[0] is cohort:
        kept[1].pop(name, None)


def is_remembered(cohort: Cohort, name: str) -> bool:
    """Whether the result is there already."""
    kept = st.session_state.get(_STATE)
    return kept is not None and kept[0] is cohort and name in kept[1]
