"""Recurrent networks against torch: layers, directions, projections, packed sequences, cells, and what is refused."""

import numpy as np
import pytest

import autograd
import nn
import nn.utils.rnn as rnn

from .flat import errors_agree, flat
from .twins import TOLERANCE, close, compare, torch, twins

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN"),  # torch's own
]
KINDS = ["RNN", "LSTM", "GRU"]
SETTINGS = {
    "plain": {},
    "deep, both ways": {"num_layers": 2, "bidirectional": True, "batch_first": True},
    "without bias": {"bias": False},
}
EXTRA = {
    "relu": ("RNN", {"nonlinearity": "relu", "num_layers": 2}),
    "projected": ("LSTM", {"proj_size": 2}),
    "projected, deep, both ways": ("LSTM", {"proj_size": 2, "num_layers": 2, "bidirectional": True}),
}
CASES = {f"{kind} {name}": (kind, kwargs) for kind in KINDS for name, kwargs in SETTINGS.items()} | EXTRA
DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])


@DTYPES
@pytest.mark.parametrize("case", CASES)
def test_layers(case, dtype):
    kind, kwargs = CASES[case]
    compare(lambda nn: flat(nn, getattr(nn, kind)(3, 4, **kwargs)), [(5, 2, 3)], dtype, steps=2)


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_sequence(kind):
    compare(lambda nn: flat(nn, getattr(nn, kind)(3, 4, bidirectional=True)), [(5, 3)], np.float64, steps=1)


@pytest.mark.parametrize("batch", [(), (2,)], ids=["single", "batch"])
@pytest.mark.parametrize("kind", KINDS)
def test_initial_states(kind, batch):
    states = [(2, *batch, 4)] * (2 if kind == "LSTM" else 1)

    def make(lib):
        module = flat(lib, getattr(lib, kind)(3, 4, num_layers=2))
        inner = module.inner
        module.forward = lambda x, *hx: flat_results(inner(x, hx if kind == "LSTM" else hx[0]), lib)
        return module

    compare(make, [(5, *batch, 3), *states], np.float64, steps=1)


def flat_results(results, lib):
    return flat(lib, lambda x: results).forward(results[0])


@pytest.mark.parametrize("case", ["GRU deep, both ways", "LSTM plain", "projected", "RNN deep, both ways"])
@pytest.mark.parametrize("enforce_sorted", [True, False])
def test_packed_sequences(case, enforce_sorted):
    kind, kwargs = CASES[case]
    ours, theirs = twins(lambda nn: getattr(nn, kind)(3, 4, **kwargs), np.float64)
    lengths = [5, 3, 3, 1] if enforce_sorted else [3, 1, 5, 3]
    x = np.random.default_rng(0).standard_normal((4, 5, 3))
    found = []
    for library, module, utils in ((autograd, ours, rnn), (torch, theirs, torch.nn.utils.rnn)):
        t = library.tensor(x, requires_grad=True)
        packed = utils.pack_padded_sequence(t, lengths, batch_first=True, enforce_sorted=enforce_sorted)
        output, state = module(packed)
        padded, sizes = utils.pad_packed_sequence(output, batch_first=True)
        states = state if isinstance(state, tuple) else (state,)
        (padded.sin().sum() + sum(s.cos().sum() for s in states)).backward()
        found.append([padded, sizes, *states, t.grad, *(p.grad for p in module.parameters())])
    for k, (a, b) in enumerate(zip(*found, strict=True)):
        close(a, b, TOLERANCE[np.float64], f"result {k}")


@DTYPES
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", ["RNNCell", "LSTMCell", "GRUCell"])
def test_cells(kind, bias, dtype):
    def make(lib):
        return flat(lib, getattr(lib, kind)(3, 4, bias=bias))

    for shape in [(2, 3), (3,)]:
        compare(make, [shape], dtype, steps=2)

    def with_state(lib):
        module = make(lib)
        inner = module.inner
        module.forward = lambda x, *hx: flat_cell(inner(x, hx if kind == "LSTMCell" else hx[0]), lib)
        return module

    compare(with_state, [(2, 3), *[(2, 4)] * (2 if kind == "LSTMCell" else 1)], dtype, steps=2)


def flat_cell(state, lib):
    states = state if isinstance(state, tuple) else (state,)
    return flat(lib, lambda x: states).forward(states[0])


def test_a_layer_is_its_cell_step_by_step():
    layer, cell = nn.LSTM(3, 4), nn.LSTMCell(3, 4)
    cell.load_state_dict({k.removesuffix("_l0"): v for k, v in layer.state_dict().items()})
    x = autograd.randn(6, 2, 3)
    output, (_h, c) = layer(x)
    state = None
    for t in range(6):
        state = cell(x[t], state)
        np.testing.assert_allclose(output[t].detach().numpy(), state[0].detach().numpy(), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(c[0].detach().numpy(), state[1].detach().numpy(), rtol=1e-5, atol=1e-6)


def test_second_order():
    found = []
    for library, lib in ((autograd, nn), (torch, torch.nn)):
        module = lib.GRU(2, 3, dtype=library.float64)
        with library.no_grad():
            for p in module.parameters():
                p.copy_(library.linspace(-1, 1, p.numel(), dtype=library.float64).reshape(p.shape))
        x = library.linspace(-2, 2, 12, dtype=library.float64).reshape(3, 2, 2).requires_grad_()
        (g,) = library.autograd.grad(module(x)[0].sin().sum(), x, create_graph=True)
        g.square().sum().backward()
        found.append([x.grad, *(p.grad for p in module.parameters())])
    for k, (a, b) in enumerate(zip(*found, strict=True)):
        close(a, b, {"rtol": 1e-9, "atol": 1e-10}, f"gradient {k}")


def test_dropout_between_layers_acts_in_training_alone():
    module = nn.RNN(3, 4, num_layers=2, dropout=0.5)
    x = autograd.randn(5, 2, 3)
    assert not np.array_equal(module(x)[0].detach().numpy(), module(x)[0].detach().numpy())
    module.eval()
    np.testing.assert_array_equal(module(x)[0].detach().numpy(), module(x)[0].detach().numpy())
    with pytest.warns(UserWarning, match="num_layers greater than 1"):
        nn.RNN(3, 4, dropout=0.5)


def test_sequences_of_different_lengths():
    lengths, rng = [2, 4, 1], np.random.default_rng(0)
    arrays = [rng.standard_normal((n, 3)) for n in lengths]
    ours, theirs = [autograd.tensor(a) for a in arrays], [torch.tensor(a) for a in arrays]
    utils = torch.nn.utils.rnn
    exact = {"rtol": 0, "atol": 0}
    for kwargs in ({}, {"batch_first": True, "padding_value": -1.0}, {"padding_side": "left"}):
        close(rnn.pad_sequence(ours, **kwargs), utils.pad_sequence(theirs, **kwargs), exact, "pad_sequence")
    packed, wanted = (u.pack_sequence(s, enforce_sorted=False) for u, s in ((rnn, ours), (utils, theirs)))
    for field in ("data", "batch_sizes", "sorted_indices", "unsorted_indices"):
        close(getattr(packed, field), getattr(wanted, field), exact, field)
    for a, b in zip(rnn.unpack_sequence(packed), arrays, strict=True):
        np.testing.assert_array_equal(a.numpy(), b)
    padded, _ = rnn.pad_packed_sequence(packed, total_length=6, padding_value=9.0)
    close(padded, utils.pad_packed_sequence(wanted, total_length=6, padding_value=9.0)[0], exact, "padded")


WRONG = {
    "dimensions": lambda lib, t: lib.GRU(3, 4)(t(2)),
    "features": lambda lib, t: lib.GRU(3, 4)(t(5, 2, 4)),
    "state's shape": lambda lib, t: lib.GRU(3, 4)(t(5, 2, 3), t(1, 3, 4)),
    "state's dimensions": lambda lib, t: lib.GRU(3, 4)(t(5, 2, 3), t(1, 4)),
    "state's dimensions, single": lambda lib, t: lib.GRU(3, 4)(t(5, 3), t(1, 1, 4)),
    "LSTM's states": lambda lib, t: lib.LSTM(3, 4)(t(5, 2, 3), (t(1, 2, 4), t(1, 2, 5))),
    "dtype": lambda lib, t: lib.GRU(3, 4)(t(5, 2, 3).double()),
    "nonlinearity": lambda lib, t: lib.RNN(3, 4, nonlinearity="sin"),
    "projection": lambda lib, t: lib.GRU(3, 4, proj_size=2),
    "wide projection": lambda lib, t: lib.LSTM(3, 4, proj_size=4),
    "dropout": lambda lib, t: lib.LSTM(3, 4, 2, dropout=1.5),
    "hidden size": lambda lib, t: lib.LSTM(3, 0),
    "hidden size's type": lambda lib, t: lib.LSTM(3, 4.0),
    "layers": lambda lib, t: lib.LSTM(3, 4, 0),
    "cell's dimensions": lambda lib, t: lib.GRUCell(3, 4)(t(5, 2, 3)),
    "cell's features": lambda lib, t: lib.GRUCell(3, 4)(t(2, 4)),
    "cell's state": lambda lib, t: lib.GRUCell(3, 4)(t(2, 3), t(3, 4)),
    "unsorted": lambda lib, t: lib.utils.rnn.pack_padded_sequence(t(5, 2, 3), [2, 5]),
    "empty sequence": lambda lib, t: lib.utils.rnn.pack_padded_sequence(t(5, 2, 3), [5, 0]),
    "number of lengths": lambda lib, t: lib.utils.rnn.pack_padded_sequence(t(5, 2, 3), [5]),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors(case):
    call = WRONG[case]
    errors_agree(lambda: call(nn, autograd.ones), lambda: call(torch.nn, torch.ones))
