"""The trained network as it serves: ONNX Runtime, no torch."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.ecg.network_input import WINDOW_SAMPLES
from core.ecg.onnx_export import EACH, EMBEDDING, OUTPUT
from core.ecg.recording import LEADS
from core.errors import ArtifactError
from core.threads import threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BATCH = 256


@dataclass(frozen=True)
class ServedNetwork:
    """A network out of its ONNX bytes.

    Attributes
    ----------
    content
        The ONNX file.
    """

    content: bytes

    @functools.cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads()
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # an arena would keep what one batch needed for as long as the network lives, and is no faster here
        options.enable_cpu_mem_arena = False
        try:
            return onnxruntime.InferenceSession(self.content, options, providers=["CPUExecutionProvider"])
        # the runtime's own errors share no base but this
        except Exception as error:
            raise ArtifactError(
                "errors.artifact_part", part="network.onnx", reason=" ".join(str(error).split())[:80]
            ) from error

    def check(self, n_classes: int) -> None:
        """Raise an ``ArtifactError`` unless windows go in, and logits of so many classes and embeddings come out.

        An export of before the single networks' logits were written is refused too.
        """
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        shapes = [list(one.shape)[1:] for one in (*inputs, *outputs)]
        names = [one.name for one in outputs]
        known = [[len(LEADS), WINDOW_SAMPLES], [n_classes]]
        fits = shapes[:2] == known and names == [OUTPUT, EMBEDDING, EACH] and len(shapes[2]) == 2
        if not fits or shapes[3] != [shapes[2][0], n_classes]:
            raise ArtifactError("errors.artifact_part", part="network.onnx", reason=f"shapes {shapes}")

    def logits(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """Logits (n, classes) of windows (n, 12, 1000) in mV."""
        return self._run(x, OUTPUT)

    def embeddings(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """What each network pools of windows before its last layer, (n, networks, e)."""
        return self._run(x, EMBEDDING)

    def logits_of_each(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """Logits of each network by itself, (n, networks, classes); ``logits`` is their mean."""
        return self._run(x, EACH)

    def _run(self, x: NDArray[np.float32], output: str) -> NDArray[np.float64]:
        name = self._session.get_inputs()[0].name
        parts = [
            self._session.run([output], {name: x[start : start + _BATCH]})[0]
            for start in range(0, len(x), _BATCH)
        ]
        return np.concatenate(parts).astype(np.float64)
