"""Training the joint network; the only place of the fusion that needs torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from core.fusion.joint import JointCorrector
from core.fusion.rows import corrected, log_losses
from core.threads import threads

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from core.fusion.rows import Rows
    from core.fusion.settings import FusionSettings

    Floats = NDArray[np.float64]


def grow_joint(
    train: Rows, watched: Rows | None, settings: FusionSettings
) -> tuple[Floats, Callable[[int], JointCorrector]]:
    """Train one network's corrector.

    Returns
    -------
    losses, at
        Mean log loss of the watched patients after 0, 1, 2 … epochs (empty without any), and the corrector after a
        number of epochs.
    """
    torch.set_num_threads(threads())
    torch.manual_seed(settings.seed)
    draw = torch.Generator().manual_seed(settings.seed)
    begun = _untrained(train, settings.hidden)
    x = torch.from_numpy(begun.standardised(train.record, train.embedding).astype(np.float32))
    y, start = torch.from_numpy(train.codes), torch.from_numpy(train.start.astype(np.float32))
    network = _network(x.shape[1], settings, train.start.shape[1] - 1)
    optimiser = torch.optim.AdamW(network.parameters(), settings.step, weight_decay=settings.weight_decay)
    path = [begun]
    losses = [] if watched is None else [watched.loss()]
    for _ in range(settings.epochs):
        network.train()
        for rows in torch.split(torch.randperm(len(y), generator=draw), settings.batch):
            scores = start[rows] + functional.pad(network(x[rows]), (1, 0))
            loss = functional.cross_entropy(scores, y[rows])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        path.append(_taken(network, begun))
        if watched is not None:
            added = path[-1].log_odds(watched.record, watched.embedding, watched.measured)
            losses.append(float(log_losses(corrected(np.exp(watched.start), added), watched.codes).mean()))
    return np.asarray(losses), lambda epochs: path[epochs]


def _network(n_in: int, settings: FusionSettings, n_out: int) -> nn.Sequential:
    last = nn.Linear(settings.hidden, n_out)
    # nothing is added before something is learnt
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    return nn.Sequential(
        nn.Dropout(settings.dropout),
        nn.Linear(n_in, settings.hidden),
        nn.ReLU(),
        nn.Dropout(settings.dropout),
        last,
    )


def _untrained(train: Rows, hidden: int) -> JointCorrector:
    columns = np.column_stack([train.record, train.embedding])
    scale = columns.std(axis=0)
    k = train.start.shape[1]
    return JointCorrector(
        columns.mean(axis=0),
        np.where(scale > 0, scale, 1.0),
        np.zeros((columns.shape[1], hidden)),
        np.zeros(hidden),
        np.zeros((hidden, k - 1)),
        np.zeros(k - 1),
    )


def _taken(network: nn.Sequential, begun: JointCorrector) -> JointCorrector:
    arrays = [np.array(one.detach().numpy().T, dtype=np.float64) for one in network.parameters()]
    return JointCorrector(begun.centre, begun.scale, *arrays)
