"""Parts of a page that are drawn once, then only sent again: making tables and charts is most of what a click costs.

Streamlit keeps what a part draws as messages to the browser. What follows from saved models alone, or from the app's
own examples, is kept for all visitors; what follows from a visitor's own patient, recording or file stays in that
session alone, and is gone with it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.parts.drawn_before import draw_or_repeat, has_drawn
from pages.parts.loaders import artifacts_folder, state_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from core.results import Results
    from pages.parts.frame import Page

_MOST = 160
_MOST_OWN = 12


def kept_part(draw: Callable[..., None]) -> Callable[..., None]:
    """Let a function that draws be called once for the same models, language and choices.

    Parameters
    ----------
    draw
        Takes the page, what it shows (``Results``, several by name, or None), choices of the reader, and, by name,
        what follows from these. It must hold no widget, and draw nowhere but where it is called.

    Returns
    -------
    Callable
        The same, to be called alike.
    """
    name = _name_of(draw)

    @functools.wraps(draw)
    def drawn(
        page: Page, found: Results | Mapping[str, Results] | None, *choices: Hashable, **follows: Any
    ) -> None:
        make = functools.partial(draw, page, found, *choices, **follows)
        keep(page, (name, *_digests(found), *choices), make, ours=True, lasting=lambda: _state(found))

    return drawn


def drawn_before(
    page: Page, part: Callable[..., None], found: Results | Mapping[str, Results] | None, *choices: Hashable
) -> bool:
    """Whether an earlier start of the server drew a kept part for the same models and choices."""
    key = (page.name, page.language, _name_of(part), *_digests(found), *choices)
    return has_drawn(lambda: (key, _state(found)), artifacts_folder())


def _name_of(draw: Callable[..., None]) -> str:
    return f"{draw.__module__}.{draw.__qualname__}"


def keep(
    page: Page,
    key: tuple[Hashable, ...],
    draw: Callable[[], None],
    *,
    ours: bool,
    lasting: Callable[[], Hashable] | None = None,
) -> None:
    """Draw a part, or send again what was drawn for this key before.

    Parameters
    ----------
    key
        What part it is, and everything that it is made from beside the language.
    draw
        Draws it, by the rules of ``kept_part``.
    ours
        Nothing in it is a visitor's own: then it is drawn once for all visitors.
    lasting
        Gives the state of the files that it is made from: then the next start of the server sends it as it is.
    """
    whole = (page.name, page.language, *key)
    if not ours:
        _for_one(whole, draw)
    elif lasting is None:
        _for_all(whole, draw)
    else:
        _for_all(whole, lambda: draw_or_repeat(lambda: (whole, lasting()), artifacts_folder(), draw))


def _state(found: Results | Mapping[str, Results] | None) -> Hashable:
    if found is None:
        return ()
    return tuple(map(state_of, found.values() if isinstance(found, Mapping) else (found,)))


def _digests(found: Results | Mapping[str, Results] | None) -> tuple[str, ...]:
    if found is None:
        return ()
    if isinstance(found, Mapping):
        return tuple(f"{name} {one.artifact.digest}" for name, one in found.items())
    return (found.artifact.digest,)


@st.cache_resource(show_spinner=False, max_entries=_MOST)
def _for_all(key: tuple[Hashable, ...], _draw: Callable[[], None]) -> None:  # noqa: ARG001
    _draw()


@st.cache_resource(show_spinner=False, max_entries=_MOST_OWN, scope="session")
def _for_one(key: tuple[Hashable, ...], _draw: Callable[[], None]) -> None:  # noqa: ARG001
    _draw()
