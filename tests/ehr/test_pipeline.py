from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.cohort.columns import Column, ReadingReport, Table
from core.cohort.folder import CLASSES, restrict
from core.ehr.pipeline import EhrModel, fit_ehr
from core.evaluation import macro_auroc, youden_point
from core.training import load_ehr_model
from tests.conftest import SMALL


@pytest.fixture(scope="module")
def fitted(tiny):
    table, codes, groups = restrict(tiny, "diagnosis")
    return fit_ehr(table, codes, groups, CLASSES["diagnosis"], SMALL), codes.to_numpy()


def awkward_table(n: int = 120) -> tuple[Table, pd.Series, pd.Series]:
    """A column seen in three rows of the rare class alone, a near-constant one, one level a row, a huge number."""
    rng = np.random.default_rng(3)
    index = pd.Index([f"p{row}" for row in range(n)], name="patient_id")
    y = np.where(np.arange(n) < 6, 2, np.where(np.arange(n) < 40, 1, 0))
    frame = pd.DataFrame(
        {
            "signal": rng.normal(size=n) + y,
            "rarely": np.where(np.arange(n) % 12 == 0, rng.normal(size=n), np.nan),
            "flag": (np.arange(n) == 5).astype(float),
            "word": [f"level {row}" for row in range(n)],
            "ward": ["A"] * (n - 1) + ["B"],
            "giant": np.where(np.arange(n) == 7, 1e300, rng.normal(size=n)),
        },
        index=index,
    ).astype({"word": "str", "ward": "str"})
    kinds = ("numeric", "numeric", "binary", "categorical", "categorical", "numeric")
    columns = tuple(Column(name, kind) for name, kind in zip(frame, kinds, strict=True))
    codes = pd.Series(y, index=index)
    persons = pd.Series([f"person {row // 2}" for row in range(n)], index=index)
    return Table(frame, columns, ReadingReport("t.csv", "CSV", *frame.shape)), codes, persons


def test_awkward_columns_and_three_persons_of_a_class_fit():
    table, codes, persons = awkward_table()
    fitted = fit_ehr(table, codes, persons, CLASSES["outcome"], SMALL)
    for probabilities in fitted.out_of_fold.values():
        assert np.isfinite(probabilities).all()
        assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)
    p, _ = fitted.model.main.forecast(fitted.model.encoder.design(fitted.model.complete(table.frame)))
    assert macro_auroc(codes.to_numpy(), p) > 0.6


def test_every_training_row_is_forecast_out_of_fold_by_trees_that_have_not_seen_it(fitted):
    model, y = fitted
    assert model.out_of_fold["p"].shape == (len(y), 2)
    # trees judged on their own rows would look much better than they are
    assert 0.55 < macro_auroc(y, model.out_of_fold["p"]) < 0.9


def test_calibrated_probabilities_have_the_natural_mean(fitted):
    model, y = fitted
    assert model.out_of_fold["p"][:, 1].mean() == pytest.approx(y.mean(), abs=0.02)
    assert model.out_of_fold["twin_p"][:, 1].mean() == pytest.approx(y.mean(), abs=0.02)


def test_two_classes_are_decided_at_youdens_threshold_and_the_patient_on_it_is_above(fitted):
    model, y = fitted
    p = model.out_of_fold["p"]
    threshold = youden_point(y == 1, p[:, 1]).threshold
    assert (model.model.decide(p) == (p[:, 1] >= threshold)).all()


def test_three_classes_are_decided_by_the_largest_rise_above_their_share(trained):
    model = load_ehr_model(trained, "outcome")[1]
    shares = 1 / np.array(model.weights)
    assert shares.sum() == pytest.approx(1)
    assert model.decide(shares[None, :] * [[1.0, 1.2, 0.9]]).tolist() == [1]


def test_sets_are_calibrated_on_training_rows_class_by_class(fitted):
    model, y = fitted
    conformal = model.model.conformal
    assert conformal.alpha == 0.1
    assert conformal.n == tuple(np.bincount(y))
    sets = conformal.sets(model.out_of_fold["p"])
    for code in (0, 1):
        assert sets[y == code, code].mean() >= 0.9


def test_the_choice_lists_all_that_was_tried_and_is_the_best_of_it(fitted):
    choice = fitted[0].model.choice
    twins = [trial for trial in choice.trials if trial.strength == 0]
    mains = [trial for trial in choice.trials if trial.strength > 0]
    assert [trial.depth for trial in twins] == list(SMALL.depths)
    assert [trial.strength for trial in mains] == list(SMALL.strengths)
    assert choice.depth == min(twins, key=lambda trial: trial.log_loss).depth
    assert choice.strength == min(mains, key=lambda trial: trial.log_loss).strength
    assert 1 <= choice.rounds <= SMALL.most_rounds


def test_resampled_classes_lie_nearer_to_each_other(fitted):
    model, y = fitted
    natural = np.bincount(y)
    assert np.ptp(model.resampled) < np.ptp(natural)


def test_progress_only_ever_moves_forward(tiny):
    told: list[tuple[str, float]] = []
    table, codes, groups = restrict(tiny, "diagnosis")
    part = replace(table, frame=table.frame[:100])
    fit_ehr(part, codes[:100], groups[:100], CLASSES["diagnosis"], SMALL, lambda *one: told.append(one))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert {stage for stage, _ in told} == {"cross_validate", "impute", "fit"}


def test_a_patient_alone_is_completed_and_forecast_as_among_others(trained, tiny):
    model: EhrModel = load_ehr_model(trained, "outcome")[1]
    frame = restrict(tiny, "outcome")[0].frame
    together = model.main.forecast(model.encoder.design(model.complete(frame)))
    for row in (0, 7, len(frame) - 1):
        one = frame.iloc[[row]]
        alone = model.main.forecast(model.encoder.design(model.complete(one)))
        assert (alone[0][0] == together[0][row]).all()
        assert (alone[1][0] == together[1][row]).all()
