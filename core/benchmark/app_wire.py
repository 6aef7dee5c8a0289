"""As much of what Streamlit's server and a browser say to each other as a visitor needs who clicks and looks.

Messages are Protocol Buffers; field numbers are those of Streamlit's own ``proto`` files, which never change the
meaning of a number. Read and written here by hand, because ``core`` does not know Streamlit.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Value = int | bytes

# ForwardMsg
_DELTA, _FINISHED, _SESSION_EVENT, _NAVIGATION = 5, 6, 10, 23
_METADATA, _DELTA_PATH = 2, 2
_APP_PAGES, _PAGE_HASH, _PAGE_PATH, _PAGE_IS_MAIN, _COMPILATION_FAILED = 2, 1, 6, 4, 3
# Delta
_ELEMENT, _BLOCK, _FRAGMENT = 3, 6, 8
_ALERT, _EXCEPTION, _HEADING, _ALERT_IS_ERROR = 30, 8, 47, 1
# what a page is opened for: a sentence in a box, metric, chart, dataframe, table; a form's number, choice or slider
_CONTENT, _HTML, _HTML_TABLE = {_ALERT, 42, 16, 40, 39, 32, 25, 21}, 54, b"<table"
# the number of an element: which field of its message names it, and which lists what can be chosen
_KINDS = {
    19: ("button", None),
    55: ("group", 2),
    20: ("switch", None),
    23: ("radio", 4),
    25: ("select", 4),
    32: ("number", None),
    21: ("slider", 13),
    28: ("several", 4),
}
_TAB_CONTAINER, _TAB, _FOLD = 6, 7, 4
_TABS_ID, _FOLD_ID, _TAB_LABEL = 2, 4, 1
# WidgetState
_STATE_ID = 1
_SWITCHED = {"button": 2, "switch": 3, "fold": 3}
_TYPED = {"number": 4}
_NAMED = {"tabs": 6, "radio": 6, "select": 6}
_LISTED = {"group": 9, "several": 9, "slider": 9}


@dataclass(frozen=True)
class Widget:
    """What can be clicked.

    Attributes
    ----------
    key
        Its name in the page's source.
    kind
        ``button``, ``group``, ``switch``, ``radio``, ``select``, ``number``, ``slider``, ``several``, ``fold`` or
        ``tabs``.
    options
        What can be chosen, as it stands on screen.
    fragment
        The part of the page that alone runs again at a click; empty where the whole page does.
    """

    id: str
    key: str
    kind: str
    options: tuple[str, ...]
    fragment: str


@dataclass(frozen=True)
class Told:
    """What one message of the server says.

    Attributes
    ----------
    finished
        How a run ended: 0 the page, 3 a part of it, 1 it could not be read, 2 it begins again; else None.
    failure
        What the page shows in a box of its own as wrong.
    pages
        Address to what a visitor who follows a link asks for.
    tab
        Of a tab: where its container stands, and its label.
    heading
        Whether a heading was drawn.
    content
        Whether a figure, a chart, a table, a sentence in a box or a field of a form was drawn.
    """

    finished: int | None = None
    failure: str = ""
    pages: dict[str, str] | None = None
    widget: Widget | None = None
    place: tuple[int, ...] = ()
    tab: str | None = None
    heading: bool = False
    content: bool = False


def fields(message: bytes) -> Iterator[tuple[int, Value]]:
    """Yield number and value of every field of a message.

    Examples
    --------
    >>> list(fields(text_field(1, "a") + number_field(2, 300)))
    [(1, b'a'), (2, 300)]
    """
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind, number = tag & 7, tag >> 3
        if kind == 0:
            value, at = _varint(message, at)
            yield number, value
        elif kind == 2:
            size, at = _varint(message, at)
            yield number, message[at : at + size]
            at += size
        else:
            size = 8 if kind == 1 else 4
            yield number, message[at : at + size]
            at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def number_field(number: int, value: int) -> bytes:
    """Write a whole number or a truth value."""
    return _written(number << 3) + _written(value)


def text_field(number: int, value: str | bytes) -> bytes:
    """Write a text, or a message within a message."""
    content = value.encode() if isinstance(value, str) else value
    return _written(number << 3 | 2) + _written(len(content)) + content


def _written(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def asked(
    *,
    query: str,
    page: str = "",
    page_hash: str = "",
    fragment: str = "",
    states: bytes = b"",
    address: str = "",
) -> bytes:
    """Write what a browser sends to have a page drawn: a BackMsg that holds a ClientState."""
    about = text_field(1, "Asia/Shanghai") + text_field(3, "zh-CN") + text_field(4, address)
    client = text_field(1, query) + text_field(2, states) + text_field(3, page_hash) + text_field(4, page)
    if fragment:
        client += text_field(5, fragment)
    return text_field(11, client + text_field(8, about))


def state_of(widget: Widget, value: str | float) -> bytes:
    """Write the state in which a click leaves a widget.

    Parameters
    ----------
    value
        One of the options, a number, or for what is switched 1 or 0.
    """
    held = text_field(_STATE_ID, widget.id)
    if widget.kind in _LISTED:
        held += text_field(_LISTED[widget.kind], text_field(1, str(value)))
    elif widget.kind in _TYPED:
        held += _written(_TYPED[widget.kind] << 3 | 1) + struct.pack("<d", float(value))
    elif widget.kind in _SWITCHED:
        held += number_field(_SWITCHED[widget.kind], int(value))
    else:
        held += text_field(_NAMED[widget.kind], str(value))
    return text_field(1, held)


def told(message: bytes) -> Told:
    """Read one message of the server."""
    whole = dict(fields(message))
    if _FINISHED in whole:
        return Told(finished=_whole(whole[_FINISHED]))
    if _NAVIGATION in whole:
        return Told(pages=_pages(_part(whole[_NAVIGATION])))
    if _SESSION_EVENT in whole:
        event = dict(fields(_part(whole[_SESSION_EVENT])))
        return Told(failure="the page cannot be read" if _COMPILATION_FAILED in event else "")
    if _DELTA in whole:
        place = _place(_part(whole.get(_METADATA, b"")))
        return _drawn(_part(whole[_DELTA]), place)
    return Told()


def _drawn(delta: bytes, place: tuple[int, ...]) -> Told:
    parts = dict(fields(delta))
    fragment = _part(parts.get(_FRAGMENT, b"")).decode()
    if _ELEMENT in parts:
        return _element(_part(parts[_ELEMENT]), place, fragment)
    return _block(_part(parts.get(_BLOCK, b"")), place, fragment)


def _element(element: bytes, place: tuple[int, ...], fragment: str) -> Told:
    for number, content in fields(element):
        if number == _HEADING:
            return Told(heading=True)
        if failure := _failure(number, content):
            return Told(failure=failure)
        shown = number in _CONTENT or (number == _HTML and _HTML_TABLE in _part(content))
        widget = _widget(*_KINDS[number], _part(content), fragment) if number in _KINDS else None
        if shown or widget:
            return Told(widget=widget, place=place, content=shown)
    return Told()


def _failure(number: int, content: Value) -> str:
    if number == _EXCEPTION:
        return _first_text(_part(content))
    alert = dict(fields(_part(content))) if number == _ALERT else {}
    return _part(alert.get(1, b"")).decode() if alert.get(2) == _ALERT_IS_ERROR else ""


def _block(block: bytes, place: tuple[int, ...], fragment: str) -> Told:
    for number, content in fields(block):
        if number in (_TAB_CONTAINER, _FOLD):
            kind, where = ("tabs", _TABS_ID) if number == _TAB_CONTAINER else ("fold", _FOLD_ID)
            name = _part(dict(fields(_part(content))).get(where, b"")).decode()
            return Told(widget=Widget(name, _key(name), kind, (), fragment) if name else None, place=place)
        if number == _TAB:
            label = _part(dict(fields(_part(content))).get(_TAB_LABEL, b"")).decode()
            return Told(tab=label, place=place)
    return Told()


def _widget(kind: str, listed: int | None, content: bytes, fragment: str) -> Widget:
    name, options = "", []
    for number, value in fields(content):
        if number == 1:
            name = _part(value).decode()
        elif number == listed:
            options.append(_first_text(_part(value)) if kind == "group" else _part(value).decode())
    return Widget(name, _key(name), kind, tuple(options), fragment)


def _key(name: str) -> str:
    """Return the key out of ``$$ID-<digest>-<key>``."""
    return name.split("-", 2)[2] if name.count("-") > 1 else ""


def _pages(navigation: bytes) -> dict[str, str]:
    found = {}
    for number, page in fields(navigation):
        if number == _APP_PAGES:
            parts = dict(fields(_part(page)))
            path = "" if parts.get(_PAGE_IS_MAIN) else _part(parts.get(_PAGE_PATH, b"")).decode()
            found[path] = _part(parts.get(_PAGE_HASH, b"")).decode()
    return found


def _place(metadata: bytes) -> tuple[int, ...]:
    place: list[int] = []
    for number, value in fields(metadata):
        if number == _DELTA_PATH:
            packed, at = _part(value), 0
            while at < len(packed):
                step, at = _varint(packed, at)
                place.append(step)
    return tuple(place)


def _first_text(message: bytes) -> str:
    texts = (value for _, value in fields(message) if isinstance(value, bytes))
    return next(texts, b"").decode(errors="replace")


def _part(value: Value) -> bytes:
    assert isinstance(value, bytes)
    return value


def _whole(value: Value) -> int:
    assert isinstance(value, int)
    return value
