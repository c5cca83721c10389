"""Creation and randomness: dtypes, what shares memory, seeds and states, distributions, and wrong calls."""

import math
import threading

import numpy as np
import pytest

import autograd
from autograd import tensor


def test_dtypes_of_python_data_and_of_arrays():
    assert tensor([1, 2.5]).dtype == autograd.float32
    assert tensor([1, 2]).dtype == autograd.int64
    assert tensor([True, False]).dtype == autograd.bool
    assert tensor(np.array([1.0])).dtype == autograd.float64
    assert tensor([np.float64(1.0)]).dtype == autograd.float64
    assert tensor([1.0, np.float64(1.0)]).dtype == autograd.float64
    assert tensor([[1.0, 2.0], np.array([1.0, 2.0])]).dtype == autograd.float64
    assert tensor([tensor(1.0), 2.0]).dtype == autograd.float32
    assert tensor([1.9, 2.9], dtype=autograd.int64).tolist() == [1, 2]


def test_the_default_dtype_is_respected_and_restored():
    try:
        autograd.set_default_dtype(autograd.float64)
        assert (
            tensor(0.5).dtype
            == autograd.zeros(1).dtype
            == autograd.rand(1).dtype
            == autograd.arange(0.5).dtype
            == autograd.float64
        )
        assert (tensor([1]) / 2).dtype == autograd.float64
    finally:
        autograd.set_default_dtype(autograd.float32)
    with pytest.raises(TypeError, match="set_default_dtype: got int64"):
        autograd.set_default_dtype(autograd.int64)


def test_what_shares_memory():
    array = np.zeros(2)
    for share, f in [(True, autograd.from_numpy), (True, autograd.as_tensor), (True, autograd.from_dlpack), (False, tensor)]:
        array[:] = 0
        f(array)[0] = 1.0
        assert bool(array[0]) is share, f
    x = tensor([1.0])
    assert autograd.as_tensor(x) is x
    assert autograd.asarray(x, copy=True) is not x


def test_ranges_have_as_many_elements_as_pytorch_says():
    assert autograd.arange(0, 1, 0.1).shape == (10,)
    assert autograd.arange(5, 0, -2).tolist() == [5, 3, 1]
    assert autograd.arange(1, 2, 0.25).tolist() == [1.0, 1.25, 1.5, 1.75]
    assert autograd.linspace(0, 1, 1).tolist() == [0.0]
    assert autograd.linspace(0, 1, 0).shape == (0,)
    assert autograd.linspace(-1, 1, 2001, dtype=autograd.float64)[1000].item() == 0.0
    assert autograd.logspace(0, 3, 4, base=2).tolist() == [1.0, 2.0, 4.0, 8.0]


WRONG = [
    (lambda: autograd.zeros(-1), RuntimeError, "zeros: trying to create a tensor with negative dimension -1"),
    (lambda: autograd.ones(2.5), TypeError, "ones: sizes must be ints"),
    (lambda: autograd.arange(0, 5, 0), RuntimeError, "arange: step must be nonzero"),
    (lambda: autograd.linspace(0, 1, -1), RuntimeError, "linspace: number of steps"),
    (lambda: tensor([[1, 2], [3]]), ValueError, "tensor: nested data must have equal lengths"),
    (lambda: tensor("red"), TypeError, "tensor: could not read str"),
    (lambda: tensor([1], requires_grad=True), RuntimeError, "tensor: only floating dtypes"),
    (lambda: autograd.zeros(2, device="cuda"), RuntimeError, "zeros: device 'cuda' is not available"),
    (lambda: autograd.zeros(2, colour=1), TypeError, "zeros.*unexpected keyword argument 'colour'"),
    (lambda: autograd.randint(5, 5, (2,)), RuntimeError, "randint: low must be below high"),
    (lambda: autograd.rand(2, dtype=autograd.int64), RuntimeError, "rand: needs a floating dtype"),
    (lambda: autograd.normal(tensor([0.0]), -1.0), RuntimeError, "normal: std must not be negative"),
    (lambda: autograd.bernoulli(tensor([1.5])), RuntimeError, "bernoulli: expected probabilities"),
    (lambda: autograd.multinomial(tensor([0.5, 0.5]), 3), RuntimeError, "multinomial: cannot draw 3 of 2"),
    (lambda: autograd.multinomial(tensor([0.0, 0.0]), 1), RuntimeError, "multinomial: a row of weights sums to 0"),
    (lambda: tensor([1.0]).uniform_(2.0, 1.0), RuntimeError, "uniform_: expects"),
    (lambda: tensor([1]).normal_(), RuntimeError, "normal_: needs a floating dtype"),
    (lambda: autograd.device("red"), RuntimeError, "device: expected one of"),
    (lambda: autograd.iinfo(autograd.float32), TypeError, "iinfo: needs an integer dtype"),
    (lambda: autograd.finfo(autograd.int64), TypeError, "finfo: needs a floating dtype"),
    (lambda: autograd.from_numpy(np.ones(2, complex)), TypeError, "from_numpy: can't convert an array of dtype complex128"),
    (lambda: autograd.from_numpy([1.0]), TypeError, "from_numpy: expected np.ndarray, got list"),
    (lambda: autograd.device(1.5), TypeError, "device: must be a string"),
    (lambda: autograd.arange("red"), TypeError, "arange: expected numbers, got str"),
    (lambda: autograd.linspace(0, 1, 2.5), TypeError, "linspace: steps must be an int"),
    (lambda: autograd.zeros(2).copy_(1.0), TypeError, "copy_: src must be a Tensor"),
    (lambda: autograd.zeros(2).copy_(autograd.zeros(3, 2)), RuntimeError, "copy_: src has shape .3, 2."),
    (lambda: autograd.zeros(2).fill_(tensor([1.0])), RuntimeError, "fill_: value must be a number or a 0-d tensor"),
    (lambda: autograd.manual_seed(1.5), TypeError, "manual_seed: expected an int"),
    (lambda: autograd.set_rng_state(autograd.zeros(3)), TypeError, "set_state: expected the tensor of 80 bytes"),
    (lambda: autograd.rand(2, generator=np.random.default_rng()), TypeError, "generator: expected an autograd.Generator"),
    (lambda: autograd.normal(0.0, 1.0), TypeError, "normal.*size is required"),
    (lambda: tensor([1.0]).uniform_(colour=1), TypeError, "uniform_.*unexpected keyword argument 'colour'"),
    (lambda: tensor([1.0]).exponential_(0.0), RuntimeError, "exponential_: lambd must be positive"),
    (lambda: tensor([1.0]).geometric_(1.5), RuntimeError, r"geometric_: p must be in \(0, 1\)"),
    (lambda: autograd.multinomial(tensor([1, 2]), 1), RuntimeError, "multinomial: needs 1 or 2 dimensions of floats"),
    (lambda: autograd.multinomial(tensor([-1.0, 2.0]), 1), RuntimeError, "multinomial: weights must be finite"),
    (lambda: tensor([1.0]).to(np.dtype(complex)), TypeError, "got dtype.'complex128'"),
    (lambda: tensor(1 + 2j), TypeError, "tensor: could not read complex"),
    (lambda: autograd.zeros(2, dtype="red"), TypeError, "dtype: got 'red'"),
    (lambda: autograd.LongTensor(tensor([1.0])), TypeError, "LongTensor: expected a tensor of dtype int64"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[m for _, _, m in WRONG])
def test_wrong_calls_say_what_is_required(call, error, message):
    with pytest.raises(error, match=message):
        call()


# -- randomness -----------------------------------------------------------------------------------------------------------

DRAWS = [
    lambda g: autograd.rand(5, generator=g),
    lambda g: autograd.randn(5, generator=g),
    lambda g: autograd.randint(0, 100, (5,), generator=g),
    lambda g: autograd.randperm(20, generator=g),
    lambda g: autograd.normal(0.0, 1.0, (5,), generator=g),
    lambda g: autograd.bernoulli(autograd.full((20,), 0.5), generator=g),
    lambda g: autograd.multinomial(autograd.ones(20), 5, generator=g),
    lambda g: autograd.poisson(autograd.full((9,), 5.0), generator=g),
    lambda g: autograd.zeros(5).uniform_(generator=g),
    lambda g: autograd.zeros(5).normal_(generator=g),
    lambda g: autograd.zeros(5).exponential_(generator=g),
    lambda g: autograd.zeros(20).random_(0, 100, generator=g),
]


@pytest.mark.parametrize("draw", DRAWS)
def test_same_seed_same_numbers(draw):
    one, two = autograd.Generator().manual_seed(7), autograd.Generator().manual_seed(7)
    first = draw(one)
    assert autograd.equal(first, draw(two))
    assert not autograd.equal(first, draw(two))
    state = one.get_state()
    following = draw(one)
    one.set_state(state)
    assert autograd.equal(following, draw(one))


def test_numbers_are_the_same_on_every_platform():
    autograd.manual_seed(0)
    assert autograd.randint(0, 1000, (4,)).tolist() == np.random.Generator(np.random.PCG64(0)).integers(0, 1000, 4).tolist()


def test_the_default_generator_and_fork_rng():
    autograd.manual_seed(3)
    assert autograd.initial_seed() == 3
    a = autograd.rand(3)
    with autograd.random.fork_rng():
        autograd.rand(10)
    b = autograd.rand(3)
    autograd.manual_seed(3)
    assert autograd.equal(autograd.rand(3), a)
    assert autograd.equal(autograd.rand(3), b)
    autograd.manual_seed(-1)  # as in PyTorch, a negative seed counts from 2**64


def test_moments():
    autograd.manual_seed(0)
    n = 200_000
    for x, mean, std in [
        (autograd.rand(n), 0.5, math.sqrt(1 / 12)),
        (autograd.randn(n), 0.0, 1.0),
        (autograd.zeros(n).uniform_(-1, 3), 1.0, math.sqrt(16 / 12)),
        (autograd.zeros(n).exponential_(2.0), 0.5, 0.5),
        (autograd.zeros(n).normal_(2.0, 3.0), 2.0, 3.0),
        (autograd.zeros(n).bernoulli_(0.3), 0.3, math.sqrt(0.21)),
        (autograd.zeros(n).geometric_(0.25), 4.0, math.sqrt(12)),
        (autograd.zeros(n).log_normal_(0.0, 0.25), math.exp(0.03125), 0.2619),
        (autograd.poisson(autograd.full((n,), 4.0)), 4.0, 2.0),
    ]:
        assert x.mean().item() == pytest.approx(mean, abs=0.02 * max(1.0, std))
        assert x.std().item() == pytest.approx(std, rel=0.02)
        assert x.dtype == autograd.float32
    assert autograd.zeros(1000).cauchy_().median().item() == pytest.approx(0.0, abs=0.2)


@pytest.mark.parametrize("replacement", [True, False])
def test_multinomial_draws_in_proportion_to_weights(replacement):
    autograd.manual_seed(1)
    weights = tensor([0.0, 1.0, 3.0, 0.0, 6.0]).expand(4000, 5)
    found = autograd.multinomial(weights, 2, replacement=replacement)
    first = autograd.bincount(found[:, 0], minlength=5) / 4000
    assert autograd.allclose(first.double(), tensor([0.0, 0.1, 0.3, 0.0, 0.6], dtype=autograd.float64), atol=0.03)
    if not replacement:
        assert (found[:, 0] != found[:, 1]).all()


def test_random_methods_in_the_graph_cut_the_gradient():
    x = tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    y.normal_()
    (g,) = autograd.autograd.grad((y + x).sum(), x)
    assert g.tolist() == [1.0, 1.0]
    with pytest.raises(RuntimeError, match="leaf"):
        x.uniform_()
    with autograd.no_grad():
        x.uniform_()


def test_fill_copy_and_zero_through_views_and_in_the_graph():
    x = tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 2
    y[:2].zero_()
    y[2:].fill_(x[0])
    assert y.tolist() == [0.0, 0.0, 1.0]
    (g,) = autograd.autograd.grad(y.sum(), x)
    assert g.tolist() == [1.0, 0.0, 0.0]
    n = autograd.zeros(2, dtype=autograd.int64)
    assert n.fill_(2.7).tolist() == [2, 2]
    assert n.copy_(tensor([1.9, 3.2])).tolist() == [1, 3]
    with pytest.raises(RuntimeError, match="copy_: "):
        n.copy_(autograd.zeros(3))
    with pytest.raises(TypeError, match="fill_: value must be a number"):
        n.fill_("red")


def test_legacy_types():
    assert autograd.FloatTensor([1, 2]).dtype == autograd.float32
    assert autograd.LongTensor(2, 3).shape == (2, 3)
    assert isinstance(tensor([1]), autograd.LongTensor)
    assert not isinstance(tensor([1.0]), autograd.LongTensor)
    assert tensor([1.5]).type(autograd.LongTensor).tolist() == [1]
    assert tensor([1.5]).type("torch.DoubleTensor").dtype == autograd.float64
    with pytest.raises(ValueError, match="invalid type"):
        tensor([1.5]).type("torch.RedTensor")


def test_a_size_given_to_an_older_constructor_is_a_size_and_not_data():
    size = tensor([[1.0, 2.0]]).shape
    assert autograd.Tensor(size).shape == autograd.FloatTensor(size).shape == (1, 2)
    assert autograd.Tensor((1, 2)).tolist() == [1.0, 2.0]
    x = tensor([1, 2])
    assert x.new(size).shape == x.new(1, 2).shape == (1, 2)
    assert x.new([3, 4]).tolist() == [3, 4]
    assert x.new(2).dtype == x.dtype
    assert x.new().shape == (0,)
    with pytest.raises(TypeError, match="new: expected a tensor of dtype int64, got float32"):
        x.new(tensor([1.0]))
    with pytest.raises(TypeError, match="Tensor: "):
        autograd.Tensor(2, 3.5)


def test_devices():
    cpu = autograd.device("cpu")
    assert cpu == autograd.device(cpu)
    assert hash(cpu) == hash(autograd.device("cpu"))
    assert str(autograd.device("cuda:1")) == "cuda:1"
    assert repr(autograd.device("cuda", 1)) == "device(type='cuda', index=1)"
    with cpu:
        assert tensor([1.0]).to(cpu, autograd.float64).dtype == autograd.float64
    with pytest.raises(RuntimeError, match="to: device 'cuda'"):
        tensor([1.0]).to("cuda")
    with pytest.raises(RuntimeError, match="cuda"):
        tensor([1.0]).cuda()


def test_conversions():
    x = tensor([1.5, -2.5])
    assert x.to(autograd.float32) is x
    assert x.to(autograd.float32, copy=True) is not x
    assert x.to(tensor(1)).dtype == autograd.int64
    assert x.to("cpu", autograd.float64, True, True).dtype == autograd.float64
    assert x.long().tolist() == [1, -2]
    assert [getattr(x, n)().dtype.name for n in ("half", "double", "char", "short", "int", "bool")] == [
        "float16", "float64", "int8", "int16", "int32", "bool"
    ]  # fmt: skip
    assert x.apply_(lambda v: v * 2).tolist() == [3.0, -5.0]
    assert x.map_(x, lambda a, b: a + b).tolist() == [6.0, -10.0]
    with pytest.raises(TypeError, match="to: expected a dtype"):
        x.to(3.5)
    with pytest.raises(RuntimeError, match="requires grad"):
        x.requires_grad_().apply_(abs)


def test_the_default_dtype_is_that_of_all_threads():
    found = []
    try:
        autograd.set_default_dtype(autograd.float64)
        worker = threading.Thread(target=lambda: found.append(tensor(0.5).dtype))
        worker.start()
        worker.join()
    finally:
        autograd.set_default_dtype(autograd.float32)
    assert found == [autograd.float64]


def test_half_precision_draws_stay_below_1():
    x = autograd.rand(100_000, dtype=autograd.float16)
    assert x.max().item() < 1.0
    assert autograd.randn(10, dtype=autograd.float16).dtype == autograd.float16


def test_random_fills_every_dtype_within_what_it_holds():
    assert set(autograd.zeros(100, dtype=autograd.bool).random_().tolist()) == {False, True}
    assert autograd.zeros(100, dtype=autograd.int8).random_().max().item() > 50
    assert autograd.zeros(1000).random_().max().item() > 2**20
    assert set(autograd.zeros(100).random_(3).tolist()) == {0.0, 1.0, 2.0}
    assert autograd.zeros(2).uniform_(**{"from": 5.0}, to=6.0).min().item() >= 5.0


def test_a_seed_from_the_operating_system_is_returned_and_repeats():
    value = autograd.seed()
    first = autograd.rand(3)
    assert value == autograd.initial_seed()
    autograd.manual_seed(value)
    assert autograd.equal(autograd.rand(3), first)
    with autograd.random.fork_rng(enabled=False):
        autograd.rand(1)
    assert not autograd.equal(autograd.rand(3), first)


def test_out_and_what_is_left_to_defaults():
    x = autograd.empty(2)
    assert autograd.zeros(2, out=x) is x
    assert autograd.range(2).tolist() == [0.0, 1.0, 2.0]
    assert autograd.linspace(0, 1, tensor(3)).tolist() == [0.0, 0.5, 1.0]
    assert autograd.zeros(2, dtype=int).dtype == autograd.int64
    assert autograd.zeros(2, dtype=float).dtype == autograd.float32
    assert tensor(1.0).fill_(3).item() == tensor(0.0).copy_(tensor(3)).item() == 3.0
    assert repr(autograd.iinfo(autograd.int8)) == "iinfo(min=-128, max=127, dtype=int8)"
    assert "eps=0.000976562" in repr(autograd.finfo(autograd.float16))
    assert autograd.finfo().bits == 32
