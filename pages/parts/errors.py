"""What the user sees when their input is at fault: one sentence in their language, never a traceback."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import streamlit as st

from core import libraries
from core.errors import InputError
from pages.parts.wording import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pages.parts.frame import Page


@contextmanager
def friendly_errors(page: Page) -> Iterator[None]:
    """Show an ``InputError`` from the block as one sentence, and likewise that a library is not installed.

    The page goes on after the block.

    Whatever needs the block's result belongs inside it. Other exceptions are mistakes in the code and pass.

    Parameters
    ----------
    page
        What ``open_page`` returned.
    """
    try:
        yield
    except InputError as error:
        st.error(plain(error.say(page.language)), icon=":material/error:")
    except ModuleNotFoundError as error:
        told = libraries.as_sentence(error)
        if told is None:
            raise
        st.warning(plain(told.say(page.language)), icon=":material/extension_off:")
