"""The shipped figures of real beats and real noise, and how they are laid out."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIGURES = Path(__file__).parent / "simulator_figures.npz"
"""Low-rank statistics: 29 recordings of the PhysioNet/CinC Challenge 2021 (Georgia, PTB-XL; CC BY 4.0) and 24 beats of
the OSET parameter set (BSD-3; PTB Diagnostic ECG Database, ODC-By). Made by ``_simulator_derivation``."""

NOISE_HZ = np.array([0.2, 0.35, 0.6, 1, 1.6, 2.5, 4, 6, 9, 13, 18, 25, 35, 47, 65, 85, 110, 140, 175, 220])
"""Frequencies at which the noise spectrum is known."""


@dataclass(frozen=True)
class Segment:
    """Grid of one wave: points over all of it, and the share of the grid at which its summit stands."""

    points: int
    summit: float


SEGMENTS = {"p": Segment(32, 0.5), "qrs": Segment(72, 0.45), "t": Segment(80, 0.62)}


@functools.cache
def figures() -> dict[str, NDArray[np.float64]]:
    """Read the shipped figures (plain arrays; nothing in the file can run code)."""
    with np.load(FIGURES, allow_pickle=False) as stored:
        return {name: stored[name].astype(np.float64) for name in stored.files}
