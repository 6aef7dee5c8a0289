"""What a format reader hands on: channels as the file holds them, before leads, units and limits are looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.ecg.recording import Assumption


@dataclass(frozen=True)
class Channel:
    """One signal of a file.

    Attributes
    ----------
    label
        What the file calls it; empty if it has no name.
    samples
        float64 (n_samples,), in ``unit``; NaN where the file says that a sample is not valid.
    unit
        As the file states it, ``None`` if it states none.
    """

    label: str
    samples: NDArray[np.float64]
    unit: str | None = None


@dataclass(frozen=True)
class Raw:
    """All signals of one recording as the file holds them.

    Attributes
    ----------
    format
        As in ``Recording.source_format``.
    rate_hz
        ``None`` if the file states none.
    stated
        Measurements and labels that the file carries: see ``read_stated``.
    """

    format: str
    channels: tuple[Channel, ...]
    rate_hz: float | None = None
    assumptions: tuple[Assumption, ...] = ()
    stated: dict[str, float | str] = field(default_factory=dict)
