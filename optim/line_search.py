"""A line search for the strong Wolfe conditions.

A step t along a direction is good if the loss falls enough, `f(t) <= f(0) + c1 * t * f'(0)`, and if the slope has become
flat enough, `|f'(t)| <= -c2 * f'(0)`. The search first brackets such a step, then narrows the bracket by cubic
interpolation. Source: Nocedal and Wright, Numerical Optimization, 2006, algorithms 3.5 and 3.6; the safeguards are those
of Schmidt's minFunc, which PyTorch follows, too.
"""

from collections.abc import Callable
from math import sqrt
from typing import Any, NamedTuple


class Point(NamedTuple):
    """A step along the direction, the loss there, its gradient, and the gradient's slope along the direction."""

    t: float
    loss: float
    gradient: Any
    slope: float


Evaluate = Callable[[float], Point]


def cubic_minimum(p: Point, q: Point, bounds: tuple[float, float] | None = None) -> float:
    """Where the cubic through two points, with their slopes, is least, within `bounds` or between the points."""
    low, high = (p, q) if p.t <= q.t else (q, p)
    smallest, largest = bounds or (low.t, high.t)
    d1 = p.slope + q.slope - 3 * (p.loss - q.loss) / (p.t - q.t)
    square = d1 * d1 - p.slope * q.slope
    if not square >= 0:
        return (smallest + largest) / 2
    d2 = sqrt(square)
    best = high.t - (high.t - low.t) * ((high.slope + d2 - d1) / (high.slope - low.slope + 2 * d2))
    return min(max(best, smallest), largest)


def strong_wolfe(
    evaluate: Evaluate,
    origin: Point,
    t: float,
    extent: float,
    c1: float = 1e-4,
    c2: float = 0.9,
    tolerance: float = 1e-9,
    max_iter: int = 25,
) -> tuple[Point, int]:
    """The point of a good step, the first tried being `t`, and how often the loss was evaluated.

    `extent` is the largest element of the direction; a bracket in which no element changes by more than `tolerance` is
    as good as found. After `max_iter` further evaluations the best point so far is returned.
    """

    def falls(p: Point) -> bool:
        return p.loss <= origin.loss + c1 * p.t * origin.slope

    def is_flat(p: Point) -> bool:
        return abs(p.slope) <= -c2 * origin.slope

    bracket, evaluations = _bracket(evaluate, origin, evaluate(t), falls, is_flat, max_iter)
    if len(bracket) == 1:
        return bracket[0], evaluations
    low = _lower(bracket)
    stalled = False
    while evaluations <= max_iter and abs(bracket[1].t - bracket[0].t) * extent >= tolerance:
        t, stalled = _inside(bracket, cubic_minimum(bracket[0], bracket[1]), stalled)
        point = evaluate(t)
        evaluations += 1
        if not falls(point) or point.loss >= bracket[low].loss:
            bracket[1 - low] = point
            low = _lower(bracket)
            continue
        if is_flat(point):
            return point, evaluations
        if point.slope * (bracket[1 - low].t - bracket[low].t) >= 0:
            bracket[1 - low] = bracket[low]
        bracket[low] = point
    return bracket[low], evaluations


def _bracket(
    evaluate: Evaluate,
    origin: Point,
    point: Point,
    falls: Callable[[Point], bool],
    is_flat: Callable[[Point], bool],
    max_iter: int,
) -> tuple[list[Point], int]:
    """One good point, or two with a good one between them; and the number of evaluations, the first included."""
    before = origin
    for k in range(max_iter):
        if not falls(point) or (k > 1 and point.loss >= before.loss):
            return [before, point], k + 1
        if is_flat(point):
            return [point], k + 1
        if point.slope >= 0:
            return [before, point], k + 1
        t = cubic_minimum(before, point, bounds=(point.t + 0.01 * (point.t - before.t), point.t * 10))
        before, point = point, evaluate(t)
    return [origin, point], max_iter + 1


def _lower(bracket: list[Point]) -> int:
    return 1 if bracket[1].loss < bracket[0].loss else 0  # a loss that is NaN is not lower


def _inside(bracket: list[Point], t: float, stalled: bool) -> tuple[float, bool]:
    """`t`, or a step a tenth of the bracket away from its end if the search keeps coming close to that end."""
    first, last = sorted(p.t for p in bracket)
    margin = 0.1 * (last - first)
    if min(last - t, t - first) >= margin:
        return t, False
    if not stalled and first < t < last:
        return t, True
    return (last - margin if abs(t - last) < abs(t - first) else first + margin), False
