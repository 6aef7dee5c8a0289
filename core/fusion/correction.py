"""What record and ECG say together beyond the sum of their evidence: a correction of the log-odds, learnt.

Each network of the ECG model has its own embedding, and its own corrector, learnt only from patients whom that network
has not seen. A new patient was seen by none of them: the correctors' mean is the correction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from core.errors import ArtifactError
from core.fusion.embedding import EmbeddingCorrector
from core.fusion.features import PatientFeatures
from core.fusion.joint import JointCorrector

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Arrays = dict[str, NDArray[np.generic]]

KINDS: dict[str, Any] = {"embedding": EmbeddingCorrector, "joint": JointCorrector}
ARRAYS = "correction.npz"
_TYPICAL = ("record", "embedding", "measured")


class Corrector(Protocol):
    """One network's corrector."""

    def log_odds(self, record: Floats, embedding: Floats, measured: Floats) -> Floats:
        """What to add to the log-odds of each class against the first, (n, k - 1)."""

    def to_parts(self) -> tuple[dict[str, bytes], Arrays]:
        """Binary files and arrays that hold it."""


@dataclass(frozen=True)
class Correction:
    """Correctors of all networks.

    Attributes
    ----------
    kind
        ``embedding`` (boosted trees on record, compressed embedding and measurements) or ``joint`` (a small network on
        record and embedding).
    correctors
        One a network, in the order of the embeddings.
    typical
        One row of means over the training patients, from which each modality's part is counted.
    """

    kind: str
    correctors: tuple[Corrector, ...]
    typical: PatientFeatures

    def log_odds(self, features: PatientFeatures) -> Floats:
        """Correction of each patient, (n, k - 1): the mean over the networks."""
        return np.asarray(
            np.mean([self.of_network(at, features) for at in range(len(self.correctors))], axis=0)
        )

    def of_network(self, at: int, features: PatientFeatures) -> Floats:
        """What one network's corrector says."""
        return self.correctors[at].log_odds(features.record, features.embedding[:, at], features.measured)

    def parts(self, features: PatientFeatures) -> tuple[Floats, Floats]:
        """Split the correction between record and ECG.

        Returns
        -------
        base : (k - 1,)
            Correction of the typical patient.
        parts : (n, k - 1, 2)
            Shapley values of the two players record and ECG: with the base they add up to the correction.
        """
        base = self.log_odds(self.typical)[0]
        both = self.log_odds(features)
        record = self.log_odds(features.with_ecg(self.typical))
        ecg = self.log_odds(features.with_record(self.typical.record))
        of_record = ((record - base) + (both - ecg)) / 2
        return base, np.stack([of_record, both - base - of_record], axis=2)

    def to_files(self) -> tuple[dict[str, bytes], Arrays]:
        """Binary files, and the arrays of ``correction.npz``."""
        files: dict[str, bytes] = {}
        arrays: Arrays = {f"typical.{name}": getattr(self.typical, name) for name in _TYPICAL}
        for at, corrector in enumerate(self.correctors):
            binary, own = corrector.to_parts()
            files |= {f"correction-{at}.{name}": content for name, content in binary.items()}
            arrays |= {f"{at}.{name}": values for name, values in own.items()}
        return files, arrays

    @classmethod
    def from_files(cls, kind: str, n_classes: int, read: Any, arrays: Mapping[str, Any]) -> Correction:
        """Read back what ``to_files`` wrote.

        Parameters
        ----------
        read
            File name to its verified content.

        Raises
        ------
        ArtifactError
            Something is missing or does not fit together.
        """
        try:
            typical = PatientFeatures(*(np.asarray(arrays[f"typical.{name}"], float) for name in _TYPICAL))
            correctors = []
            for at in range(typical.embedding.shape[1]):
                own = {key.split(".", 1)[1]: arrays[key] for key in arrays if key.startswith(f"{at}.")}
                correctors.append(
                    KINDS[kind].from_parts(
                        lambda name, at=at: read(f"correction-{at}.{name}"), own, n_classes
                    )
                )
            found = cls(kind, tuple(correctors), typical)
            shape = found.log_odds(typical).shape
        except (KeyError, ValueError, TypeError, IndexError) as error:
            raise ArtifactError("errors.artifact_part", part=ARRAYS, reason=str(error)[:80]) from error
        if shape != (1, n_classes - 1):
            raise ArtifactError("errors.artifact_part", part=ARRAYS, reason=f"shape {shape}")
        return found
