"""How much a patient resembles those that a model was trained on: a number for a stranger would be a guess.

Two things are looked at: values far beyond the range seen in training; and a combination of values far from the cloud
of training patients, by a Mahalanobis distance on whatever is known of the patient: what is missing neither helps nor
harms. How far is far is learnt on training patients held out from the cloud.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from core.ehr._familiarity_cloud import Cloud, fit_cloud, least_spread, scales_of
from core.errors import ArtifactError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from core.ehr.encoding import Encoder

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

Level = Literal["inside", "edge", "outside", "unknown"]
LEVELS: tuple[str, ...] = get_args(Level)
# fewer rows show no shape of a cloud; more columns would take longer than the model itself
FEWEST_ROWS, MOST_COLUMNS = 30, 500
_FOLDS = 5
_CALIBRATED_ON = 2_000
# one patient in forty stands at the edge; far is three and a half upper standard deviations out, and at least
# beyond all but one in two hundred
_EDGE, _FAR = 0.975, 0.995
_UPPER, _UPPER_Z, _FAR_Z = 0.95, 1.645, 3.5
# standard deviations beyond the range seen in training, over all values together, before no number is given: the trees
# treat a value a little beyond the range as one at its end
_BEYOND = 1.5
# three conditional standard deviations, squared: worth naming
_SURPRISING = 9.0
_MOST_NAMED = 3


@dataclass(frozen=True)
class Standing:
    """Where one patient stands.

    Attributes
    ----------
    level
        ``inside``; ``edge`` (unusual: to be said); ``outside`` (too unlike: no number); ``unknown``, where the model
        does not hold what would tell.
    distance
        From the training patients, as a standard normal number; nan where nothing is known.
    beyond
        Standard deviations by which values lie beyond the training range, the root of their squares' sum; 0 within.
    variables
        Names of what is strangest, at most three, the strangest first; empty inside.
    """

    level: Level
    distance: float = math.nan
    beyond: float = 0.0
    variables: tuple[str, ...] = ()


UNKNOWN = Standing("unknown")


@dataclass(frozen=True)
class Familiarity:
    """The cloud of training patients, and from where on somebody is no longer one of them.

    Attributes
    ----------
    cloud
        Place, spread and covariance on the columns of the design.
    edge, far
        Distances from which a patient stands at the edge, and outside.
    beyond
        Standard deviations beyond the training range from which a patient is outside.
    """

    cloud: Cloud
    edge: float
    far: float
    beyond: float

    def judge(self, encoder: Encoder, encoded: Floats) -> list[Standing]:
        """Judge patients, each as alone.

        Parameters
        ----------
        encoder
            The model's own.
        encoded
            (n, n_features) what ``encoder.encode`` gave, nan where missing.
        """
        z = self.cloud.standardised(observed_design(encoder, encoded))
        distances, beyond = self.cloud.distances(z), self.cloud.beyond(z)
        return [self._standing(encoder, z[i], float(distances[i]), beyond[i]) for i in range(len(encoded))]

    def _standing(self, encoder: Encoder, z: Floats, distance: float, beyond: Floats) -> Standing:
        most = float(np.linalg.norm(beyond))
        if distance > self.far or most > self.beyond:
            level: Level = "outside"
        elif distance > self.edge or most > 0:
            level = "edge"
        else:
            return Standing("inside", distance)
        # a value beyond the range before an unusual one within; both in their own order
        strange = np.where(beyond > 0, 1e6 * (1 + beyond), self.cloud.surprise(z))
        owners, names = encoder.owners, list[str]()
        for column in np.argsort(-strange, kind="stable"):
            name = encoder.features[owners[column]].column.name
            if (names and strange[column] < _SURPRISING) or len(names) == _MOST_NAMED:
                break
            if name not in names:
                names.append(name)
        return Standing(level, distance, most, tuple(names))

    def to_json(self) -> dict[str, Any]:
        """Return what ``from_json`` reads."""
        limits = {"edge": self.edge, "far": self.far, "beyond": self.beyond}
        return {"limits": limits, "cloud": self.cloud.to_json()}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Familiarity:
        """Read back what ``to_json`` wrote.

        Raises
        ------
        ArtifactError
            A part is missing, of another kind or cannot be.
        """
        try:
            limits = {name: float(stored["limits"][name]) for name in ("edge", "far", "beyond")}
            cloud = Cloud.from_json(stored["cloud"])
            if not all(map(math.isfinite, limits.values())):
                raise ValueError("limits")  # noqa: TRY301 - said in the words of every other damage
        except (KeyError, TypeError, ValueError, OverflowError, np.linalg.LinAlgError) as error:
            raise ArtifactError("errors.artifact_part", part="familiarity", reason=str(error)[:80]) from error
        return cls(cloud, **limits)


def judge(familiarity: Familiarity | None, encoder: Encoder, encoded: Floats) -> list[Standing]:
    """Judge patients; ``unknown`` for a model that was saved without its familiarity."""
    if familiarity is None:
        return [UNKNOWN] * len(encoded)
    return familiarity.judge(encoder, encoded)


def fit_familiarity(
    encoder: Encoder, encoded: Floats, completed: Floats, groups: pd.Series
) -> Familiarity | None:
    """Learn from training rows what is familiar; nothing is drawn at random.

    Parameters
    ----------
    encoder
        Fitted on the same rows.
    encoded, completed
        (n, n_features) before and after imputation.
    groups
        Their persons: who is held out is held out with all rows.

    Returns
    -------
    Familiarity or None
        None where rows are too few, or columns too many, to tell.
    """
    if len(encoded) < FEWEST_ROWS or len(encoder.owners) > MOST_COLUMNS:
        return None
    observed, filled = observed_design(encoder, encoded), encoder.design(completed)
    numeric = np.repeat(
        [one.n_levels == 0 for one in encoder.features], [one.width for one in encoder.features]
    )
    scales = scales_of(observed, numeric)
    fold_of = groups.factorize()[0] % _FOLDS
    least = least_spread(observed, scales)
    cloud = fit_cloud(observed, filled, scales, least)
    distances, beyond = _held_out((observed, filled), cloud, least, fold_of)
    middle, upper = np.quantile(distances, [0.5, _UPPER])
    far = max(np.quantile(distances, _FAR), middle + _FAR_Z * (upper - middle) / _UPPER_Z)
    return Familiarity(
        cloud=cloud,
        edge=round(float(np.quantile(distances, _EDGE)), 6),
        far=round(float(far), 6),
        beyond=round(max(_BEYOND, float(np.quantile(beyond, _FAR))), 6),
    )


def observed_design(encoder: Encoder, encoded: Floats) -> Floats:
    """Design matrix (n, n_design) with nan in every column of a missing variable."""
    design = encoder.design(encoded)
    design[np.isnan(encoded)[:, encoder.owners]] = np.nan
    return design


def _held_out(
    rows: tuple[Floats, Floats], whole: Cloud, least: Floats, fold_of: Codes
) -> tuple[Floats, Floats]:
    """Distances of some rows, and excess of every row, from clouds that have not seen them."""
    observed, filled = rows
    chosen = np.zeros(len(observed), dtype=bool)
    chosen[np.linspace(0, len(observed) - 1, min(len(observed), _CALIBRATED_ON)).round().astype(int)] = True
    distances, beyond = [], []
    for fold in np.unique(fold_of):
        held = fold_of == fold
        if held.all():
            continue
        cloud = fit_cloud(observed[~held], filled[~held], whole.scales, least, whole.shrinkage)
        z = cloud.standardised(observed[held])
        distances.append(cloud.distances(z[chosen[held]]))
        beyond.append(np.linalg.norm(cloud.beyond(z), axis=1))
    found = np.concatenate(distances)
    return found[~np.isnan(found)], np.concatenate(beyond)
