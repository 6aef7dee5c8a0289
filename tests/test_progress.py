from __future__ import annotations

import pytest

from core.progress import hearing, tell
from core.training import train
from tests.conftest import SMALL


def test_figures_reach_the_hearer_and_nobody_else():
    heard: list[tuple[str, dict[str, float]]] = []
    with hearing(lambda kind, figures: heard.append((kind, figures))):
        tell("epoch", train_loss=0.5)
    tell("epoch", train_loss=0.4)
    assert heard == [("epoch", {"train_loss": 0.5})]


def test_a_hearer_that_fails_is_let_go():
    def broken(kind: str, figures: dict[str, float]) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), hearing(broken):
        tell("epoch")
    assert tell("epoch") is None


def test_every_setting_that_cross_validation_tries_is_told(tiny, tmp_path):
    heard: list[dict[str, float]] = []
    with hearing(lambda kind, figures: heard.append({"kind": kind, **figures})):
        model = train(tiny, "diagnosis", "ehr", tmp_path, SMALL)
    assert [one | {"kind": "trial"} for one in model.manifest["choice"]["trials"]] == heard


def test_every_epoch_of_every_network_is_told(tmp_path):
    from core.cohort.folder import synthetic_cohort
    from core.cohort.synthetic import generate
    from core.ecg.network_settings import Layout, NetworkSettings

    settings = NetworkSettings(
        n_folds=2, epochs=2, least_steps=1, most_epochs=2, rivals=(), layout=Layout(widths=(4,))
    )
    heard: list[dict[str, float]] = []
    with hearing(lambda kind, figures: heard.append(figures)):
        model = train(synthetic_cohort(generate(60, seed=5)), "diagnosis", "ecg", tmp_path, settings)
    losses = model.manifest["training"]["losses"]
    told = [[[one["train_loss"], one["watched_loss"]] for one in heard if one["fold"] == k] for k in (0, 1)]
    assert told == losses
