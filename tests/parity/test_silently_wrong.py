"""Gradients that other engines have been known to get wrong without a word, each class under its name.

Every line is run on torch and on Gradloom, on float64 with second order and on float32, and compared as the table is.
Where torch itself answers NaN, the right answer is stated here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import autograd

from .compare import mismatches
from .dsl import Code, Int, Lit, Pos
from .expand import evaluate
from .gradloom import GRADLOOM

pytestmark = pytest.mark.torch
INF, NAN = float("inf"), float("nan")


def agree(*lines: str, order: int = 2, owned: bool = False, **operands: Any) -> None:
    entry = Code("", lines, operands, owned=owned)
    differences = [
        f"{line} [{dtype}]: {text}"
        for line in lines
        for dtype, highest in (("float64", order), ("float32", 1))
        for text in mismatches(evaluate(torch, entry, line, dtype, highest), evaluate(GRADLOOM, entry, line, dtype, highest))
    ]
    assert not differences, "\n".join(differences)


def gradient(function: Any, *values: Any) -> list[np.ndarray]:
    """The gradient of the sum of `function` at `values`, on Gradloom."""
    leaves = [autograd.tensor(value, dtype=autograd.float64, requires_grad=True) for value in values]
    function(*leaves).sum().backward()
    return [np.asarray(leaf.grad) for leaf in leaves]


def test_tile_with_fewer_reps_than_dimensions() -> None:
    agree("x.tile(2)", "x.tile((2, 3))", "torch.tile(x, (2,)) * x.tile(2)", x=(2, 3, 4))


def test_repeat_interleave_along_a_negative_dim() -> None:
    agree(
        "x.repeat_interleave(2, -1)", "x.repeat_interleave(3, dim=-2)", "x.repeat_interleave(i, -1)", x=(2, 3),
        i=Lit([0, 2, 1]),
    )  # fmt: skip


@pytest.mark.parametrize("values", [[2.0, 0.0, 3.0], [0.0, 2.0, 0.0], [0.0, 0.0, 0.0], [-1.0, 0.0, -0.0, 5.0]])
def test_prod_with_one_two_three_zeros(values: list[float]) -> None:
    agree("x.prod()", "x.prod(0)", "x.prod(-1, keepdim=True)", "torch.stack([x, x + 1]).prod(1)", x=Lit(values))


@pytest.mark.parametrize("values", [[2.0, 0.0, 3.0, 4.0], [0.0, 2.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
def test_cumprod_with_zeros(values: list[float]) -> None:
    agree("x.cumprod(0)", "torch.stack([x, x + 1]).cumprod(1)", x=Lit(values))


def test_ties_in_max_min_and_sort() -> None:
    agree(
        "x.max()", "x.min()", "x.amax(1)", "x.amin()", "x.max(1).values", "x.min(0).values",
        "torch.maximum(x, x)", "x.clamp(min=2.0)", "torch.minimum(x, x.flip(1))", "x.sort(dim=1, stable=True)",
        "x.sort(dim=1, stable=True, descending=True)", "x.median(1).values", "x.relu() + (-x).relu()",
        "x.abs()", "x.cummax(1).values", order=1, x=Lit([[2.0, 1.0, 2.0], [3.0, 3.0, 3.0], [0.0, -0.0, 0.0]]),
    )  # fmt: skip


def test_norm_std_and_sqrt_at_zero() -> None:
    agree(
        "x.norm()", "x.norm(dim=1)", "x.norm(1)", "x.norm(float('inf'))", "torch.linalg.norm(x, dim=0)",
        "x.std()", "x.std(0)", "x.var(1)", "torch.dist(x, x)", "torch.cdist(x, x.detach())",
        "(x * x).sum().sqrt()", "x.sqrt()", order=1, x=Lit([[0.0, 0.0], [0.0, 0.0]]),
    )  # fmt: skip


def test_pow_at_base_zero_and_integer_exponents() -> None:
    agree(
        "x ** 2", "x ** 3", "x ** 1", "x ** 0", "x.pow(2.0)", "x ** y", "x ** y.detach()", "x.detach() ** y",
        "2 ** x", "0 ** x.abs()", order=1, x=Lit([0.0, -2.0, 2.0, -0.0]), y=Lit([0.0, 2.0, 3.0, 1.0]),
    )  # fmt: skip
    agree("x ** 2", "x ** 3", "x ** 1", "x ** 0", x=Lit([0.0, -2.0, 2.0]))
    agree("x ** 0.5", "x ** 1.5", order=1, x=Lit([0.0, 2.0]))


def test_dead_branch_of_where_holds_nan_or_inf() -> None:
    (g,) = gradient(lambda x: autograd.where(x > 0, x, x.detach() * NAN), [1.0, -1.0])
    assert g.tolist() == [1.0, 0.0]
    agree(
        "torch.where(x > 0, x, NAN)", "torch.where(x > 0, x.clamp(min=1e-3).log(), torch.zeros_like(x))",
        "torch.where(x == 0, x, x / x.abs())", "torch.where(x > 0, x, INF) * 1.0",
        "x.masked_fill(x <= 0, -INF).softmax(0)", x=Lit([2.0, 0.5, -1.0]), NAN=NAN, INF=INF,
    )  # fmt: skip


def test_softmax_and_logsumexp_at_extremes() -> None:
    agree(
        "x.softmax(1)", "x.log_softmax(1)", "x.logsumexp(1)", "x.sigmoid()", "x.tanh()",
        "torch.nn.functional.softplus(x)", "torch.nn.functional.logsigmoid(x)",
        "torch.nn.functional.cross_entropy(x, torch.tensor([1, 0]))",
        x=Lit([[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4]]),
    )  # fmt: skip
    agree("torch.logaddexp(x[0], x[1])", "x.logcumsumexp(1)", order=1, x=Lit([[1e2, -1e2, 0.0], [-1e2, -1e2, 30.0]]))
    agree("x.softmax(1)", "x.logsumexp(1)", "x.log_softmax(1)[0, 0]", order=1, x=Lit([[0.0, -INF, 1.0], [2.0, 0.0, -INF]]))
    (g,) = gradient(lambda x: x.logsumexp(1), [[-INF, -INF]])
    assert not np.isnan(g).any()


def test_duplicates_and_negative_duplicates_in_indices() -> None:
    agree(
        "x[i]", "x[i, i]", "x[[0, -4, 0]]", "x[:, [1, -4, 1]]", "x.index_select(0, i % 4)",
        "x.gather(0, (i % 4).view(-1, 1).expand(5, 5))", "torch.nn.functional.embedding(i % 4, x)",
        "x.take(i)", "x[i] * x[i.flip(0)]", x=(4, 5), i=Lit([0, 3, -1, 0, -4]),
    )  # fmt: skip
    agree(
        "x[i] = v; x * x", "x.index_put_((i,), v, accumulate=True) * x", "x.index_add_(0, i % 4, v) * x",
        owned=True, x=(4, 5), v=(3, 5), i=Lit([0, -1, 2]),
    )  # fmt: skip


def test_boolean_masks_and_mixed_indices() -> None:
    agree(
        "x[m]", "x[m[:, 0, 0]]", "x[:, m[0]]", "x[m[:, 0, 0], 1:]", "x[1, [0, 2], :]", "x[:, 1, [0, 3]]",
        "x[[0, 1], :, [0, 1]]", "x[0, :, [1, 1]]", "x[[0], 1:, None, [2, 2]]", "x[..., [0, 0]]",
        "x[None, [1], ..., 0]", x=(2, 3, 4), m=Int((2, 3, 4), 0, 2, "bool"),
    )  # fmt: skip


def test_expanded_strided_and_fortran_order_inputs() -> None:
    agree(
        "(x.expand(3, 2, 4) * w).sum(0)", "x.t() @ x", "x.t()[::2].exp()", "x[:, ::2].contiguous() * 2",
        "x.expand(3, 2, 4).reshape(6, 4).cumsum(0)", "x.t().flip(0).reshape(-1)", "x.t().sum(0)",
        "x[:1].expand(2, 4).max(0).values", "x.mT.unfold(0, 2, 1)", x=(2, 4), w=(3, 1, 4),
    )  # fmt: skip
    memory = np.asfortranarray(np.arange(12.0).reshape(3, 4))
    for library in (torch, autograd):
        x = library.from_numpy(memory).clone().requires_grad_()
        (x.t() @ x).sum().backward()
        expected = 2 * np.broadcast_to(memory.sum(1, keepdims=True), memory.shape)
        np.testing.assert_allclose(x.grad.numpy(), expected)


def test_no_gradient_buffer_is_shared_by_two_leaves() -> None:
    agree(
        "(x + y).sum().backward(); x.grad.add_(5); y.grad", "(x + y).sum().backward(); y.grad.zero_(); x.grad",
        "(x - x).sum().backward(); x.grad", "z = x.reshape(3, 2); z.sum().backward(); x.grad.mul_(2); x.grad",
        "torch.cat([x, y]).sum().backward(); x.grad[0] = 9; y.grad",
        "g = torch.ones_like(x); (x + y).backward(g); g.zero_(); (x.grad, y.grad)",
        "g = torch.ones_like(x); (x + y).backward(g); x.grad.zero_(); g",
        "x.view(-1).sum().backward(); x.clone().sum().backward(); x.grad",
        "(x + 0).sum().backward(); a = x.grad; x.grad = None; (x * 3).sum().backward(); a", order=0, x=(2, 3),
        y=(2, 3),
    )  # fmt: skip


def test_diamond_graphs() -> None:
    agree(
        "a = x * 2; a * a.exp()", "a = x.sin(); b = a + 1; c = a * 2; b * c", "a = x * y; (a + x) * (a - y)",
        "a = x[0]; b = x[0]; a * b", "a = x.exp(); b = a.sum(); a / b",
        "a = x * 1; b = a + a; c = b * a; d = c + b; d * a", x=(2, 3), y=(2, 3),
    )  # fmt: skip


def test_one_parent_twice() -> None:
    agree(
        "x * x", "x + x", "x - x", "x / x", "x ** x", "x @ x", "torch.maximum(x, x)", "torch.cat([x, x])",
        "torch.stack([x, x], -1)", "torch.atan2(x, x)", "torch.where(x > 1, x, x)", "torch.dot(x[0], x[0])",
        "torch.outer(x[0], x[0])", "torch.addmm(x, x, x)", order=1, x=Pos(3, 3),
    )  # fmt: skip


def test_reflected_operators() -> None:
    agree(
        "2 - x", "2 / x", "2 ** x", "2.5 * x", "7 % x.detach()", "7 // x.detach()", "1 + x", "True + x",
        "0.5 - x[0, 0]", "torch.ones(3) @ x", x=Pos(3, 3),
    )  # fmt: skip


def test_results_without_dimensions() -> None:
    agree(
        "x.sum()", "x.sum() * x", "x[0, 0] * x[1, 1]", "x.mean().exp()", "x.sum().reshape(1)",
        "x.sum().expand(2)", "x.sum().unsqueeze(0)", "s * s", "s + x", "s.sum(0)", "s.clone().view(1, 1)",
        "torch.stack([s, s])", "s.max()", "x.norm() / s", "s.softmax(0)", x=(2, 3), s=Pos(),
    )  # fmt: skip


def test_float32_stays_float32() -> None:
    lines = """
        x * 2.5; x / 3; x ** 0.5; 1 / x; x + 1; x.mean(); x.std(); x.norm(); x.softmax(1); x.logsumexp(1);
        x.cumsum(0); x * torch.tensor(2.0).double(); x.sum() * 3.0; x.clamp(0.5, 1.5); x.pow(2.5);
        torch.where(x > 1, x, 0.0); x.quantile(0.3); x.var(unbiased=False); x.erf(); x.lgamma(); x.sinc();
        x.nan_to_num(); x.lerp(x, 0.3); x.addcmul(x, x, value=0.1); torch.linalg.inv(x @ x.T + 3 * torch.eye(3));
        x.float_power(2).float(); x.trace(); x.renorm(2, 0, 0.5); x.cov(); x.diff(); x.masked_fill(x > 1, 0.1);
        x.logit(0.1); x.rsqrt(); x.digamma(); x.xlogy(2.5); x.histc(4)
    """
    agree(*[line.strip() for line in lines.split(";")], order=1, x=Pos(3, 3))


def test_integer_tensors() -> None:
    agree(
        "i / 2", "i // 2", "i * 1.5", "i.float().mean()", "i + x", "i ** 2", "i.sum()", "i.prod()",
        "i.cumsum(0)", "i.max()", "i.sqrt()", "i.exp()", "x ** i", "x * i", "i.float() @ x", "i.mean()",
        "i.requires_grad_()", "torch.tensor([1, 2], requires_grad=True)", "i.softmax(0)", order=1,
        i=Lit([1, 2, 3]), x=Lit([0.5, 1.5, 2.5]),
    )  # fmt: skip


SCALARS = [np.float64(2.0), np.float32(2.0), np.int64(2), np.array(2.0), np.array([1.0, 2.0, 3.0])]


@pytest.mark.parametrize("scalar", SCALARS)
def test_numpy_on_the_left_stays_in_the_graph(scalar: Any) -> None:
    reflected = [lambda x: scalar * x, lambda x: scalar - x, lambda x: scalar / x, lambda x: scalar**x, lambda x: scalar + x]
    for function in reflected:
        x = autograd.tensor([0.5, 1.5, 2.5], dtype=autograd.float64, requires_grad=True)
        result = function(x)
        assert isinstance(result, autograd.Tensor)
        assert result.requires_grad
        t = torch.tensor([0.5, 1.5, 2.5], dtype=torch.float64, requires_grad=True)
        want = function(np.asarray(t.detach()))
        np.testing.assert_allclose(result.detach().numpy(), want)


def test_sinc_at_zero() -> None:
    agree("x.sinc()", x=Lit([0.0, 0.3, -1.0, 2.0]), order=1)
    x = autograd.tensor(0.0, dtype=autograd.float64, requires_grad=True)
    (first,) = autograd.autograd.grad(autograd.sinc(x), x, create_graph=True)
    (second,) = autograd.autograd.grad(first, x)
    assert abs(second.item() + np.pi**2 / 3) < 1e-9


def test_nan_to_num() -> None:
    agree("x.nan_to_num()", "x.nan_to_num(1.0, 2.0, 3.0)", "x.nan_to_num(nan=5.0) * 2", order=1, x=Lit([NAN, INF, -INF, 1.5]))


def test_atan2_at_the_origin() -> None:
    agree("torch.atan2(x, y)", order=1, x=Lit([0.0, 1.0, -1.0, 0.0]), y=Lit([-1.0, 0.0, 0.0, 2.0]))
    for g in gradient(autograd.atan2, [0.0], [0.0]):
        assert not np.isinf(g).any()


UNKNOWN = [np.fft.fft, np.linalg.eig, np.unwrap, np.gradient, lambda x: np.interp(x, [0, 1], [0, 1]), np.spacing]


@pytest.mark.parametrize("function", UNKNOWN)
def test_a_numpy_function_without_derivative_is_refused(function: Any) -> None:
    x = autograd.eye(3, dtype=autograd.float64).requires_grad_()
    with pytest.raises((RuntimeError, TypeError)):
        function(x)
