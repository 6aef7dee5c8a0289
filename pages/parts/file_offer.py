"""Files to take home: a press gives the file and does nothing else to the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Callable


def offer_file(
    label: str,
    content: bytes | Callable[[], bytes],
    name: str,
    media_type: str,
    *,
    key: str,
    icon: str = ":material/download:",
    explained: str | None = None,
    primary: bool = False,
) -> None:
    """Draw the button that gives a file.

    The page is not drawn again at a press, as Streamlit would do if not told otherwise: a drawing gives the button a
    new file and withdraws the one being fetched, so that on a busy machine a press could give nothing.

    Parameters
    ----------
    label
        What stands on the button.
    content
        The file, or what makes it when it is asked for.
    name, media_type
        Of the file.
    key
        Of the button.
    icon, explained
        Streamlit's icon and help.
    primary
        Whether it is what the visitor most likely wants here.
    """
    kind: Literal["primary", "secondary"] = "primary" if primary else "secondary"
    st.download_button(
        label, content, name, media_type, key=key, icon=icon, help=explained, type=kind, on_click="ignore"
    )
