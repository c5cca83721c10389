"""`vmap`: a function of one example made into a function of many, without a loop."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from ..core.shapes import normalize_axis
from ..errors import ArgumentError, ArgumentTypeError, DimError
from ..ops.shape import concatenate, stack, transpose
from ..tensor import Tensor
from .batched import Batched
from .level import DrawsDiffer, Level, restoring
from .rules import examples, owned
from .tree import flatten, spread


def moved(t: Any, source: int, to: int) -> Any:
    """`t` with one axis at another place."""
    if source == to:
        return t
    order = [k for k in range(t.ndim) if k != source]
    order.insert(to, source)
    return transpose(t, axes=tuple(order))


def vmap(
    func: Callable[..., Any],
    in_dims: Any = 0,
    out_dims: Any = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """A function that applies `func`, written for one example, to every example along a dimension of its arguments.

    `in_dims` says which dimension of each argument counts the examples (None: the argument is the same for all), nested
    as the arguments are; `out_dims` where the results have it. Random operations inside raise, or draw anew for each
    example ("different") or once for all ("same"). `chunk_size` bounds how many examples are held at a time.

    >>> import autograd
    >>> x, y = autograd.tensor([[1.0, 2.0], [3.0, 4.0]]), autograd.tensor([1.0, 10.0])
    >>> autograd.vmap(autograd.dot, in_dims=(0, None))(x, y)
    tensor([21., 43.])
    """
    if randomness not in ("error", "different", "same"):
        raise ArgumentError(f"vmap: randomness must be 'error', 'different' or 'same', got {randomness!r}")
    if chunk_size is not None and chunk_size < 1:
        raise ArgumentError(f"vmap: chunk_size must be positive or None, got {chunk_size}")

    @restoring
    @wraps(func)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        leaves, build = flatten((args, kwargs))
        dims = _dims(in_dims, args, kwargs)
        size = _count(leaves, dims)
        fronted = [t if d is None else moved(t, d, 0) for t, d in zip(leaves, dims, strict=True)]
        step = size if chunk_size is None else chunk_size
        parts = [_run(func, build, fronted, dims, k, min(k + step, size), randomness) for k in range(0, size, step)]
        found, rebuild = parts[0]
        if len(parts) > 1:
            found = [concatenate(*p, axis=0) for p in zip(*(p for p, _ in parts), strict=True)]
        places = _places(out_dims, rebuild(iter(range(len(found)))))
        return rebuild(iter([_placed(t, d) for t, d in zip(found, places, strict=True)]))

    return mapped


def _dims(in_dims: Any, args: tuple[Any, ...], kwargs: dict[Any, Any]) -> list[Any]:
    """For each leaf of the arguments the dimension to map over, or None; keyword arguments are mapped over 0."""
    if not isinstance(in_dims, (int, tuple, list)):
        raise ArgumentTypeError(f"vmap: in_dims must be an int or a tuple of ints and None, got {in_dims!r}")
    if isinstance(in_dims, list):
        in_dims = tuple(in_dims)
    try:
        found = spread(in_dims, args) + spread(0, kwargs)
    except (ValueError, KeyError) as error:
        raise ArgumentError(f"vmap: in_dims {in_dims!r} does not have the structure of the arguments: {error}") from None
    leaves = flatten((args, kwargs))[0]
    dims: list[Any] = []
    for t, d in zip(leaves, found, strict=True):
        if d is None or (isinstance(in_dims, int) and not isinstance(t, Tensor)):
            dims.append(None)
        elif not isinstance(t, Tensor):
            raise ArgumentError(f"vmap: in_dims gives {d} for an argument of type {type(t).__name__}; use None for it")
        elif not t.ndim:
            raise ArgumentError("vmap: cannot map over a tensor without dimensions; give it in_dims None")
        else:
            try:
                dims.append(normalize_axis(d, t.ndim, "vmap in_dims"))
            except DimError as error:
                raise ArgumentError(str(error)) from None
    return dims


def _count(leaves: list[Any], dims: list[Any]) -> int:
    sizes = {int(t.shape[d]) for t, d in zip(leaves, dims, strict=True) if d is not None}
    if not sizes:
        raise ArgumentError("vmap: no argument is mapped over; in_dims must name a dimension of at least one tensor")
    if len(sizes) > 1:
        raise ArgumentError(f"vmap: the mapped dimensions have different sizes {sorted(sizes)}; they must be equal")
    size = sizes.pop()
    if not size:
        raise ArgumentError("vmap: the mapped dimension has size 0; there is no example to run the function on")
    return size


def _run(
    func: Callable[..., Any],
    build: Callable[..., Any],
    fronted: list[Any],
    dims: list[Any],
    start: int,
    stop: int,
    randomness: str,
) -> tuple[Any, ...]:
    """The results for some of the examples, which count along the first axis of each, and how they nest."""
    n = stop - start
    mine = [t if d is None or t.shape[0] == n else t[start:stop] for t, d in zip(fronted, dims, strict=True)]
    level = Level(n, randomness)
    try:
        with level:
            found, rebuild = _call(
                func, build, [t if d is None else Batched.of(t, level, True) for t, d in zip(mine, dims, strict=True)]
            )
            return [owned(examples(r, level)) for r in found], rebuild
    except DrawsDiffer as stopped:
        if stopped.level is not level:
            raise
    runs = [_call(func, build, [t if d is None else t[k] for t, d in zip(mine, dims, strict=True)]) for k in range(n)]
    return [stack(*parts, axis=0) for parts in zip(*(found for found, _ in runs), strict=True)], runs[0][1]


def _call(func: Callable[..., Any], build: Callable[..., Any], leaves: list[Any]) -> tuple[Any, ...]:
    """What the function returns, as a list of tensors and a way to nest them again."""
    args, kwargs = build(iter(leaves))
    results, rebuild = flatten(func(*args, **kwargs))
    for r in results:
        if not isinstance(r, Tensor):
            raise ArgumentError(
                f"vmap: the function must return tensors (or nested tuples, lists and dicts of them), got {type(r).__name__}"
            )
    return results, rebuild


def _places(out_dims: Any, tree: Any) -> list[Any]:
    try:
        return spread(out_dims, tree)
    except (ValueError, KeyError) as error:
        raise ArgumentError(f"vmap: out_dims {out_dims!r} does not have the structure of the results: {error}") from None


def _placed(t: Any, dim: Any) -> Any:
    if dim is None:
        return t[0]
    return moved(t, 0, normalize_axis(dim, t.ndim, "vmap out_dims"))
