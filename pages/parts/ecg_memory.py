"""What is remembered of recordings: a visitor's last few in that session alone, demonstrations once for all."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from pages.parts.shared_memory import shared

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

_KEPT = "ecg_kept"
_OF = "ecg_kept_of"
_MOST = 8

T = TypeVar("T")


def remembered(key: Hashable, make: Callable[[], T], *, ours: bool = False) -> T:
    """Return what was made for this key before in this session, or make it.

    Streamlit's own caches are shared by all visitors, and a patient's recording is nobody else's business.

    Parameters
    ----------
    ours
        It is made from a demonstration of the app's own: then it is made once for all visitors.
    """
    if ours:
        return shared(key, make)
    kept: dict[Hashable, Any] = st.session_state.setdefault(_KEPT, {})
    if key not in kept:
        made = make()
        while len(kept) >= _MOST:
            kept.pop(next(iter(kept)))
        kept[key] = made
    return kept[key]


def forget_others(content: str) -> None:
    """Let go of everything where another upload has taken the place of the last: an hour's recording is large."""
    if st.session_state.get(_OF) != content:
        st.session_state[_KEPT] = {}
        st.session_state[_OF] = content


def digest(files: dict[str, bytes]) -> str:
    """SHA-256 over names and contents, to tell one upload from another."""
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(name.encode() + b"\0" + len(files[name]).to_bytes(8, "big") + files[name])
    return whole.hexdigest()
