"""Changes to a recording that leave its diagnosis as it was: what another electrode, breath or moment would do."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from core.ecg.network_input import INPUT_RATE_HZ

_GAIN_SD = 0.15
_LEAD_GAIN_SD = 0.06
_MOST_WANDER_MV = 0.10
_MOST_NOISE_MV = 0.02
_DROP_SHARE = 0.2
_MOST_DROPPED = 3


def augmented(x: Tensor, draw: torch.Generator) -> Tensor:
    """Vary windows at random.

    Amplitude of the whole and of each lead (never its sign), a start elsewhere in time, slow wander, noise, and in one
    window of five up to three leads missing. Time is never stretched and leads never exchanged: rate, intervals
    and axes are signs.

    Parameters
    ----------
    x
        (n, 12, samples) in mV.
    draw
        Source of chance.

    Returns
    -------
    Tensor
        The same shape.
    """
    n, n_leads, n_samples = x.shape
    gain = torch.exp(
        _GAIN_SD * torch.randn(n, 1, 1, generator=draw)
        + _LEAD_GAIN_SD * torch.randn(n, n_leads, 1, generator=draw)
    )
    start = torch.randint(0, n_samples, (n, 1, 1), generator=draw)
    place = (torch.arange(n_samples) + start) % n_samples
    missing = (x == 0).all(dim=2, keepdim=True)
    x = torch.gather(x, 2, place.expand(n, n_leads, n_samples)) * gain
    seconds = torch.arange(n_samples) / INPUT_RATE_HZ
    hertz = 0.15 + 0.35 * torch.rand(n, n_leads, 1, generator=draw)
    phase = 2 * math.pi * torch.rand(n, n_leads, 1, generator=draw)
    size = _MOST_WANDER_MV * torch.rand(n, 1, 1, generator=draw) * torch.rand(n, n_leads, 1, generator=draw)
    x = x + size * torch.sin(2 * math.pi * hertz * seconds + phase)
    x = x + _MOST_NOISE_MV * torch.rand(n, 1, 1, generator=draw) * torch.randn(x.shape, generator=draw)
    return x.masked_fill(missing | _dropped(n, n_leads, draw), 0.0)


def _dropped(n: int, n_leads: int, draw: torch.Generator) -> Tensor:
    """Leads taken away, (n, 12, 1)."""
    chosen = torch.rand(n, 1, generator=draw) < _DROP_SHARE
    how_many = torch.randint(1, _MOST_DROPPED + 1, (n, 1), generator=draw)
    rank = torch.rand(n, n_leads, generator=draw).argsort(dim=1).argsort(dim=1)
    return (chosen & (rank < how_many)).unsqueeze(2)
