"""The networks: a compact residual one, which is the model, and a plain one to hold it against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from core.ecg.distributed import BatchNorm, Dropout
from core.ecg.recording import LEADS

if TYPE_CHECKING:
    from core.ecg.network_settings import Layout


class ResidualBlock(nn.Module):
    """Two convolutions beside a shortcut; with a stride of 2, time is halved by averaging on the shortcut."""

    def __init__(self, n_in: int, n_out: int, kernel: int, stride: int) -> None:
        super().__init__()
        same = kernel // 2
        self.first = nn.Conv1d(n_in, n_out, kernel, stride, same, bias=False)
        self.first_norm = BatchNorm(n_out)
        self.second = nn.Conv1d(n_out, n_out, kernel, 1, same, bias=False)
        self.second_norm = BatchNorm(n_out)
        self.pool = nn.AvgPool1d(stride, ceil_mode=True) if stride > 1 else None
        self.shortcut = nn.Conv1d(n_in, n_out, 1) if n_in != n_out else None

    def forward(self, x: Tensor) -> Tensor:
        """(n, n_in, t) to (n, n_out, t / stride)."""
        y = torch.relu(self.first_norm(self.first(x)))
        y = self.second_norm(self.second(y))
        if self.pool is not None:
            x = self.pool(x)
        if self.shortcut is not None:
            x = self.shortcut(x)
        return torch.relu(x + y)


class ResidualNetwork(nn.Module):
    """Stem, residual blocks, mean and maximum over time, one linear layer.

    After the residual networks for 12-lead ECG of Ribeiro et al., Nat Commun 2020;11:1760, made small.
    """

    def __init__(self, layout: Layout, n_classes: int, dropout: float) -> None:
        super().__init__()
        width = layout.widths[0]
        same = layout.stem_kernel // 2
        self.stem = nn.Conv1d(len(LEADS), width, layout.stem_kernel, layout.stem_stride, same, bias=False)
        self.stem_norm = BatchNorm(width)
        blocks = []
        for place, n_out in enumerate(layout.widths):
            blocks.append(ResidualBlock(width, n_out, layout.kernel, 1 if place == 0 else 2))
            width = n_out
        self.blocks = nn.ModuleList(blocks)
        self.dropout = Dropout(dropout)
        self.head = nn.Linear(2 * width, n_classes)

    def forward(self, x: Tensor) -> Tensor:
        """(n, 12, samples) in mV to logits (n, classes)."""
        x = torch.relu(self.stem_norm(self.stem(x)))
        for block in self.blocks:
            x = block(x)
        logits: Tensor = self.head(self.dropout(torch.cat([x.mean(dim=2), x.amax(dim=2)], dim=1)))
        return logits


class PlainNetwork(nn.Module):
    """Rival: four plain convolutions, each halving time, and the mean over time."""

    def __init__(self, layout: Layout, n_classes: int, dropout: float) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        n_in = len(LEADS)
        for place, n_out in enumerate(layout.widths):
            kernel = layout.stem_kernel if place == 0 else layout.kernel
            stride = layout.stem_stride if place == 0 else 2
            layers += [nn.Conv1d(n_in, n_out, kernel, stride, kernel // 2), BatchNorm(n_out), nn.ReLU()]
            n_in = n_out
        self.layers = nn.Sequential(*layers)
        self.head = nn.Sequential(Dropout(dropout), nn.Linear(n_in, n_classes))

    def forward(self, x: Tensor) -> Tensor:
        """(n, 12, samples) in mV to logits (n, classes)."""
        logits: Tensor = self.head(self.layers(x).mean(dim=2))
        return logits


def n_parameters(network: nn.Module) -> int:
    """Count the numbers that are learnt."""
    return sum(parameter.numel() for parameter in network.parameters())
