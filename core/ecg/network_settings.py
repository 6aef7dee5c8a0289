"""What training a network may spend and how it is laid out; known without loading torch."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Layout:
    """Shape of the residual network.

    Attributes
    ----------
    widths
        Channels of each residual block; every block after the first halves the number of time steps.
    stem_kernel, stem_stride
        Samples that the first convolution sees, and by how many it moves on.
    kernel
        Samples that the convolutions of the blocks see.
    """

    widths: tuple[int, ...] = (16, 24, 32, 48)
    stem_kernel: int = 21
    stem_stride: int = 8
    kernel: int = 7


@dataclass(frozen=True)
class NetworkSettings:
    """What fitting may spend.

    Attributes
    ----------
    seed
        Of everything random.
    n_folds
        Folds of the training part: as many networks, each stopped by the fold that it has not seen; their mean is the
        model. Fewer where the rarest class has fewer persons.
    epochs, least_steps, most_epochs
        Passes over the training recordings: as many as ``least_steps`` steps take, so that few recordings are seen
        more often, but within these limits.
    patience
        Share of the passes without gain after which a network stops.
    batch
        Windows a step.
    learning_rate, weight_decay, dropout
        Of the optimiser (AdamW, one cycle) and the last layer.
    averaging
        Decay of the running mean of the weights, which is what is kept.
    sensitivity_target
        Sensitivity for which the second threshold is chosen.
    layout
        Of the network.
    rivals
        Other kinds of model that are fitted on the first fold's training rows, for comparison alone.
    """

    seed: int = 0
    n_folds: int = 3
    epochs: int = 10
    least_steps: int = 600
    most_epochs: int = 60
    patience: float = 0.4
    batch: int = 64
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    dropout: float = 0.2
    averaging: float = 0.995
    sensitivity_target: float = 0.9
    layout: Layout = Layout()
    rivals: tuple[str, ...] = ("convolutional", "minirocket", "measurements")

    def passes(self, n_windows: int) -> int:
        """Passes over so many training windows."""
        steps = max(1, n_windows // self.batch)
        return int(min(max(self.epochs, -(-self.least_steps // steps)), max(self.most_epochs, self.epochs)))

    def to_json(self) -> dict[str, Any]:
        """Plain values for the manifest."""
        return {key: _plain(value) for key, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return list(value) if isinstance(value, tuple) else value
