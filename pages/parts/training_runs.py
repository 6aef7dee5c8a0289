"""The runs of this server, and which of them a visitor follows."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import streamlit as st

from core.training_run import Runner
from pages.parts.loaders import artifacts_folder

if TYPE_CHECKING:
    from pathlib import Path

    from core.training_run import Request, Run

_PARAMETER = "run"
_VISITOR = "training_visitor"
_FOLLOWED = "training_followed"


def runner() -> Runner:
    """All runs of this server: one for all sessions."""
    return _runner(artifacts_folder())


@st.cache_resource(show_spinner=False)
def _runner(in_use: Path) -> Runner:
    return Runner(in_use)


def visitor() -> str:
    """Return a name for this session that says nothing of who it is."""
    return str(st.session_state.setdefault(_VISITOR, uuid.uuid4().hex))


def start(request: Request, upload: bytes = b"") -> None:
    """Start or join a run, and follow it.

    Raises
    ------
    TrainingError
        Another one is at work, or there is no room.
    """
    run = runner().start(request, visitor(), upload)
    st.session_state[_FOLLOWED] = run.request.key
    # a number made of the request: whoever loads the page again finds the run again
    st.query_params[_PARAMETER] = run.request.key


def followed() -> Run | None:
    """Return the run that this visitor follows."""
    key = st.session_state.get(_FOLLOWED) or st.query_params.get(_PARAMETER)
    run = runner().get(str(key)) if key else None
    if run is None:
        unfollow()
        return None
    st.session_state[_FOLLOWED] = run.request.key
    run.follow(visitor())
    return run


def discard(run: Run) -> None:
    """Look at a run that is over no more; what it left goes with the last who does so."""
    unfollow()
    runner().release(run.request.key, visitor())


def unfollow() -> None:
    """Look at no run any more."""
    st.session_state.pop(_FOLLOWED, None)
    st.query_params.pop(_PARAMETER, None)
