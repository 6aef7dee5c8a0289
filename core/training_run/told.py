"""What a run tells of itself: small JSON lines in its folder, each written at once, so that whole lines can be read."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

FILE = "told.jsonl"
_MOST_BYTES = 4 * 1024 * 1024
_MOST_LINES = 20_000
_PAUSE_S = 0.2


@dataclass(frozen=True)
class Told:
    """What has been told so far.

    Attributes
    ----------
    model
        Which model is being trained: a fusion's run trains up to three. Empty at the beginning.
    stage
        Key in ``stages.toml``; empty at the beginning.
    share
        Of the whole, 0 to 1.
    figures
        Kind (``epoch``, ``trial``) and values, with the ``model`` that they belong to, in the order told.
    """

    model: str = ""
    stage: str = ""
    share: float = 0.0
    figures: tuple[tuple[str, dict[str, Any]], ...] = ()


class Teller:
    """Writes the lines. A disk that is full costs what is told, not the run."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._lock = threading.Lock()
        self._last = ("", "", 0.0)
        self._lines = 0
        self.model = ""

    def progress(self, stage: str, share: float) -> None:
        """Tell stage and share done, a few times a second at most."""
        model, kept, at = self._last
        now = time.monotonic()
        if (model, kept) == (self.model, stage) and now - at < _PAUSE_S and share < 1:
            return
        self._last = (self.model, stage, now)
        self._write({"model": self.model, "stage": stage, "share": round(float(share), 4)})

    def figures(self, kind: str, values: dict[str, float]) -> None:
        """Tell figures; those that are no numbers are left out."""
        own = {name: round(float(value), 6) for name, value in values.items() if value == value}  # noqa: PLR0124 - NaN
        self._write({"kind": kind, "values": {"model": self.model, **own}})

    def _write(self, line: dict[str, Any]) -> None:
        with self._lock:
            self._lines += 1
            if self._lines > _MOST_LINES:
                return
            try:
                with self._path.open("ab", buffering=0) as file:
                    file.write(json.dumps(line).encode() + b"\n")
            except OSError:
                return


def read_told(folder: Path) -> Told:
    """Read what a run has told so far; nothing if it has told nothing."""
    try:
        with (folder / FILE).open("rb") as file:
            content = file.read(_MOST_BYTES)
    except OSError:
        return Told()
    told, figures = Told(), []
    for written in content[: content.rfind(b"\n") + 1].splitlines():
        line = _parsed(written)
        if "kind" in line:
            figures.append((str(line["kind"]), dict(line["values"])))
        elif "stage" in line:
            told = Told(str(line["model"]), str(line["stage"]), float(line["share"]))
    return Told(told.model, told.stage, told.share, tuple(figures))


def _parsed(written: bytes) -> dict[str, Any]:
    try:
        line = json.loads(written)
    except ValueError:  # two halves of lines, where a disk was full in between
        return {}
    return line if isinstance(line, dict) else {}
