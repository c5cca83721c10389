"""Second names of operations, and operations that only older programs still call."""

from __future__ import annotations

from . import table_elementwise, table_reductions, table_shape
from .dsl import F, Lit, Pos, alias, c, code, f, op

FIRST_NAMES = (table_elementwise, table_reductions, table_shape)  # they are entered before their aliases

alias(
    absolute="abs",
    arccos="acos",
    arccosh="acosh",
    arcsin="asin",
    arcsinh="asinh",
    arctan="atan",
    arctan2="atan2",
    arctanh="atanh",
    divide="div",
    fix="trunc",
    greater="gt",
    greater_equal="ge",
    less="lt",
    less_equal="le",
    multiply="mul",
    negative="neg",
    not_equal="ne",
    row_stack="vstack",
    subtract="sub",
    swapdims="transpose",
    trapz="trapezoid",
    special_digamma="digamma",
    special_erf="erf",
    special_erfc="erfc",
    special_erfinv="erfinv",
    special_exp2="exp2",
    special_expit="sigmoid",
    special_expm1="expm1",
    special_gammaln="lgamma",
    special_i0="i0",
    special_log1p="log1p",
    special_logit="logit",
    special_logsumexp="logsumexp",
    special_psi="digamma",
    special_round="round",
    special_sinc="sinc",
    special_xlogy="xlogy",
)

op("special.polygamma", "n input", c(1, Pos(2, 3)), c(2, Pos(3)), c(0, Pos()), wrong=[c(-1, Pos(3))])
op("special.softmax special.log_softmax", "input dim", c((2, 3), 0), c((2, 3), -1), c((), 0), wrong=[c((2, 3), 2)])
op("special.i1", "input", c((2, 3)), c(()), c(Lit([-2.0, 0.0, 1.0, 9.0])))
op("mvlgamma special.multigammaln", "input p", c(F((2, 3), 2.0, 5.0), 2), c(F((3,), 2.0, 5.0), 1), c(F((), 3.0, 5.0), 4),
   wrong=[c((3,), 0)], promotes=False, also="mvlgamma")  # fmt: skip
op("clamp_min", "input min", c((2, 3), 0.1), c((2, 3), 1), c((2, 3), (3,)), c((), 0), c((0,), 1.0), wrong=[c((2, 3), (4,))])
op("clamp_max", "input max", c((2, 3), 0.1), c((2, 3), 1), c((2, 3), (3,)), c((), 0), c((0,), 1.0), wrong=[c((2, 3), (4,))])
op("cumulative_trapezoid", "y x", c((5,)), c((2, 5)), c((2, 5), (5,)), c((2, 5), dx=0.5, dim=0), c((1,)),
   wrong=[c((2, 5), (4,)), c((2, 5), dim=2)], promotes=False)  # fmt: skip
op("ger", "input vec2", c((2,), (3,)), c((0,), (3,)), wrong=[c((2, 3), (3,))])
op(
    "rsub",
    "input other",
    c((2, 3), (3,)),
    c((2, 3), 2.5),
    c((2, 3), (3,), alpha=2),
    wrong=[c((2, 3), (4,))],
    promotes=False,
    also="sub",
)
op("adjoint", "input", c((2, 3)), c((2, 2, 3)), wrong=[c((3,))])
op("isreal", "input", c((2, 3)), c(()))
op("poisson", "input", f(Pos(2, 3)), f(Pos()), values=False, order=0, promotes=False, alias=False)
code("older names", """
torch.broadcast_shapes((2, 1), (3,))
torch.broadcast_shapes((2,), 3, (1, 1))
torch.broadcast_shapes((2,), (3,))
x.H
x._version
y = x.detach().clone(); y.add_(1); y._version
(x * 2).retains_grad
y = x * 2; y.retain_grad(); y.retains_grad
x.is_meta
torch.is_anomaly_enabled()
torch.are_deterministic_algorithms_enabled()
x.new(2, 3).shape
x.new([1.0, 2.0])
""", order=1, x=(2, 3))  # fmt: skip
