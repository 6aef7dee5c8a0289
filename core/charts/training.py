"""A training seen while it runs: the loss of each epoch, and the settings that cross-validation has tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.charts.style import LOWERS, NEUTRAL, Chart, axis, canvas, key_of, nothing_to_show, sign
from core.charts.words import escape, listed
from core.text import text

if TYPE_CHECKING:
    import pandas as pd

# colour, dash, marker, the same sign as a character
_SERIES = {
    "watched_loss": (LOWERS, "solid", "circle", "●"),
    "train_loss": (NEUTRAL, "dot", "square", "■"),
}


def epoch_losses(epochs: pd.DataFrame, *, language: str, synthetic: bool = False) -> Chart:
    """Draw the loss of the training recordings and of the held-out fold against the epoch, a line a network.

    Parameters
    ----------
    epochs
        ``fold``, ``epoch`` (from 1), ``train_loss``, ``watched_loss``.
    """
    title = text(language, "charts_training.epoch_losses.title")
    if epochs.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    words = {name: text(language, f"charts_training.epoch_losses.{name}") for name in _SERIES}
    signs = [(sign(color, glyph), words[name]) for name, (color, _, _, glyph) in _SERIES.items()]
    figure = canvas(title, language, height=340, synthetic=synthetic, key=key_of(signs))
    said = []
    for number, (_, part) in enumerate(epochs.groupby("fold"), start=1):
        network = text(language, "charts_training.epoch_losses.network", n=number)
        for name, (color, dash, symbol, glyph) in _SERIES.items():
            figure.add_scatter(
                x=part["epoch"].to_numpy(),
                y=part[name].to_numpy(),
                mode="lines+markers",
                showlegend=False,
                line={"color": color, "width": 1.8, "dash": dash},
                marker={"symbol": symbol, "size": 5, "color": color},
                hovertemplate=f"{sign(color, glyph)} {escape(network)} · {escape(words[name])}"
                f"<br>%{{x}}: %{{y:.3f}}<extra></extra>",
            )
        last, best = part.iloc[-1], float(part["watched_loss"].min())
        facts = {"network": network, "epoch": int(last["epoch"]), "best": f"{best:.3f}"}
        said.append(text(language, "charts_training.epoch_losses.alt_network", **facts))
    figure.update_layout(
        xaxis=axis(text(language, "charts_training.epoch_losses.x"), tickformat=".0f", rangemode="tozero"),
        yaxis=axis(text(language, "charts_training.epoch_losses.y"), tickformat=".2f"),
    )
    return Chart(
        figure, title, text(language, "charts_training.epoch_losses.alt", rows=listed(language, said))
    )


def tried_settings(trials: pd.DataFrame, *, language: str, synthetic: bool = False) -> Chart:
    """Draw the log loss, out of fold, of each setting in the order tried; the least so far is filled.

    Parameters
    ----------
    trials
        ``depth``, ``strength`` (0 without resampling), ``rounds``, ``log_loss``, ``macro_auroc``.
    """
    title = text(language, "charts_training.tried_settings.title")
    if trials.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    labels = [
        text(language, "charts_training.tried_settings.label", depth=int(depth), strength=f"{strength:g}")
        for depth, strength in trials[["depth", "strength"]].to_numpy(dtype=float)
    ]
    least = int(trials["log_loss"].to_numpy(dtype=float).argmin())
    marks = ["diamond" if place == least else "circle-open" for place in range(len(trials))]
    figure = canvas(title, language, height=150 + 34 * len(trials), synthetic=synthetic)
    figure.add_scatter(
        x=trials["log_loss"].to_numpy(),
        y=list(range(len(trials))),
        mode="markers",
        showlegend=False,
        marker={"symbol": marks, "size": 11, "color": LOWERS, "line": {"width": 2, "color": LOWERS}},
        customdata=trials[["rounds", "macro_auroc"]].to_numpy(),
        hovertext=[escape(label) for label in labels],
        hovertemplate=text(language, "charts_training.tried_settings.hover") + "<extra></extra>",
    )
    figure.update_layout(
        xaxis=axis(text(language, "charts_training.tried_settings.x"), tickformat=".3f", nticks=4),
        yaxis=axis(
            tickvals=list(range(len(trials))),
            ticktext=[escape(label) for label in labels],
            range=[len(trials) - 0.4, -0.6],
        ),
    )
    facts = {"n": len(trials), "best": labels[least], "loss": f"{trials['log_loss'].iloc[least]:.3f}"}
    return Chart(figure, title, text(language, "charts_training.tried_settings.alt", **facts))
