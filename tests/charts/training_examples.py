"""What a training tells on its way, and how much more patients would help: small and made up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

AREAS = {"none": 0.71, "death": 0.78, "bleeding": 0.66}


def learning() -> pd.DataFrame:
    rows = []
    for name, area in AREAS.items():
        for n in (250, 500, 1000, 2000, 5000, 20000):
            there = 0.5 + (area + 0.04 - 0.5) * (1 - 6 / np.sqrt(n))
            rows.append((n, name, there, there - 1.6 / np.sqrt(n), there + 1.6 / np.sqrt(n), area + 0.05))
    return pd.DataFrame(rows, columns=["n", "class", "auroc", "low", "high", "oracle"])


def training_examples() -> dict[str, dict[str, Any]]:
    epochs = [
        {"fold": fold, "epoch": n, "train_loss": 0.7 / n + 0.1 * fold, "watched_loss": 0.72 / n**0.5}
        for fold in (0, 1)
        for n in (1, 2, 3)
    ]
    trials = [
        {"depth": depth, "strength": s, "rounds": 40, "log_loss": 0.5 - depth / 50, "macro_auroc": 0.71}
        for depth, s in ((1, 0.0), (2, 0.0), (2, 0.3))
    ]
    return {
        "epoch_losses": {"epochs": pd.DataFrame(epochs)},
        "tried_settings": {"trials": pd.DataFrame(trials)},
    }
