from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.artifacts import to_json_bytes, to_npz_bytes
from core.errors import ArtifactError
from core.evaluation import macro_auroc
from core.fusion import storage
from core.fusion.features import PatientFeatures, joined_features
from core.fusion.growing import TrainingPatients, cross_grow
from core.fusion.model import fusion_model
from core.fusion.rows import corrected, log_losses
from core.fusion.settings import FusionSettings
from core.fusion.strategies import TrainingEvidence, fit_fusion

QUICK = FusionSettings(rounds=60, epochs=25, patience=10, components=4, step=5e-3)
NETWORKS = 3


def patients(n: int, seed: int = 0, interaction: float = 0.0, k: int = 2) -> TrainingEvidence:
    """Patients whose class follows record and ECG, and their product where there is an ``interaction``.

    The embedding's first axis holds what the ECG knows, turned round in every other network: only the network's own
    corrector can read it.
    """
    rng = np.random.default_rng(seed)
    record, ecg = rng.normal(size=(2, n))
    odds = -0.5 + 0.8 * record + 0.8 * ecg + interaction * record * ecg
    y = (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    if k == 3:
        y = np.where(y == 1, 1 + (rng.random(n) < 0.5), 0)
    shares = np.bincount(y, minlength=k) / n
    p = {}
    for name, signal in (("ehr", record), ("ecg", ecg)):
        scores = np.log(shares) + np.column_stack([np.zeros(n), *[0.8 * signal] * (k - 1)])
        weights = np.exp(scores)
        p[name] = weights / weights.sum(axis=1, keepdims=True)
    embedding = rng.normal(size=(n, NETWORKS, 5))
    for network in range(NETWORKS):
        embedding[:, network, 0] = 3 * ecg * (-1) ** network
    measured = np.where(rng.random((n, 2)) < 0.2, np.nan, rng.normal(size=(n, 2)))
    measured[:, 1] = np.nan  # nobody has it
    features = PatientFeatures(np.column_stack([record, rng.normal(size=(n, 3))]), embedding, measured)
    index = pd.Index([f"p{i:05d}" for i in range(n)])
    network = rng.integers(0, NETWORKS, n)
    return TrainingEvidence(p, pd.Series(y, index=index), pd.Series(index, index=index), features, network)


@pytest.fixture(scope="module")
def together():
    """Record and ECG mean something together that neither means alone."""
    return patients(1500, interaction=1.5)


@pytest.fixture(scope="module")
def fitted(together):
    return fit_fusion(together, QUICK)


def test_what_only_both_together_tell_is_found(together, fitted):
    by_name = {one.name: one for one in fitted.strategies}
    assert by_name["embedding"].log_loss < by_name["sum"].log_loss - 0.01
    assert by_name["joint"].log_loss < by_name["sum"].log_loss - 0.02
    assert fitted.correction is not None
    fresh = patients(1500, seed=9, interaction=1.5)
    model = fusion_model(("no_pe", "pe"), fitted, together.codes.to_numpy(), {})
    y = fresh.codes.to_numpy()
    gain = macro_auroc(y, model.apply(fresh.probabilities, fresh.features)) - macro_auroc(
        y, model.fusion.apply(fresh.probabilities)
    )
    assert gain > 0.01


def test_where_evidence_just_adds_up_the_plain_sum_is_kept():
    found = fit_fusion(patients(1200), QUICK)
    assert [one.name for one in found.strategies if one.chosen] == ["sum"]
    assert found.correction is None
    assert {one.name for one in found.strategies} == {"sum", "late", "embedding", "joint", "ehr", "ecg"}


def test_the_kept_way_is_within_a_standard_error_of_the_least(fitted):
    joined = [one for one in fitted.strategies if one.name not in ("ehr", "ecg")]
    least = min(joined, key=lambda one: one.log_loss)
    chosen = next(one for one in joined if one.chosen)
    assert least.difference == 0
    assert chosen.difference <= chosen.difference_se
    assert chosen.difference == pytest.approx(chosen.log_loss - least.log_loss, abs=1e-12)


@pytest.mark.parametrize("kind", ["embedding", "joint"])
def test_labels_that_mean_nothing_teach_nothing(kind):
    known = patients(900, seed=3)
    rng = np.random.default_rng(0)
    y = rng.permutation(known.codes.to_numpy())
    flat = np.tile(np.bincount(y) / len(y), (len(y), 1))
    folds = rng.integers(0, 5, len(y))
    assert known.features is not None
    assert known.network is not None
    grown = cross_grow(kind, TrainingPatients(known.features, known.network, y, flat, folds), QUICK)
    assert float(macro_auroc(y, grown.out_of_fold)) < 0.56
    assert log_losses(grown.out_of_fold, y).mean() > log_losses(flat, y).mean() - 0.01


@pytest.mark.parametrize("kind", ["embedding", "joint"])
def test_other_networks_embeddings_are_never_read(kind, together):
    assert together.features is not None
    assert together.network is not None
    strange = together.features.embedding.copy()
    own = np.eye(NETWORKS, dtype=bool)[together.network]
    strange[~own] = 1e6
    folds = np.arange(len(together.codes)) % 5
    y = together.codes.to_numpy()
    summed = together.probabilities["ehr"]

    def grown(embedding):
        features = replace(together.features, embedding=embedding)
        return cross_grow(kind, TrainingPatients(features, together.network, y, summed, folds), QUICK)

    first, second = grown(together.features.embedding), grown(strange)
    assert first.out_of_fold.tobytes() == second.out_of_fold.tobytes()


def test_parts_add_up_to_the_fused_log_odds(together, fitted):
    model = fusion_model(("no_pe", "pe"), fitted, together.codes.to_numpy(), {})
    intercepts, parts = model.contributions(together.probabilities, together.features)
    p = model.apply(together.probabilities, together.features)
    shares = np.array(model.fusion.shares)
    total = np.log(shares[1:] / shares[0]) + intercepts + parts.sum(axis=2)
    assert np.log(p[:, 1:] / p[:, :1]) == pytest.approx(total, abs=1e-6)


def test_a_patient_alone_is_the_same_as_among_others(together, fitted):
    model = fusion_model(("no_pe", "pe"), fitted, together.codes.to_numpy(), {})
    assert together.features is not None
    few = {name: p[:7] for name, p in together.probabilities.items()}
    all_at_once = model.apply(few, together.features.rows(np.arange(7)))
    for i in range(7):
        alone = model.apply(
            {name: p[i : i + 1] for name, p in few.items()}, together.features.rows(np.array([i]))
        )
        assert alone[0] == pytest.approx(all_at_once[i], abs=1e-9)


def test_a_correction_without_features_is_no_silent_sum(together, fitted):
    model = fusion_model(("no_pe", "pe"), fitted, together.codes.to_numpy(), {})
    with pytest.raises(ValueError, match="record and recording"):
        model.apply(together.probabilities)


class Stored:
    """Files in memory, as a verified artifact gives them."""

    def __init__(self, model) -> None:
        binary, rest, arrays = storage.to_parts(model)
        self.files = {**binary, storage.MODEL: to_json_bytes(rest)}
        self.arrays = arrays
        assert to_npz_bytes(arrays)

    def read(self, name):
        return self.files[name]

    def read_json(self, name):
        return json.loads(self.files[name])

    def read_arrays(self, name):
        return dict(self.arrays)


@pytest.fixture(scope="module", params=["embedding", "joint"])
def of_kind(request, together):
    """A model of each kind, whichever was the better."""
    from core.fusion.growing import grow_all
    from core.fusion.late import plain_sum

    y = together.codes.to_numpy()
    summed = plain_sum(np.bincount(y) / len(y))
    p = summed.apply(together.probabilities)
    training = TrainingPatients(together.features, together.network, y, p, np.arange(len(y)) % 5)
    grown = cross_grow(request.param, training, QUICK)
    correction = grow_all(request.param, grown.steps, training, QUICK)
    base = fit_fusion(replace(together, features=None, network=None), QUICK)
    whole = replace(base, fusion=summed, correction=correction, out_of_fold=grown.out_of_fold)
    return fusion_model(("no_pe", "pe"), whole, y, {"ehr": "a", "ecg": "b"})


def test_a_stored_model_answers_as_before(of_kind, together):
    again = storage.from_files(Stored(of_kind))
    before = of_kind.apply(together.probabilities, together.features)
    assert again.apply(together.probabilities, together.features) == pytest.approx(before, abs=1e-7)
    assert again.weights == of_kind.weights
    assert again.bases == of_kind.bases


def test_a_damaged_correction_is_a_named_error(of_kind):
    for key in list(Stored(of_kind).arrays):
        stored = Stored(of_kind)
        del stored.arrays[key]
        with pytest.raises(ArtifactError):
            storage.from_files(stored)
    stored = Stored(of_kind)
    rest = stored.read_json(storage.MODEL)
    stored.files[storage.MODEL] = to_json_bytes({**rest, "correction": "magic"})
    with pytest.raises(ArtifactError):
        storage.from_files(stored)


def test_three_classes_keep_their_shape():
    known = patients(900, seed=5, interaction=1.0, k=3)
    found = fit_fusion(known, QUICK)
    assert found.out_of_fold.shape == (900, 3)
    assert found.out_of_fold.sum(axis=1) == pytest.approx(1.0)


def test_small_pieces():
    assert corrected(np.array([[0.5, 0.5]]), np.array([[np.log(3.0)]]))[0] == pytest.approx([0.25, 0.75])
    one = patients(10).features
    assert one is not None
    assert len(joined_features([one, one])) == 20
    assert one.typical().record.shape == (1, 4)
