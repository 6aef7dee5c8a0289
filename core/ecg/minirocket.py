"""Rival of the network: fixed random convolutions, of which only the share of positive outputs is kept.

After MiniRocket (Dempster, Schmidt, Webb, KDD 2021): kernels of nine weights, six of them -1 and three of them 2, at
several dilations, each over some leads; biases are quantiles of what a kernel says of training windows.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from core.ecg.recording import LEADS
from core.threads import threads

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    Windows = NDArray[np.float32]

_KERNEL = 9
_DILATIONS = (1, 2, 4, 8, 16, 32)
_BIASES = 8
_EXAMPLES = 64
_MOST_LEADS = 6
_BATCH = 64


@dataclass(frozen=True)
class Kernels:
    """Weights (84, 12, 9) of each dilation, and biases (84, 8) of each."""

    weights: tuple[Tensor, ...]
    biases: tuple[Tensor, ...]


def draw_kernels(x: Windows, seed: int) -> Kernels:
    """Draw leads, and biases from training windows (n, 12, samples)."""
    rng = np.random.default_rng(seed)
    shapes = np.full((84, _KERNEL), -1.0, np.float32)
    for row, places in enumerate(itertools.combinations(range(_KERNEL), 3)):
        shapes[row, list(places)] = 2.0
    examples = torch.from_numpy(x[rng.choice(len(x), min(_EXAMPLES, len(x)), replace=False)])
    weights, biases = [], []
    for dilation in _DILATIONS:
        leads = np.zeros((84, len(LEADS), 1), np.float32)
        for row in range(84):
            n_leads = int(2 ** rng.uniform(0, np.log2(_MOST_LEADS + 1)))
            leads[row, rng.choice(len(LEADS), n_leads, replace=False)] = 1.0
        weight = torch.from_numpy(shapes[:, None] * leads)
        said = _convolved(examples, weight, dilation).transpose(0, 1).reshape(84, -1).numpy()
        weights.append(weight)
        quantiles = np.quantile(said, (np.arange(_BIASES) + rng.random(_BIASES)) / _BIASES, axis=1)
        biases.append(torch.from_numpy(quantiles.T.astype(np.float32)))
    return Kernels(tuple(weights), tuple(biases))


def transform(x: Windows, kernels: Kernels) -> NDArray[np.float32]:
    """Features (n, 4032) of windows (n, 12, samples): shares of time that a kernel's output exceeds a bias."""
    torch.set_num_threads(threads())
    parts = []
    with torch.inference_mode():
        for batch in torch.split(torch.from_numpy(x), _BATCH):
            columns = []
            for weight, bias, dilation in zip(kernels.weights, kernels.biases, _DILATIONS, strict=True):
                said = _convolved(batch, weight, dilation)
                columns += [(said > bias[:, k, None]).float().mean(dim=2) for k in range(_BIASES)]
            parts.append(torch.cat(columns, dim=1).numpy())
    return np.concatenate(parts)


def _convolved(x: Tensor, weight: Tensor, dilation: int) -> Tensor:
    return functional.conv1d(x, weight, dilation=dilation, padding=dilation * (_KERNEL // 2))
