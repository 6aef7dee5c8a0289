"""What may be wrong with samples: gaps, ends without any, and amplitudes that no heart has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.ecg.formats._units import typical_spread
from core.ecg.recording import Assumption
from core.errors import RecordingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

# a gap of 40 ms hides no wave whole (IEC 60601-2-25 counts waves from 12 ms, but no complex is shorter than 40)
LONGEST_GAP_S = 0.04
MOST_OF_LEAD = 0.02
# median spread over the leads in mV: below, not even low voltage; above, no surface lead
LEAST_SPREAD_MV, MOST_SPREAD_MV = 0.02, 40.0
# electrodes polarise by up to 300 mV; beyond ten volts it is no voltage of a body
MOST_MV = 10_000.0


def trim_ends(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out samples at either end at which no lead has a value.

    Parameters
    ----------
    table
        (n_leads, n_samples).
    """
    known = np.flatnonzero(~np.isnan(table).all(axis=0))
    return table[:, known[0] : known[-1] + 1] if known.size else table


def bridge_gaps(
    leads: dict[str, NDArray[np.float64]], rate_hz: float, file: str, said: list[Assumption]
) -> dict[str, NDArray[np.float64]]:
    """Bridge short gaps by straight lines, and say so.

    Raises
    ------
    RecordingError
        A gap is longer than ``LONGEST_GAP_S``, or the gaps make up more than ``MOST_OF_LEAD`` of a lead.
    """
    whole, bridged, n_samples = {}, [], 0
    for lead, row in leads.items():
        gaps = np.isnan(row)
        if not gaps.any():
            whole[lead] = row
            continue
        if _longest_run(gaps) > LONGEST_GAP_S * rate_hz or gaps.mean() > MOST_OF_LEAD:
            raise RecordingError(
                "errors_recording.gaps", file=file, lead=lead, n=int(gaps.sum()), of=row.size
            )
        at = np.arange(row.size)
        whole[lead] = np.interp(at, at[~gaps], row[~gaps])
        bridged.append(lead)
        n_samples += int(gaps.sum())
    if bridged:
        said.append(Assumption("recording.gaps_bridged", {"n": n_samples, "leads": ", ".join(bridged)}))
    return whole


def check_amplitude(leads: dict[str, NDArray[np.float64]], file: str) -> None:
    """Refuse what no surface electrocardiogram looks like, in mV.

    Raises
    ------
    RecordingError
        The leads' typical spread is outside ``LEAST_SPREAD_MV`` to ``MOST_SPREAD_MV``, or a value beyond ``MOST_MV``.
    """
    spread = typical_spread(list(leads.values()))
    largest = max(float(np.abs(row).max()) for row in leads.values())
    if not LEAST_SPREAD_MV <= spread <= MOST_SPREAD_MV or largest > MOST_MV:
        found = max(spread, largest) if largest > MOST_MV else spread
        raise RecordingError("errors_recording.amplitude", file=file, found=f"{found:.3g}")


def _longest_run(gaps: NDArray[np.bool_]) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], gaps, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max())
