"""Recurrent networks: RNN, LSTM and GRU over sequences, dense or packed.

The input of a whole layer is projected by one product. A step then costs one product with the state, whose sum with the
projected input is part of it, and the activations. A dense batch is treated as a packed one of equal lengths.
"""

import math
import warnings
from collections.abc import Callable
from typing import Any

from autograd import Tensor, cat, sigmoid, tanh, zeros
from autograd.errors import ArgumentError, ArgumentTypeError, ShapeError
from autograd.ops.linalg import linear as affine
from autograd.ops.parting import split
from autograd.ops.recurrent import lstm_cell

from . import init
from .dropout import dropout
from .linear import linear
from .module import Module
from .parameter import Parameter
from .utils.rnn import PackedSequence

# A step takes the projected inputs of this moment (biases included), the state, and the recurrent weights. It returns
# the new state, of which the first tensor is the output.
State = tuple[Tensor, ...]


def _elman(activation: Callable) -> Callable:
    def step(x: tuple, state: State, weights: tuple) -> State:
        return (activation(affine(state[0], weights[0], x[0])),)

    return step


def _lstm(x: tuple, state: State, weights: tuple) -> State:
    h, c = lstm_cell(affine(state[0], weights[0], x[0]), state[1])
    return (h if len(weights) == 1 else h @ weights[1].T), c


def _gru(x: tuple, state: State, weights: tuple) -> State:
    h = state[0]
    n = h.shape[1]
    reset, update = split(sigmoid(affine(h, weights[0], x[0])), sizes=(n, n), axis=1)
    candidate = tanh(x[1] + reset * affine(h, weights[1], weights[2]))
    return (candidate + update * (h - candidate),)


class _Layer:
    """One direction of one layer: how its input is projected, what its steps compute with."""

    def __init__(self, mode: str, w_ih: Tensor, w_hh: Tensor, b_ih: Any, b_hh: Any, w_hr: Any) -> None:
        if mode == "GRU":
            # The candidate's recurrent part stays apart: the reset gate multiplies it, bias included.
            n = w_hh.shape[1]
            rows = (2 * n, n)
            gates, candidate = split(w_hh, sizes=rows, axis=0)
            in_gates, in_candidate = split(w_ih, sizes=rows, axis=0)
            if b_ih is None:
                b_in = b_rec = (None, None)
                b_last = zeros(n, dtype=w_hh.dtype)
            else:
                b_in, b_rec = split(b_ih, sizes=rows, axis=0), split(b_hh, sizes=rows, axis=0)
                b_last = b_rec[1]
            self.inputs = ((in_gates, _sum(b_in[0], b_rec[0])), (in_candidate, b_in[1]))
            self.weights = (gates, candidate, b_last)
        else:
            self.inputs = ((w_ih, _sum(b_ih, b_hh)),)
            self.weights = (w_hh,) if w_hr is None else (w_hh, w_hr)
        self.step = _STEPS[mode]

    def run(self, x: Tensor, sizes: list[int], state: State, backwards: bool) -> tuple[Tensor, State]:
        """Outputs for `x` (all steps' rows, `sizes` of them at each step), and the state after the last step."""
        sizes_ = tuple(sizes)
        projected = [split(linear(x, w, b), sizes=sizes_, axis=0) for w, b in self.inputs]
        steps = list(zip(*projected, strict=True))
        run = self._backwards if backwards else self._forwards
        outputs, state = run(steps, sizes, state)
        return cat(outputs), state

    def _forwards(self, steps: list, sizes: list[int], state: State) -> tuple[list, State]:
        outputs, ended = [], []
        rows = sizes[0]
        for x, n in zip(steps, sizes, strict=True):
            if n < rows:  # sequences are sorted: those that end are the last rows
                ended.append(tuple(s[n:] for s in state))
                state, rows = tuple(s[:n] for s in state), n
            state = self.step(x, state, self.weights)
            outputs.append(state[0])
        if ended:
            state = tuple(cat(parts) for parts in zip(state, *reversed(ended), strict=True))
        return outputs, state

    def _backwards(self, steps: list, sizes: list[int], state: State) -> tuple[list, State]:
        outputs, start = [], state
        rows = sizes[-1]
        state = tuple(s[:rows] for s in start)
        for x, n in zip(reversed(steps), reversed(sizes), strict=True):
            if n > rows:  # sequences whose end is met only now begin with their own initial state
                state = tuple(cat((s, s0[rows:n])) for s, s0 in zip(state, start, strict=True))
                rows = n
            state = self.step(x, state, self.weights)
            outputs.append(state[0])
        outputs.reverse()
        return outputs, state


def _sum(a: Tensor | None, b: Tensor | None) -> Tensor | None:
    return None if a is None or b is None else a + b


_STEPS: dict[str, Callable] = {
    "RNN_TANH": _elman(tanh),
    "RNN_RELU": _elman(Tensor.relu),
    "LSTM": _lstm,
    "GRU": _gru,
}
_GATES = {"RNN_TANH": 1, "RNN_RELU": 1, "LSTM": 4, "GRU": 3}


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
        self.dropout = float(dropout) if isinstance(dropout, (int, float)) else dropout
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        self._check_settings(dropout)
        for layer in range(num_layers):
            for suffix in self._suffixes(layer):
                self._make_parameters(layer, suffix, device, dtype)
        self.reset_parameters()

    def _check_settings(self, dropout: Any) -> None:
        op = type(self).__name__
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
        if not isinstance(self.hidden_size, int):
            raise ArgumentTypeError(f"{op}: hidden_size should be of type int, got: {type(self.hidden_size).__name__}")
        if self.hidden_size <= 0 or self.num_layers <= 0:
            raise ArgumentError(
                f"{op}: hidden_size and num_layers must be greater than zero, got {self.hidden_size} and {self.num_layers}"
            )
        if not 0 <= self.proj_size < self.hidden_size:
            raise ArgumentError(f"{op}: proj_size has to be >= 0 and smaller than hidden_size, got {self.proj_size}")

    def _suffixes(self, layer: int) -> list[str]:
        return [f"_l{layer}", f"_l{layer}_reverse"] if self.bidirectional else [f"_l{layer}"]

    @property
    def _out_size(self) -> int:
        return self.proj_size or self.hidden_size

    def _make_parameters(self, layer: int, suffix: str, device: Any, dtype: Any) -> None:
        rows = _GATES[self.mode] * self.hidden_size
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

    def _layer(self, suffix: str) -> _Layer:
        kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")
        return _Layer(self.mode, *(getattr(self, kind + suffix, None) for kind in kinds))

    def forward(self, input: Any, hx: Any = None) -> tuple:
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
        output = rows.reshape(steps, batch, -1)
        if single:
            return output.squeeze(1), self._given(tuple(s.squeeze(1) for s in state))
        return (output.transpose(0, 1) if self.batch_first else output), self._given(state)

    def _given(self, state: State) -> Any:
        """The state as the user gets it."""
        return state[0]

    def _state_sizes(self) -> tuple[int, ...]:
        return (self.hidden_size,)

    def _check_features(self, x: Tensor) -> None:
        weight = self.weight_ih_l0
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
                raise ShapeError(
                    f"{type(self).__name__}: expected {'hidden[%d]' % k if len(state) > 1 else 'hidden'} size {shape}, got "
                    f"{tuple(s.shape)}"
                )
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


def _no_projection(op: str, args: tuple, kwargs: dict) -> None:
    if "proj_size" in kwargs:
        raise ArgumentError(f"{op}: proj_size argument is only supported for LSTM, not RNN or GRU")


# -- cells -------------------------------------------------------------------------------------------------------------------


class RNNCellBase(Module):
    """One step of a recurrent network, with parameters weight_ih, weight_hh, bias_ih and bias_hh."""

    _mode: str

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        rows = num_chunks * hidden_size
        shapes = {"weight_ih": (rows, input_size), "weight_hh": (rows, hidden_size), "bias_ih": (rows,), "bias_hh": (rows,)}
        for name, shape in shapes.items():
            absent = name.startswith("bias") and not bias
            self.register_parameter(name, None if absent else Parameter(zeros(*shape, dtype=dtype, device=device)))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the initial values again: uniform in +-1/sqrt(hidden_size)."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def _step(self, mode: str, input: Tensor, state: tuple | None, states: int) -> State:
        op = type(self).__name__
        if input.ndim not in (1, 2):
            raise ArgumentError(f"{op}: expected input to be 1D or 2D, got {input.ndim}D instead")
        single = input.ndim == 1
        x = input.unsqueeze(0) if single else input
        if x.shape[1] != self.input_size:
            raise ShapeError(f"{op}: input has inconsistent input_size: got {x.shape[1]}, expected {self.input_size}")
        if state is None:
            state = (zeros(x.shape[0], self.hidden_size, dtype=x.dtype),) * states
        else:
            if any(s.ndim not in (1, 2) for s in state):
                raise ArgumentError(f"{op}: expected hidden to be 1D or 2D, got {[s.ndim for s in state]}")
            state = tuple(s.unsqueeze(0) if single else s for s in state)
            for s in state:
                if tuple(s.shape) != (x.shape[0], self.hidden_size):
                    raise ShapeError(
                        f"{op}: hidden has inconsistent shape {tuple(s.shape)}, expected {(x.shape[0], self.hidden_size)}"
                    )
        layer = _Layer(mode, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh, None)
        new = layer.step(tuple(linear(x, w, b) for w, b in layer.inputs), state, layer.weights)
        return tuple(s.squeeze(0) for s in new) if single else new

    def extra_repr(self) -> str:
        """The settings that are not the defaults."""
        shown = f"{self.input_size}, {self.hidden_size}"
        return shown if self.bias is True else f"{shown}, bias={self.bias}"


class RNNCell(RNNCellBase):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu: (N, input_size) and (N, hidden_size) to (N, hidden_size).

    >>> import autograd, nn
    >>> nn.RNNCell(4, 8)(autograd.ones(3, 4)).shape
    torch.Size([3, 8])
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The next state."""
        if self.nonlinearity not in ("tanh", "relu"):
            raise ShapeError(f"RNNCell: unknown nonlinearity {self.nonlinearity!r}; select from 'tanh' or 'relu'")
        state = None if hx is None else (hx,)
        return self._step(f"RNN_{self.nonlinearity.upper()}", input, state, 1)[0]

    def extra_repr(self) -> str:
        """The settings that are not the defaults."""
        shown = super().extra_repr()
        return shown if self.nonlinearity == "tanh" else f"{shown}, nonlinearity={self.nonlinearity}"


class LSTMCell(RNNCellBase):
    """One step of an LSTM: (N, input_size) and the state (h, c) to the new (h, c).

    >>> import autograd, nn
    >>> h, c = nn.LSTMCell(4, 8)(autograd.ones(3, 4))
    >>> h.shape
    torch.Size([3, 8])
    """

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: tuple | None = None) -> tuple[Tensor, Tensor]:
        """The next state (h, c)."""
        h, c = self._step("LSTM", input, hx, 2)
        return h, c


class GRUCell(RNNCellBase):
    """One step of a GRU: (N, input_size) and (N, hidden_size) to (N, hidden_size).

    >>> import autograd, nn
    >>> nn.GRUCell(4, 8)(autograd.ones(3, 4)).shape
    torch.Size([3, 8])
    """

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The next state."""
        return self._step("GRU", input, None if hx is None else (hx,), 1)[0]
