"""The reverse sweep: from outputs back to leaves, newest node first.

Cotangents live in the sweep, keyed by node, and die with it. The first to arrive at a node is borrowed from the rule
that made it, a sum is owned, a leaf copies what it does not own: no two gradients ever share memory. Whatever can be
wrong with a graph (freed, saved memory overwritten) is found before the first rule runs, and leaves are written after
the last one, so an error leaves every `.grad` as it was.
"""

from collections.abc import Callable, Iterable
from operator import attrgetter
from sys import getrefcount
from typing import Any

import numpy as np

from ..errors import ArgumentTypeError, GraphError, NotDifferentiable, ShapeError
from .graph import Leaf, Node, Traced, any_mutation_after, enable_grad, is_grad_enabled, mutation_after
from .primitive import BY_NUMPY, rule_saves
from .shapes import broadcast_axes
from .standin import ARRAYS, ValuesNeeded, stand_in

_newest_first = attrgetter("seq")

_ABSENT: Any = object()
_watch: Callable[..., Any] | None = None


def set_watch(watch: Callable[..., Any] | None) -> None:
    """Have `watch(node, position, parent, g, cotangent)` told of every application of a rule, in every sweep."""
    global _watch
    _watch = watch


def history(seeds: dict[Any, Any]) -> tuple[list[Any], dict[Any, Any]]:
    """The operations from which the keys of `seeds` were made, newest first; and `seeds` with them and their leaves."""
    seen = dict(seeds)  # remembers its order, so that a program has the same pictures on every run
    found = [node for node in seen if node.parents]
    for node in found:  # the list grows while it is walked
        for parent in node.parents:
            if parent is not None and parent not in seen:
                seen[parent] = None
                if parent.parents:
                    found.append(parent)
    found.sort(key=_newest_first, reverse=True)
    return found, seen


def reachable(roots: Iterable[Any]) -> list[Any]:
    """All nodes from which `roots` were made, roots included, newest first; leaves last."""
    operations, seen = history(dict.fromkeys(roots))
    return [*operations, *(node for node in seen if not node.parents)]


def _all_leaves(seen: dict[Any, Any], targets: set[Any]) -> bool:
    """Whether the targets are all leaves among `seen`, so that the way to them is everything."""
    for node in targets:
        if node.parents:
            return False
    for node in seen:  # a loop: a generator would take longer than the leaves of most graphs
        if not node.parents and node not in targets:
            return False
    return True


def between(nodes: list[Any], targets: Iterable[Any]) -> dict[Any, Any]:
    """As keys, those of `nodes` (newest first) that lie on a path to one of `targets`, and these."""
    useful = dict.fromkeys(targets)
    for node in reversed(nodes):
        if node not in useful:
            for parent in node.parents:
                if parent in useful:
                    useful[node] = None
                    break
    return useful


def sweep(
    seeds: dict[Any, Any],
    *,
    targets: list[Any] | None = None,
    keep: bool = False,
    make: Callable[..., Any] | None = None,
    observe: Callable[..., Any] | None = None,
) -> dict[Any, Any]:
    """Run the rules from `seeds` (cotangents of nodes) and return the cotangents that reached the targets.

    Without `targets`, the targets are all leaves. `keep` retains what the nodes saved for another sweep. With `make`,
    cotangents are tensors (made by it) and the sweep is itself recorded. `observe(node, position, parent, g, cotangent)`
    is told every application of a rule; a sweep that is only observed runs no hooks.
    """
    nodes, pending = history(seeds)  # of every node that counts, the cotangent that is still to be passed on
    wanted: Any = ()
    if targets is not None and not _all_leaves(pending, set(targets)):
        wanted, pending = set(targets), between(nodes, targets)
        nodes = [node for node in nodes if not pending.keys().isdisjoint(node.parents)]  # others keep what arrives
        pending.update((node, g) for node, g in seeds.items() if node in pending)
    check(nodes)
    arrived = pending.get
    owned: set[Any] = set()
    found: dict[Any, Any] = {}
    told = observe or _watch
    for node in nodes:
        g = pending[node]
        if g is None:
            continue
        pending[node] = None
        if node.hooks and observe is None:
            g = run_hooks(node.hooks, g)
        if node in wanted:
            found[node] = g
        prim = node.prim
        several = node.shape is None
        if several and prim.fills:
            g = g.filled(node.value)
        saved = node.saved if make is None else rewrapped(node, make)
        position = -1
        for parent, rule, args in zip(node.parents, prim.rule_list, saved):  # noqa: B905 - the rules may have no end
            if told is not None:
                position += 1
            before = arrived(parent, _ABSENT)
            if before is _ABSENT:
                continue
            try:
                cotangent = rule(g, *args)
            except RuntimeWarning:  # a program that makes errors of warnings; PyTorch divides by zero in silence
                with np.errstate(all="ignore"):
                    cotangent = rule(g, *args)
            except (ValuesNeeded, TypeError, ValueError):  # a rule that does more than call NumPy is one call of a recorded run
                recorded = stand_in((g, args))
                if recorded is None:
                    raise
                cotangent = recorded.host(rule, (g, *args), {}, f"rule of {prim.name}")
            if cotangent is None:
                continue  # a user's own operation may say that nothing flows
            if cotangent.shape != parent.shape:
                cotangent = fitted(cotangent, parent, node)
            if told is not None:
                told(node, position, parent, g, cotangent)
            if before is None:
                pending[parent] = cotangent
            elif parent in owned:
                total(before, cotangent, into=before)
            else:
                pending[parent] = before = total(before, cotangent)
                if make is None and type(before) in ARRAYS:
                    owned.add(parent)
        if not keep and prim.saves:  # the others can be passed again
            node.saved = None
            if several:
                node.value = None
        saved = args = before = None  # the last references, so that memory is freed as the sweep passes
    for leaf, g in pending.items():  # what is left: leaves, and targets from which nothing is to flow on
        if g is not None:
            found[leaf] = run_hooks(leaf.hooks, g) if leaf.hooks and observe is None else g
    return found


def total(x: Any, y: Any, into: Any = None) -> Any:
    """x + y, in silence even where the program makes an error of the warning that inf - inf gives."""
    try:
        if into is None:
            return x + y
        into += y
        return into
    except RuntimeWarning:
        if into is not None:
            return into  # NumPy warns when its work is done, and doing it again would add twice
        with np.errstate(all="ignore"):
            return x + y


def check(nodes: list[Any]) -> None:
    """Raise if a sweep through `nodes` would need what is not there any more, or not there as it was."""
    for node in nodes:
        if node.saved is None:
            raise GraphError(
                getattr(node.prim, "gone", "")
                or f"backward: the graph of this {node.prim.name} was already freed by an earlier backward; call the first "
                "backward(retain_graph=True), or compute the value again"
            )
    if not nodes or not any_mutation_after(nodes[-1].seq):
        return
    for node in nodes:
        if node.prim.either:
            (args,) = node.saved
            kept = tuple([None if mutation_after(a, node.seq) else a for a in args])
            if any(a is not None for a in kept):
                node.saved = (kept,)
                continue
        for args in node.saved:
            for a in saved_arrays(args):
                change = mutation_after(a, node.seq)
                if change:
                    raise GraphError(
                        f"backward: a tensor of shape {a.shape} that {node.prim.name} saved was modified by an inplace "
                        f"operation before its gradient was computed: {change.by} at {change.line}; change a copy "
                        "(x = x + ..., x.clone()) or do it after backward"
                    )


def saved_arrays(args: Any) -> list[Any]:
    """What a node saved for one rule, with the arrays of an index, or of those in a chain of views, written out."""
    found: list[Any] = []
    todo = list(args or ())
    for a in todo:  # the list grows while it is walked
        if type(a) is tuple:
            todo += a
        elif type(a) is dict:
            todo += a.values()
        else:
            found.append(a)
    return found


def run_hooks(hooks: dict[Any, Any], g: Any) -> Any:
    """The cotangent after every hook, in the order of registration; a hook returns a replacement or None."""
    for hook in list(hooks.values()):
        changed = hook(g)
        if changed is not None:
            g = changed
    return g


def fitted(g: Any, parent: Any, node: Node) -> Any:
    """`g` summed back over what broadcasting made of an input of `node`; any other mismatch is a wrong rule."""
    shape, prim = parent.shape, node.prim
    if not prim.broadcasting or g.ndim < len(shape):
        raise ShapeError(
            f"{prim.name}: the rule for input {prim.input_name(node.parents.index(parent))!r} returned a cotangent of shape "
            f"{tuple(g.shape)} for a tensor of shape {tuple(shape)}; a rule must return the shape of its input"
        )
    lead, stretched = broadcast_axes(shape, g.shape)
    if len(shape) == 1 and g.shape[-1] == shape[0] and g.size:
        return BY_NUMPY[np.add.reduce](g.reshape(-1, shape[0]), axis=0)
    g = BY_NUMPY[np.add.reduce](g, axis=lead + stretched, keepdims=False)
    return np.reshape(g, shape) if g.shape != shape else g


def rewrapped(node: Node, make: Callable[..., Any]) -> tuple[Any, ...]:
    """What a node saved, as tensors connected to the graph, so that its rules can themselves be differentiated."""
    prim, parents, saved = node.prim, node.parents, node.saved or ()
    if prim.opaque:
        return saved
    if not prim.variadic:
        return prim.rewrap(saved, parents, node, make)
    return tuple(
        args and tuple([make(d, n) for d, n in zip(a, parents, strict=True)] if name in prim.inputs else a
                       for name, a in zip(rule_saves(prim.rule(0)), args, strict=True))
        for args in saved
    )  # fmt: skip


def accumulate(found: dict[Any, Any], create_graph: bool) -> None:
    """Add what a sweep found to the leaves' `.grad`: in place, as PyTorch does, unless the result is to be a graph."""
    while found:
        leaf, g = found.popitem()
        if create_graph:
            leaf.grad = g if leaf.grad is None else leaf.grad + g
        elif leaf.grad is None:
            free = type(g) not in ARRAYS or (g.base is None and getrefcount(g) <= 2)  # nothing else has this memory
            leaf.grad = leaf.make(g if free and g.dtype is leaf.dtype else g.astype(leaf.dtype), None)
        else:
            leaf.grad._accumulate(g)
        if leaf.post_hooks:
            for hook in list(leaf.post_hooks.values()):
                hook(leaf.owner())


def tensor_list(given: Any, what: str) -> list[Any]:
    """One tensor or several, as a list."""
    found = [given] if isinstance(given, Traced) or not hasattr(given, "__iter__") else list(given)
    for t in found:
        if not isinstance(t, Traced):
            raise ArgumentTypeError(f"{what} must be a Tensor or a sequence of Tensors, got {type(t).__name__}")
    return found


def node_of(output: Any, op: str) -> Any:
    """The node of a tensor that is to be differentiated."""
    if output._node is None:
        raise GraphError(
            f"{op}: this tensor of shape {tuple(output.shape)} does not require grad and does not have a grad_fn; "
            "nothing that it was computed from has requires_grad=True, or it was computed under no_grad or detached"
        )
    return output._node


def seeded(outputs: list[Any], gradients: list[Any], op: str, create_graph: bool, make: Callable[..., Any]) -> dict[Any, Any]:
    """The nodes of `outputs` and the cotangents that a sweep starts with there: 1 for a scalar, else what is given."""
    seeds: dict[Any, Any] = {}
    for output, gradient in zip(outputs, gradients, strict=True):
        node, g = node_of(output, op), _seed(output, gradient, op, create_graph)
        if create_graph and not isinstance(g, Traced):
            g = make(g, None)
        seeds[node] = total(seeds[node], g) if node in seeds else g
    return seeds


def _seed(output: Any, gradient: Any, op: str, create_graph: bool) -> Any:
    data = output._data
    if gradient is None:
        if data.size != 1:
            raise GraphError(
                f"{op}: grad can be implicitly created only for scalar outputs; this one has shape {tuple(data.shape)}: "
                "reduce it (.sum(), .mean()) or pass gradient= of that shape"
            )
        return np.ones_like(data) if data.ndim else data.dtype.type(1)
    traced = isinstance(gradient, Traced)
    g = gradient._data if traced else np.asarray(gradient)
    if g.dtype is not data.dtype and g.dtype.kind not in "biuf":
        raise ArgumentTypeError(f"{op}: gradients must be Tensors (or None for 1), got {type(gradient).__name__}")
    if g.shape != data.shape:
        raise ShapeError(f"{op}: gradient has shape {g.shape}, the output has shape {tuple(data.shape)}; they must be equal")
    if create_graph and traced:
        return gradient
    return g if g.dtype is data.dtype else g.astype(data.dtype)


def backward(
    outputs: list[Any], gradients: list[Any], *, keep: bool, create_graph: bool, inputs: Any, make: Callable[..., Any]
) -> None:
    """Accumulate into the `.grad` of leaves (all of them, or `inputs`) the gradient of `outputs`."""
    if inputs is not None:
        inputs = tensor_list(inputs, "backward: inputs")
        if not inputs:
            raise GraphError("backward: inputs is empty; name at least one tensor, or leave it out for all leaves")
    seeds = seeded(outputs, gradients, "backward", create_graph, make)
    targets = None if inputs is None else [node_of(i, "backward(inputs=)") for i in inputs]
    found = run(seeds, targets, keep, make if create_graph else None)
    if inputs is None:
        accumulate(found, create_graph)
        return
    accumulate({node: found.pop(node) for node in list(found) if type(node) is Leaf}, create_graph)
    for i in inputs:
        if i._node in found:
            g = found[i._node]
            i.grad = g if create_graph else make(g.copy(), None) if i.grad is None else i.grad + make(g, None)


def grad(
    outputs: list[Any], inputs: list[Any], gradients: list[Any], *, keep: bool, create_graph: bool, make: Callable[..., Any]
) -> list[Any]:
    """The cotangents of `inputs`; None for those that no output depends on."""
    seeds = seeded(outputs, gradients, "grad", create_graph, make)
    targets = [node_of(i, "grad: inputs") for i in inputs]
    found = run(seeds, targets, keep, make if create_graph else None)
    if create_graph:
        return [found.get(t) for t in targets]
    results: list[Any] = []
    for t in targets:
        g: Any = found.get(t)
        if type(g) in ARRAYS and (not g.ndim or g.base is not None or getrefcount(g) > 3):
            g = g.copy()[()]  # something else has this memory
        results.append(None if g is None else make(g, None))
    return results


def run(seeds: dict[Any, Any], targets: list[Any] | None, keep: bool, make: Callable[..., Any] | None) -> dict[Any, Any]:
    """`sweep`, recorded if it makes tensors, and with the operation's name in errors that a rule raises."""
    try:
        if make is None or is_grad_enabled():
            return sweep(seeds, targets=targets, keep=keep, make=make)
        with enable_grad():
            return sweep(seeds, targets=targets, keep=keep, make=make)
    except NotDifferentiable as error:
        raise NotDifferentiable(f"backward: {error}") from None
