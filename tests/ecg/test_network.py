from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.ecg import storage
from core.ecg.fitting import TrainingRecordings, fit_ecg
from core.ecg.model import mean_by_recording, probabilities
from core.ecg.network_settings import Layout, NetworkSettings
from core.ecg.serving import ServedNetwork
from core.errors import ArtifactError
from core.evaluation import fit_conformal

torch = pytest.importorskip("torch")

TINY = NetworkSettings(
    n_folds=2,
    epochs=10,
    least_steps=60,
    most_epochs=20,
    batch=16,
    layout=Layout(widths=(8, 8), stem_kernel=15, stem_stride=8, kernel=5),
    rivals=("convolutional", "minirocket", "measurements"),
)


def spikes(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Windows with a beat a second; in class 1 the beat of V1 is upside down."""
    rng = np.random.default_rng(seed)
    codes = np.arange(n) % 2
    x = 0.05 * rng.standard_normal((n, 12, 1000))
    place = rng.integers(0, 100, n)
    for row in range(n):
        beats = np.arange(place[row], 1000, 100)
        x[row, :, beats] += 1.0
        if codes[row]:
            x[row, 6, beats] -= 2.0
    return x.astype(np.float32), codes.astype(np.int64)


@pytest.fixture(scope="module")
def fitted():
    x, codes = spikes(96)
    index = pd.Index([f"p{k}" for k in range(len(codes))])
    measured = np.random.default_rng(0).standard_normal((len(codes), 4))
    recordings = TrainingRecordings(
        [x[k : k + 1] for k in range(len(codes))],
        pd.Series(codes, index=index),
        pd.Series(index, index=index),
        measured,
    )
    return fit_ecg(recordings, ("no_pe", "pe"), TINY)


def test_an_inverted_beat_is_learnt(fitted):
    x, codes = spikes(40, seed=9)
    calibrated = fitted.model.forecast_windows([row[None] for row in x]).calibrated
    assert ((calibrated[:, 1] > 0.5) == (codes == 1)).mean() > 0.9
    assert calibrated.sum(axis=1) == pytest.approx(1.0)


def test_onnx_and_torch_give_the_same_probability(fitted):
    from core.ecg.network_training import logits_of

    x, _ = spikes(7, seed=3)
    x[0, 4] = 0
    mean = np.mean([logits_of(network, x) for network in fitted.networks], axis=0)
    assert probabilities(fitted.model.network.logits(x)) == pytest.approx(probabilities(mean), abs=1e-5)


def test_each_network_by_itself_says_what_torch_says(fitted):
    from core.ecg.network_training import logits_of

    x, _ = spikes(5, seed=4)
    said = fitted.model.forecast_windows([row[None] for row in x])
    for place, network in enumerate(fitted.networks):
        alone = fitted.model.recalibration.apply(probabilities(logits_of(network, x)))
        assert said.each[:, place] == pytest.approx(alone, abs=1e-5)
    served = fitted.model.network
    assert served.logits_of_each(x).mean(axis=1) == pytest.approx(served.logits(x), abs=1e-5)


def test_prediction_sets_ask_the_first_network_with_thresholds_of_its_own_fold(fitted):
    own = fitted.folds == 0
    codes = spikes(96)[1]
    expected = fit_conformal(codes[own], fitted.out_of_fold["p"][own])
    assert fitted.model.conformal == expected
    x, _ = spikes(30, seed=11)
    # halfway between the classes, where sets are not all alike
    mixed = [(row + other)[None] / 2 for row, other in zip(x[::2], x[1::2], strict=True)]
    said = fitted.model.forecast_windows(mixed)
    assert (fitted.model.sets(said) == expected.sets(said.each[:, 0])).all()


def test_each_out_of_fold_row_comes_from_a_network_that_did_not_train_on_it(fitted):
    from core.cohort.split import deal
    from core.ecg.network_training import logits_of

    x, codes = spikes(96)
    index = pd.Index([f"p{k}" for k in range(96)])
    folds = deal(pd.Series(codes, index=index), pd.Series(index, index=index), 2, TINY.seed)
    for fold, network in enumerate(fitted.networks):
        held = folds == fold
        assert fitted.out_of_fold["raw"][held] == pytest.approx(
            probabilities(logits_of(network, x[held])), abs=1e-6
        )


def test_same_seed_same_bytes(fitted):
    x, codes = spikes(96)
    index = pd.Index([f"p{k}" for k in range(96)])
    recordings = TrainingRecordings(
        [x[k : k + 1] for k in range(96)], pd.Series(codes, index=index), pd.Series(index, index=index)
    )
    again = fit_ecg(recordings, ("no_pe", "pe"), replace(TINY, rivals=()))
    assert again.model.network.content == fitted.model.network.content
    assert again.model.recalibration == fitted.model.recalibration
    assert again.model.thresholds == fitted.model.thresholds


def test_shuffled_classes_cannot_be_learnt():
    x, codes = spikes(96)
    shuffled = np.random.default_rng(1).permutation(codes)
    index = pd.Index([f"p{k}" for k in range(96)])
    recordings = TrainingRecordings(
        [x[k : k + 1] for k in range(96)], pd.Series(shuffled, index=index), pd.Series(index, index=index)
    )
    fitted = fit_ecg(recordings, ("no_pe", "pe"), replace(TINY, rivals=()))
    p = fitted.out_of_fold["raw"][:, 1]
    hits = ((p > 0.5) == (shuffled == 1)).mean()
    assert 0.3 < hits < 0.7


def test_rivals_are_judged_on_the_same_fold(fitted):
    names = [rival.name for rival in fitted.rivals]
    assert names == ["residual", "convolutional", "minirocket", "measurements"]
    assert all(
        0 <= rival.auroc["low"] <= rival.auroc["value"] <= rival.auroc["high"] <= 1 for rival in fitted.rivals
    )
    # the measurements of these rows are noise, the windows are not
    by_name = {rival.name: rival.auroc["value"] for rival in fitted.rivals}
    assert by_name["residual"] > by_name["measurements"]


def test_windows_of_one_recording_are_averaged(fitted):
    x, _ = spikes(4, seed=5)
    logits = fitted.model.network.logits(x)
    assert mean_by_recording(logits, [1, 3])[1] == pytest.approx(logits[1:].mean(axis=0))
    assert fitted.model.forecast_windows([x[:1], x[1:]]).raw == pytest.approx(
        probabilities(mean_by_recording(logits, [1, 3]))
    )


def test_a_recording_alone_gets_what_it_gets_among_others(fitted):
    x, _ = spikes(20, seed=6)
    together = fitted.model.forecast_windows([row[None] for row in x]).calibrated
    alone = np.vstack([fitted.model.forecast_windows([row[None]]).calibrated for row in x])
    assert alone == pytest.approx(together, abs=1e-6)


def test_score_is_the_log_odds(fitted):
    x, _ = spikes(5, seed=2)
    p = probabilities(fitted.model.network.logits(x))[:, 1]
    assert fitted.model.score(x) == pytest.approx(np.log(p / (1 - p)), rel=1e-6)


class Folder:
    def __init__(self, files, rest):
        self.files, self.rest = files, rest

    def read(self, name):
        return self.files[name]

    def read_json(self, name):
        assert name == storage.MODEL
        return self.rest


def test_a_stored_model_answers_as_before(fitted):
    files, rest = storage.to_parts(fitted.model, fitted.networks)
    again = storage.from_files(Folder(files, rest))
    x, _ = spikes(3, seed=4)
    said, expected = (one.forecast_windows([x]).calibrated for one in (again, fitted.model))
    assert said.tobytes() == expected.tobytes()
    assert again.thresholds == fitted.model.thresholds


@pytest.mark.parametrize("damage", ["network", "classes", "weights", "recalibration"])
def test_a_damaged_model_is_a_named_error(fitted, damage):
    files, rest = storage.to_parts(fitted.model, fitted.networks)
    if damage == "network":
        files = {**files, storage.NETWORK: files[storage.NETWORK][:1000]}
    elif damage == "classes":
        rest = {**rest, "classes": ["no_pe", "pe", "maybe"]}
    else:
        rest = {key: value for key, value in rest.items() if key != damage}
    with pytest.raises(ArtifactError):
        storage.from_files(Folder(files, rest))


def test_serving_imports_no_torch():
    import subprocess
    import sys

    code = "import sys; import core.ecg.storage, core.ecg.model, core.ecg.serving; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_onnx_is_no_network():
    with pytest.raises(ArtifactError):
        ServedNetwork(b"nothing").check(2)
