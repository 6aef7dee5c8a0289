"""The frame around every page: ``page = open_page("ehr")`` is the first line of each.

It draws what must be there when the first visitor of a fresh server opens any page by its address: title,
language switch, links, notice, data source and footer. Nothing here needs another page to have run before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core.text import has_text, text
from pages.parts.language import current_language, draw_switch
from pages.parts.navigation import draw_link, draw_navigation, page_label
from pages.parts.notice import ModelStamp, Source, draw_footer, draw_notice, draw_sources
from pages.parts.server_log import keep_values_out
from pages.parts.uploader_words import translate_uploaders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamlit.delta_generator import DeltaGenerator

__all__ = ["ModelStamp", "Page", "Source", "open_page"]

_ICON = Path(__file__).with_name("icon.svg")
_STYLE = Path(__file__).with_name("frame.css")


@dataclass(frozen=True)
class Page:
    """An opened page.

    Attributes
    ----------
    name
        ``"ehr"`` for ``pages/2_ehr.py``; its texts are in ``core/text/<language>/pages_ehr.toml``.
    language
        ``"zh"`` or ``"en"``.
    """

    name: str
    language: str
    _sources: DeltaGenerator = field(repr=False)
    _footer: DeltaGenerator = field(repr=False)

    def say(self, key: str, **values: object) -> str:
        """Return one of the page's texts (``"title"``), or any other by its whole key (``"frame.notice"``).

        Raises
        ------
        KeyError
            Neither exists, or a placeholder has no value.
        """
        own = f"pages_{self.name}.{key}"
        return text(self.language, own if has_text(own) else key, **values)

    def show_sources(self, sources: Sequence[Source]) -> None:
        """Fill the banner below the title as soon as it is known whose data the page shows."""
        with self._sources.container(gap="xsmall"):
            draw_sources(sources, self.language)

    def show_model(self, model: ModelStamp) -> None:
        """Add a model's version and date to the footer."""
        with self._footer.container():
            draw_footer(self.language, model)

    def link(
        self, name: str, label: str | None = None, *, icon: str | None = None, **parameters: str
    ) -> None:
        """Draw a link to another page that keeps the language; nothing if that page does not exist yet.

        Parameters
        ----------
        parameters
            What the address says beside the language, as in ``page.link("evidence", view="checks")``.
        """
        draw_link(name, self.language, label, icon=icon, parameters=parameters)


def open_page(name: str, *, sources: Sequence[Source] = (), model: ModelStamp | None = None) -> Page:
    """Set the page up and draw its frame; everything drawn afterwards stands between title and footer.

    Parameters
    ----------
    name
        ``"overview"`` for ``streamlit_app.py``, else the page file's name without its number.
    sources
        Whose data the page shows, if already known.
    model
        Which model, if already known.

    Returns
    -------
    Page
        Its language, its texts, and the places for data source and model.
    """
    keep_values_out()
    language = current_language()
    st.set_page_config(
        page_title=f"{page_label(name, language)} · {text(language, 'frame.name')}",
        page_icon=str(_ICON),
        layout="wide",
        menu_items={"about": f"{text(language, 'frame.name')}: {text(language, 'frame.notice')}"},
    )
    st.html(_STYLE)
    translate_uploaders(language)
    _draw_sidebar(language)
    _draw_top_line(language)
    banner = _draw_title(name, language)
    with st.bottom:
        footer = st.empty()
    with footer.container():
        draw_footer(language, model)
    page = Page(name, language, banner, footer)
    if sources:
        page.show_sources(sources)
    return page


def _draw_sidebar(language: str) -> None:
    with st.sidebar:
        with st.container(key="brand", gap="xxsmall"):
            st.markdown(f"**{text(language, 'frame.name')}**")
            st.caption(text(language, "frame.subtitle"))
        draw_navigation(language)


def _draw_top_line(language: str) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        draw_notice(language)
        draw_switch(language)


def _draw_title(name: str, language: str) -> DeltaGenerator:
    st.title(text(language, f"pages_{name}.title"), anchor=False)
    if has_text(f"pages_{name}.lead"):
        st.markdown(text(language, f"pages_{name}.lead"))
    return st.empty()
