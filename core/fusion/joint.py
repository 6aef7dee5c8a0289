"""Joint fusion: one small network over record and embedding, on top of the summed evidence.

It is trained on each frozen ECG network's embeddings of patients whom that network has not seen. It serves as two
matrix products; torch is needed for the training alone (``core.fusion.joint_training``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Arrays = dict[str, NDArray[np.generic]]

_LIMIT = 5.0
_NAMES = ("centre", "scale", "first", "first_bias", "second", "second_bias")


@dataclass(frozen=True)
class JointCorrector:
    """One hidden layer over the standardised columns of record and embedding.

    Attributes
    ----------
    centre, scale
        (d + e,) of the training patients.
    first, first_bias
        (d + e, hidden) and (hidden,).
    second, second_bias
        (hidden, k - 1) and (k - 1,).
    """

    centre: Floats
    scale: Floats
    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats

    def log_odds(self, record: Floats, embedding: Floats, measured: Floats) -> Floats:  # noqa: ARG002 - one call for all kinds
        """What to add to the log-odds of each class against the first, (n, k - 1)."""
        hidden = np.maximum(self.standardised(record, embedding) @ self.first + self.first_bias, 0.0)
        return np.asarray(hidden @ self.second + self.second_bias)

    def standardised(self, record: Floats, embedding: Floats) -> Floats:
        """Columns in standard deviations, cut off at five: a value far outside must not carry the sum away."""
        columns = (np.column_stack([record, embedding]) - self.centre) / self.scale
        return np.asarray(np.clip(columns, -_LIMIT, _LIMIT))

    def to_parts(self) -> tuple[dict[str, bytes], Arrays]:
        """Binary files (none) and arrays that hold it."""
        return {}, {name: getattr(self, name) for name in _NAMES}

    @classmethod
    def from_parts(
        cls,
        read: Callable[[str], bytes],  # noqa: ARG003 - as above
        arrays: Mapping[str, Any],
        n_classes: int,  # noqa: ARG003 - as above
    ) -> JointCorrector:
        """Read back what ``to_parts`` gave."""
        return cls(*(np.asarray(arrays[name], np.float64) for name in _NAMES))
