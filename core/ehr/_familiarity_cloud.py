"""The cloud of training patients on the columns of a design matrix, and distances from it where values are missing."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

# a flag that one patient in ten has; a rarer one does not by itself make a stranger of who has it
_FEWEST_SPREAD = 0.3
_LEAST_SHRINKAGE = 0.05
# by logarithm, zero or a value below a detection limit would lie endlessly far out: it counts as this far at most
_MOST_BELOW = 0.5
_DIGITS = 5
_CHUNK_CELLS = 2_000_000


@dataclass(frozen=True)
class Scales:
    """Which columns are numbers, and which of those are looked at by their logarithm."""

    numeric: Bools
    logged: Bools


@dataclass(frozen=True)
class Cloud:
    """Where training patients lie.

    Attributes
    ----------
    scales
        How columns are looked at.
    center, spread
        (p,) mean and standard deviation of what was observed, by logarithm where ``scales`` says so.
    low, high
        (p,) range of what was observed, standardised.
    covariance
        (p, p) of the standardised columns.
    shrinkage
        Towards independent columns.
    """

    scales: Scales
    center: Floats
    spread: Floats
    low: Floats
    high: Floats
    covariance: Floats
    shrinkage: float

    def standardised(self, design: Floats) -> Floats:
        """Rows in standard deviations from the center, nan where missing."""
        z = (_seen(design, self.scales.logged) - self.center) / self.spread
        return np.where(self.scales.logged, np.maximum(z, self.low - _MOST_BELOW), z)

    def beyond(self, z: Floats) -> Floats:
        """(n, p) standard deviations by which a number lies beyond the training range; 0 within and where missing."""
        excess = np.maximum(self.low - z, z - self.high)
        # half a digit of the stored range is no excess
        return np.where(self.scales.numeric & (excess > 10.0**-_DIGITS), excess, 0.0)

    def distances(self, z: Floats) -> Floats:
        """Mahalanobis distance on the observed columns of each row, as a standard normal number.

        The squared distance is divided by what is expected of it with these columns, and its cube root taken (Wilson
        EB, Hilferty MM. Proc Natl Acad Sci 1931;17:684), so that rows with many and with few values compare. nan for a
        row without any.
        """
        precision: Floats = np.asarray(np.linalg.inv(self._shrunk()), dtype=np.float64)
        expected = np.diag(precision @ self.covariance)
        known = ~np.isnan(z)
        squared = np.empty(len(z))
        # rows with equally many gaps together: the fewer, the smaller what has to be solved
        order = np.argsort(known.sum(axis=1), kind="stable")[::-1]
        size = max(1, _CHUNK_CELLS // max(1, z.shape[1] ** 2))
        for rows in np.split(order, range(size, len(order), size)):
            squared[rows] = _squared(z[rows], precision)
        n = known @ expected
        with np.errstate(invalid="ignore", divide="ignore"):
            freedom = n**2 / (known @ expected**2)
            found = (np.cbrt(squared / n) - 1 + 2 / (9 * freedom)) / np.sqrt(2 / (9 * freedom))
        return np.where(known.any(axis=1), found, np.nan)

    def surprise(self, z: Floats) -> Floats:
        """(p,) by how much the squared distance of one row falls if a column were not known; 0 where it is not."""
        known = ~np.isnan(z)
        inverse = np.linalg.inv(self._shrunk()[np.ix_(known, known)])
        found = np.zeros(len(z))
        found[known] = (inverse @ z[known]) ** 2 / np.diag(inverse)
        return found

    def to_json(self) -> dict[str, Any]:
        """Return what ``from_json`` reads."""
        rows = np.tril_indices(len(self.center))
        vectors = {name: getattr(self, name).tolist() for name in ("center", "spread", "low", "high")}
        return {
            **vectors,
            "numeric": self.scales.numeric.astype(int).tolist(),
            "logged": self.scales.logged.astype(int).tolist(),
            "covariance": self.covariance[rows].tolist(),
            "shrinkage": self.shrinkage,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Cloud:
        """Read back what ``to_json`` wrote.

        Raises
        ------
        KeyError, TypeError, ValueError, numpy.linalg.LinAlgError
            It is not what ``to_json`` writes.
        """
        names = ("center", "spread", "low", "high", "numeric", "logged")
        vectors = {name: np.array(stored[name], dtype=np.float64) for name in names}
        p = len(vectors["center"])
        flat = np.array(stored["covariance"], dtype=np.float64)
        if {one.shape for one in vectors.values()} != {(p,)} or flat.shape != (p * (p + 1) // 2,):
            raise ValueError("shapes differ")
        covariance = np.zeros((p, p))
        covariance[np.tril_indices(p)] = flat
        covariance += np.tril(covariance, -1).T
        scales = Scales(vectors.pop("numeric") == 1, vectors.pop("logged") == 1)
        cloud = cls(scales, **vectors, covariance=covariance, shrinkage=float(stored["shrinkage"]))
        limits = (cloud.low[scales.numeric], cloud.high[scales.numeric])
        if not all(np.isfinite(one).all() for one in (cloud.center, cloud.spread, covariance, *limits)):
            raise ValueError("not finite")
        if not (cloud.spread > 0).all() or not 0 < cloud.shrinkage <= 1:
            raise ValueError("no spread")
        np.linalg.cholesky(cloud._shrunk())
        return cloud

    def _shrunk(self) -> Floats:
        """Covariance with the off-diagonal shrunk, and each column's variance at least that of a flag of one in ten."""
        shrunk = self.covariance * (1 - self.shrinkage)
        np.fill_diagonal(shrunk, 1.0)
        return shrunk


def scales_of(observed: Floats, numeric: Bools) -> Scales:
    """Look at a number by its logarithm where that is less skewed: most laboratory values."""
    logged = np.zeros(observed.shape[1], dtype=bool)
    for j in np.flatnonzero(numeric):
        values = observed[~np.isnan(observed[:, j]), j]
        if values.min() > 0:
            logged[j] = abs(_skewness(np.log(values))) < abs(_skewness(values))
    return Scales(numeric, logged)


def least_spread(observed: Floats, scales: Scales) -> Floats:
    """Spread below which no column is taken, (p,): some rows may all have the same value where others differ."""
    return np.where(scales.numeric, np.nanstd(_seen(observed, scales.logged), axis=0) / 4, _FEWEST_SPREAD)


def fit_cloud(
    observed: Floats, filled: Floats, scales: Scales, least: Floats, shrinkage: float | None = None
) -> Cloud:
    """Fit the cloud of training rows.

    Parameters
    ----------
    observed, filled
        (n, p) design with nan where missing, and completed. Places and spreads come from the first alone: imputed
        values lie too close together. How columns go together comes from the second.
    least
        (p,) see ``least_spread``.
    shrinkage
        None works it out (Ledoit O, Wolf M. J Multivar Anal 2004;88:365).
    """
    seen = _seen(observed, scales.logged)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column that these rows never have: handled below
        center, spread = np.nanmean(seen, axis=0), np.nanstd(seen, axis=0)
        low, high = np.nanmin(seen, axis=0), np.nanmax(seen, axis=0)
    empty = np.isnan(center)
    center, true = np.where(empty, 0.0, center), np.where(empty, 1.0, spread)
    spread = np.maximum(true, least)
    z = np.clip((_seen(filled, scales.logged) - center) / spread, -1e3, 1e3)
    covariance = z.T @ z / len(z)
    # a covariance cannot exceed the two spreads; rows with many gaps, whose filled values spread less, keep theirs
    variance = (true / spread) ** 2
    bound = np.sqrt(np.outer(variance, variance))
    covariance = np.clip(covariance, -bound, bound)
    np.fill_diagonal(covariance, variance)
    return Cloud(
        scales=scales,
        center=center,
        spread=spread,
        low=np.where(empty, -np.inf, (low - center) / spread),
        high=np.where(empty, np.inf, (high - center) / spread),
        covariance=np.round(covariance, _DIGITS),
        shrinkage=_shrinkage(z) if shrinkage is None else shrinkage,
    )


def _shrinkage(z: Floats) -> float:
    from sklearn.covariance import ledoit_wolf_shrinkage

    found = float(ledoit_wolf_shrinkage(z, assume_centered=True))
    return round(min(max(found, _LEAST_SHRINKAGE), 1.0), _DIGITS)


def _squared(z: Floats, precision: Floats) -> Floats:
    """Squared distance of each row on what is known of it, out of the inverse of the whole covariance.

    With the missing columns at their center the whole distance is too large by what they would have moved to, given
    the others; that part is taken off (inverse of a block, by its complement).
    """
    known = ~np.isnan(z)
    filled = np.where(known, z, 0.0)
    pulled = filled @ precision
    most = int((~known).sum(axis=1).max(initial=0))
    place = np.argsort(known, axis=1, kind="stable")[:, :most]
    gap = ~np.take_along_axis(known, place, axis=1)
    blocks = np.where(gap[:, :, None] & gap[:, None, :], precision[place[:, :, None], place[:, None, :]], 0.0)
    blocks += (~gap)[:, :, None] * np.eye(most)
    moved = np.take_along_axis(pulled, place, axis=1) * gap
    taken_off = (moved * np.linalg.solve(blocks, moved[:, :, None])[:, :, 0]).sum(axis=1)
    return np.asarray((filled * pulled).sum(axis=1) - taken_off, dtype=np.float64)


def _seen(design: Floats, logged: Bools) -> Floats:
    """Design with logarithms; what is not above 0 in such a column is taken as very small."""
    seen = design.copy()
    seen[:, logged] = np.log(np.maximum(design[:, logged], 1e-9))
    return seen


def _skewness(values: Floats) -> float:
    spread = values.std()
    return float((((values - values.mean()) / spread) ** 3).mean()) if spread > 0 else 0.0
