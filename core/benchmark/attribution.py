"""Figures of the attribution: whether it names what the network goes by, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.benchmark.figure import Figure, figure, median_ms

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from core.ecg.attribution import Scorer
    from core.ecg.attribution_faithfulness import Method

_SEED = 20_260_703
_MOST_MS = 500.0


def attribution_figures(
    score: Scorer,
    *,
    n_recordings: int = 40,
    repeats: int = 30,
    methods: Mapping[str, Method] | None = None,
) -> list[Figure]:
    """Hold the attribution against chance and other methods on fresh synthetic recordings, and time it.

    Parameters
    ----------
    score
        The network: windows (n, 12, 1000) to log-odds of embolism (n,).
    n_recordings
        Synthetic recordings, half with embolism, that no training has seen.
    repeats
        Timed attributions.
    methods
        Held against one another, the chosen one among them; None takes all.
    """
    from core.ecg.attribution import attribute
    from core.ecg.attribution_faithfulness import compare_methods

    recordings = fresh_windows(n_recordings)
    frame = compare_methods(score, recordings, methods)
    spent = median_ms(lambda: attribute(score, recordings[0]), repeats)
    detail = f"one window of 10 s, {repeats} times"
    return [*_faithful(frame), figure("attribution_one_recording", spent, "ms", detail, at_most=_MOST_MS)]


def fresh_windows(n_recordings: int) -> list[NDArray[np.float32]]:
    """Windows of synthetic recordings, control, mild and severe embolism in turn."""
    from core.ecg.network_input import windows
    from core.ecg.simulator import simulate

    kinds = (("control", 0.0), ("other", 0.0), ("control", 0.0), ("high", 2.0))
    return [
        windows(simulate(_SEED, number, stratum=stratum, severity=severity).recording)
        for number in range(n_recordings)
        for stratum, severity in (kinds[number % len(kinds)],)
    ]


def _faithful(frame: pd.DataFrame) -> list[Figure]:
    """Gain over chance of the chosen method, judged by the fill that it does not use; rivals by both fills alike."""
    from core.ecg.attribution_faithfulness import CHOSEN, CHOSEN_FILL, FILLS, summary

    judge = next(fill for fill in FILLS if fill != CHOSEN_FILL)
    is_own = (frame["method"] == CHOSEN) & (frame["fill"] == CHOSEN_FILL)
    own = summary(frame[is_own & (frame["judge"] == judge)]).iloc[0]
    interval = (
        f"mean {own['gain']:.3f} ({own['low']:.3f} to {own['high']:.3f}), {own['n']} synthetic recordings"
    )
    # both fills judge alike here, so that no method is favoured by its own
    table = summary(frame).assign(name=lambda rows: rows["method"] + "/" + rows["fill"])
    by_name = table.groupby("name")["gain"].mean().sort_values(ascending=False)
    best = float(by_name.drop(f"{CHOSEN}/{CHOSEN_FILL}").iloc[0])
    ratio = float(by_name[f"{CHOSEN}/{CHOSEN_FILL}"]) / best if best > 0 else None
    said = ", ".join(f"{name} {gain:.3f}" for name, gain in by_name.items())
    return [
        figure(
            "attribution_gain_over_chance",
            float(own["low"]),
            "log-odds",
            f"lower end of the interval; {interval}",
            at_least=0.0,
        ),
        figure("attribution_better_than_chance", float(own["better"]), "fraction", interval),
        figure("attribution_against_best_other", ratio, "ratio", said, at_least=0.9),
    ]
