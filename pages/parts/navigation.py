"""Links between the pages, made from the page files that exist, so that a new file shows up by itself."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from core.text import text
from pages.parts.language import address_parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

OVERVIEW = "overview"
_ROOT = Path(__file__).parents[2]
_ICONS = {
    OVERVIEW: ":material/home:",
    "ecg": ":material/ecg_heart:",
    "ehr": ":material/table_chart:",
    "fusion": ":material/merge:",
    "patient": ":material/person:",
    "cohort": ":material/groups:",
    "training": ":material/model_training:",
    "evidence": ":material/menu_book:",
}


def page_files() -> dict[str, str]:
    """Return name to file (relative to the repository) of every page there is, ordered by number."""
    return dict(_listed(_ROOT))


@functools.cache
def _listed(root: Path) -> dict[str, str]:
    numbered = sorted((root / "pages").glob("[0-9]*_*.py"))
    return {OVERVIEW: "streamlit_app.py"} | {
        path.stem.split("_", 1)[1]: f"pages/{path.name}" for path in numbered
    }


def page_exists(name: str) -> bool:
    """Whether a page of this name has been built."""
    return name in page_files()


def page_label(name: str, language: str) -> str:
    """Return the page's short name for links and for the browser's tab."""
    return text(language, f"frame.navigation.{name}")


def draw_link(
    name: str,
    language: str,
    label: str | None = None,
    *,
    icon: str | None = None,
    parameters: Mapping[str, str] | None = None,
) -> None:
    """Draw a link to a page that keeps the language; nothing if the page is not there.

    Parameters
    ----------
    parameters
        What the address says beside the language: which tab or which example is to be open.
    """
    if not page_exists(name):
        return
    try:
        st.page_link(
            page_files()[name],
            label=label or page_label(name, language),
            icon=icon or _ICONS.get(name),
            query_params={**(parameters or {}), **address_parameters(language)},
        )
    except StreamlitPageNotFoundError:
        # a page file that is run on its own (in a test, or by `streamlit run pages/…`) has no neighbours
        return


def draw_navigation(language: str) -> None:
    """Draw the links to all pages."""
    for name in page_files():
        draw_link(name, language)
