"""Steps of a recurrence, and one layer's walk over a batch of sequences.

The input of all steps is projected by one product. A step then costs one product with the state, whose sum with the
projected input is part of it, and the activations. Sequences are packed: the rows of all first elements, then those of
all second ones, and so on, longest sequence first; a dense batch is a packed one of equal lengths.
"""

from collections.abc import Callable
from typing import Any

from autograd import Tensor, cat, relu, sigmoid, tanh, zeros
from autograd.ops.linalg import linear as affine
from autograd.ops.parting import split
from autograd.ops.recurrent import lstm_cell

from .linear import linear

State = tuple[Tensor, ...]

# A step takes the projected inputs of its moment (biases included), the state, and the recurrent weights. It returns the
# new state, whose first tensor is the output.


def _elman(activation: Callable[..., Any]) -> Callable[..., Any]:
    def step(x: tuple[Any, ...], state: State, weights: tuple[Any, ...]) -> State:
        return (activation(affine(state[0], weights[0], x[0])),)

    return step


def _lstm(x: tuple[Any, ...], state: State, weights: tuple[Any, ...]) -> State:
    h, c = lstm_cell(affine(state[0], weights[0], x[0]), state[1])
    return (h if len(weights) == 1 else h @ weights[1].T), c


def _gru(x: tuple[Any, ...], state: State, weights: tuple[Any, ...]) -> State:
    gates, candidate, bias = weights
    return (gru_update(affine(state[0], gates, x[0]), x[1], affine(state[0], candidate, bias), state[0]),)


def gru_update(gates: Tensor, x: Tensor, recurrent: Tensor, h: Tensor) -> Tensor:
    """The state after `h`: between it and a candidate, to which what comes from the state is added as `reset` admits."""
    n = h.shape[1]
    reset, update = split(sigmoid(gates), sizes=(n, n), axis=1)
    candidate = tanh(x + reset * recurrent)
    return candidate + update * (h - candidate)


STEPS: dict[str, Callable[..., Any]] = {"RNN_TANH": _elman(tanh), "RNN_RELU": _elman(relu), "LSTM": _lstm, "GRU": _gru}
GATES = {"RNN_TANH": 1, "RNN_RELU": 1, "LSTM": 4, "GRU": 3}


def total(a: Tensor | None, b: Tensor | None) -> Tensor | None:
    """The sum of two biases, if there are any."""
    return None if a is None or b is None else a + b


class Layer:
    """One direction of one layer: how its input is projected, and what its steps compute with."""

    def __init__(self, mode: str, w_ih: Tensor, w_hh: Tensor, b_ih: Any, b_hh: Any, w_hr: Any) -> None:
        self.step: Any = STEPS[mode]
        self.inputs: tuple[tuple[Tensor, Tensor | None], ...] = ((w_ih, total(b_ih, b_hh)),)
        self.weights: tuple[Tensor, ...] = (w_hh,) if w_hr is None else (w_hh, w_hr)
        if mode == "GRU":
            self._split_candidate(w_ih, w_hh, b_ih, b_hh)

    def _split_candidate(self, w_ih: Tensor, w_hh: Tensor, b_ih: Any, b_hh: Any) -> None:
        """The candidate's recurrent part stays apart: the reset gate multiplies it, bias included."""
        n = w_hh.shape[1]

        def parts(x: Tensor) -> tuple[Tensor, Tensor]:
            return split(x, sizes=(2 * n, n), axis=0)

        if b_ih is None:
            b_in, b_rec = (None, None), (None, zeros(n, dtype=w_hh.dtype))
        else:
            b_in, b_rec = parts(b_ih), parts(b_hh)
        gates, candidate = parts(w_ih)
        self.inputs = ((gates, total(b_in[0], b_rec[0])), (candidate, b_in[1]))
        self.weights = (*parts(w_hh), b_rec[1])

    def run(self, x: Tensor, sizes: list[int], state: State, backwards: bool) -> tuple[Tensor, State]:
        """Outputs for `x` (all steps' rows, `sizes` of them at each step), and the state after the last step."""
        projected = [split(linear(x, w, b), sizes=tuple(sizes), axis=0) for w, b in self.inputs]
        walk = self._backwards if backwards else self._forwards
        outputs, state = walk(list(zip(*projected, strict=True)), sizes, state)
        return cat(outputs), state

    def _forwards(self, steps: list[Any], sizes: list[int], state: State) -> tuple[list[Any], State]:
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

    def _backwards(self, steps: list[Any], sizes: list[int], state: State) -> tuple[list[Any], State]:
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
