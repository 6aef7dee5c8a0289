"""What one visitor's session keeps of the patient page: the last of each thing, so that one edit redraws little."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

_KEPT = "patient_kept"

T = TypeVar("T")


def kept(slot: str, key: Hashable, make: Callable[[], T]) -> T:
    """Return what was made for this key, or make it and let go of what the slot held before.

    Streamlit's own caches are shared by all visitors, and a patient's values are nobody else's business.

    Parameters
    ----------
    slot
        What kind of thing; one of each is kept.
    key
        Everything that it is made from.
    """
    slots: dict[str, tuple[Hashable, Any]] = st.session_state.setdefault(_KEPT, {})
    if slot not in slots or slots[slot][0] != key:
        slots[slot] = (key, make())
    return slots[slot][1]
