"""Recurrent networks: RNN, LSTM and GRU over sequences, dense or packed."""

import math
import warnings
from typing import TYPE_CHECKING, Any, overload

from autograd import Tensor, cat, zeros
from autograd.errors import ArgumentError, ArgumentTypeError, ShapeError

from . import init
from .dropout import dropout
from .module import Module
from .parameter import Parameter
from .recurrence import GATES, Layer, State
from .utils.rnn import PackedSequence


class RNNBase(Module):
    """What RNN, LSTM and GRU share: parameters for each layer and direction, and the walk over them."""

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout: float = float(dropout) if isinstance(dropout, (int, float)) else dropout
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        self._check_settings(dropout)
        for layer in range(num_layers):
            for suffix in self._suffixes(layer):
                self._make_parameters(layer, suffix, device, dtype)
        self.reset_parameters()

    def _check_settings(self, dropout: Any) -> None:
        op = type(self).__name__
        for name, given in (("bias", self.bias), ("batch_first", self.batch_first)):
            if not isinstance(given, bool):
                raise ArgumentTypeError(f"{op}: {name} should be of type bool, got: {type(given).__name__}")
        if isinstance(dropout, bool) or not isinstance(dropout, (int, float)) or not 0 <= dropout <= 1:
            raise ArgumentError(
                f"{op}: dropout should be a number in range [0, 1], the probability of an element being zeroed, got {dropout!r}"
            )
        if dropout > 0 and self.num_layers == 1:
            warnings.warn(
                f"{op}: dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects "
                f"num_layers greater than 1, but got dropout={dropout} and num_layers=1",
                stacklevel=4,
            )
        for name, kind in (("bias", bool), ("batch_first", bool), ("input_size", int), ("hidden_size", int)):
            if not isinstance(getattr(self, name), kind):
                given = type(getattr(self, name)).__name__
                raise ArgumentTypeError(f"{op}: {name} should be of type {kind.__name__}, got: {given}")
        for name in ("input_size", "hidden_size", "num_layers"):
            if getattr(self, name) <= 0:
                raise ArgumentError(f"{op}: {name} must be greater than zero, got {getattr(self, name)}")
        if not 0 <= self.proj_size < self.hidden_size:
            raise ArgumentError(f"{op}: proj_size has to be >= 0 and smaller than hidden_size, got {self.proj_size}")

    def _suffixes(self, layer: int) -> list[str]:
        return [f"_l{layer}", f"_l{layer}_reverse"] if self.bidirectional else [f"_l{layer}"]

    @property
    def _out_size(self) -> int:
        return self.proj_size or self.hidden_size

    def _make_parameters(self, layer: int, suffix: str, device: Any, dtype: Any) -> None:
        rows = GATES[self.mode] * self.hidden_size
        columns = self.input_size if layer == 0 else self._out_size * (1 + self.bidirectional)

        def made(*shape: int) -> Parameter:
            return Parameter(zeros(*shape, dtype=dtype, device=device))

        setattr(self, f"weight_ih{suffix}", made(rows, columns))
        setattr(self, f"weight_hh{suffix}", made(rows, self._out_size))
        if self.bias:
            setattr(self, f"bias_ih{suffix}", made(rows))
            setattr(self, f"bias_hh{suffix}", made(rows))
        if self.proj_size:
            setattr(self, f"weight_hr{suffix}", made(self.proj_size, self.hidden_size))

    def _names(self, suffix: str) -> list[str]:
        names = [f"weight_ih{suffix}", f"weight_hh{suffix}"]
        if self.bias:
            names += [f"bias_ih{suffix}", f"bias_hh{suffix}"]
        return [*names, f"weight_hr{suffix}"] if self.proj_size else names

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The parameters of each layer and direction."""
        suffixes = [s for layer in range(self.num_layers) for s in self._suffixes(layer)]
        return [[getattr(self, name) for name in self._names(s)] for s in suffixes]

    def reset_parameters(self) -> None:
        """Draw the initial values again: uniform in +-1/sqrt(hidden_size)."""
        bound = 1 / math.sqrt(self.hidden_size)
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def flatten_parameters(self) -> None:
        """Does nothing: the parameters need no particular place in memory here."""

    def _layer(self, suffix: str) -> Layer:
        biases_and_projection = (getattr(self, kind + suffix, None) for kind in ("bias_ih", "bias_hh", "weight_hr"))
        return Layer(
            self.mode, getattr(self, f"weight_ih{suffix}"), getattr(self, f"weight_hh{suffix}"), *biases_and_projection
        )

    if TYPE_CHECKING:  # the result is packed if the input is, which `forward` cannot say

        @overload
        def __call__(self, input: Tensor, hx: Any = None) -> tuple[Tensor, Any]: ...
        @overload
        def __call__(self, input: PackedSequence, hx: Any = None) -> tuple[PackedSequence, Any]: ...
        def __call__(self, input: Any, hx: Any = None) -> Any: ...  # pyright: ignore[reportIncompatibleMethodOverride]

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        """Output at every step, and the last state of every layer and direction.

        `input` is (L, N, input_size), (N, L, input_size) with batch_first, (L, input_size), or a PackedSequence; the
        initial state (layers * directions, N, size) is zero by default. Raises RuntimeError for sizes that do not fit.
        """
        if isinstance(input, PackedSequence):
            sizes = input.batch_sizes.tolist()
            state = self._initial(hx, input.data, sizes[0], False)
            if hx is not None and input.sorted_indices is not None:
                state = tuple(s[:, input.sorted_indices] for s in state)
            self._check_features(input.data)
            data, state = self._walk(input.data, sizes, state)
            if input.unsorted_indices is not None:
                state = tuple(s[:, input.unsorted_indices] for s in state)
            output = PackedSequence(data, input.batch_sizes, input.sorted_indices, input.unsorted_indices)
            return output, self._given(state)
        if input.ndim not in (2, 3):
            raise ArgumentError(
                f"{type(self).__name__}: expected input to be 2D or 3D, got {input.ndim}D tensor instead, of shape "
                f"{tuple(input.shape)}"
            )
        single = input.ndim == 2
        x = input.unsqueeze(1) if single else input.transpose(0, 1) if self.batch_first else input
        self._check_features(x)
        steps, batch = x.shape[:2]
        if not steps:
            raise ShapeError(f"{type(self).__name__}: expected sequence length to be larger than 0, got {tuple(input.shape)}")
        state = self._initial(hx, x, batch, single)
        rows, state = self._walk(x.reshape(steps * batch, x.shape[2]), [batch] * steps, state)
        output = rows.reshape(steps, batch, rows.shape[1])
        if single:
            return output.squeeze(1), self._given(tuple(s.squeeze(1) for s in state))
        return (output.transpose(0, 1) if self.batch_first else output), self._given(state)

    def _given(self, state: State) -> Any:
        """The state as the user gets it."""
        return state[0]

    def _state_sizes(self) -> tuple[int, ...]:
        return (self.hidden_size,)

    def _check_features(self, x: Tensor) -> None:
        weight = self.get_parameter("weight_ih_l0")
        if x.dtype != weight.dtype:
            raise ArgumentError(f"{type(self).__name__}: input must have the type {weight.dtype}, got type {x.dtype}")
        if x.shape[-1] != self.input_size:
            raise ShapeError(
                f"{type(self).__name__}: input.size(-1) must be equal to input_size. Expected {self.input_size}, got "
                f"{x.shape[-1]}"
            )

    def _initial(self, hx: Any, x: Tensor, batch: int, single: bool) -> State:
        layers = self.num_layers * (1 + self.bidirectional)
        wanted = [(layers, batch, n) for n in self._state_sizes()]
        if hx is None:
            return tuple(zeros(*shape, dtype=x.dtype) for shape in wanted)
        state = (hx,) if isinstance(hx, Tensor) else tuple(hx)
        if len(state) != len(wanted):
            raise ShapeError(f"{type(self).__name__}: the state has {len(wanted)} tensors, got {len(state)}")
        for k, (s, shape) in enumerate(zip(state, wanted, strict=True)):
            if single != (s.ndim == 2):
                batched, required = ("unbatched 2-D", "2-D") if single else ("batched 3-D", "3-D")
                raise ShapeError(
                    f"{type(self).__name__}: for {batched} input, hx should also be {required} but got {s.ndim}-D tensor"
                )
            if single:
                shape = (shape[0], shape[2])
            if tuple(s.shape) != shape:
                which = f"hidden[{k}]" if len(state) > 1 else "hidden"
                raise ShapeError(f"{type(self).__name__}: expected {which} size {shape}, got {tuple(s.shape)}")
        return tuple(s.unsqueeze(1) for s in state) if single else state

    def _walk(self, x: Tensor, sizes: list[int], state: State) -> tuple[Tensor, State]:
        """All layers, one after the other, over the rows `x` of all steps."""
        starts = list(zip(*(s.unbind(0) for s in state), strict=True))
        ends = []
        for layer in range(self.num_layers):
            if layer and self.dropout and self.training:
                x = dropout(x, self.dropout, True)
            outputs = []
            for backwards, suffix in enumerate(self._suffixes(layer)):
                output, end = self._layer(suffix).run(x, sizes, starts[len(ends)], bool(backwards))
                outputs.append(output)
                ends.append(end)
            x = cat(outputs, dim=1) if len(outputs) > 1 else outputs[0]
        return x, tuple(cat([e.unsqueeze(0) for e in parts]) for parts in zip(*ends, strict=True))

    def extra_repr(self) -> str:
        """The settings that are not the defaults."""
        shown = f"{self.input_size}, {self.hidden_size}"
        if self.proj_size:
            shown += f", proj_size={self.proj_size}"
        if self.num_layers != 1:
            shown += f", num_layers={self.num_layers}"
        if self.bias is not True:
            shown += f", bias={self.bias}"
        if self.batch_first:
            shown += f", batch_first={self.batch_first}"
        if self.dropout:
            shown += f", dropout={self.dropout}"
        return f"{shown}, bidirectional={self.bidirectional}" if self.bidirectional else shown


class RNN(RNNBase):
    """Elman's network: h_t = tanh(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh) (or relu), in layers.

    Parameters are weight_ih_l0 (hidden_size, input_size), weight_hh_l0 (hidden_size, hidden_size), bias_ih_l0,
    bias_hh_l0, and so on for every layer and, with `_reverse`, for the other direction; all start uniform in
    +-1/sqrt(hidden_size). (L, N, input_size) gives the outputs (L, N, directions * hidden_size) and the last state.
    Source: Elman, 1990.

    >>> import autograd, nn
    >>> output, h = nn.RNN(4, 8, num_layers=2)(autograd.ones(5, 3, 4))
    >>> output.shape, h.shape
    (torch.Size([5, 3, 8]), torch.Size([2, 3, 8]))
    """

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh", *args: Any, **kwargs: Any
    ) -> None:
        _no_projection("RNN", args, kwargs)
        if nonlinearity not in ("tanh", "relu"):
            raise ArgumentError(f"RNN: unknown nonlinearity {nonlinearity!r}; select from 'tanh' or 'relu'")
        super().__init__(f"RNN_{nonlinearity.upper()}", input_size, hidden_size, num_layers, *args, **kwargs)
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    """Long short-term memory: a state c that gates write to, forget and read.

    i, f, o = sigmoid, g = tanh of W_ih x_t + b_ih + W_hh h_{t-1} + b_hh (rows in the order i, f, g, o);
    c_t = f c_{t-1} + i g; h_t = o tanh(c_t), times weight_hr_l0 if `proj_size` is given. Returns the outputs and (h, c).
    Sources: Hochreiter and Schmidhuber, 1997; Gers et al., 2000.

    >>> import autograd, nn
    >>> output, (h, c) = nn.LSTM(4, 8, batch_first=True, bidirectional=True)(autograd.ones(3, 5, 4))
    >>> output.shape, c.shape
    (torch.Size([3, 5, 16]), torch.Size([2, 3, 8]))
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", *args, **kwargs)

    def _given(self, state: State) -> Any:
        return state

    def _state_sizes(self) -> tuple[int, ...]:
        return (self._out_size, self.hidden_size)


class GRU(RNNBase):
    """Gated recurrent units: h_t = (1 - z) n + z h_{t-1}.

    r, z = sigmoid of W_ih x_t + b_ih + W_hh h_{t-1} + b_hh, n = tanh(W_in x_t + b_in + r (W_hn h_{t-1} + b_hn)); rows in
    the order r, z, n. Source: Cho et al., 2014.

    >>> import autograd, nn
    >>> output, h = nn.GRU(4, 8)(autograd.ones(5, 3, 4))
    >>> output.shape, h.shape
    (torch.Size([5, 3, 8]), torch.Size([1, 3, 8]))
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _no_projection("GRU", args, kwargs)
        super().__init__("GRU", *args, **kwargs)


def _no_projection(op: str, args: tuple[Any, ...], kwargs: dict[Any, Any]) -> None:
    if "proj_size" in kwargs:
        raise ArgumentError(f"{op}: proj_size argument is only supported for LSTM, not RNN or GRU")
