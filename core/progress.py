"""How long work tells what it is doing: a stage (key in ``stages.toml``) and the share of the whole that is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Progress = Callable[[str, float], None]


def silent(stage: str, share: float) -> None:
    """Tell nobody."""


def span(progress: Progress, low: float, high: float) -> Progress:
    """Progress of a part of the work that goes from ``low`` to ``high`` of the whole."""
    return lambda stage, share: progress(stage, low + (high - low) * share)


Figures = Callable[[str, dict[str, float]], None]
_HEARD: ContextVar[Figures | None] = ContextVar("heard", default=None)


@contextmanager
def hearing(heard: Figures) -> Iterator[None]:
    """Have the figures that work tells on its way (the loss of an epoch, a setting tried) told to ``heard``.

    They go past the functions in between, which have no use for them; other threads' work is not heard.
    """
    token = _HEARD.set(heard)
    try:
        yield
    finally:
        _HEARD.reset(token)


def tell(kind: str, **figures: float) -> None:
    """Tell figures to whoever hears; nothing is computed for it, and without a hearer nothing happens."""
    heard = _HEARD.get()
    if heard is not None:
        heard(kind, figures)
