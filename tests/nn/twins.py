"""The same module in both libraries, with the same weights, on the same data."""

import numpy as np
import pytest

import autograd
import nn

torch = pytest.importorskip("torch")

TOLERANCE = {np.float32: {"rtol": 2e-5, "atol": 2e-6}, np.float64: {"rtol": 1e-10, "atol": 1e-12}}


def draw(rng, shape, dtype):
    """Normal data of a shape; an array is taken as it is (integers) or in the dtype (floats)."""
    if isinstance(shape, np.ndarray):
        return shape.astype(dtype) if shape.dtype.kind == "f" else shape
    return rng.standard_normal(shape).astype(dtype)


def tensors(arrays, grad=True):
    """The arrays as tensors of both libraries; floating ones require a gradient."""
    ours = [autograd.tensor(a.copy(), requires_grad=grad and a.dtype.kind == "f") for a in arrays]
    theirs = [torch.tensor(a.copy(), requires_grad=grad and a.dtype.kind == "f") for a in arrays]
    return ours, theirs


def close(ours, theirs, tolerance, what):
    """Equal values, shapes and dtypes."""
    if theirs is None:
        assert ours is None, f"{what}: torch has none"
        return
    assert ours is not None, f"{what}: is missing"
    a, b = ours.detach().numpy(), theirs.detach().numpy()
    assert a.dtype == b.dtype, f"{what}: dtype {a.dtype}, torch {b.dtype}"
    assert a.shape == b.shape, f"{what}: shape {a.shape}, torch {b.shape}"
    scale = max(1.0, float(np.nanmax(np.abs(b[np.isfinite(b)]), initial=0)))
    np.testing.assert_allclose(a, b, rtol=tolerance["rtol"], atol=tolerance["atol"] * scale, err_msg=what)


def twins(make, dtype):
    """Two modules with the weights of ours; their state dictionaries have the same keys."""
    autograd.manual_seed(0)
    ours, theirs = make(nn), make(torch.nn)
    ours.to(autograd.float64 if dtype is np.float64 else autograd.float32)
    theirs.to(torch.float64 if dtype is np.float64 else torch.float32)
    state = ours.state_dict()
    assert list(state) == list(theirs.state_dict())
    rng = np.random.default_rng(7)
    changed = {
        k: (v.numpy() + rng.uniform(0.1, 0.5, v.shape)).astype(v.dtype) if v.dtype.kind == "f" else v.numpy()
        for k, v in state.items()
    }
    ours.load_state_dict(changed)
    theirs.load_state_dict({k: torch.tensor(v) for k, v in changed.items()})
    return ours, theirs


def compare(make, shapes, dtype, train=True, steps=3, seed=0, coarse=False):
    """Outputs, gradients of inputs and parameters, and buffers, over several steps in which the weights change.

    `coarse`: compare float64 as float32, where torch computes with a constant rounded to float32.
    """
    ours, theirs = twins(make, dtype)
    assert repr(ours) == repr(theirs)
    ours.train(train), theirs.train(train)
    rng = np.random.default_rng(seed)
    tolerance = TOLERANCE[np.float32 if coarse else dtype]
    for step in range(steps):
        arrays = [draw(rng, s, dtype) for s in shapes]
        xs, ys = tensors(arrays)
        a, b = ours(*xs), theirs(*ys)
        close(a, b, tolerance, f"output, step {step}")
        if b.requires_grad:
            g = np.asarray(rng.standard_normal(tuple(b.shape)), a.detach().numpy().dtype)
            a.backward(autograd.tensor(g))
            b.backward(torch.tensor(g))
        for k, (x, y) in enumerate(zip(xs, ys, strict=True)):
            close(x.grad, y.grad, tolerance, f"gradient of input {k}, step {step}")
        for (name, p), q in zip(ours.named_parameters(), theirs.parameters(), strict=True):
            close(p.grad, q.grad, tolerance, f"gradient of {name}, step {step}")
            with autograd.no_grad(), torch.no_grad():
                if p.grad is not None:
                    p -= p.grad * 0.05
                    q -= q.grad * 0.05
                    p.grad = q.grad = None
        for name, buffer in ours.named_buffers():
            close(buffer, dict(theirs.named_buffers())[name], tolerance, f"buffer {name}, step {step}")


def compare_function(name, arrays, kwargs=None, dtype=np.float64, coarse=False):
    """A function of nn.functional: values, gradients of all floating inputs."""
    import nn.functional as F

    rng = np.random.default_rng(3)
    tolerance = TOLERANCE[np.float32 if coarse else dtype]
    arrays = [draw(rng, a, dtype) for a in arrays]
    xs, ys = tensors(arrays)
    theirs_kwargs = dict(kwargs or {})
    ours_kwargs = dict(theirs_kwargs)
    for key, value in theirs_kwargs.items():
        if isinstance(value, np.ndarray):
            ours_kwargs[key], theirs_kwargs[key] = autograd.tensor(value), torch.tensor(value)
    a, b = getattr(F, name)(*xs, **ours_kwargs), getattr(torch.nn.functional, name)(*ys, **theirs_kwargs)
    close(a, b, tolerance, name)
    if b.requires_grad:
        g = np.asarray(rng.standard_normal(tuple(b.shape)), a.detach().numpy().dtype)
        a.backward(autograd.tensor(g))
        b.backward(torch.tensor(g))
        for k, (x, y) in enumerate(zip(xs, ys, strict=True)):
            close(x.grad, y.grad, tolerance, f"{name}: gradient of input {k}")


def compare_second_order(ours, theirs, arrays, parameters=()):
    """The gradient of a gradient's square, which a gradient penalty trains on, for inputs and pairs of parameters."""
    xs, ys = tensors(arrays)
    a, b = ours(*xs), theirs(*ys)
    weights = np.random.default_rng(1).standard_normal(tuple(b.shape))
    xs, ys = ([t for t in ts if t.requires_grad] for ts in (xs, ys))
    found = autograd.autograd.grad((a * autograd.tensor(weights)).sum(), xs, create_graph=True)
    wanted = torch.autograd.grad((b * torch.tensor(weights)).sum(), ys, create_graph=True)
    for library_grads in (found, wanted):
        penalty = sum(g.square().sum() for g in library_grads)
        if penalty.requires_grad:
            penalty.backward()
    for k, (x, y) in enumerate([*zip(xs, ys, strict=True), *parameters]):
        same_or_zero(x, y, f"second gradient {k}")


def same_or_zero(ours, theirs, what):
    """Equal gradients, where one library may say None and the other zero."""
    tolerance = {"rtol": 1e-8, "atol": 1e-9}
    if ours.grad is not None and theirs.grad is not None:
        close(ours.grad, theirs.grad + 0, tolerance, what)  # + 0: torch's symbolic zeros have no memory
    else:
        assert not any(g is not None and bool((g != 0).any()) for g in (ours.grad, theirs.grad)), what
