from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from core.ecg.augmentation import augmented  # noqa: E402 - needs torch


def test_time_is_shifted_but_neither_stretched_nor_turned_over():
    t = np.arange(1000) / 100
    x = torch.from_numpy(np.tile(np.sin(2 * np.pi * 7 * t), (16, 12, 1)).astype(np.float32))
    out = augmented(x, torch.Generator().manual_seed(0)).numpy()
    spectrum = np.abs(np.fft.rfft(out, axis=2))
    whole = spectrum.sum(axis=2) > 0
    assert (spectrum[..., 20:].argmax(axis=2) + 20 == 70)[whole].all()
    assert not np.allclose(out[0], out[1])


def test_a_missing_lead_stays_missing_and_some_are_taken_away():
    x = torch.ones(200, 12, 1000)
    x[:, 4] = 0
    out = augmented(x, torch.Generator().manual_seed(1))
    flat = (out == 0).all(dim=2)
    assert flat[:, 4].all()
    others = flat.sum(dim=1) - 1
    assert 0.1 < (others > 0).float().mean() < 0.3
    assert others.max() <= 3


def test_same_source_of_chance_same_windows():
    x = torch.randn(8, 12, 1000, generator=torch.Generator().manual_seed(2))
    first, second = (augmented(x, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, second)
