"""Rules on copies that are not quite the same: rows with a value altered, recordings exported twice."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.checks._verdict import Phrase, Verdict, limit, unchecked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.checks._evidence import Evidence
    from core.ecg.recording import Recording

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]
    Sketch = NDArray[np.float32]

_DIGITS = 3
_SECONDS, _HZ, _SKETCH = 8, 50, 256
_LEADS = (0, 1, 6, 7, 8, 9, 10, 11)  # the others follow from I and II
_AT_ONCE = 2_000


def near_rows(evidence: Evidence) -> Verdict:
    """No row of the test part stands in the training part with a few values altered."""
    if not evidence.is_ehr:
        return evidence.not_a_table("no_columns")
    if evidence.table is None:
        return unchecked("no_cohort")
    numbers = [column.name for column in evidence.table.columns if column.kind == "numeric"]
    least = int(limit("near_rows", "least_numbers"))
    if len(numbers) < least:
        return unchecked("too_few_values")
    parts = [evidence.rows(part).frame[numbers] for part in (evidence.test, evidence.train)]
    test, train = (_rounded(part.to_numpy(dtype=np.float64)) for part in parts)
    share = limit("near_rows", "share") / 100
    found = near_pairs(test, train, share, least)
    same = {parts[0].index[row] for row, _ in found}
    enough = int((np.isfinite(test).sum(axis=1) >= least).sum())
    if not enough:
        return unchecked("too_few_values")
    values = {"near": len(same), "compared": enough, "rows": len(train), "columns": len(numbers)}
    return Verdict("red" if same else "green", Phrase("checks.near_rows.measured", values))


def near_pairs(first: Floats, second: Floats, share: float, least: int) -> list[tuple[int, int]]:
    """Pairs of rows that agree in most of what is measured in either.

    Two rows that differ in at most d of their columns agree entirely in one of any d + 1 blocks of columns: only rows
    that share a block need to be compared.

    Parameters
    ----------
    first, second
        (n, m) and (k, m) values, nan where not measured.
    share
        Of the columns measured in either row, the part in which both must have the same value.
    least
        Columns in which both must have the same value.
    """
    n_columns = first.shape[1]
    # a share such as 0.9 is no exact double: two of twenty must still count as two
    blocks = int(n_columns * (1 - share) + 1e-9) + 1
    # the columns that are measured most often are dealt out first: no block is empty in everybody
    order = np.argsort(-np.isfinite(second).mean(axis=0), kind="stable")
    candidates: set[tuple[int, int]] = set()
    for block in range(blocks):
        columns = order[block::blocks]
        left, right = (_keys(rows[:, columns]) for rows in (first, second))
        joined = left.merge(right, on="key")
        candidates.update(zip(joined["row_x"], joined["row_y"], strict=True))
    return [pair for pair in sorted(candidates) if _is_near(first[pair[0]], second[pair[1]], share, least)]


def _keys(block: Floats) -> pd.DataFrame:
    """Row and hash of each row of a block in which anything was measured."""
    rows = np.flatnonzero(np.isfinite(block).any(axis=1))
    key = pd.util.hash_pandas_object(pd.DataFrame(block[rows]), index=False)
    return pd.DataFrame({"key": key.to_numpy(), "row": rows})


def _is_near(one: Floats, other: Floats, share: float, least: int) -> bool:
    same = int((one == other).sum())
    measured = int((np.isfinite(one) | np.isfinite(other)).sum())
    return same >= least and same >= share * measured


def _rounded(values: Floats) -> Floats:
    """Values to three significant digits: what a change of unit and back may alter does not count."""
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.floor(np.log10(np.abs(values)))
    scale = 10.0 ** (np.where(np.isfinite(size), size, 0) - _DIGITS + 1)
    return np.asarray(np.round(values / scale) * scale + 0.0, dtype=np.float64)


def near_recordings(evidence: Evidence) -> Verdict:
    """No recording of the test part stands in the training part: as a copy, in another format, with another gain."""
    if evidence.is_fusion:
        return unchecked("see_bases")
    if not evidence.is_ecg:
        return unchecked("no_recordings")
    if evidence.cohort is None:
        return unchecked("no_cohort")
    from core.recordings import read_each, recordings_of

    source = recordings_of(evidence.cohort)
    if source.simulated:
        return unchecked("simulated_recordings")
    part_of = dict(zip(evidence.predictions["patient_id"], evidence.predictions["part"], strict=True))
    rows = source.rows[source.rows["patient_id"].isin(list(part_of))]
    sketches, _ = read_each(source, rows.index, sketch)
    groups: dict[str, list[Sketch]] = {"test": [], "out-of-fold": []}
    for recording_id, one in sketches.items():
        groups[part_of[rows.loc[recording_id, "patient_id"]]].append(one)
    if not (groups["test"] and groups["out-of-fold"]):
        return unchecked("no_cohort")
    test, train = (np.stack(groups[name]) for name in ("test", "out-of-fold"))
    nearest = np.concatenate(
        [(test[at : at + _AT_ONCE] @ train.T).max(axis=1) for at in range(0, len(test), _AT_ONCE)]
    )
    near = int((nearest >= limit("near_recordings", "correlation")).sum())
    values = {"near": near, "compared": len(test), "rows": len(train), "largest": f"{nearest.max():.3f}"}
    return Verdict("red" if near else "green", Phrase("checks.near_recordings.measured", values))


def sketch(recording: Recording) -> Sketch:
    """A recording in 256 numbers whose products are, within about .003 near 1, the correlation of two recordings.

    Eight leads, the first eight seconds at 50 Hz, the slow wander taken away, one scale for all leads: gain, unit,
    format and rate do not matter, but the patient's beats and when they come do. The numbers are random projections,
    always the same.

    References
    ----------
    Johnson WB, Lindenstrauss J. Contemp Math 1984;26:189.
    """
    from scipy.ndimage import uniform_filter1d

    wanted = _SECONDS * _HZ
    signal = np.nan_to_num(recording.signal[list(_LEADS)].astype(np.float64))
    times = np.arange(wanted) / _HZ
    own = np.arange(signal.shape[1]) / recording.rate_hz
    smooth = uniform_filter1d(signal, max(1, round(recording.rate_hz / _HZ)), axis=1, mode="nearest")
    cut = np.stack([np.interp(times, own, lead, right=0.0) for lead in smooth])
    flat = (cut - uniform_filter1d(cut, _HZ, axis=1, mode="nearest")).ravel()
    flat = flat - flat.mean()
    projected = flat @ _projection(flat.size)
    size = float(np.linalg.norm(projected))
    return np.asarray(projected / size if size > 0 else projected, dtype=np.float32)


@functools.cache
def _projection(n: int) -> Floats:
    return np.random.default_rng(0).standard_normal((n, _SKETCH))
