"""Lines that nest function transforms over a small composed function."""

from __future__ import annotations

from .draw import Draw

BODIES = [
    "{x}.sin()", "{x} * {w}", "{x}.tanh() + {w}", "{x} ** 2", "0.1 * {x}.exp()", "{x}.softmax(-1)", "{x} * {x}.sum()", "{x}.cumsum(0)",
    "torch.where({x} > 0, {x}, {w} * 2)", "{x}.flip(0)", "{x} / ({w} * {w} + 1)", "F.gelu({x})", "{x}.sigmoid() * {w}", "{x} - {x}.mean(0)",
    "torch.cat([{x}, {x}.cos()])[::2]", "{x} @ {x}.mT", "{x}[:1] * {x}", "torch.maximum({x}, {w})", "{x}.prod(0) + {x}", "{x}.logsumexp(-1) * {x}",
    "F.layer_norm({x}, {x}.shape[-1:])", "{x}.abs().sqrt()", "torch.stack([{x}, {x}.sin()]).sum(0)", "{x}.max(0).values * {x}", "{x}.sort(0).values",
    "{x}.norm() * {x}", "torch.einsum('...i,...i->...', {x}, {w}) * {x}", "{x}.var(0) * {x}", "{x}.roll(1, 0)", "{x}.clone().mul_(2)", "{x}.unsqueeze(0).squeeze(0)",
    "F.softplus({x})", "F.silu({x})", "{x}.clamp(-1, 1)", "torch.outer({x}.flatten(), {x}.flatten())", "{x}.T", "{x}.reshape(-1)", "{x}.detach() * {x}", "{x}.log_softmax(0)",
]  # fmt: skip


def body(draw: Draw, x: str, outer: list[str]) -> str:
    text = x
    for _ in range(draw.choice([1, 1, 2])):
        w = draw.choice([x, x, *outer])
        text = draw.choice(BODIES).format(x=text if text.count(".") < 3 else f"({text})", w=w)
        text = f"({text})"
    return text


def nest(draw: Draw, depth: int, outer: list[str]) -> str:
    """The text of a function of one tensor."""
    x = f"x{depth}"
    if not depth:
        return f"lambda {x}: {body(draw, x, outer)}"
    inner = nest(draw, depth - 1, [*outer, x])
    kind = draw.choice(["grad", "jacrev", "jacfwd", "vmap", "vmap", "jvp", "vjp", "hessian", "linearize", "and_value"])
    if kind == "grad":
        return f"lambda {x}: torch.func.grad(lambda y: ({inner})(y).sum())({x})"
    if kind == "and_value":
        return f"lambda {x}: torch.func.grad_and_value(lambda y: ({inner})(y).sin().sum())({x})[{draw.choice([0, 1])}]"
    if kind == "hessian":
        return f"lambda {x}: torch.func.hessian(lambda y: ({inner})(y).sum())({x})"
    if kind in ("jacrev", "jacfwd"):
        return f"lambda {x}: torch.func.{kind}({inner})({x})"
    if kind == "vmap":
        if draw.chance(0.2):
            return f"lambda {x}: torch.func.vmap({inner}, in_dims=-1, out_dims=-1)({x})"
        return f"lambda {x}: torch.func.vmap({inner})({x})"
    if kind == "jvp":
        return f"lambda {x}: torch.func.jvp({inner}, ({x},), ({x}.cos(),))[{draw.choice([0, 1])}]"
    if kind == "linearize":
        return f"lambda {x}: torch.func.linearize({inner}, {x})[1]({x}.cos())"
    return f"lambda {x}: (lambda p: p[1](p[0].cos())[0])(torch.func.vjp({inner}, {x}))"


def transform(draw: Draw) -> list[str]:
    name = draw.float(1, lambda t: 0 < t.numel() <= 9)
    outer = [draw.beside()] if draw.chance(0.3) else []
    return [f"{draw.new()} = ({nest(draw, draw.choice([1, 1, 2, 2, 3]), outer)})({name})"]
