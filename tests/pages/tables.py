"""The tables that a page sets as text, read back as frames."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest


class _Cells(HTMLParser):
    """Collects the words of every cell, row by row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._within = False

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")
            self._within = True

    def handle_endtag(self, tag: str) -> None:
        self._within = self._within and tag not in ("th", "td")

    def handle_data(self, data: str) -> None:
        if self._within:
            self.rows[-1][-1] += data


def tables(app: AppTest) -> list[pd.DataFrame]:
    """Return every table that stands on the page as text, in their order."""
    bodies = [each.proto.body for each in app.get("html")]
    return [_frame(body) for body in bodies if "<table" in body]


def _frame(body: str) -> pd.DataFrame:
    read = _Cells()
    read.feed(body)
    head, *rows = read.rows
    return pd.DataFrame(rows, columns=head)
