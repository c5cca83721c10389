"""summary: what a model is made of, found by running it once: layers, output shapes, parameters, multiply-adds."""

from functools import partial
from typing import Any, NamedTuple

import autograd
from autograd import Tensor
from autograd.errors import ArgumentTypeError

from .attention import MultiheadAttention
from .convolution import _Conv
from .linear import Bilinear, Linear
from .module import Module
from .recurrent import RNNBase
from .recurrent_cells import RNNCellBase
from .transposed_convolution import _ConvTranspose


class Layer(NamedTuple):
    """One module as it was called: where it is, what it gave, and what it costs."""

    path: str
    kind: str
    output: str
    parameters: int
    multiply_adds: int


class Summary:
    """The layers in the order of their calls, and the totals; prints as a table."""

    def __init__(self, name: str, layers: list[Layer], parameters: int, trainable: int) -> None:
        self.name = name
        self.layers = layers
        self.parameters = parameters
        self.trainable_parameters = trainable
        self.multiply_adds: int = sum(layer.multiply_adds for layer in layers)

    def __repr__(self) -> str:
        rows: list[tuple[str, ...]] = [("layer", "kind", "output shape", "parameters", "multiply-adds")]
        for layer in self.layers:
            counts = (f"{n:,}" if n else "-" for n in (layer.parameters, layer.multiply_adds))
            rows.append((layer.path or "(model)", layer.kind, layer.output, *counts))
        widths = [max(len(row[k]) for row in rows) for k in range(5)]
        lines = [
            "  ".join(cell.ljust(w) if k < 3 else cell.rjust(w) for k, (cell, w) in enumerate(zip(row, widths, strict=True)))
            for row in rows
        ]
        rule = "-" * len(lines[0])
        totals = (
            f"{self.name}: {self.parameters:,} parameters, {self.trainable_parameters:,} of them trainable, "
            f"{self.multiply_adds:,} multiply-adds"
        )
        return "\n".join([lines[0].rstrip(), rule, *(line.rstrip() for line in lines[1:]), rule, totals])


def _per_output(module: Any, inputs: tuple[Any, ...], output: Tensor) -> int:
    return module.weight.numel() * output.numel() // module.weight.shape[0]


def _per_input(module: Any, inputs: tuple[Any, ...], output: Tensor) -> int:
    return module.weight.numel() * inputs[0].numel() // module.weight.shape[0]


def _per_vector(module: Any, inputs: tuple[Any, ...], output: Any) -> int:
    data = getattr(inputs[0], "data", inputs[0])  # a packed sequence holds its vectors there
    vectors = data.numel() // module.input_size
    return vectors * sum(p.numel() for p in module.parameters() if p.ndim == 2)


def _attention(module: Any, inputs: tuple[Any, ...], output: Any) -> int:
    """The projections of query, key and value, the scores of all pairs, and the weighted sums; out_proj has a row."""
    query, key, value = (t.numel() // t.shape[-1] for t in inputs[:3])
    e = module.embed_dim
    batch = 1 if inputs[0].ndim == 2 else inputs[0].shape[0 if module.batch_first else 1]
    projections = query * e * e + key * inputs[1].shape[-1] * e + value * inputs[2].shape[-1] * e
    return projections + 2 * query * (key // batch) * e


_COUNTERS = (
    ((Linear, Bilinear, _Conv), _per_output),
    ((_ConvTranspose,), _per_input),
    ((RNNBase, RNNCellBase), _per_vector),
    ((MultiheadAttention,), _attention),
)


class _Recorder:
    """Hooks that write a row when a module is called: opened before its children's, filled in after."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self.open: list[int] = []
        self.counted: set[int] = set()

    def before(self, module: Module, args: tuple[Any, ...]) -> None:
        self.open.append(len(self.rows))
        self.rows.append(None)

    def after(self, path: str, module: Module, args: tuple[Any, ...], output: Any) -> None:
        own = [p for p in module.parameters(recurse=False) if id(p) not in self.counted]
        self.counted.update(id(p) for p in own)
        cost = next((count(module, args, output) for kinds, count in _COUNTERS if isinstance(module, kinds)), 0)
        kind = type(module).__name__
        self.rows[self.open.pop()] = Layer(path, kind, _shape(output), sum(p.numel() for p in own), cost)


def _shape(output: Any) -> str:
    if isinstance(output, Tensor):
        return str(tuple(output.shape))
    if isinstance(output, (tuple, list)):
        return ", ".join(_shape(part) for part in output if part is not None)
    return type(output).__name__


def summary(model: Module, *inputs: Any) -> Summary:
    """Run `model` once on `inputs` (tensors, or the shape of one) and tell what it is made of.

    The run is in evaluation mode and not recorded, so nothing in the model changes. Multiply-adds are those of the
    weights: each weight of a linear, convolutional or recurrent layer is used once for every position of its output.

    >>> import nn
    >>> nn.summary(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)), (3, 4))
    layer    kind        output shape  parameters  multiply-adds
    ------------------------------------------------------------
    (model)  Sequential  (3, 2)                 -              -
    0        Linear      (3, 8)                40             96
    1        ReLU        (3, 8)                 -              -
    2        Linear      (3, 2)                18             48
    ------------------------------------------------------------
    Sequential: 58 parameters, 58 of them trainable, 144 multiply-adds
    """
    if len(inputs) == 1 and isinstance(inputs[0], (tuple, list)) and all(isinstance(n, int) for n in inputs[0]):
        inputs = (autograd.zeros(*inputs[0]),)
    if not inputs:
        raise ArgumentTypeError("summary: give the model's inputs, or the shape of its only one: summary(model, (1, 64))")
    recorder = _Recorder()
    handles, modes = [], [(module, module.training) for module in model.modules()]
    for path, module in model.named_modules():
        handles.append(module.register_forward_pre_hook(recorder.before))
        handles.append(module.register_forward_hook(partial(recorder.after, path)))
    try:
        model.eval()
        with autograd.no_grad():
            model(*inputs)
    finally:
        for handle in handles:
            handle.remove()
        for module, mode in modes:
            module.training = mode
    every = list(model.parameters())
    return Summary(
        type(model).__name__,
        recorder.rows,
        sum(p.numel() for p in every),
        sum(p.numel() for p in every if p.requires_grad),
    )
