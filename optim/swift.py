"""A step of an optimizer that is taken again and again, written out: what a compiled training step calls.

A step asks of every parameter whether it has a gradient, of every bundle how its counters stand, and loops over them all.
As long as nothing of that has changed the answers are known, and what remains is a row of copies and calls: the gradients
gathered, the rule's numbers planned, the rule run, the values given back. It computes what the step computes, from the same
arrays in the same order; at the first sign of anything else, it is the step.
"""

from collections.abc import Callable
from typing import Any

from autograd.core.graph import changed
from autograd.core.text import compiled

from .kernel import kernel


class Swift:
    """`optimizer._update(line)`, as a call without arguments."""

    def __init__(self, optimizer: Any, line: str) -> None:
        self._optimizer, self._line = optimizer, line
        self._unchanged: Any = None  # as long as the optimizer has this, what is written out is right
        self._written: Callable[[], bool] | None = None

    def __call__(self) -> None:
        """Update the parameters by the gradients that they have."""
        optimizer = self._optimizer
        known = optimizer._unchanged
        if known is self._unchanged and known is not None and known.holds(optimizer) and self._written and self._written():
            optimizer._count_step()
            return
        optimizer._take_step(self._line)
        if optimizer._unchanged is not self._unchanged:
            self._unchanged = optimizer._unchanged
            self._written = None if self._unchanged is None else written_out(optimizer, self._line)


class _Runs(dict[tuple[bool, ...], Callable[[], object]]):
    """The rule bound to a part's arrays, by its flags, which may change from step to step."""

    def __init__(self, rule: Any, present: Any, part: Any) -> None:
        super().__init__()
        self._of = rule, present, part

    def __missing__(self, flags: tuple[bool, ...]) -> Callable[[], object]:
        rule, present, part = self._of
        self[flags] = run = kernel(rule, flags, present).bound(part.arrays, part.numbers)
        return run


def written_out(optimizer: Any, line: str) -> Callable[[], bool] | None:
    """The step as one function, which says whether it was taken; None for a step that is not a row of calls."""
    scope: dict[str, Any] = {
        "changed": changed,
        "by": f"{type(optimizer).__name__}.step",
        "line": line,
        "plan": optimizer._plan,
    }
    gradients: list[str] = []
    tests: list[str] = []
    lines: list[str] = []
    for group, bundle in [(group, bundle) for group, bundles in optimizer._arranged for bundle in bundles]:
        part = bundle.whole()
        if part is None or group.get("fused"):
            return None
        k = len(tests)
        runs = _Runs(optimizer.rule, bundle.present, part)
        scope |= {f"group{k}": group, f"counters{k}": part.counters, f"set{k}": part.numbers.set, f"runs{k}": runs}
        scope |= {f"counts{k}": [c.tolist for c in part.counters.values()], f"dated{k}": part.dated}
        tests.append(f"for count in counts{k}:\n        if len(set(count())) > 1:\n            return False")
        for m, (p, value, a, slot) in enumerate(zip(bundle.params, part.values, part.memory, part.grads, strict=True)):
            scope |= {f"p{k}_{m}": p, f"v{k}_{m}": value, f"a{k}_{m}": a, f"s{k}_{m}": slot}
            gradients.append(f"g{k}_{m} = p{k}_{m}._node.grad._data")
        each = range(len(bundle.params))
        lines += [f"v{k}_{m}[...] = a{k}_{m}" for m in each] + [f"s{k}_{m}[...] = g{k}_{m}" for m in each]
        lines += [f"numbers, flags = plan(group{k}, counters{k}, False)", f"set{k}(numbers)", f"runs{k}[flags]()"]
        lines += [f"a{k}_{m}[...] = v{k}_{m}" for m in each] + [f"changed(dated{k}, by, line)"]
    head = [
        "def step():",
        "    try:",
        *(f"        {g}" for g in gradients or ["pass"]),
        "    except AttributeError:",
        "        return False",
    ]
    text = [*head, *(f"    {t}" for t in [*tests, *lines, "return True"])]
    return compiled("\n".join(text) + "\n", f"step of {type(optimizer).__name__}", scope)
