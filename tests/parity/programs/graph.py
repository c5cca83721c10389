"""Lines about the graph: leaves, flags, modes, hooks, sweeps of both orders, optimizers."""

from __future__ import annotations

from .calls import ELEMENTWISE, lines
from .draw import Draw
from .machine import is_tensor

SIZES = [(), (1,), (3,), (2, 3), (3, 3), (2, 3, 3), (3, 1), (1, 3), (0, 3), (2, 0), (4,), (2, 2, 3), (1, 1), (3, 2)]
FLAGS = lines("""
    {v} = {a}.detach(); {v} = {a}.data; {v} = {a}.clone(); {v} = {a}.detach().clone().requires_grad_(); {r}.retain_grad(); {r}.retain_grad(); {a}.requires_grad_(); {leaf}.requires_grad_(False); {leaf}.grad = None;
    {leaf}.grad = torch.ones_like({leaf}); {leaf}.grad.zero_() if {leaf}.grad is not None else None; {v} = torch.tensor({a}.detach().numpy()); {v} = torch.as_tensor({a}); torch.set_grad_enabled({flag}); torch.set_grad_enabled(True); {v} = {a}.is_leaf; {v} = torch.zeros({shape}, requires_grad=True);
    {v} = torch.nn.Parameter({a}.detach().clone()); {v} = {leaf}.grad; {a}.data = {a}.data * 2; {v} = {r}.grad_fn is None; {v} = torch.empty_like({a}).copy_({a}); {v} = {a}.requires_grad; {v} = torch.zeros_like({a}, requires_grad=True)
""")
HOOKS = lines("""
    {h} = {r}.register_hook(lambda g: g * 2); {h} = {r}.register_hook(lambda g: None); {h} = {r}.register_hook(lambda g: log.append(g.detach().clone())); {h} = {r}.register_hook(lambda g: g.clamp(-1, 1)); {h} = {r}.register_hook(lambda g: g * {r}.detach());
    {h} = {r}.register_hook(lambda g: torch.zeros_like(g)); {h} = {leaf}.register_post_accumulate_grad_hook(lambda p: log.append(p.grad.clone())); {h} = {leaf}.register_post_accumulate_grad_hook(lambda p: p.grad.mul_(0.5)); {h} = {r}.register_hook(lambda g: g.sin())
""")
LOSS = ["{r}.sum()", "weigh({r})", "({r} * {r}).sum()", "({r}.sin() * {r}).sum()", "weigh({r} ** 2)", "{r}.mean()", "{r}"]
SWEEPS = lines("""
    {loss}.backward(); {loss}.backward(retain_graph=True); {loss}.backward(create_graph=True); {loss}.backward(inputs=[{leaf}]); {r}.backward(torch.ones_like({r})); {r}.backward(gradient={r}.detach().cos(), retain_graph={flag});
    {v} = torch.autograd.grad({loss}, {leaf}, create_graph=True, allow_unused=True)[0]; {v} = torch.autograd.grad({loss}, {leaf}, create_graph=True, allow_unused=True)[0]; {v} = torch.autograd.grad({loss}, [{leaves}], allow_unused=True, retain_graph=True); {v} = torch.autograd.grad({loss}, [{leaves}], create_graph=True);
    {v} = torch.autograd.grad({r}, {leaf}, torch.stack([torch.ones_like({r}), {r}.detach().sin()]), is_grads_batched=True, retain_graph=True, allow_unused=True)[0]; {v} = torch.autograd.grad({r}, [{leaves}], {r}.cos(), create_graph=True, materialize_grads=True, allow_unused=True);
    torch.autograd.backward([{r}, {loss}], [torch.ones_like({r}), None], retain_graph={flag}); {v} = torch.autograd.grad({r}, {r2}, torch.ones_like({r}), allow_unused=True, retain_graph=True)[0]; {v} = weigh(torch.autograd.grad({loss}, {leaf}, create_graph=True, allow_unused=True)[0] ** 2)
""")
OPTIMIZERS = lines("""
    SGD([{leaf}], lr=0.1); SGD([{leaf}], lr=0.1, momentum=0.9, nesterov=True); SGD([{leaf}], 0.1, 0.5, 0.1, weight_decay=0.1); SGD([{leaf}], lr=0.1, maximize=True); Adam([{leaf}], lr=0.1, eps=0.1); Adam([{leaf}], lr=0.1, eps=0.1, amsgrad=True, weight_decay=0.1);
    AdamW([{leaf}], lr=0.1, eps=0.1, weight_decay=0.1); RMSprop([{leaf}], lr=0.1, eps=0.1, momentum=0.5, centered=True); Adagrad([{leaf}], lr=0.1, lr_decay=0.1, eps=0.1); Adadelta([{leaf}], lr=0.5, eps=0.1); Adamax([{leaf}], lr=0.1, eps=0.1); NAdam([{leaf}], lr=0.1, eps=0.1); RAdam([{leaf}], lr=0.1, eps=0.1);
    ASGD([{leaf}], lr=0.1); Rprop([{leaf}], lr=0.1)
""")


def leaf(draw: Draw, shape: tuple[int, ...] | None = None, grad: bool | None = None, name: str = "") -> str:
    """A line that makes a leaf."""
    shape = draw.choice(SIZES) if shape is None else shape
    made = f"values({draw.seed()}{''.join(f', {n}' for n in shape)})"
    kind = draw.random.random()
    name = name or draw.new()
    if grad is None and kind < 0.1:
        return f"{name} = torch.tensor({made} * 3, dtype=torch.{draw.choice(['int64', 'int64', 'int32', 'uint8'])})".replace(
            "* 3, dtype=torch.uint8", "** 2, dtype=torch.uint8"
        )
    if grad is None and kind < 0.15:
        return f"{name} = torch.tensor({made} > 0)"
    dtype = draw.choice(["float64", "float32", "float16"]) if draw.chance(0.05) else draw.dtype
    wanted = draw.chance(0.8) if grad is None else grad
    return f"{name} = torch.tensor({made}, dtype=torch.{dtype}{', requires_grad=True' if wanted else ''})"


def fresh(draw: Draw) -> list[str]:
    return [leaf(draw)]


def leaves(draw: Draw) -> str:
    names = [k for k, v in draw.machine.names.items() if is_tensor(v) and v.is_leaf and v.requires_grad]
    return ", ".join(names[:3])


def filled(draw: Draw, template: str) -> list[str]:
    """A template with the fields that speak of the graph."""
    loss = draw.choice(LOSS)
    template = (
        template.replace("{loss}", loss).replace("{v}", draw.new()).replace("{h}", draw.new()).replace("{leaves}", leaves(draw))
    )
    if "{r2}" in template:
        template = template.replace("{r2}", draw.named(lambda t: t.requires_grad))
    return [draw.fill(template)]


def flag(draw: Draw) -> list[str]:
    return filled(draw, draw.choice(FLAGS))


def hook(draw: Draw) -> list[str]:
    handles = [k for k, v in draw.machine.names.items() if hasattr(v, "remove") and not isinstance(v, list)]
    if handles and draw.chance(0.2):
        return [f"{draw.choice(handles)}.remove()"]
    return filled(draw, draw.choice(HOOKS))


def sweep(draw: Draw) -> list[str]:
    return filled(draw, draw.choice(SWEEPS))


def block(draw: Draw) -> list[str]:
    """Two lines in a mode."""
    a, b = draw.fill(draw.choice(ELEMENTWISE)), draw.fill(draw.choice(ELEMENTWISE))
    mode = draw.choice(["torch.no_grad()", "torch.enable_grad()", f"torch.set_grad_enabled({draw.chance(0.5)})"])
    return [f"with {mode}:\n    {draw.new()} = {a}\n    {draw.new()} = {b}"]


def optimize(draw: Draw) -> list[str]:
    """Two steps of an optimizer on one leaf of the program."""
    name = draw.named(lambda t: t.is_leaf and t.requires_grad and t.numel())
    optimizer = draw.choice(OPTIMIZERS).format(leaf=name)
    opt, target = draw.new(), draw.choice(["0.3", "1.5"])
    step = [f"(({name} - {target}) ** 2).sum().backward()", f"{opt}.step()"]
    return [f"{opt} = torch.optim.{optimizer}", *step, f"{opt}.zero_grad(set_to_none={draw.chance(0.5)})", *step]


def close(draw: Draw) -> list[str]:
    """The end of every program: a sweep over all that it has made, sometimes of both orders."""
    made = [k for k, v in draw.machine.names.items() if is_tensor(v) and v.requires_grad and v.is_floating_point()]
    first = leaves(draw)
    if not made or not first:
        return []
    total = f"total = sum(weigh({{}}) for t in [{', '.join(made)}])".format("t.double()")
    if draw.chance(0.4):
        return [total, "total.backward()"]
    return [
        total,
        f"first = torch.autograd.grad(total, [{first}], create_graph=True, allow_unused=True)",
        "again = sum(weigh(g.double() ** 2) for g in first if g is not None)",
        f"second = torch.autograd.grad(again, [{first}], allow_unused=True)",
    ]
