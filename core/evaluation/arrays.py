"""The shapes that predictions come in: the same three arrays everywhere in this room."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""Scores or probabilities: (n,) for one class, (n, k) for all classes in the order of the task."""

Codes = NDArray[np.int64]
"""(n,) class codes 0 … k-1 in the order of the task."""

Events = NDArray[np.bool_]
"""(n,) whether the patient belongs to the class looked at (one class against the rest)."""
