"""A preset's cohort that is generated when its patients are asked for: what was drawn of it before needs none."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from core.cohort.about import synthetic_about
from core.cohort.synthetic import generate

if TYPE_CHECKING:
    from core.cohort.folder import Cohort
    from core.cohort.synthetic import SyntheticPatients


class MadeCohort:
    """Stands for a `core.cohort.folder.Cohort`: everything but its ``about`` is looked up in the generated one.

    Parameters
    ----------
    size, seed, preset
        As for ``core.cohort.synthetic.generate``.
    """

    def __init__(self, size: int, seed: int, preset: str) -> None:
        self.about = synthetic_about(preset, seed)
        self.size, self.seed, self.preset = size, seed, preset
        self._lock = threading.Lock()
        self._made: list[tuple[SyntheticPatients, Cohort]] = []

    @property
    def patients(self) -> SyntheticPatients:
        """The generated patients."""
        return self._make()[0]

    def __getattr__(self, name: str) -> Any:
        """Generate the patients if they were not before, and hand on what is asked of them."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._make()[1], name)

    def _make(self) -> tuple[SyntheticPatients, Cohort]:
        from core.cohort.folder import synthetic_cohort

        with self._lock:
            if not self._made:
                patients = generate(self.size, self.seed, self.preset)
                self._made.append((patients, synthetic_cohort(patients)))
        return self._made[0]
