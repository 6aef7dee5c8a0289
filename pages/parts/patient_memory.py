"""What is kept of a patient: a visitor's last of each thing in that session alone, unchanged examples once for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from pages.parts.shared_memory import shared

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

_KEPT = "patient_kept"

T = TypeVar("T")


def kept(slot: str, key: Hashable, make: Callable[[], T], *, ours: bool = False) -> T:
    """Return what was made for this key, or make it and let go of what the slot held before.

    Streamlit's own caches are shared by all visitors, and a patient's values are nobody else's business.

    Parameters
    ----------
    slot
        What kind of thing; one of each is kept.
    key
        Everything that it is made from.
    ours
        All of that is the app's own: an example as it is. Then it is made once for all visitors.
    """
    slots: dict[str, tuple[Hashable, Any]] = st.session_state.setdefault(_KEPT, {})
    if slot not in slots or slots[slot][0] != key:
        slots[slot] = (key, shared((slot, key), make) if ours else make())
    return slots[slot][1]
