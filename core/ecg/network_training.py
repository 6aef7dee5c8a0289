"""Training one network: class weights, augmentation, one cycle of the learning rate, early stopping."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from core.ecg.augmentation import augmented
from core.ecg.distributed import World, world
from core.threads import threads

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from core.ecg.network_settings import NetworkSettings

    Floats = NDArray[np.float64]
    Windows = NDArray[np.float32]
    Codes = NDArray[np.int64]

_SERVING_BATCH = 256


@dataclass(frozen=True)
class Epoch:
    """One pass: mean training loss, and the log loss of the watched windows, both weighted by class."""

    number: int
    train_loss: float
    watched_loss: float


@dataclass(frozen=True)
class TrainedNetwork:
    """A network at its best epoch, and how it came there."""

    network: nn.Module
    epochs: tuple[Epoch, ...]
    best: int


def device() -> torch.device:
    """Return the accelerator where there is one, else the processor."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def train_network(
    build: Callable[[], nn.Module],
    train: tuple[Windows, Codes],
    watched: tuple[Windows, Codes],
    settings: NetworkSettings,
    seed: int,
    told: Callable[[float], None] = lambda _: None,
    heard: Callable[[Epoch], None] = lambda _: None,
) -> TrainedNetwork:
    """Fit one network; the watched windows only say when to stop.

    Parameters
    ----------
    build
        Makes the untrained network.
    train, watched
        Windows (n, 12, samples) and class codes (n,), every class among the former.
    settings
        See `NetworkSettings`.
    seed
        Of weights, order and augmentation.
    told
        Called with the share of the epochs that is done.
    heard
        Called with each epoch when it is over.

    Returns
    -------
    TrainedNetwork
        On the processor, set to evaluation.
    """
    torch.set_num_threads(threads())
    fitting = _Fitting(build, train[1], settings, seed)
    x, y = torch.from_numpy(train[0]), torch.from_numpy(train[1])
    passes = settings.passes(len(y))
    epochs: list[Epoch] = []
    best, best_state = 0, fitting.kept.state_dict()
    for number in range(1, passes + 1):
        epochs.append(Epoch(number, fitting.pass_over(x, y), fitting.loss_of(*watched)))
        heard(epochs[-1])
        told(number / passes)
        if epochs[-1].watched_loss <= min(epoch.watched_loss for epoch in epochs):
            best, best_state = number, copy.deepcopy(fitting.kept.state_dict())
        elif number - best >= settings.patience * passes:
            break
    fitting.kept.load_state_dict(best_state)
    return TrainedNetwork(fitting.kept.to("cpu").eval(), tuple(epochs), best)


class _Fitting:
    """A network while it is fitted, and the running mean of its weights, which is what is kept."""

    def __init__(
        self, build: Callable[[], nn.Module], codes: Codes, settings: NetworkSettings, seed: int
    ) -> None:
        torch.manual_seed(seed)
        self._draw = torch.Generator().manual_seed(seed)
        self._settings, self._place = settings, device()
        self._network = build().to(self._place)
        self.kept = copy.deepcopy(self._network)
        counts = np.bincount(codes, minlength=int(codes.max()) + 1)
        self._weights = torch.tensor(len(codes) / (len(counts) * counts), dtype=torch.float32)
        self._group = world()
        self._optimiser = torch.optim.AdamW(
            self._network.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
        )
        steps = math.ceil(len(codes) / settings.batch) * settings.passes(len(codes))
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimiser, settings.learning_rate, total_steps=max(steps, 2), pct_start=0.2
        )
        self._done = 0

    def pass_over(self, x: torch.Tensor, y: torch.Tensor) -> float:
        """Train on every window once, in an order drawn by chance; returns the mean loss."""
        self._network.train()
        total = 0.0
        order = torch.randperm(len(y), generator=self._draw)
        for rows in torch.split(order, self._settings.batch):
            if len(rows) >= max(2, self._group.size):  # a batch of one has no spread to be normalised by
                total += self._step(x[rows], y[rows]) * len(rows)
        return float(self._group.gathered(np.array([total])).sum()) / len(y)

    def _step(self, x: torch.Tensor, y: torch.Tensor) -> float:
        """Move the weights by one batch; returns this process's part of its mean loss."""
        self._group.batch = len(y)
        # every process draws chance for the whole batch, so that all draw the same
        logits = self._network(self._group.share(augmented(x, self._draw)).to(self._place))
        loss = _part_of_loss(logits, y, self._weights, self._group)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self._group.add_gradients(self._network)
        nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        self._optimiser.step()
        self._schedule.step()
        self._done += 1
        _follow(self.kept, self._network, min(self._settings.averaging, self._done / (self._done + 10)))
        return float(loss.detach())

    def loss_of(self, x: Windows, codes: Codes) -> float:
        """Log loss of windows, told by the running mean of the weights."""
        logits = self._group.gathered(logits_of(self.kept, self._group.share(x)))
        return _loss(logits, codes, self._weights.numpy())


def logits_of(network: nn.Module, x: Windows) -> Floats:
    """Logits (n, classes) of windows (n, 12, samples)."""
    network.eval()
    place = next(network.parameters()).device
    with torch.inference_mode():
        parts = [network(part.to(place)).cpu() for part in torch.split(torch.from_numpy(x), _SERVING_BATCH)]
    return np.asarray(torch.cat(parts).numpy(), dtype=np.float64)


def _follow(kept: nn.Module, network: nn.Module, decay: float) -> None:
    """Move the running mean of the weights; counts of batches are copied."""
    with torch.no_grad():
        for own, new in zip(kept.state_dict().values(), network.state_dict().values(), strict=True):
            if own.is_floating_point():
                own.lerp_(new, 1 - decay)
            else:
                own.copy_(new)


def _part_of_loss(logits: torch.Tensor, y: torch.Tensor, weights: torch.Tensor, group: World) -> torch.Tensor:
    """Part of the batch's mean loss that is this process's; ``y`` are the classes of the whole batch."""
    place = logits.device
    if group.size == 1:
        return functional.cross_entropy(logits, y.to(place), weights.to(place))
    own = group.share(y).to(place)
    losses = functional.cross_entropy(logits, own, weights.to(place), reduction="sum")
    return losses / weights[y].sum().to(place)


def _loss(logits: Floats, codes: Codes, weights: NDArray[Any]) -> float:
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    each = -log_p[np.arange(len(codes)), codes]
    return float(np.average(each, weights=weights[codes]))
