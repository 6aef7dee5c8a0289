"""The six steps on screen: each a fold that shows its answer in one line, and leads on to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.report import STEPS, step_answer
from pages.parts.errors import friendly_errors
from pages.parts.patient_state import fold_options, step_key
from pages.parts.wording import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pages.parts.frame import Page
    from pages.parts.patient_work import Worked

_ICONS = {
    "answered": ":material/check_circle:",
    "attention": ":material/warning:",
    "open": ":material/help:",
    "none": ":material/remove_circle:",
}
_COLOURS = {"answered": "green", "attention": "red", "open": "orange", "none": "gray"}


def draw_steps(page: Page, worked: Worked, draws: Mapping[str, Callable[[Page, Worked], None]]) -> None:
    """Draw every step; only what is open is drawn inside.

    Parameters
    ----------
    draws
        Step to what draws its inside, in order.
    """
    for place, (name, draw) in enumerate(draws.items()):
        answer = step_answer(name, worked.inputs, page.language)
        title = page.say(f"report.steps.{name}")
        state = page.say(f"report.states.{answer.state}")
        fold = st.expander(
            f"**{plain(title)}** :{_COLOURS[answer.state]}-badge[{plain(state)}]  \n:small[{plain(answer.line)}]",
            icon=_ICONS[answer.state],
            **fold_options(step_key(name)),
        )
        if fold.open:
            with fold, friendly_errors(page):
                draw(page, worked)
                _draw_next(page, name, place)


def _draw_next(page: Page, name: str, place: int) -> None:
    if place + 1 == len(STEPS):
        return
    after = STEPS[place + 1]
    st.button(
        page.say("next", name=page.say(f"report.steps.{after}")),
        key=f"patient_next_{name}",
        icon=":material/arrow_downward:",
        on_click=_go_on,
        args=(name, after),
    )


def _go_on(name: str, after: str) -> None:
    st.session_state[step_key(name)] = False
    st.session_state[step_key(after)] = True
