"""What acting by a model is worth, small and seeded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from core.evaluation import decision_curve


def net_benefit() -> dict[str, Any]:
    rng = np.random.default_rng(3)
    event = rng.random(400) < 0.1
    risk = np.clip(0.1 + 0.08 * event + 0.05 * rng.standard_normal(400), 0.01, 0.9)
    parts = [
        decision_curve(event, one).assign(series=name)
        for name, one in (("recalibrated", risk), ("twin", risk / 2))
    ]
    return {"curve": pd.concat(parts), "class_name": "bleeding"}
