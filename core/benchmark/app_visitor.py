"""One visitor of the app without a browser: a session of its own over the websocket, whose pages really run."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.benchmark.app_wire import Widget, asked, state_of, told

if TYPE_CHECKING:
    from types import TracebackType

_RUNS_AGAIN, _ENDED = 2, {0, 1, 3}
_LONGEST_S = 120.0
_LANGUAGE = "lang=zh"


@dataclass(frozen=True)
class View:
    """What one click brought.

    Attributes
    ----------
    seconds
        From sending the click until the server said that the page was drawn to its end.
    failures
        What the page showed as wrong, in the words it did.
    size
        Bytes that came.
    titled
        Seconds until the first heading came; nan where none did.
    shown
        Seconds until the first figure, chart, table, sentence in a box or field of a form came; nan where none did.
    """

    seconds: float
    failures: tuple[str, ...]
    size: int
    titled: float = math.nan
    shown: float = math.nan


class Visitor:
    """A session.

    Parameters
    ----------
    port
        Of a server on this machine.
    """

    def __init__(self, port: int) -> None:
        from websockets.sync.client import connect
        from websockets.typing import Subprotocol

        self._address = f"http://127.0.0.1:{port}"
        self._connection = connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            subprotocols=[Subprotocol("streamlit")],
            origin=None,
            compression=None,
            max_size=None,
            open_timeout=_LONGEST_S,
        )
        self._pages: dict[str, str] = {}
        self._page = ""
        self._widgets: dict[str, Widget] = {}
        self._tabs: dict[tuple[int, ...], tuple[Widget, list[str]]] = {}

    def __enter__(self) -> Visitor:
        self._socket = self._connection.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.__exit__(kind, error, trace)

    def open(self, page: str) -> View:
        """Open a page, by its address at first and by a link afterwards.

        Parameters
        ----------
        page
            Its address: ``""`` for the overview, ``"ecg"`` for ``pages/1_ecg.py``.
        """
        self._page, self._widgets, self._tabs = page, {}, {}
        return self._ask()

    def again(self) -> View:
        """Have the page drawn once more, nothing changed."""
        return self._ask()

    def click(self, key: str, choice: float = 1) -> View:
        """Press, choose, switch or type.

        Parameters
        ----------
        key
            The widget's, or the beginning of it where only one begins so.
        choice
            Number of the option or tab; 1 or 0 for what is switched; a number for a field.

        Raises
        ------
        KeyError
            Nothing on the page has this key.
        """
        widget = self._named(key)
        options = widget.options
        if widget.kind == "tabs":
            options = next(tuple(labels) for one, labels in self._tabs.values() if one.id == widget.id)
        value: str | float = options[int(choice)] if options else choice
        return self._ask(widget.fragment, state_of(widget, value))

    def _named(self, key: str) -> Widget:
        exact = [one for one in self._widgets.values() if one.key == key]
        near = exact or [one for one in self._widgets.values() if one.key.startswith(key)]
        if not near:
            raise KeyError(key)
        return near[0]

    def _ask(self, fragment: str = "", states: bytes = b"") -> View:
        known = self._pages.get(self._page, "")
        message = asked(
            query=_LANGUAGE,
            page="" if known else self._page,
            page_hash=known,
            fragment=fragment,
            states=states,
            address=f"{self._address}/{self._page}",
        )
        begin = time.perf_counter()
        self._socket.send(message)
        return self._drawn(begin)

    def _drawn(self, begin: float) -> View:
        failures, size, finished = [], 0, _RUNS_AGAIN
        titled = shown = math.nan
        while finished not in _ENDED:
            message = self._socket.recv(timeout=_LONGEST_S)
            assert isinstance(message, bytes)
            size += len(message)
            one = told(message)
            finished = _RUNS_AGAIN if one.finished is None else one.finished
            if one.failure:
                failures.append(one.failure)
            if one.heading and math.isnan(titled):
                titled = time.perf_counter() - begin
            if one.content and math.isnan(shown):
                shown = time.perf_counter() - begin
            if one.pages:
                self._pages = one.pages
            if one.widget is not None:
                self._widgets[one.widget.id] = one.widget
                if one.widget.kind == "tabs":
                    self._tabs[one.place] = (one.widget, [])
            if one.tab is not None and one.place[:-1] in self._tabs:
                self._tabs[one.place[:-1]][1].append(one.tab)
        seconds = time.perf_counter() - begin
        if finished == 1:
            failures.append("the page cannot be read")
        return View(seconds, tuple(failures), size, titled, shown)
