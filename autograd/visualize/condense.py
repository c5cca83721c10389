"""Big graphs made readable: the operations of a module as one box, a row of like modules as one box "x 12".

Which module an operation belongs to was noted while recording, or follows from the names of the parameters: what uses
`layers.0.weight` belongs to `layers.0`, and what has no parameter belongs where its first input was made.
"""

from collections import Counter
from typing import Any

from .model import CONSTANT, INPUT, MODULE, OPERATION, PARAMETER, RESULT, Box, Model

READABLE = 150  # boxes; a picture with more is drawn by modules
LARGEST = 1000  # boxes; one with more is never laid out box by box (Graphviz takes minutes)

LONGEST_UNIT = 8  # modules in a sequence that is looked for as a repeating unit

Path = tuple[str, ...]


def locate(model: Model) -> None:
    """Give every operation a module path where none was noted."""
    boxes = model.boxes
    if any(b.module for b in boxes.values()):
        return
    for b in boxes.values():
        if b.kind not in (OPERATION, RESULT):
            continue
        own = [boxes[p].name.split(".")[:-1] for p, _ in b.parents if boxes[p].kind == PARAMETER and "." in boxes[p].name]
        if own:
            b.module = tuple(own[0])
        else:
            made = [boxes[p].module for p, _ in b.parents if boxes[p].kind == OPERATION]
            b.module = made[0] if made else ()


def depth_of(model: Model) -> int:
    """How deeply modules are nested."""
    return max((len(b.module) for b in model.boxes.values()), default=0)


def condensed(model: Model, depth: int) -> Model:
    """The model with each module at `depth` levels below the outermost as one box, like ones in a row merged."""
    groups, home = _grouped(model, depth)
    runs = _like_runs(model, groups, home)
    key_of: dict[int, int] = {}
    boxes: dict[int, Box] = {}
    for run in runs:
        members = [b for unit in run for path in unit for b in groups[path]]
        box = _module_box(run, groups, members)
        for b in members:
            key_of[b.key] = box.key
        boxes[box.key] = box
    for b in model.boxes.values():
        if b.key not in key_of:
            key_of[b.key] = b.key
            boxes[b.key] = b
    for box in boxes.values():
        sources = [b for b in model.boxes.values() if key_of[b.key] == box.key]
        found = dict.fromkeys((key_of[p], label) for b in sources for p, label in b.parents if key_of[p] != box.key)
        if box.kind == MODULE:
            found = dict.fromkeys((p, "") for p, _ in found)
        box.parents = list(found)
    order = sorted(boxes.values(), key=lambda b: b.key)
    return Model({b.key: b for b in order}, key_of[model.output])


def folded(model: Model) -> Model:
    """The model with only the first of like modules in a row, in a frame that says how many there are."""
    for depth in range(1, depth_of(model) + 1):
        groups, home = _grouped(model, depth)
        same: dict[int, int] = {}  # key of a box in a later unit -> the box in the first unit that stands for it
        for run in _like_runs(model, groups, home):
            units = [sorted(b.key for path in unit for b in groups[path] if b.kind != CONSTANT) for unit in run]
            if len(run) == 1 or any(len(u) != len(units[0]) for u in units):
                continue
            for unit in units[1:]:
                same.update(zip(unit, units[0], strict=True))
            label = f"{run[0][0][-1]} … {run[-1][-1][-1]}  × {len(run)}"
            for path in run[0]:
                for b in groups[path]:
                    inner = b.module[depth:]
                    if len(run[0]) > 1:  # the frame stands around several modules, which keep their own
                        inner, b.modules = b.module[depth - 1 :], (*b.modules[:depth], "", *b.modules[depth:])
                    b.module = (*path[: depth - 1], label, *inner)
        boxes = {k: _rewired(b, same) for k, b in model.boxes.items() if k not in same}
        model = _needed(Model(boxes, same.get(model.output, model.output)))
    return model


def _needed(model: Model) -> Model:
    """Without what only dropped modules used."""
    kept, frontier = {model.output}, [model.output]
    for key in frontier:
        fresh = {p for p, _ in model.boxes[key].parents} - kept
        kept |= fresh
        frontier += fresh
    return Model({k: b for k, b in model.boxes.items() if k in kept}, model.output)


def _rewired(box: Box, same: dict[int, int]) -> Box:
    box.parents = list(dict.fromkeys((same.get(p, p), label) for p, label in box.parents))
    return box


def _grouped(model: Model, depth: int) -> tuple[dict[Path, list[Box]], dict[int, Path]]:
    """The boxes of each module at a depth, and the module of each box."""
    groups: dict[Path, list[Box]] = {}
    home: dict[int, Path] = {}
    for b in model.boxes.values():
        if len(b.module) >= depth and b.kind in (OPERATION, RESULT):
            groups.setdefault(b.module[:depth], []).append(b)
            home[b.key] = b.module[:depth]
    _adopt_leaves(model, groups, home)
    return groups, home


def _adopt_leaves(model: Model, groups: dict[Path, list[Box]], home: dict[int, Path]) -> None:
    """Parameters and constants that only one module uses are drawn inside of it."""
    children = model.children()
    for b in model.boxes.values():
        if b.kind == PARAMETER or (b.kind == CONSTANT and not b.name) or (b.kind == INPUT and "." in b.name):
            users = {home.get(c) for c in children[b.key]}
            if len(users) == 1 and None not in users:
                path = users.pop()
                assert path is not None
                groups[path].append(b)
                home[b.key] = path


def _like_runs(model: Model, groups: dict[Path, list[Box]], home: dict[int, Path]) -> list[list[list[Path]]]:
    """Modules in the order of evaluation, as runs of like units; a unit is a module or a short sequence of them.

    Units make a run if each follows only the one before it: then one picture of the unit stands for all.
    """
    above: dict[Path, set[Any]] = {path: set() for path in groups}
    below: dict[Path, set[Any]] = {path: set() for path in groups}
    for b in model.boxes.values():
        mine = home.get(b.key)
        for parent, _ in b.parents:
            theirs = home.get(parent)
            if mine is not None and theirs != mine:
                above[mine].add(theirs if theirs is not None else parent)
            if theirs is not None and theirs != mine:
                below[theirs].add(mine if mine is not None else b.key)
    paths = sorted(groups, key=lambda p: min(b.key for b in groups[p]))
    signatures = [_signature(groups[p]) for p in paths]
    follows = [k > 0 and below[paths[k - 1]] == {p} and above[p] == {paths[k - 1]} for k, p in enumerate(paths)]
    runs: list[list[list[Path]]] = []
    k = 0
    while k < len(paths):
        period, times = _repetition(signatures, follows, k)
        runs.append([paths[k + i * period : k + (i + 1) * period] for i in range(times)])
        k += period * times
    return runs


def _repetition(signatures: list[Any], follows: list[bool], start: int) -> tuple[int, int]:
    """The unit length and number of repeats, from `start`, that cover the most modules."""
    best = (1, 1)
    for period in range(1, LONGEST_UNIT + 1):
        end = start + period
        while end < len(signatures) and follows[end] and signatures[end] == signatures[end - period]:
            end += 1
        if not all(follows[start + 1 : start + period]):
            break
        times = (end - start) // period
        if times > 1 and times * period > best[0] * best[1]:
            best = (period, times)
    return best


def _signature(members: list[Box]) -> tuple[Any, ...]:
    """What must be equal for two modules to be alike: their operations and the shapes of their parameters."""
    return (
        sorted(Counter(b.op for b in members if b.op).items()),
        sorted(b.shape or () for b in members if b.kind == PARAMETER),
    )


def _module_box(run: list[list[Path]], groups: dict[Path, list[Box]], members: list[Box]) -> Box:
    first, last = run[0][0], run[-1][-1]
    out = max((b for b in groups[last] if b.kind in (OPERATION, RESULT)), key=lambda b: b.key)
    parameters = sum(_count(b.shape) for b in members if b.kind in (PARAMETER, INPUT))
    classes = [next((b.modules[len(path)] for b in groups[path] if len(b.modules) > len(path)), "") for path in run[0]]
    name = ".".join(first) if first == last else f"{'.'.join(first)} … {'.'.join(last)}"
    return Box(
        out.key, MODULE, op=" → ".join(filter(None, classes)), name=f"{name}  × {len(run)}" if len(run) > 1 else name,
        shape=out.shape, dtype=out.dtype, value=out.value, gradient=out.gradient, line=out.line, module=first[:-1],
        detail=f"{sum(b.kind in (OPERATION, RESULT) for b in members):,} operations, {parameters:,} parameters",
    )  # fmt: skip


def _count(shape: tuple[Any, ...] | None) -> int:
    n = 1
    for k in shape or ():
        n *= k
    return n


def nearest(model: Model, most: int) -> Model:
    """Only the boxes nearest to the output; what they were made from beyond that is one box that counts the rest."""
    kept, frontier = {model.output}, [model.output]
    for key in frontier:
        for parent, _ in model.boxes[key].parents:
            if parent not in kept and len(kept) < most:
                kept.add(parent)
                frontier.append(parent)
    rest = Box(-1, CONSTANT, name=f"{len(model.boxes) - len(kept):,} more")
    boxes = {-1: rest}
    for key in sorted(kept):
        box = model.boxes[key]
        box.parents = list(dict.fromkeys((p, label) if p in kept else (-1, "") for p, label in box.parents))
        boxes[key] = box
    return Model(boxes, model.output)
