"""NumPy as a neighbour: its functions on tensors, mixed operands on either side, shared memory, DLPack, copies and pickles."""

import copy
import pickle
import warnings

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor
from autograd.autograd import gradcheck
from autograd.errors import GraphError, NotDifferentiable

A = np.array([[0.5, 1.5, -0.5], [2.0, -1.0, 0.25]])


def leaf(array=A):
    return autograd.tensor(array, requires_grad=True)


def gradient(f, array=A):
    x = leaf(array)
    y = f(x)
    assert isinstance(y, Tensor)
    assert y.requires_grad
    return autograd.grad(y.sum(), x)[0].numpy()


# -- functions ---------------------------------------------------------------------------------------------------------

SAME = {
    "np.exp": (np.exp, lambda x: x.exp()),
    "np.tanh": (np.tanh, lambda x: x.tanh()),
    "np.sum over an axis": (lambda x: np.sum(x, axis=1), lambda x: x.sum(1)),
    "np.mean": (np.mean, lambda x: x.mean()),
    "np.maximum": (lambda x: np.maximum(x, 0.3), lambda x: x.clamp(min=0.3)),
    "np.where": (lambda x: np.where(A > 0, x, 0.0), lambda x: x * (x > 0)),
    "np.matmul": (lambda x: np.matmul(x, A.T), lambda x: x @ autograd.tensor(A.T)),
    "np.dot": (lambda x: np.dot(x, A.T), lambda x: x @ autograd.tensor(A.T)),
    "np.concatenate": (lambda x: np.concatenate([x, x * 2], axis=1), lambda x: autograd.cat([x, x * 2], 1)),
    "np.stack": (lambda x: np.stack([x, x]), lambda x: autograd.stack([x, x])),
    "np.reshape": (lambda x: np.reshape(x, (3, 2)), lambda x: x.reshape(3, 2)),
    "np.transpose": (lambda x: np.transpose(x), lambda x: x.t()),
    "np.add.reduce": (lambda x: np.add.reduce(x, axis=0), lambda x: x.sum(0)),
    "np.cumsum": (lambda x: np.cumsum(x, axis=1), lambda x: x.cumsum(1)),
    "np.power": (lambda x: np.power(x, 2), lambda x: x**2),
    "np.flip": (lambda x: np.flip(x, 0), lambda x: x.flip(0)),
    "np.square of a copy": (lambda x: np.square(np.copy(x)), lambda x: x * x),
}


@pytest.mark.parametrize("name", SAME)
def test_numpy_functions_stay_in_the_graph(name):
    of_numpy, of_autograd = SAME[name]
    np.testing.assert_allclose(of_numpy(leaf()).detach(), of_autograd(leaf()).detach())
    np.testing.assert_allclose(gradient(of_numpy), gradient(of_autograd))


B = np.array([[0.3, -0.7, 0.9], [1.1, 0.4, -0.2]])
CUBE = np.arange(24.0).reshape(2, 3, 4) / 7 - 1.3
NUMPY_MEANS = {
    "std": lambda x: np.std(x, axis=1),
    "std of all, ddof": lambda x: np.std(x, ddof=1),
    "var": lambda x: np.var(x, axis=0, keepdims=True),
    "median": lambda x: np.median(x, axis=0),
    "median of all": np.median,
    "nanmedian": np.nanmedian,
    "quantile": lambda x: np.quantile(x, 0.3, axis=1),
    "nanquantile": lambda x: np.nanquantile(x, 0.3),
    "repeat": lambda x: np.repeat(x, 2, axis=0),
    "repeat of all": lambda x: np.repeat(x, 2),
    "tile": lambda x: np.tile(x, (2, 1)),
    "split": lambda x: np.split(x, 3, axis=1)[1],
    "split at": lambda x: np.split(x, [1], axis=1)[1],
    "array_split": lambda x: np.array_split(x, 2, axis=1)[0],
    "hsplit": lambda x: np.hsplit(x, 3)[2],
    "vsplit": lambda x: np.vsplit(x, 2)[1],
    "sort": np.sort,
    "sort along": lambda x: np.sort(x, axis=0),
    "sort of all": lambda x: np.sort(x, axis=None),
    "take": lambda x: np.take(x, [2, 0, 2], axis=1),
    "take of all": lambda x: np.take(x, np.array([[5, 0], [1, 1]])),
    "take_along_axis": lambda x: np.take_along_axis(x, np.array([[0], [2]]), axis=1),
    "round": lambda x: np.round(x * 1.013, 2),
    "dot": lambda x: np.dot(x, B.T),
    "dot of cubes": lambda x: np.dot(x, CUBE),
    "dot from the left": lambda x: np.dot(B.T, x),
    "inner": lambda x: np.inner(x, B),
    "outer": lambda x: np.outer(x[0], B[0]),
    "vdot": lambda x: np.vdot(x[0], B[0]),
    "kron": lambda x: np.kron(B, x),
    "cross": lambda x: np.cross(x, B),
    "trace": lambda x: np.trace(x, offset=1),
    "diag": lambda x: np.diag(x, k=1),
    "tril": lambda x: np.tril(x, k=-1),
    "triu": lambda x: np.triu(x, 1),
    "rot90": lambda x: np.rot90(x, 3),
    "roll": lambda x: np.roll(x, 1, axis=1),
    "roll of all": lambda x: np.roll(x, 2),
    "flip of all": np.flip,
    "fliplr": np.fliplr,
    "transpose": lambda x: np.transpose(x, (1, 0)),
    "moveaxis": lambda x: np.moveaxis(x, 0, -1),
    "swapaxes": lambda x: np.swapaxes(x, 0, 1),
    "expand_dims": lambda x: np.expand_dims(x, 1),
    "squeeze": lambda x: np.squeeze(x[:1], axis=0),
    "ravel": np.ravel,
    "cumsum of all": np.cumsum,
    "cumprod along": lambda x: np.cumprod(x, axis=0),
    "diff": lambda x: np.diff(x, n=2, axis=1),
    "trapezoid": lambda x: np.trapezoid(x, dx=0.5),
    "clip": lambda x: np.clip(x, -0.6, 0.4),
    "clip by keywords": lambda x: np.clip(x, a_min=-0.6, a_max=None),
    "nan_to_num": lambda x: np.nan_to_num(x, nan=3.0),
    "nansum": lambda x: np.nansum(x, axis=0),
    "nanmean": lambda x: np.nanmean(x, axis=0),
    "hstack": lambda x: np.hstack([x, B]),
    "hstack of vectors": lambda x: np.hstack([x[0], B[1]]),
    "vstack": lambda x: np.vstack([x[0], B]),
    "dstack": lambda x: np.dstack([x, B]),
    "column_stack": lambda x: np.column_stack([x[0], B[1]]),
    "linalg.norm": np.linalg.norm,
    "linalg.norm along": lambda x: np.linalg.norm(x, 1, axis=1),
    "fmax": lambda x: np.fmax(x, 0.1),
    "fmin": lambda x: np.fmin(B, x),
    "logaddexp2": lambda x: np.logaddexp2(x, B),
    "reciprocal": np.reciprocal,
    "deg2rad": np.deg2rad,
    "fabs": np.fabs,
    "sinc": np.sinc,
    "cov": np.cov,
}


@pytest.mark.parametrize("name", NUMPY_MEANS)
def test_a_numpy_function_means_what_numpy_says(name):
    """Torch has other functions under some of these names: a tensor must not make np.std divide by n - 1."""
    f = NUMPY_MEANS[name]
    want, got = f(A), f(leaf())
    assert isinstance(got, Tensor)
    assert got.shape == want.shape
    np.testing.assert_allclose(got.detach(), want, rtol=1e-12)
    assert gradcheck(f, leaf())


def test_questions_are_answered_with_or_without_a_gradient():
    x = leaf()
    assert np.allclose(x, A)
    assert np.array_equal(x, A)
    assert np.isclose(x, A).all()
    assert np.count_nonzero(x) == 6
    np.testing.assert_array_equal(np.argsort(x, axis=0), np.argsort(A, axis=0))
    np.testing.assert_array_equal(np.nonzero(x)[0], np.nonzero(A)[0])


def test_what_numpy_refuses_is_refused():
    with pytest.raises(ValueError, match="array_split"):
        np.split(leaf(), 2, axis=1)
    with pytest.raises(ValueError, match=r"autograd\.linalg\.norm"):
        np.linalg.norm(leaf(), 2)


@pytest.mark.parametrize("function", [np.unwrap, np.gradient, np.cbrt, np.modf, np.ediff1d, np.logical_and.reduce], ids=repr)
def test_a_function_without_derivative_here_raises_instead_of_a_zero_jacobian(function):
    x = leaf(np.array([0.3, 0.2, 0.7]))
    with pytest.raises(NotDifferentiable, match=r"numpy\.\w+.*detach"):
        function(x)
    function(x.detach())


def test_such_a_function_works_without_a_gradient():
    x = autograd.tensor(A)
    assert isinstance(np.interp(x, [0.0, 1.0], [0.0, 2.0]), Tensor)
    np.testing.assert_array_equal(np.unique(x), np.unique(A))


# -- operands ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "want"),
    [
        (lambda x: A * x, A),
        (lambda x: x * A, A),
        (lambda x: A - x, -np.ones_like(A)),
        (lambda x: A / x, -A / A**2),
        (lambda x: np.float64(2) * x, np.full_like(A, 2.0)),
        (lambda x: np.float64(2) ** x, np.log(2) * 2.0**A),
        (lambda x: np.array(3.0) - x, -np.ones_like(A)),
        (lambda x: np.float32(2) / x, -2 / A**2),
        (lambda x: A.T @ x, np.tile((A.T @ np.ones_like(A)).sum(0) * 0 + 1, (2, 1)) * A.sum(1)[:, None]),
    ],
)
def test_either_side(f, want):
    np.testing.assert_allclose(gradient(f), want)


def test_dtypes_do_not_drift():
    x = autograd.ones(2, requires_grad=True)
    for y in (np.float32(2) * x, x * np.float64(2), np.int64(2) * x, x + 1, 2.0 * x, np.exp(x), x.mean() * 2.0):
        assert y.dtype == autograd.float32, y
    x.sum().backward()
    assert x.grad.dtype == autograd.float32
    assert autograd.tensor(A).dtype == autograd.float64
    assert (x.detach().int() + np.int64(1)).dtype == autograd.int32


def test_comparisons_and_augmented_assignment():
    x = autograd.tensor(A)
    assert (x > 0).dtype == autograd.bool
    assert isinstance(A > x, Tensor)
    array = A.copy()
    with pytest.raises(TypeError, match="out="):
        array += leaf()
    array = A.copy()
    array = array + leaf()
    assert array.requires_grad


# -- memory ------------------------------------------------------------------------------------------------------------


def test_from_numpy_and_asarray_share_memory():
    array = A.copy()
    t = autograd.from_numpy(array)
    t[0, 0] = 9.0
    assert array[0, 0] == 9.0
    array[1, 1] = 8.0
    assert t[1, 1].item() == 8.0
    assert np.shares_memory(np.asarray(t), array)
    assert np.shares_memory(t.numpy(), array)
    assert not np.shares_memory(np.array(t), array)
    assert not np.shares_memory(autograd.tensor(array).numpy(), array)
    assert np.shares_memory(autograd.as_tensor(array).numpy(), array)
    view = np.asarray(t.t()[1:])
    view[...] = 0
    assert array[0, 1] == 0
    assert np.asarray(t, dtype=np.float32).dtype == np.float32


def test_a_scalar_shares_memory_once_it_has_some():
    t = autograd.tensor(1.0) * 2
    shared = t.numpy()
    shared[...] = 5
    assert t.item() == 5


@pytest.mark.parametrize(
    "read",
    [np.asarray, np.array, lambda x: x.numpy(), lambda x: x.__dlpack__(), np.from_dlpack],
    ids=["asarray", "array", "numpy", "__dlpack__", "from_dlpack"],
)
def test_what_would_leave_the_graph_raises(read):
    with pytest.raises((GraphError, BufferError), match=r"requires grad|require gradient"):
        read(leaf())
    with pytest.raises((GraphError, BufferError)):
        read(leaf() * 2)


def test_dlpack_with_numpy():
    array = A.copy()
    t = autograd.from_dlpack(array)
    t[0, 0] = 3.0
    assert array[0, 0] == 3.0
    back = np.from_dlpack(t)
    assert np.shares_memory(back, array)
    for dtype in (np.float32, np.int64, np.int8, np.uint8, np.bool_):
        one = autograd.from_numpy(np.ones((2, 3), dtype)[:, ::2])
        np.testing.assert_array_equal(np.from_dlpack(one), one.numpy())
    assert autograd.ones(1).__dlpack_device__() == (1, 0)


@pytest.mark.torch
def test_dlpack_with_torch():
    torch = pytest.importorskip("torch")
    theirs = torch.arange(6.0).reshape(2, 3)
    mine = autograd.from_dlpack(theirs)
    mine[0, 0] = 7.0
    assert theirs[0, 0].item() == 7.0
    back = torch.from_dlpack(mine.t())
    back[2, 1] = -1.0
    assert theirs[1, 2].item() == -1.0
    theirs.requires_grad_()
    with pytest.raises((RuntimeError, BufferError)):
        autograd.from_dlpack(theirs)


def test_the_buffer_of_a_gradient_is_its_own():
    x = leaf()
    x.sum().backward()
    kept = x.grad.numpy()
    y = leaf()
    (y.sum() + (x * 1).sum()).backward()
    assert not np.shares_memory(x.grad.numpy(), y.grad.numpy())
    assert kept[0, 0] == 2, "accumulation is in place, as in PyTorch"


# -- copies and pickles ------------------------------------------------------------------------------------------------


def test_deepcopy():
    w = leaf()
    w.sum().backward()
    c = copy.deepcopy({"w": w, "again": w})
    assert c["w"] is c["again"]
    assert c["w"] is not w
    assert c["w"].requires_grad
    assert c["w"].is_leaf
    assert c["w"].grad is not w.grad
    np.testing.assert_array_equal(c["w"].grad, w.grad)
    c["w"].data[0, 0] = 100.0
    assert w[0, 0].item() == 0.5
    p = copy.deepcopy(nn.Parameter(autograd.ones(2), requires_grad=False))
    assert type(p) is nn.Parameter
    assert not p.requires_grad
    with pytest.raises(RuntimeError, match="deepcopy"):
        copy.deepcopy(w * 2)
    assert copy.copy(w).requires_grad


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(protocol):
    for t in (
        leaf(),
        autograd.tensor(2.5),
        autograd.arange(6).reshape(2, 3).t(),
        nn.Parameter(autograd.ones(2)),
        autograd.zeros(0, 2),
    ):
        back = pickle.loads(pickle.dumps(t, protocol))
        assert type(back) is type(t)
        assert back.dtype == t.dtype
        assert back.requires_grad == t.requires_grad
        np.testing.assert_array_equal(back.detach(), t.detach())
        back.data.add_(1)
    b = pickle.loads(pickle.dumps(nn.Buffer(autograd.ones(1), persistent=False), protocol))
    assert b.persistent is False
    computed = leaf() * 2
    back = pickle.loads(pickle.dumps(computed, protocol))
    assert back.is_leaf
    np.testing.assert_array_equal(back.detach(), computed.detach())


def test_python_protocols():
    x = autograd.tensor([1, 2, 3])
    assert list(map(int, x)) == [1, 2, 3]
    assert len(x) == 3
    assert 2 in x
    assert [10, 20, 30][autograd.tensor(1)] == 20
    assert f"{autograd.tensor(1.2345):.2f}" == "1.23"
    assert float(autograd.tensor(2.5)) == 2.5
    assert bool(autograd.tensor([True]))
    assert np.float64(1.0) + autograd.tensor(1.0).item() == 2.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isclose(autograd.tensor(1.0), 1.0)
        assert np.allclose(x, [1, 2, 3])


def test_memory_of_another_library_can_be_written_to():
    class Foreign:
        """What another library's tensor is to DLPack."""

        def __init__(self):
            self.array = A.copy()

        def __dlpack__(self, **options):
            return self.array.__dlpack__(**{k: v for k, v in options.items() if k in ("stream", "max_version")})

        def __dlpack_device__(self):
            return self.array.__dlpack_device__()

    foreign = Foreign()
    t = autograd.from_dlpack(foreign)
    t[0, 0] = 7.0
    assert foreign.array[0, 0] == 7.0
    del foreign
    assert t[0, 0] == 7.0


def test_a_read_only_array_stays_read_only():
    array = A.copy()
    array.flags.writeable = False
    with pytest.raises(RuntimeError, match="read-only"):
        autograd.from_dlpack(array)[0, 0] = 1.0
