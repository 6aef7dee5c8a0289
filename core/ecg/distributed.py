"""Training one network in several processes, on one machine or many, under torch's own launcher.

``torchrun --nproc-per-node 2 -m core train --modality ecg`` starts them. Every process takes its share of each batch;
gradients, and the mean and variance of the normalisation, are those of the whole batch, and chance is drawn for the
whole batch in every process. So any number of processes trains the network that one would train, but for rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn

from core import launched

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass
class World:
    """The processes that train together.

    Attributes
    ----------
    rank, size
        Of this process, and of all.
    batch
        Rows of the batch at hand, over all processes.
    """

    rank: int = 0
    size: int = 1
    batch: int = 0

    def share(self, values: Any) -> Any:
        """Rows of the batch that are this process's: every ``size``-th."""
        return values if self.size == 1 else values[self.rank :: self.size]

    def add_gradients(self, network: nn.Module) -> None:
        """Add up the processes' gradients: each process's loss is its part of the batch's mean."""
        if self.size == 1:
            return
        there = [one.grad for one in network.parameters() if one.grad is not None]
        flat = torch.cat([one.reshape(-1) for one in there])
        dist.all_reduce(flat)
        start = 0
        for one in there:
            one.copy_(flat[start : start + one.numel()].view_as(one))
            start += one.numel()

    def gathered(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rows of all processes, put back into the order that ``share`` took them from."""
        if self.size == 1:
            return values
        parts: list[Any] = [None] * self.size
        dist.all_gather_object(parts, values)
        whole = np.empty((sum(map(len, parts)), *values.shape[1:]), values.dtype)
        for rank, part in enumerate(parts):
            whole[rank :: self.size] = part
        return whole


_WORLD = World()


def world() -> World:
    """Return the processes that train together; the first call joins them where a launcher started several."""
    if _WORLD.size == 1 and launched.size() > 1:
        launched.join()
        _WORLD.rank, _WORLD.size = dist.get_rank(), dist.get_world_size()
    return _WORLD


class _Sum(torch.autograd.Function):
    """Sum over the processes; what it was made of gets the sum of the processes' gradients."""

    @staticmethod
    def forward(_: Any, x: Tensor) -> Tensor:
        total = x.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(_: Any, gradient: Tensor) -> Tensor:
        total = gradient.clone()
        dist.all_reduce(total)
        return total


def _summed(x: Tensor) -> Tensor:
    total: Tensor = _Sum.apply(x)  # type: ignore[no-untyped-call]
    return total


class BatchNorm(nn.BatchNorm1d):
    """Batch normalisation over the whole batch, wherever its rows are (torch's own needs a GPU for that)."""

    def forward(self, x: Tensor) -> Tensor:
        """(n, channels, t) to the same, normalised."""
        group = world()
        if group.size == 1 or not self.training:
            return super().forward(x)
        count = float(group.batch * x.shape[2])
        mean = _summed(x.sum(dim=(0, 2))) / count
        spread = x - mean[:, None]
        variance = _summed((spread * spread).sum(dim=(0, 2))) / count
        self._follow(mean.detach(), variance.detach() * count / max(count - 1.0, 1.0))
        scale = self.weight * torch.rsqrt(variance + self.eps)
        return spread * scale[:, None] + self.bias[:, None]

    def _follow(self, mean: Tensor, variance: Tensor) -> None:
        """Move the running figures as torch's own does."""
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        assert self.momentum is not None
        self.num_batches_tracked.add_(1)
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)


class Dropout(nn.Dropout):
    """Dropout whose chance is drawn for the whole batch, of which each process takes its rows."""

    def forward(self, x: Tensor) -> Tensor:
        """(n, columns) to the same, some of it zero."""
        group = world()
        if group.size == 1 or not self.training:
            return super().forward(x)
        drawn = torch.empty(group.batch, *x.shape[1:]).bernoulli_(1 - self.p) / (1 - self.p)
        kept: Tensor = x * group.share(drawn).to(x.device)
        return kept
