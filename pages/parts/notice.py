"""What every page says about itself: for research and teaching only, whose data, which model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from core.cohort.naming import cohort_words
from core.text import text
from pages.parts.wording import plain

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Source:
    """Where the figures on a page come from.

    Attributes
    ----------
    name
        The cohort's name.
    synthetic
        Whether its patients are made up by a generator.
    role
        ``"model"``: these are the patients a model was trained and tested on, not those of a visitor's file.
        ``"own"``: a file of the visitor's own, which no model has seen. Empty: what the page itself shows.
    """

    name: str
    synthetic: bool
    role: str = ""


@dataclass(frozen=True)
class ModelStamp:
    """Which model a page's figures come from, for the footer.

    Attributes
    ----------
    version
        For people: the program's version, or the artifact's digest cut short.
    date
        Day of training, ``YYYY-MM-DD``.
    """

    version: str
    date: str


def draw_notice(language: str) -> None:
    """Draw the small line at the top of every page: as text, which a phone breaks, and no badge, which it cuts."""
    st.markdown(f":orange-badge[:material/science: {text(language, 'frame.notice')}]")


_KINDS = {"synthetic": ("violet", "casino"), "real": ("blue", "database"), "own": ("green", "upload_file")}


def draw_sources(sources: Iterable[Source], language: str) -> None:
    """Draw one line a data source: the kind in words and in colour, then whose data and the name."""
    for source in sources:
        kind = "own" if source.role == "own" else "synthetic" if source.synthetic else "real"
        colour, icon = _KINDS[kind]
        badge = f":{colour}-badge[:material/{icon}: {text(language, f'frame.source.{kind}')}]"
        role = text(language, "frame.source.of_model") if source.role == "model" else ""
        meaning = text(language, f"frame.source.{kind}_meaning")
        st.markdown(f"{badge} {role}**{plain(cohort_words(source.name, language))}** · :gray[{meaning}]")


def draw_footer(language: str, model: ModelStamp | None) -> None:
    """Draw the last line: the notice again, and the model's version and date where one is shown."""
    words = text(language, "frame.notice")
    if model is not None:
        words += " · " + text(language, "frame.model", version=plain(model.version), date=plain(model.date))
    st.caption(words)
