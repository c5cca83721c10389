"""Checking derivatives against differences: `gradcheck` for the first order, `gradgradcheck` for the second.

The inputs are brought to float64 (and so is a Module that is checked), because differences have no digits in less. The
numerical Jacobian is by central differences; where an entry disagrees, the two one-sided slopes tell a wrong rule from
a kink, a point that has no derivative.
"""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from .core import engine
from .core.graph import enable_grad, no_grad
from .errors import ArgumentError, ArgumentTypeError, GradloomError
from .func.call import pull_rows
from .func.jacobians import jacfwd
from .func.tree import flatten
from .tensor import Tensor


class GradcheckError(GradloomError, RuntimeError):
    """A derivative that differs from what differences say it is."""


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Check the gradients of `func` at `inputs` against central differences of step `eps`, entry by entry.

    Returns True, or raises GradcheckError (returns False, without `raise_exception`) naming the worst entry, both values,
    and whether the point is a kink. At least one input must require grad. `fast_mode` compares one random projection of
    the Jacobian. `check_batched_grad` and `check_forward_ad` compare what `vmap` and `jvp` give, too.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0], requires_grad=True)
    >>> autograd.autograd.gradcheck(lambda x: x.sin() * x, x)
    True
    """
    if not (check_backward_ad or check_forward_ad):
        raise ArgumentError("gradcheck: check_backward_ad and check_forward_ad are both False; there is nothing to check")
    try:
        problem = _Problem(func, inputs)
        if not problem.outputs:
            return problem.check_constant(eps, atol)
        numerical = problem.projected if fast_mode else problem.numerical
        expected = numerical(eps)
        if check_backward_ad:
            analytic = problem.analytic(batched=False)
            problem.compare(analytic, expected, atol, rtol, eps, "Jacobian", fast_mode)
            problem.compare(problem.analytic(batched=False), analytic, nondet_tol, 0.0, 0.0, "repeated Jacobian", fast_mode)
            if check_undefined_grad:
                problem.check_undefined()
            if check_grad_dtypes:
                problem.check_dtypes()
            if check_batched_grad:
                problem.compare(problem.analytic(batched=True), expected, atol, rtol, eps, "batched Jacobian", fast_mode)
        if check_forward_ad or check_batched_forward_grad:
            problem.compare(problem.forward(), expected, atol, rtol, eps, "forward-mode Jacobian", fast_mode)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """Check the second derivatives of `func`: `gradcheck` of its gradient, with respect to inputs and grad outputs.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0], requires_grad=True)
    >>> autograd.autograd.gradgradcheck(lambda x: x ** 3, x)
    True
    """
    first = _Problem(func, inputs)
    n = len(first.inputs)
    if grad_outputs is None:
        rng = np.random.default_rng(0)  # a fixed seed: a check that fails must fail again
        cotangents = [Tensor._wrap(_random_like(o, rng, gen_non_contig_grad_outputs), None) for o in first.outputs]
    else:
        given = grad_outputs if isinstance(grad_outputs, (tuple, list)) else [grad_outputs]
        cotangents = [_doubled(g) for g in given]
    for c in cotangents:
        c.requires_grad = True

    def gradient(*args: Any) -> tuple[Any, ...]:
        outputs = first.run(args[:n])
        outputs = [outputs[k] for k in first.numbers]
        wanted = [args[k] for k in first.places]
        found = engine.grad(outputs, wanted, list(args[n:]), keep=True, create_graph=True, make=Tensor._wrap)
        return tuple(g for g in found if g is not None)

    return gradcheck(
        gradient,
        (*first.inputs, *cotangents),
        eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception, nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad, check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad, check_forward_ad=check_fwd_over_rev,
        check_backward_ad=check_rev_over_rev, fast_mode=fast_mode,
    )  # fmt: skip


def _random_like(t: Any, rng: np.random.Generator, strided: bool) -> np.ndarray:
    raw = rng.uniform(0.5, 1.5, (*t.shape, 2) if strided else t.shape)
    return raw[..., 0] if strided else np.asarray(raw)


def _doubled(t: Any) -> Any:
    """A leaf with the values of `t` in float64; integers and other arguments as they are."""
    if not isinstance(t, Tensor) or t.dtype.kind != "f":
        return t
    raw = np.array(t._data, np.float64, order="K")
    made = Tensor._wrap(raw, None)
    made.requires_grad = t.requires_grad
    return made


class _Problem:
    """A function at a point, in float64: what it gives there and nearby."""

    def __init__(self, func: Callable[..., Any], inputs: Any) -> None:
        given = tuple(inputs) if isinstance(inputs, (tuple, list)) else (inputs,)
        module: Any = func
        self.func = copy.deepcopy(module).double() if hasattr(func, "named_parameters") else func
        self.inputs = [_doubled(t) for t in given]
        self.wanted = [t for t in self.inputs if isinstance(t, Tensor) and t.requires_grad]
        if not self.wanted:
            raise ArgumentError("gradcheck: expects at least one input tensor that requires grad; none of the inputs does")
        self.places = [k for k, t in enumerate(self.inputs) if isinstance(t, Tensor) and t.requires_grad]
        self.all_outputs = self.run(self.inputs)
        self.outputs = [o for o in self.all_outputs if o._node is not None]
        self.numbers = [k for k, o in enumerate(self.all_outputs) if o._node is not None]
        for o in self.outputs:
            if o.dtype.kind == "f" and o.dtype != np.float64:
                raise ArgumentError(
                    f"gradcheck: the inputs were brought to float64 and the function returned {o.dtype}; it holds tensors "
                    "of its own in less: make them double(), or give it no .float()"
                )
        self.rng_seed = 0

    def run(self, inputs: Any) -> list[Any]:
        """The tensors that the function returns at `inputs`."""
        with enable_grad():
            found = flatten(self.func(*inputs))[0]
        for o in found:
            if not isinstance(o, Tensor):
                raise ArgumentTypeError(f"gradcheck: the function must return tensors, got {type(o).__name__}")
        return [o for o in found if o.dtype.kind == "f"]

    def values(self, k: int, at: tuple[Any, ...], step: float) -> list[np.ndarray]:
        """The outputs' values with element `at` of wanted input `k` moved by `step`."""
        raw = self.wanted[k]._array()
        kept = raw[at]
        moved = raw.copy(order="K")
        moved[at] = kept + step
        shifted = list(self.inputs)
        shifted[self.places[k]] = Tensor._wrap(moved, None)
        with no_grad():
            found = [o for o in flatten(self.func(*self.connected(shifted)))[0] if o.dtype.kind == "f"]
        return [np.array(found[n]._data, np.float64) for n in self.numbers]

    def numerical(self, eps: float) -> list[list[np.ndarray]]:
        """By central differences: for each output and each wanted input an (output size, input size) matrix."""
        table = [[np.zeros((o._data.size, t._data.size)) for t in self.wanted] for o in self.outputs]
        for k, t in enumerate(self.wanted):
            for j, at in enumerate(np.ndindex(*t.shape)):
                above, below = self.values(k, at, eps), self.values(k, at, -eps)
                for row, a, b in zip(table, above, below, strict=True):
                    row[k][:, j] = (a - b).reshape(-1) / (2 * eps)
        return table

    def connected(self, inputs: list[Any]) -> list[Any]:
        """Inputs of which the wanted ones require grad, so that the function may itself ask for gradients."""
        made = list(inputs)
        for k in self.places:
            made[k] = inputs[k].detach().requires_grad_()
        return made

    def analytic(self, *, batched: bool) -> list[list[np.ndarray]]:
        """By backward, one row at a time or all of them at once."""
        outputs = self.outputs if batched else [o for o in self.run(self.inputs) if o._node is not None]
        table = []
        for o in outputs:
            n = o._data.size
            eye = np.eye(n).reshape(n, *o.shape)
            if batched:
                rows = pull_rows([o], self.wanted, [Tensor._wrap(eye, None)], keep=True, create_graph=False)
                table.append([_matrix(r, n, t) for r, t in zip(rows, self.wanted, strict=True)])
            else:
                found = [self.backward([o], [Tensor._wrap(row, None)]) for row in eye]
                table.append([
                    np.stack([np.zeros(t._data.size) if r[k] is None else _flat(r[k]) for r in found])
                    if n else np.zeros((0, t._data.size))
                    for k, t in enumerate(self.wanted)
                ])  # fmt: skip
        return table

    def backward(self, outputs: list[Any], cotangents: list[Any]) -> list[Any]:
        """The gradients of the wanted inputs."""
        return engine.grad(outputs, self.wanted, cotangents, keep=True, create_graph=False, make=Tensor._wrap)

    def forward(self) -> list[list[np.ndarray]]:
        """By forward mode."""

        def on_wanted(*xs: Any) -> tuple[Any, ...]:
            full = list(self.inputs)
            for k, x in zip(self.places, xs, strict=True):
                full[k] = x
            found = self.run(full)
            return tuple(found[n] for n in self.numbers)

        xs = tuple(t.detach() for t in self.wanted)
        table = jacfwd(on_wanted, tuple(range(len(xs))))(*xs)
        return [
            [_matrix(j, o._data.size, t) for j, t in zip(row, xs, strict=True)]
            for row, o in zip(table, self.outputs, strict=True)
        ]

    def projected(self, eps: float) -> list[list[np.ndarray]]:
        """The Jacobian where one random direction says enough: rows by differences along it, others left as analytic."""
        rng = np.random.default_rng(self.rng_seed)
        analytic = self.analytic(batched=False)
        for k, t in enumerate(self.wanted):
            u = rng.standard_normal(t.shape)
            u /= np.linalg.norm(u) or 1.0
            above, below = self.along(k, u, eps), self.along(k, u, -eps)
            for row, a, b in zip(analytic, above, below, strict=True):
                error = (a - b).reshape(-1) / (2 * eps) - row[k] @ u.reshape(-1)
                row[k] = row[k] + np.outer(error, u.reshape(-1))
        return analytic

    def along(self, k: int, u: np.ndarray, step: float) -> list[np.ndarray]:
        """The outputs' values with wanted input `k` moved along `u`."""
        shifted = list(self.inputs)
        shifted[self.places[k]] = Tensor._wrap(np.asarray(self.wanted[k]._data) + step * u, None)
        with no_grad():
            found = [o for o in flatten(self.func(*self.connected(shifted)))[0] if o.dtype.kind == "f"]
        return [np.array(found[n]._data, np.float64) for n in self.numbers]

    # -- verdicts --------------------------------------------------------------------------------------------------------

    def compare(self, got: list[Any], expected: list[Any], atol: float, rtol: float, eps: float, what: str, fast: bool) -> None:
        """Raise, naming the entry that is off by most, unless two tables of matrices agree."""
        worst, place = 0.0, None
        for n, (mine, theirs) in enumerate(zip(got, expected, strict=True)):
            for k, (a, b) in enumerate(zip(mine, theirs, strict=True)):
                excess = np.abs(a - b) - (atol + rtol * np.abs(b))
                excess = np.where(np.isnan(excess), np.where(np.isnan(a) & np.isnan(b), -1.0, np.inf), excess)
                if excess.size and excess.max() > worst:
                    worst, place = float(excess.max()), (n, k, *np.unravel_index(int(excess.argmax()), excess.shape))
        if place is None:
            return
        n, k, i, j = (int(p) for p in place)
        a, b = float(got[n][k][i, j]), float(expected[n][k][i, j])
        out_at = tuple(int(q) for q in np.unravel_index(i, self.outputs[n].shape))
        in_at = tuple(int(q) for q in np.unravel_index(j, self.wanted[k].shape))
        raise GradcheckError(
            f"gradcheck: {what} mismatch for output {self.numbers[n]} with respect to input {self.places[k]}; the worst entry "
            f"is d output{list(out_at)} / d input{list(in_at)}: analytical {a:.10g}, numerical {b:.10g} (difference "
            f"{abs(a - b):.3g}, allowed {atol + rtol * abs(b):.3g}). "
            + (
                "Two backward passes disagree."
                if not eps
                else "A random projection of the Jacobian shows it; without fast_mode the entry is exact."
                if fast
                else self.verdict(n, k, i, in_at, eps)
            )
        )

    def verdict(self, n: int, k: int, i: int, at: tuple[Any, ...], eps: float) -> str:
        """Whether the point is a kink: the slopes on its two sides differ, and go on differing as the step shrinks."""
        middle = float(np.asarray(self.outputs[n]._data, np.float64).reshape(-1)[i])
        slopes = []
        for h in (eps, eps / 8):
            above = (self.values(k, at, h)[n].reshape(-1)[i] - middle) / h
            below = (middle - self.values(k, at, -h)[n].reshape(-1)[i]) / h
            slopes.append((float(above), float(below)))
        gaps = [abs(a - b) for a, b in slopes]
        scale = max(abs(v) for pair in slopes for v in pair)
        if gaps[0] > 1e-3 * scale + 1e-6 and gaps[1] > 0.5 * gaps[0]:
            above, below = slopes[0]
            return (
                f"The point is a kink: the slope is {below:.6g} on its left and {above:.6g} on its right, so there is no "
                "derivative to compare with; check at another point."
            )
        return "The function is smooth there: the analytical derivative is wrong (or eps is too large for its curvature)."

    def check_constant(self, eps: float, atol: float) -> bool:
        """No output requires grad: then differences must be zero."""
        self.numbers = list(range(len(self.all_outputs)))
        self.outputs = self.all_outputs
        for n, row in enumerate(self.numerical(eps)):
            for k, m in enumerate(row):
                if m.size and np.abs(m).max() > atol:
                    raise GradcheckError(
                        f"gradcheck: output {n} does not require grad, and it changes with input {self.places[k]} "
                        f"(numerical derivative up to {np.abs(m).max():.4g}); something in the function cuts the graph"
                    )
        return True

    def check_undefined(self) -> None:
        """A gradient that reaches only one of several outputs must give the same as zeros for the others."""
        outputs = [o for o in self.run(self.inputs) if o._node is not None]
        if len(outputs) < 2:
            return
        zeros = [Tensor._wrap(np.zeros(o.shape), None) for o in outputs]
        for n, o in enumerate(outputs):
            one = Tensor._wrap(np.ones(o.shape), None)
            alone = self.backward([o], [one])
            padded = self.backward(outputs, [one if m == n else z for m, z in enumerate(zeros)])
            for k, (a, b) in enumerate(zip(alone, padded, strict=True)):
                if a is not None and b is not None and not np.allclose(a._data, b._data, equal_nan=True):
                    raise GradcheckError(
                        f"gradcheck: the gradient of input {self.places[k]} from output {n} alone differs from the one with "
                        "zeros for the other outputs; backward must treat an undefined gradient as zeros"
                    )

    def check_dtypes(self) -> None:
        """Gradients must have the dtype and shape of their inputs."""
        ones = [Tensor._wrap(np.ones(o.shape), None) for o in self.outputs]
        for t, g in zip(self.wanted, self.backward(self.outputs, ones), strict=True):
            if g is not None and (g.dtype != t.dtype or g.shape != t.shape):
                raise GradcheckError(
                    f"gradcheck: a gradient is {g.dtype} {tuple(g.shape)}, its input {t.dtype} {tuple(t.shape)}"
                )


def _flat(t: Any) -> np.ndarray:
    return np.asarray(t._data, np.float64).reshape(-1)


def _matrix(t: Any, rows: int, like: Any) -> np.ndarray:
    if t is None:
        return np.zeros((rows, like._data.size))
    return np.asarray(t._data, np.float64).reshape(rows, like._data.size)
