"""Parts that an earlier start drew: a server that starts again sends them at once, without pandas and charts.

A part's messages to the browser lie beside the models, in a folder that is not part of them, under a key of everything
that they were made from: the program itself, the models' files, the language and the choices. A folder that cannot be
written costs a second at every start, nothing else. Nothing of a visitor's own comes here.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import re
import shutil
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st
from google.protobuf.message import DecodeError
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.layout_utils import LayoutConfig
from streamlit.proto.Block_pb2 import Block
from streamlit.proto.Element_pb2 import Element
from streamlit.runtime.caching import CACHE_DATA_MESSAGE_REPLAY_CTX
from streamlit.runtime.caching.cached_message_replay import ElementMsgData

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from google.protobuf.message import Message

FOLDER = ".drawn"
SETTING = "PE_KEEP_DRAWN"
_HEAD = b"drawn 1\n"
_MOST_BYTES = 8 * 1024 * 1024
_MOST_FILES = 500
_LIBRARIES = ("streamlit-", "plotly-", "pandas-", "pyarrow-", "numpy-", "scipy-")
_LAYOUT = ("width", "height", "text_alignment")
_PROGRAM = Path(__file__).parents[2]
_PROGRAM_FILES = (".py", ".toml", ".css", ".svg")
# what stands for a thing of this very process is no key for the next one
_OF_THIS_PROCESS = re.compile(r" at 0x[0-9a-f]+|<function |<object ")

Drawn = tuple[dict[str, Any], "Message"]
"""Where a message goes, by number of the one that made the place, and the message."""


def draw_or_repeat(key: Callable[[], Hashable], root: Path, draw: Callable[[], None]) -> None:
    """Draw a part as an earlier start did, or draw it and keep it for the next one.

    Parameters
    ----------
    key
        Gives everything that the part is made from, beside the program.
    root
        Folder of the saved models.
    draw
        Draws it, by the rules of ``kept_parts.kept_part``.
    """
    place = _place(key, root)
    if place is None:
        draw()
        return
    messages = _read(place)
    if messages is not None:
        _repeat(messages)
        return
    with CACHE_DATA_MESSAGE_REPLAY_CTX.calling_cached_function(draw):
        draw()
    drawn = _as_drawn(CACHE_DATA_MESSAGE_REPLAY_CTX._most_recent_messages)
    if drawn is not None:
        _write(place, drawn)


def has_drawn(key: Callable[[], Hashable], root: Path) -> bool:
    """Whether a part lies there from an earlier start."""
    place = _place(key, root)
    return place is not None and place.is_file()


def _place(key: Callable[[], Hashable], root: Path) -> Path | None:
    """Return where a part is kept; None where none is to be, or the key says nothing to another process."""
    if os.environ.get(SETTING) == "0":
        return None
    said = repr(key())
    if _OF_THIS_PROCESS.search(said):
        return None
    name = hashlib.sha256(said.encode()).hexdigest()[:32]
    return root / FOLDER / program() / f"{name}.bin"


@functools.cache
def program() -> str:
    """Return a digest of all that draws: this program's files and the libraries that make messages and charts."""
    digest = hashlib.sha256()
    # what installers call a library's folder tells its version; asking for it properly takes fifty times as long
    installed = sorted(path.name for path in Path(st.__file__).parents[1].glob("*.dist-info"))
    digest.update("\n".join(name for name in installed if name.startswith(_LIBRARIES)).encode())
    for top in ("core", "pages"):
        for place, folders, files in os.walk(_PROGRAM / top):
            folders.sort()
            for name in sorted(files):
                if name.endswith(_PROGRAM_FILES):
                    path = Path(place) / name
                    digest.update(path.relative_to(_PROGRAM).as_posix().encode())
                    digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _as_drawn(messages: list[Any]) -> list[Drawn] | None:
    """Return what Streamlit recorded; None where a message has a file beside it, which is not kept here."""
    places: dict[str, int] = {}
    drawn: list[Drawn] = []
    for one in messages:
        # what is not below the part itself is below where it is called
        about: dict[str, Any] = {"on": places.get(one.id_of_dg_called_on, -1)}
        if isinstance(one, ElementMsgData):
            if one.media_data:
                return None
            about |= {"element": one.delta_type, "layout": _layout(one.layout_config)}
        places[one.returned_dgs_id] = len(drawn)
        drawn.append((about, one.message))
    return drawn


def _layout(config: LayoutConfig | None) -> dict[str, Any] | None:
    return None if config is None else {name: getattr(config, name) for name in _LAYOUT}


def _repeat(messages: list[Drawn]) -> None:
    made: list[DeltaGenerator] = []
    for about, message in messages:
        where = made[about["on"]] if about["on"] >= 0 else st._main
        if isinstance(message, Block):
            made.append(where._block(message))
            continue
        config = None if about["layout"] is None else LayoutConfig(**about["layout"])
        found = where._enqueue(about["element"], message, layout_config=config)
        made.append(found if isinstance(found, DeltaGenerator) else where)


def _read(place: Path) -> list[Drawn] | None:
    """Return what was kept; None where nothing was, or it is not what was written."""
    try:
        content = place.read_bytes()
        digest, packed = content[len(_HEAD) : len(_HEAD) + 32], content[len(_HEAD) + 32 :]
        if not content.startswith(_HEAD) or hashlib.sha256(packed).digest() != digest:
            return None
        head, _, rest = zlib.decompressobj().decompress(packed, _MOST_BYTES).partition(b"\n")
        drawn: list[Drawn] = []
        for about in json.loads(head):
            kind = type(getattr(Element(), about["element"])) if "element" in about else Block
            drawn.append((about, kind.FromString(rest[: about["size"]])))
            rest = rest[about["size"] :]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zlib.error, DecodeError):
        return None
    # what is left over was written by nobody here
    return None if rest else drawn


def _write(place: Path, messages: list[Drawn]) -> None:
    """Keep a part, whole or not at all; what another program drew goes."""
    contents = [message.SerializeToString() for _, message in messages]
    abouts = [{**about, "size": len(one)} for (about, _), one in zip(messages, contents, strict=True)]
    whole = json.dumps(abouts).encode() + b"\n" + b"".join(contents)
    if len(whole) > _MOST_BYTES:
        return
    packed = zlib.compress(whole, 6)
    with contextlib.suppress(OSError):
        folder = place.parent
        if not folder.is_dir():
            shutil.rmtree(folder.parent, ignore_errors=True)
            folder.mkdir(parents=True, mode=0o700)
        if sum(1 for _ in folder.iterdir()) >= _MOST_FILES:
            return
        handle, scratch = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_HEAD + hashlib.sha256(packed).digest() + packed)
            Path(scratch).replace(place)
        except OSError:
            Path(scratch).unlink(missing_ok=True)
            raise
