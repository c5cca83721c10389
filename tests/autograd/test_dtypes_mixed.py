"""Operands of different dtypes, and numbers beside dtypes that may not hold them: the dtype of the result or the refusal
is PyTorch's. Where PyTorch merely has no kernel for a dtype of both operands, this library may compute all the same."""

import warnings
from itertools import product

import numpy as np
import pytest

import autograd

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

DTYPES = ["float64", "float32", "float16", "int64", "int32", "uint8", "bool"]
BINARY = (
    "add sub mul div floor_divide remainder fmod pow float_power atan2 maximum minimum fmax fmin eq ne lt gt bitwise_and "
    "bitwise_or logical_and logical_xor copysign xlogy hypot logaddexp ldexp isclose matmul dot inner outer kron dist"
).split()
ELSE = {
    **{n: lambda lib, a, b, n=n: getattr(lib, n)([a, b]) for n in ("cat", "stack", "hstack", "vstack", "column_stack")},
    **{n: lambda lib, a, b, n=n: getattr(a, n)(b) for n in ("add_", "mul_", "div_", "pow_", "copy_", "logical_and_")},
    "where": lambda lib, a, b: lib.where(lib.tensor([True, False, True]), a, b),
    "einsum, summed": lambda lib, a, b: lib.einsum("i,i->", a, b),
    "einsum, nothing summed": lambda lib, a, b: lib.einsum("i,i->i", a, b),
    "einsum, outer": lambda lib, a, b: lib.einsum("i,j->ij", a, b),
    "lerp, end": lambda lib, a, b: lib.lerp(a, b, 0.5),
    "lerp, weight": lambda lib, a, b: lib.lerp(a, a, b),
    "addcmul": lambda lib, a, b: lib.addcmul(a, b, b),
    "addcdiv": lambda lib, a, b: lib.addcdiv(a, b, b),
    "add, alpha": lambda lib, a, b: lib.add(a, b, alpha=2),
    "sub, alpha": lambda lib, a, b: lib.sub(a, b, alpha=2),
    "add, fraction": lambda lib, a, b: lib.add(a, b, alpha=0.5),
    "clamp": lambda lib, a, b: lib.clamp(a, b, b + b),
    "gather": lambda lib, a, b: a.gather(0, b),
    "take": lambda lib, a, b: a.take(b),
    "take_along_dim": lambda lib, a, b: lib.take_along_dim(a, b * 0, 0),
    "index_add": lambda lib, a, b: a.index_add(0, lib.tensor([0, 1, 0]), b),
    "index_put": lambda lib, a, b: a.index_put((lib.tensor([0, 1, 2]),), b),
    "index_copy": lambda lib, a, b: a.index_copy(0, lib.tensor([0, 1, 2]), b),
    "scatter": lambda lib, a, b: a.scatter(0, lib.tensor([0, 1]), b),
    "masked_scatter": lambda lib, a, b: a.masked_scatter(a > 0, b),
    "masked_select": lambda lib, a, b: a.masked_select(b),
    "x[0] = y": lambda lib, a, b: (a.__setitem__(0, b[0]), a)[1],
    "isin": lambda lib, a, b: lib.isin(a, b),
    "bincount": lambda lib, a, b: lib.bincount(a, b),
    "tensor_split": lambda lib, a, b: lib.tensor_split(a, b),
    "linalg.vecdot": lambda lib, a, b: lib.linalg.vecdot(a, b),
    "linalg.cross": lambda lib, a, b: lib.linalg.cross(a, b),
    "histogram": lambda lib, a, b: lib.histogram(a, b.cumsum(0).to(b.dtype))[0],
}
CALLS = {**{n: lambda lib, a, b, n=n: getattr(lib, n)(a, b) for n in BINARY}, **ELSE}


def outcome(call):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = call()
        except (RuntimeError, ValueError, TypeError, IndexError, OverflowError) as error:
            return error
    parts = found if isinstance(found, tuple) else (found,)
    return [(str(t.dtype).removeprefix("torch."), t.detach().numpy()) for t in map(as_tensor, parts)]


def as_tensor(value):
    return value if hasattr(value, "dtype") else autograd.tensor(value)


def agree(want, got, about):
    if isinstance(want, Exception):
        if "not implemented for" not in str(want):  # it has no kernel
            assert isinstance(got, Exception), f"{about}: accepted; PyTorch says {want}"
        return
    assert not isinstance(got, Exception), f"{about}: {got}"
    for (a, x), (b, y) in zip(want, got, strict=True):
        assert a == b, f"{about}: the dtype is {b}, PyTorch's {a}"
        if a != "float16":
            np.testing.assert_allclose(y.astype(float), x.astype(float), rtol=2e-3, err_msg=about)


@pytest.mark.parametrize("name", CALLS)
def test_two_dtypes(name):
    for a, b in product(DTYPES, DTYPES):
        for shapes in ((3,), (3,)), ((), (3,)), ((3,), ()):
            if name not in BINARY[:24] and "alpha" not in name and "weight" not in name and () in shapes:
                continue
            values = [np.random.default_rng(k).integers(1, 3, s).tolist() for k, s in enumerate(shapes)]

            def run(lib, a=a, b=b, values=values):
                x, y = (lib.tensor(v, dtype=getattr(lib, d)) for v, d in zip(values, (a, b), strict=True))
                return CALLS[name](lib, x, y)

            if name == "lerp, weight" and a[0] != "f":
                continue  # PyTorch takes the weight for the dtype of all
            agree(outcome(lambda run=run: run(torch)), outcome(lambda run=run: run(autograd)), f"{name}: {a} {b} {shapes}")


NUMBERS = [300, -1, 255, 256, -129, 2**31, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 10**30, 3.7, -3.7, -0.5, 300.5]
NUMBERS += [1e20, 1e39, 1e300, 70000.0, float("nan"), float("inf"), True]
WAYS = {
    "tensor": lambda lib, v, d: lib.tensor(v, dtype=d),
    "tensor of a list": lambda lib, v, d: lib.tensor([[1, v]], dtype=d)[0, 1],
    "as_tensor": lambda lib, v, d: lib.as_tensor([v], dtype=d),
    "new_tensor": lambda lib, v, d: lib.zeros(1, dtype=d).new_tensor([v]),
    "full": lambda lib, v, d: lib.full((1,), v, dtype=d),
    "full_like": lambda lib, v, d: lib.full_like(lib.zeros(1, dtype=d), v),
    "fill_": lambda lib, v, d: lib.zeros(1, dtype=d).fill_(v),
    "fill": lambda lib, v, d: lib.fill(lib.zeros(1, dtype=d), v),
    "masked_fill": lambda lib, v, d: lib.zeros(1, dtype=d).masked_fill(lib.tensor([True]), v),
    "x[0] = v": lambda lib, v, d: (lambda t: (t.__setitem__(0, v), t)[1])(lib.zeros(1, dtype=d)),
    "+": lambda lib, v, d: lib.zeros(1, dtype=d) + v,
    "*": lambda lib, v, d: lib.ones(1, dtype=d) * v,
}


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32", "int64", "bool", "float16", "float32", "float64"])
@pytest.mark.parametrize("way", WAYS)
def test_a_number_that_a_dtype_may_not_hold(way, dtype):
    for value in NUMBERS:
        if way in "+*" and isinstance(value, int) and abs(value) >= 2**63:
            continue  # PyTorch wraps around some of them
        if (way == "x[0] = v" and value == 2**63) or (way == "masked_fill" and dtype == "float16"):
            continue  # what PyTorch takes in every other way
        want = outcome(lambda v=value: WAYS[way](torch, v, getattr(torch, dtype)))
        got = outcome(lambda v=value: WAYS[way](autograd, v, getattr(autograd, dtype)))
        agree(want, got, f"{way}: {value} as {dtype}")


@pytest.mark.parametrize("value", [2**63, 2**64, -(2**63) - 1, [2**63], [1, -(2**63) - 1], [[2**64 - 1]], 2**63 - 1, -(2**63)])
def test_a_whole_number_without_a_dtype(value):
    agree(outcome(lambda: torch.tensor(value)), outcome(lambda: autograd.tensor(value)), str(value))


@pytest.mark.parametrize("name", ["sum", "prod", "nansum", "cumsum", "cumprod", "mean"])
@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "bool", "float64", "float16"])
def test_a_reduction_in_another_dtype(name, dtype):
    def run(lib, grad):
        x = lib.tensor([1.0, 2.0, 2.0], requires_grad=grad)
        args = (0,) if name.startswith("cum") else ()
        return getattr(lib, name)(x, *args, dtype=getattr(lib, dtype))

    for grad in (False, True):
        agree(outcome(lambda grad=grad: run(torch, grad)), outcome(lambda grad=grad: run(autograd, grad)), f"{name} {grad}")
