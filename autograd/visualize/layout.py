"""Where the boxes of a page stand: columns from inputs to the output, each column ordered so that few arrows cross.

Graphviz lays out the pictures; the page has a small layout of its own, so that it works where no Graphviz is installed.
"""

from collections import defaultdict

from .model import Model

GAP_X, GAP_Y = 70, 26


def columns(model: Model) -> list[list[int]]:
    """Keys of boxes by column. An operation stands right of all its inputs, a leaf right before its first use."""
    rank: dict[int, int] = {}
    for box in model.boxes.values():  # in the order of evaluation
        rank[box.key] = 1 + max((rank[p] for p, _ in box.parents), default=-1)
    children = model.children()
    for box in model.boxes.values():
        if not box.parents and children[box.key]:
            rank[box.key] = min(rank[c] for c in children[box.key]) - 1
    found: dict[int, list[int]] = defaultdict(list)
    for key, r in rank.items():
        found[r].append(key)
    return [found[r] for r in sorted(found)]


def place(model: Model, sizes: dict[int, tuple[int, int]]) -> tuple[dict[int, tuple[float, float]], tuple[float, float]]:
    """The upper left corner of each box of a given (width, height), and the size of the whole."""
    levels = columns(model)
    children = model.children()
    near = {b.key: [p for p, _ in b.parents] + children[b.key] for b in model.boxes.values()}
    at: dict[int, float] = {}
    for level in levels:
        for k, key in enumerate(level):
            at[key] = k - len(level) / 2
    for turn in range(8):
        for level in levels if turn % 2 == 0 else reversed(levels):
            wish = {key: sum(at[n] for n in near[key]) / max(len(near[key]), 1) for key in level}
            level.sort(key=lambda key: (wish[key], at[key]))
            for k, key in enumerate(level):
                at[key] = max(wish[key], at[level[k - 1]] + 1) if k else wish[key]
            shift = sum(at[key] - wish[key] for key in level) / len(level)
            for key in level:
                at[key] -= shift
    unit = max(h for _, h in sizes.values()) + GAP_Y
    corners: dict[int, tuple[float, float]] = {}
    x = 0.0
    for level in levels:
        width = max(sizes[key][0] for key in level)
        for key in level:
            corners[key] = (x + (width - sizes[key][0]) / 2, at[key] * unit - sizes[key][1] / 2)
        x += width + GAP_X
    top = min(y for _, y in corners.values())
    corners = {key: (cx, cy - top) for key, (cx, cy) in corners.items()}
    height = max(y + sizes[key][1] for key, (_, y) in corners.items())
    return corners, (x - GAP_X, height)
