"""What fitting the fusion may spend; known without loading a model library."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class FusionSettings:
    """What fitting may spend.

    Attributes
    ----------
    seed
        Of everything random.
    fewest_patients, fewest_events
        Training patients with both a record and a usable recording, and of those in the rarest class, below which only
        late fusion is tried: each network's correction is learnt from a third of them.
    components
        Principal components that a network's embedding is compressed to.
    rounds, depth, learning_rate, patience
        Of the boosted correction: at most so many rounds; rounds without gain that end it.
    hidden, epochs, step, dropout, weight_decay, batch
        Of the joint network.
    """

    seed: int = 0
    fewest_patients: int = 300
    fewest_events: int = 30
    components: int = 16
    rounds: int = 200
    depth: int = 2
    learning_rate: float = 0.05
    patience: int = 30
    hidden: int = 32
    epochs: int = 40
    step: float = 1e-3
    dropout: float = 0.3
    weight_decay: float = 0.05
    batch: int = 128

    def to_json(self) -> dict[str, Any]:
        """Plain values for the manifest."""
        return asdict(self)
