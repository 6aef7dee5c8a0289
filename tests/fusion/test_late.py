from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.errors import ArtifactError
from core.fusion.late import LateFusion, fit_late, plain_sum
from core.fusion.settings import FusionSettings
from core.fusion.strategies import TrainingEvidence, fit_fusion


def two_witnesses(n: int, seed: int = 0, shared: float = 0.0) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Calibrated probabilities of two models; ``shared`` is how much of the second is the first over again."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(np.int64)
    prior = np.log(0.3 / 0.7)
    first = rng.normal(np.where(y == 1, 1.0, 0.0), 1.0) - 0.5
    own = rng.normal(np.where(y == 1, 1.0, 0.0), 1.0) - 0.5
    second = first if shared else own
    return {name: binary(prior + odds) for name, odds in (("ehr", first), ("ecg", second))}, y


def binary(log_odds: np.ndarray) -> np.ndarray:
    p = 1 / (1 + np.exp(-log_odds))
    return np.column_stack([1 - p, p])


def test_independent_evidence_adds_up_as_bayes_says():
    p, y = two_witnesses(20_000)
    found = fit_late(p, y)
    assert np.ravel(found.weights) == pytest.approx([1, 1], abs=0.1)
    assert found.intercepts[0] == pytest.approx(0, abs=0.1)


def test_the_same_evidence_twice_counts_once():
    p, y = two_witnesses(20_000, shared=1.0)
    assert sum(np.ravel(fit_late(p, y).weights)) == pytest.approx(1.0, abs=0.1)


def test_a_modality_that_knows_nothing_gets_no_weight():
    p, y = two_witnesses(5_000)
    noise = np.random.default_rng(1).normal(size=len(y))
    p["ecg"] = binary(np.log(0.3 / 0.7) + noise)
    assert fit_late(p, y).weights[0][1] < 0.1


def test_two_witnesses_give_the_posterior_of_bayes_theorem():
    p = {"ehr": np.array([[0.4, 0.6]]), "ecg": np.array([[0.2, 0.8]])}
    fused = plain_sum(np.array([0.7, 0.3])).apply(p)
    odds = (0.3 / 0.7) * ((0.6 / 0.4) / (0.3 / 0.7)) * ((0.8 / 0.2) / (0.3 / 0.7))
    assert fused[0, 1] == pytest.approx(odds / (1 + odds))


def test_contributions_add_up_to_the_log_odds():
    rng = np.random.default_rng(0)
    p = {name: rng.dirichlet([4, 1, 1], 50) for name in ("ehr", "ecg")}
    y = np.arange(50) % 3
    fused = fit_late(p, y)
    log_odds = np.log(fused.apply(p))
    prior = np.log(np.array(fused.shares[1:]) / fused.shares[0])
    total = prior + np.array(fused.intercepts) + fused.contributions(p).sum(axis=2)
    assert log_odds[:, 1:] - log_odds[:, :1] == pytest.approx(total)


def test_weights_agree_with_an_unpenalised_logistic_regression():
    from sklearn.linear_model import LogisticRegression

    p, y = two_witnesses(20_000, seed=4)
    evidence = np.column_stack([np.log(p[name][:, 1] / p[name][:, 0]) for name in ("ehr", "ecg")])
    reference = LogisticRegression(C=np.inf).fit(evidence, y)
    assert np.ravel(fit_late(p, y).weights) == pytest.approx(reference.coef_[0], abs=0.01)


def test_out_of_fold_rows_know_nothing_of_their_own_label():
    p, _ = two_witnesses(400)
    p = {name: np.full_like(values, 0.5) for name, values in p.items()}
    rng = np.random.default_rng(2)
    index = pd.Index([f"p{k}" for k in range(400)])
    codes = pd.Series(rng.integers(0, 2, 400), index=index)
    found = fit_fusion(TrainingEvidence(p, codes, pd.Series(index, index=index)), FusionSettings())
    by_name = {one.name: one for one in found.strategies}
    assert by_name["late"].macro_auroc == pytest.approx(0.5, abs=0.06)
    assert sum(one.chosen for one in found.strategies) == 1
    assert not by_name["ehr"].chosen


@pytest.mark.parametrize(
    "damage",
    [
        {"shares": [0.5]},
        {"shares": [0.5, 0.0]},
        {"weights": [[1.0]]},
        {"weights": "x"},
        {"intercepts": [float("nan")]},
        {"intercepts": None},
    ],
)
def test_a_damaged_fusion_is_a_named_error(damage):
    whole = plain_sum(np.array([0.6, 0.4])).to_json()
    with pytest.raises(ArtifactError):
        LateFusion.from_json({**whole, **damage})
