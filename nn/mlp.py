"""MLP: a multilayer perceptron from its sizes, initialised so that signals keep their scale through any depth."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError, ArgumentTypeError

from . import init
from .activation import Activation
from .batchnorm import BatchNorm1d
from .containers import Sequential
from .dropout import Dropout
from .linear import Linear
from .module import Module
from .normalization import LayerNorm, RMSNorm

_NORMALIZATIONS = {"batch": BatchNorm1d, "layer": LayerNorm, "rms": RMSNorm}

Maker = str | Callable[..., Module]


def _activations() -> dict[str, type[Module]]:
    return {kind.__name__.lower(): kind for kind in Activation.__subclasses__()}


def _maker(what: str, given: Maker, named: dict[str, Any]) -> Callable[..., Module]:
    """The class or factory that a name stands for."""
    if not isinstance(given, str):
        if isinstance(given, Module) or not callable(given):
            raise ArgumentTypeError(
                f"MLP: {what} must be a name, a class or a factory, got {type(given).__name__}: every layer needs its own"
            )
        return given
    found = named.get(given.lower().replace("_", ""))
    if found is None:
        raise ArgumentError(f"MLP: unknown {what} {given!r}; known are {', '.join(sorted(named))}, or pass a class")
    return found


class Residual(Sequential):
    """x + f(x), f the chain of modules that it is made of (He et al., 2016).

    >>> import autograd, nn
    >>> nn.Residual(nn.ReLU())(autograd.tensor([-1.0, 2.0]))
    tensor([-1.,  4.])
    """

    def forward(self, input: Any) -> Tensor:
        """The input plus what the chain makes of it."""
        return input + super().forward(input)


class MLP(Sequential):
    """Linear layers of the given sizes with an activation between them.

    `sizes` lists features from input to output. `activation` is a name ("relu", "tanh", "gelu", ...), a class or a
    factory. `normalization` ("batch", "layer", "rms" or a class) goes before the activation and `dropout` after it. With
    `residual`, a hidden layer whose sizes are equal adds to its input. The weights of a layer that feeds the activation f
    are normal with variance 1 / (fan_in E[f(z)**2]), z standard normal, and the biases zero, so that the variance of
    pre-activations stays near 1 through any depth; residual branches divide theirs by the number of branches. For gelu,
    silu, mish and hardswish no initialisation does that, as they are steeper where x is large: give deep ones a
    normalization.

    >>> import autograd, nn
    >>> nn.MLP([4, 8, 2], "tanh", dropout=0.1)
    MLP(
      (0): Linear(in_features=4, out_features=8, bias=True)
      (1): Tanh()
      (2): Dropout(p=0.1, inplace=False)
      (3): Linear(in_features=8, out_features=2, bias=True)
    )
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: Maker = "relu",
        *,
        normalization: Maker | None = None,
        dropout: float = 0.0,
        residual: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if len(sizes) < 2:
            raise ArgumentError(f"MLP: sizes must list at least input and output, got {list(sizes)}")
        like = {"device": device, "dtype": dtype}
        make_activation = _maker("activation", activation, _activations())
        make_norm = None if normalization is None else _maker("normalization", normalization, _NORMALIZATIONS)
        gain = init.fitting_gain(make_activation())
        *hidden, (last_in, last_out) = pairwise(sizes)
        branches = sum(a == b for a, b in hidden) if residual else 0
        signal = 1.0  # the gain that undoes what the layer before does to the variance: the first sees the data
        for n_in, n_out in hidden:
            linear = Linear(n_in, n_out, bias, **like)
            block: list[Module] = [linear]
            if make_norm is not None:
                block.append(make_norm(n_out, **like))
            block.append(make_activation().to(dtype=dtype))
            if dropout:
                block.append(Dropout(dropout))
            if residual and n_in == n_out:
                self.append(Residual(*block))
                _start(linear, gain / branches**0.5)
            else:
                self.extend(block)
                _start(linear, signal)
            signal = gain
        last = Linear(last_in, last_out, bias, **like)
        _start(last, 1.0)
        self.append(last)

    def _like(self, chosen: list[tuple[str, Any]]) -> Sequential:
        return Sequential(OrderedDict(chosen))


def _start(linear: Linear, gain: float) -> None:
    """Weights of variance gain**2 / fan_in, biases zero."""
    init.normal_(linear.weight, std=gain * linear.in_features**-0.5)
    if linear.bias is not None:
        init.zeros_(linear.bias)
