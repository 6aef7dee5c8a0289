"""The attribution depends on what the network has learnt: the shipped one against one with random weights."""

from __future__ import annotations

import numpy as np
import pytest

from core.artifacts import DEFAULT_FOLDER
from core.ecg.attribution import attribute
from core.ecg.attribution_faithfulness import randomisation_similarity
from core.ecg.model import EcgModel
from core.ecg.network_input import windows
from core.ecg.network_settings import NetworkSettings
from core.ecg.onnx_export import to_onnx
from core.ecg.serving import ServedNetwork
from core.ecg.simulator import simulate
from core.evaluation import ConformalThresholds, Recalibration
from core.training import load_ecg_model

torch = pytest.importorskip("torch")

CLASSES = ("no_pe", "pe")


@pytest.fixture(scope="module")
def recordings():
    kinds = (("high", 2.0), ("control", 0.0), ("other", 1.0), ("control", 0.0), ("high", 1.0), ("other", 0.0))
    return [
        windows(simulate(77, number, stratum=stratum, severity=severity).recording)
        for number, (stratum, severity) in enumerate(kinds)
    ]


def random_network(seed: int) -> EcgModel:
    from core.ecg.network import ResidualNetwork

    torch.manual_seed(seed)
    network = ResidualNetwork(NetworkSettings().layout, len(CLASSES), 0.0).eval()
    same = Recalibration((1.0, 1.0), (0.0, 0.0))
    none = ConformalThresholds(0.1, (1.0, 1.0), (1, 1))
    return EcgModel(CLASSES, ServedNetwork(to_onnx([network])), same, none, (1.0, 1.0), {})


def test_random_weights_give_another_map(recordings):
    _, shipped = load_ecg_model(DEFAULT_FOLDER, "diagnosis")
    shuffled = random_network(5)
    found = []
    for x in recordings:
        learnt, random = attribute(shipped.score, x), attribute(shuffled.score, x)
        found.append(randomisation_similarity(learnt.values, random.values))
    assert abs(np.median(found)) < 0.4


def test_the_shipped_network_agrees_with_itself(recordings):
    _, shipped = load_ecg_model(DEFAULT_FOLDER, "diagnosis")
    again = [attribute(shipped.score, x).values for x in recordings[:2]]
    for x, before in zip(recordings, again, strict=False):
        assert randomisation_similarity(attribute(shipped.score, x).values, before) == pytest.approx(1.0)
