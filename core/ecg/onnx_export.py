"""Trained networks as one ONNX graph: logits and embeddings, normalisation folded into the convolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.ecg.network_input import WINDOW_SAMPLES
from core.ecg.recording import LEADS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import nn

    from core.ecg.network import ResidualBlock, ResidualNetwork

INPUT, OUTPUT, EMBEDDING, EACH = "windows", "logits", "embedding", "each"
# what ONNX Runtime of several years back still reads
_OPSET = 17
_IR_VERSION = 8


def to_onnx(networks: Sequence[ResidualNetwork]) -> bytes:
    """Write networks as one graph from windows (n, 12, 1000) to mean logits (n, classes).

    Its other outputs are what each network pools before its last layer, (n, networks, 2 x width), and the logits of
    each, (n, networks, classes).

    The graph is built operator by operator from the weights, not traced: the same weights give the same bytes, whatever
    the version of torch.
    """
    from onnx import TensorProto, checker, helper

    graph = _Graph()
    pooled = [_pooled(graph, f"n{number}", network) for number, network in enumerate(networks)]
    outputs = [
        _head(graph, f"n{number}", network, layer)
        for number, (network, layer) in enumerate(zip(networks, pooled, strict=True))
    ]
    axis = graph.constant("axis", np.array([1], np.int64))
    for name, layers in ((EMBEDDING, pooled), (EACH, outputs)):
        graph.add("Concat", [graph.add("Unsqueeze", [layer, axis]) for layer in layers], output=name, axis=1)
    total = graph.add("Sum", outputs) if len(outputs) > 1 else outputs[0]
    share = graph.constant("share", np.array(1.0 / len(outputs), np.float32))
    graph.add("Mul", [total, share], output=OUTPUT)
    n_classes = networks[0].head.out_features
    shape_in: list[str | int | None] = ["n", len(LEADS), WINDOW_SAMPLES]
    shapes_out: dict[str, list[str | int | None]] = {
        OUTPUT: ["n", n_classes],
        EMBEDDING: ["n", len(networks), networks[0].head.in_features],
        EACH: ["n", len(networks), n_classes],
    }
    made = helper.make_graph(
        graph.nodes,
        "ecg",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, shape_in)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes_out.items()],
        graph.weights,
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", _OPSET)], producer_name="core.ecg")
    model.ir_version = _IR_VERSION
    checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


class _Graph:
    """Nodes and weights as they are added; a node's output is named after its place."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []

    def constant(self, name: str, values: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(self, kind: str, inputs: list[str], output: str | None = None, **attributes: Any) -> str:
        from onnx import helper

        output = output or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output


def _pooled(graph: _Graph, name: str, network: ResidualNetwork) -> str:
    layer = _convolution(graph, f"{name}.stem", INPUT, network.stem, network.stem_norm)
    layer = graph.add("Relu", [layer])
    for number, block in enumerate(network.blocks):
        layer = _block(graph, f"{name}.{number}", layer, block)  # type: ignore[arg-type]
    mean = graph.add("ReduceMean", [layer], axes=[2], keepdims=0)
    largest = graph.add("ReduceMax", [layer], axes=[2], keepdims=0)
    return graph.add("Concat", [mean, largest], axis=1)


def _head(graph: _Graph, name: str, network: ResidualNetwork, pooled: str) -> str:
    weight = graph.constant(f"{name}.head.weight", _array(network.head.weight))
    bias = graph.constant(f"{name}.head.bias", _array(network.head.bias))
    return graph.add("Gemm", [pooled, weight, bias], transB=1)


def _block(graph: _Graph, name: str, layer: str, block: ResidualBlock) -> str:
    inner = graph.add("Relu", [_convolution(graph, f"{name}.first", layer, block.first, block.first_norm)])
    inner = _convolution(graph, f"{name}.second", inner, block.second, block.second_norm)
    if block.pool is not None:
        stride = int(block.first.stride[0])
        layer = graph.add(
            "AveragePool", [layer], kernel_shape=[stride], strides=[stride], ceil_mode=1, count_include_pad=0
        )
    if block.shortcut is not None:
        layer = _convolution(graph, f"{name}.shortcut", layer, block.shortcut, None)
    return graph.add("Relu", [graph.add("Add", [layer, inner])])


def _convolution(
    graph: _Graph, name: str, layer: str, convolution: nn.Conv1d, norm: nn.BatchNorm1d | None
) -> str:
    """Add a convolution; the normalisation behind it is a scale and a shift of its weights."""
    weight = _array(convolution.weight).astype(np.float64)
    bias = (
        np.zeros(weight.shape[0]) if convolution.bias is None else _array(convolution.bias).astype(np.float64)
    )
    if norm is not None:
        assert norm.running_var is not None
        assert norm.running_mean is not None
        scale = _array(norm.weight) / np.sqrt(_array(norm.running_var).astype(np.float64) + norm.eps)
        weight = weight * scale[:, None, None]
        bias = (bias - _array(norm.running_mean)) * scale + _array(norm.bias)
    pad = int(convolution.padding[0])
    return graph.add(
        "Conv",
        [
            layer,
            graph.constant(f"{name}.weight", weight.astype(np.float32)),
            graph.constant(f"{name}.bias", bias.astype(np.float32)),
        ],
        kernel_shape=[int(convolution.kernel_size[0])],
        strides=[int(convolution.stride[0])],
        pads=[pad, pad],
    )


def _array(tensor: Any) -> NDArray[Any]:
    return np.asarray(tensor.detach().cpu().numpy())
