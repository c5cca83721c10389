"""Single steps of recurrent networks, for loops that a user writes."""

import math
from typing import Any

from autograd import Tensor, relu, tanh, zeros
from autograd.errors import ArgumentError, ShapeError
from autograd.ops.linalg import linear as affine
from autograd.ops.parting import split
from autograd.ops.recurrent import lstm_cell

from . import init
from .linear import linear
from .module import Module
from .parameter import Parameter
from .recurrence import State, gru_update, total


class RNNCellBase(Module):
    """One step of a recurrent network, with parameters weight_ih, weight_hh, bias_ih and bias_hh."""

    _states = 1
    weight_ih: Parameter
    weight_hh: Parameter
    bias_ih: Parameter | None
    bias_hh: Parameter | None

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

    def _next(self, x: Tensor, state: State) -> State:
        """The state after `state`, for rows of inputs."""
        raise NotImplementedError

    def _step(self, input: Tensor, state: State | None) -> State:
        op = type(self).__name__
        if input.ndim not in (1, 2):
            raise ArgumentError(f"{op}: expected input to be 1D or 2D, got {input.ndim}D instead")
        single = input.ndim == 1
        x = input.unsqueeze(0) if single else input
        if x.shape[1] != self.input_size:
            raise ShapeError(f"{op}: input has inconsistent input_size: got {x.shape[1]}, expected {self.input_size}")
        if state is None:
            state = (zeros(x.shape[0], self.hidden_size, dtype=x.dtype),) * self._states
        else:
            if any(s.ndim not in (1, 2) for s in state):
                raise ArgumentError(f"{op}: expected hidden to be 1D or 2D, got {[s.ndim for s in state]}")
            state = tuple(s.unsqueeze(0) if single else s for s in state)
            for s in state:
                if tuple(s.shape) != (x.shape[0], self.hidden_size):
                    raise ShapeError(
                        f"{op}: hidden has inconsistent shape {tuple(s.shape)}, expected {(x.shape[0], self.hidden_size)}"
                    )
        new = self._next(x, state)
        return tuple(s.squeeze(0) for s in new) if single else new

    def _sums(self, x: Tensor, h: Tensor) -> Tensor:
        """W_ih x + b_ih + W_hh h + b_hh."""
        return affine(h, self.weight_hh, linear(x, self.weight_ih, total(self.bias_ih, self.bias_hh)))

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
        return self._step(input, None if hx is None else (hx,))[0]

    def _next(self, x: Tensor, state: State) -> State:
        activation = tanh if self.nonlinearity == "tanh" else relu
        return (activation(self._sums(x, state[0])),)

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

    _states = 2

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: tuple[Any, ...] | None = None) -> tuple[Tensor, Tensor]:
        """The next state (h, c)."""
        h, c = self._step(input, hx)
        return h, c

    def _next(self, x: Tensor, state: State) -> State:
        return lstm_cell(self._sums(x, state[0]), state[1])


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
        return self._step(input, None if hx is None else (hx,))[0]

    def _next(self, x: Tensor, state: State) -> State:
        (h,) = state
        rows = (2 * self.hidden_size, self.hidden_size)
        gates, candidate = split(linear(x, self.weight_ih, self.bias_ih), sizes=rows, axis=1)
        recurrent_gates, recurrent = split(linear(h, self.weight_hh, self.bias_hh), sizes=rows, axis=1)
        return (gru_update(gates + recurrent_gates, candidate, recurrent, h),)
