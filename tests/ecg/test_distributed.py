"""Two processes under torch's launcher train the network that one would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
from dataclasses import replace
import numpy as np
from core import launched
from core.ecg.network import ResidualNetwork
from core.ecg.network_settings import Layout, NetworkSettings
from core.ecg.network_training import train_network

rng = np.random.default_rng(0)
y = (rng.random(75) < 0.4).astype(np.int64)
x = rng.normal(0, 0.1, (75, 12, 1000)).astype(np.float32)
x[:, 0] += 0.3 * y[:, None] * np.sin(np.arange(1000) / 9)
settings = replace(NetworkSettings(), epochs=2, least_steps=2, layout=Layout(widths=(4, 6)), batch=32)
found = train_network(
    lambda: ResidualNetwork(settings.layout, 2, 0.2), (x[:55], y[:55]), (x[55:], y[55:]), settings, 3
)
if launched.rank() == 0:
    losses = np.array([[one.train_loss, one.watched_loss] for one in found.epochs])
    weights = {key: value.numpy() for key, value in found.network.state_dict().items()}
    np.savez(sys.argv[1], losses=losses, **weights)
"""


def trained(folder: Path, processes: int) -> dict[str, np.ndarray]:
    script, out = folder / "script.py", folder / f"{processes}.npz"
    script.write_text(SCRIPT, encoding="utf-8")
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    subprocess.run(
        [sys.executable, *(launcher if processes > 1 else []), str(script), str(out)],
        check=True,
        env=environment,
        capture_output=True,
        timeout=300,
    )
    with np.load(out) as stored:
        return {key: stored[key] for key in stored.files}


@pytest.mark.skipif(sys.platform != "linux", reason="torch's launcher and gloo are tried on Linux")
def test_two_processes_train_the_same_network_as_one(tmp_path):
    one, two = trained(tmp_path, 1), trained(tmp_path, 2)
    assert two.keys() == one.keys()
    for key, values in one.items():
        assert two[key] == pytest.approx(values, abs=1e-5), key
    # it did learn: else equal weights would say nothing
    assert one["losses"][-1, 0] < one["losses"][0, 0]
