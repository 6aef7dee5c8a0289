"""What is worked out of the app's own examples and demonstrations: once for all visitors, for they are nobody's.

Nothing of a visitor's own patient, table or recording may come here: whoever asks for the same key gets the same.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, TypeVar, cast

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

_MOST = 96

T = TypeVar("T")


class Shelf:
    """A bounded store in which each thing is made once, however many ask for it at the same moment.

    Parameters
    ----------
    most
        How many things are kept; what was not asked for the longest goes first.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._places: OrderedDict[Hashable, _Place] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made for this key, or make it; whoever else wants it meanwhile waits for it."""
        with self._lock:
            place = self._places.setdefault(key, _Place())
            self._places.move_to_end(key)
            while len(self._places) > self._most:
                self._places.popitem(last=False)
        with place.lock:
            if not place.made:
                place.made.append(make())
        return cast("T", place.made[0])

    def has(self, key: Hashable) -> bool:
        """Whether what belongs to this key was made, and is still kept."""
        with self._lock:
            return key in self._places and bool(self._places[key].made)


class _Place:
    def __init__(self) -> None:
        # making one thing may ask for another, or for the same under another name
        self.lock = threading.RLock()
        self.made: list[Any] = []


def shared(key: Hashable, make: Callable[[], T]) -> T:
    """Return what was made for this key by any visitor, or make it.

    Parameters
    ----------
    key
        Everything that it is made from, all of it the app's own.
    """
    return _shelf().get(key, make)


@st.cache_resource(show_spinner=False)
def _shelf() -> Shelf:
    return Shelf()
