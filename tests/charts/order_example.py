"""What the orders of the steps report and truly do, small and seeded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

MIDDLES = {
    ("leak_free", "apparent"): 0.62,
    ("leak_free", "true"): 0.64,
    ("both_first", "apparent"): 0.92,
    ("both_first", "true"): 0.63,
}


def order_optimism() -> dict[str, Any]:
    rng = np.random.default_rng(7)
    splits = pd.DataFrame(
        [
            (order, part, middle + one)
            for (order, part), middle in MIDDLES.items()
            for one in rng.normal(0, 0.02, 8)
        ],
        columns=["order", "part", "value"],
    )
    means = splits.groupby(["order", "part"], sort=False)["value"].mean().reset_index()
    means = means.assign(low=means["value"] - 0.02, high=means["value"] + 0.02)
    return {"splits": splits, "means": means, "measure": "macro AUROC", "chance": 0.5, "note": "a note"}
