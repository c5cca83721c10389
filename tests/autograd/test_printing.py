"""How tensors print: PyTorch's text for a table of tensors, and for random ones where PyTorch is installed."""

import numpy as np
import pytest

import autograd
from autograd import tensor

INF, NAN = float("inf"), float("nan")

TABLE = [
    (1.0, "tensor(1.)"),
    (3, "tensor(3)"),
    (True, "tensor(True)"),
    (-0.0, "tensor(-0.)"),
    (NAN, "tensor(nan)"),
    (1e-7, "tensor(1.0000e-07)"),
    (123456789.0, "tensor(1.2346e+08)"),
    ([], "tensor([])"),
    ([1.0, 2.5], "tensor([1.0000, 2.5000])"),
    ([1, 20, -300], "tensor([   1,   20, -300])"),
    ([True, False], "tensor([ True, False])"),
    ([1.0, 2000.0], "tensor([1.0000e+00, 2.0000e+03])"),
    ([NAN, 1.0, INF], "tensor([nan, 1., inf])"),
    ([[1.0], [2.0]], "tensor([[1.],\n        [2.]])"),
    ([[[1], [2]], [[3], [4]]], "tensor([[[1],\n         [2]],\n\n        [[3],\n         [4]]])"),
]


@pytest.mark.parametrize(("data", "text"), TABLE, ids=[t for _, t in TABLE])
def test_known_texts(data, text):
    assert repr(tensor(data)) == str(tensor(data)) == text


def test_notes_after_the_numbers():
    assert repr(tensor([1.0], dtype=autograd.float64)) == "tensor([1.], dtype=torch.float64)"
    assert repr(tensor([1], dtype=autograd.uint8)) == "tensor([1], dtype=torch.uint8)"
    assert repr(autograd.zeros(2, 0)) == "tensor([], size=(2, 0))"
    assert repr(autograd.zeros(0, dtype=autograd.int64)) == "tensor([], dtype=torch.int64)"
    x = tensor([1.0], requires_grad=True)
    assert repr(x) == "tensor([1.], requires_grad=True)"
    assert repr(x * 2) == "tensor([2.], grad_fn=<MulBackward0>)"


def test_a_note_that_does_not_fit_goes_to_a_line_of_its_own():
    text = repr(autograd.arange(12.0).requires_grad_())
    assert text.endswith("11.],\n       requires_grad=True)")


def test_large_tensors_show_their_edges():
    assert repr(autograd.arange(2000)) == "tensor([   0,    1,    2,  ..., 1997, 1998, 1999])"
    lines = repr(autograd.zeros(100, 100)).split("\n")
    assert len(lines) == 7
    assert lines[3] == "        ...,"


def test_set_printoptions():
    try:
        autograd.set_printoptions(precision=2, threshold=5, edgeitems=1)
        assert repr(autograd.arange(10)) == "tensor([0,  ..., 9])"
        assert repr(tensor(3.14159)) == "tensor(3.14)"
        autograd.set_printoptions(profile="short")
        assert repr(tensor(3.14159)) == "tensor(3.14)"
        autograd.set_printoptions(profile="full")
        assert len(repr(autograd.arange(1500))) > 5000
        autograd.set_printoptions(profile="default", sci_mode=True)
        assert repr(tensor([1.5])) == "tensor([1.5000e+00])"
    finally:
        autograd.set_printoptions(profile="default")
    with pytest.raises(ValueError, match="profile must be one of"):
        autograd.set_printoptions(profile="red")


def test_named_results():
    text = repr(tensor([[1.0, 2.0]]).max(1))
    assert text == "torch.return_types.max(\nvalues=tensor([2.]),\nindices=tensor([1]))"


@pytest.mark.torch
def test_random_tensors_print_as_in_torch():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    for trial in range(400):
        shape = tuple(rng.integers(0, [3, 7, 40][trial % 3], rng.integers(0, 4)))
        dtype = ["float32", "float64", "float16", "int64", "int8", "bool"][trial % 6]
        values = rng.standard_normal(shape) * 10.0 ** rng.integers(-6, 6)
        if trial % 4 == 0:
            values = np.rint(values)
        if trial % 5 == 0:
            values = np.where(rng.random(shape) < 0.2, rng.choice([INF, -INF, NAN, 0.0]), values)
        kept = np.nan_to_num(values, nan=0, posinf=9, neginf=-9) if not dtype.startswith("float") else values
        with np.errstate(all="ignore"):
            array = np.asarray(kept).astype(np.int64 if dtype == "int8" else dtype).astype(dtype)
        assert repr(tensor(array)) == repr(torch.tensor(array))
