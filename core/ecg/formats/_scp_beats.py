"""Reference beats of SCP-ECG: where they were taken away from the rhythm (section 4), and putting them back."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.ecg.formats._scp import Block


class Place(NamedTuple):
    """One beat of the rhythm, in samples from 1: its type (0: the reference), first, fiducial and last sample."""

    kind: int
    first: int
    fiducial: int
    last: int


def read_places(body: bytes) -> tuple[int, int, list[Place]]:
    """Length of the reference beat in ms, its fiducial sample, and the places of all beats."""
    beat_ms, fiducial, count = struct.unpack_from("<HHH", body)
    places = [Place(*struct.unpack_from("<HIII", body, 6 + 14 * i)) for i in range(count)]
    return beat_ms, fiducial, places


def add_beats(
    rhythm: Block, beats: Block, fiducial: int, places: list[Place], starts: list[int]
) -> tuple[list[NDArray[np.int64]], int]:
    """Leads with the reference beat added back, and the nanovolts of their unit.

    Parameters
    ----------
    rhythm, beats
        Sections 6 and 5.
    fiducial
        Sample of the reference beat, from 1, that lies on each place's fiducial sample.
    starts
        First sample of each lead.
    """
    common = math.gcd(rhythm.nanovolts, beats.nanovolts)
    leads = []
    for lead, beat, start in zip(rhythm.leads, beats.leads, starts, strict=True):
        whole = lead * (rhythm.nanovolts // common)
        scaled = beat * (beats.nanovolts // common)
        for place in places:
            shift = place.fiducial - fiducial
            first = max(place.first, start, shift + 1)
            last = min(place.last, start + len(whole) - 1, shift + len(scaled))
            if place.kind == 0 and first <= last:
                whole[first - start : last - start + 1] += scaled[first - shift - 1 : last - shift]
        leads.append(whole)
    return leads, common
