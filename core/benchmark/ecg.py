"""Figures of the saved ECG model: speed from bytes to probability, what a page sends, accuracy on fresh recordings."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

from core.benchmark.figure import Figure, Scale, figure, median_ms

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from core.ecg.model import EcgModel
    from core.ecg.recording import Recording

_TASK = "diagnosis"
# no cohort that anyone trains on has this seed
_FRESH_SEED = 20_261_122
_IMPORT_REPEATS = 5


def one_recording(scale: Scale, root: Path) -> list[Figure]:
    """From the bytes of a file to signs and probability; and what the page sends to draw it."""
    from core.charts.ecg_paper import ecg_paper
    from core.ecg.interpretation import read_ecg
    from core.ecg.network_input import windows
    from core.ecg.reading import read_recording
    from core.ecg.recording import LEADS
    from core.ecg.simulator import simulate
    from core.ecg.writing import example_files
    from core.prediction import predict_ecg

    recording = simulate(_FRESH_SEED, 1, stratum="high", severity=2.0).recording
    (name, content), *_ = example_files(recording, "muse").items()
    leads = dict(zip(LEADS, recording.signal, strict=True))
    chart = ecg_paper(leads, recording.rate_hz, language="zh", synthetic=True)
    sent = len(chart.figure.to_json().encode()) / 1000
    figures = [figure("ecg_page_payload", sent, "kB", "one figure, 3 x 4 and rhythm strip", at_most=400)]
    model = _model(root)
    if isinstance(model, str):
        return [*figures, figure("ecg_one_recording", None, "ms", model, at_most=150)]

    def whole() -> object:
        return predict_ecg(model, [("one", read_ecg(read_recording(content, name)))], _TASK)

    reading = median_ms(lambda: read_ecg(recording), scale.repeats)
    x = windows(recording)
    network = median_ms(lambda: model.network.logits(x), scale.repeats)
    detail = f"MUSE file, 10 s at 500 Hz; of it measuring {reading:.0f} ms, network {network:.2f} ms"
    figures.append(figure("ecg_one_recording", median_ms(whole, scale.repeats), "ms", detail, at_most=150))
    return figures


def imports(_: Scale, __: Path) -> list[Figure]:
    """What a process pays to serve the network by ONNX Runtime, beside torch."""
    seconds = {name: _import_seconds(name) for name in ("torch", "onnxruntime")}
    detail = ", ".join(f"{name} {value:.2f} s" for name, value in seconds.items())
    return [figure("import_torch_vs_onnxruntime", seconds["torch"] / seconds["onnxruntime"], "ratio", detail)]


def attribution(scale: Scale, root: Path) -> list[Figure]:
    """See ``core.benchmark.attribution``; with the saved model."""
    from core.benchmark.attribution import attribution_figures

    model = _model(root)
    if isinstance(model, str):
        return [figure("attribution_one_recording", None, "ms", model, at_most=500)]
    return attribution_figures(model.score, n_recordings=scale.attributions, repeats=scale.repeats)


def accuracy(scale: Scale, root: Path) -> list[Figure]:
    """AUROC on fresh synthetic recordings, as a share of what an ideal reader of the signs reaches."""
    from core._training_ecg import known_truth
    from core.evaluation import auroc_interval, delong_test, share_reached
    from core.recordings import read_each, recordings_of
    from core.training import built_in_cohort

    model = _model(root)
    if isinstance(model, str):
        return [figure("ecg_share_of_oracle", None, "fraction", model, at_least=0.9)]
    cohort = built_in_cohort(scale.fresh_recordings, seed=_FRESH_SEED)
    patients = cohort.labels.index
    known = known_truth(cohort, patients)
    assert known is not None
    cut, _ = read_each(recordings_of(cohort), patients, _cut)
    score = model.forecast_windows([cut[patient] for patient in patients]).calibrated[:, 1]
    event, oracle = (cohort.labels["pe"] == 1).to_numpy(), known["p_pe"].to_numpy()
    reached = share_reached(event, score, oracle)
    area, best = auroc_interval(event, score).interval, auroc_interval(event, oracle).interval
    against = delong_test(event, score, oracle)
    detail = (
        f"{len(patients)} fresh synthetic recordings: AUROC {area.value:.3f} ({area.low:.3f}-{area.high:.3f}), "
        f"ideal reader {best.value:.3f}; share {reached.low:.2f}-{reached.high:.2f}"
    )
    difference = f"network less ideal reader, {against.difference.low:.3f} to {against.difference.high:.3f}"
    return [
        figure("ecg_share_of_oracle", reached.value, "fraction", detail, at_least=0.9),
        # positive only where the network beats the best possible beyond its interval
        figure("ecg_beyond_oracle", against.difference.low, "fraction", difference, at_most=0),
    ]


def _cut(recording: Recording) -> NDArray[np.float32]:
    from core.ecg.network_input import windows

    return windows(recording)


def _model(root: Path) -> EcgModel | str:
    """Return the saved model, or why there is none."""
    from core.errors import InputError
    from core.training import load_ecg_model

    try:
        return load_ecg_model(root, _TASK)[1]
    except InputError as error:
        return str(error)


def _import_seconds(name: str) -> float:
    """Least time of several processes to import a library, less that of a bare interpreter."""

    def spent(code: str) -> float:
        def once() -> float:
            begin = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            return time.perf_counter() - begin

        return min(once() for _ in range(_IMPORT_REPEATS))

    return max(spent(f"import numpy, {name}") - spent("import numpy"), 1e-3)
