"""Nested containers of tensors: taken apart into a list of leaves, and put together again in the same form."""

from collections.abc import Callable, Iterator
from typing import Any


def flatten(tree: Any) -> tuple[list[Any], Callable[[Iterator[Any]], Any]]:
    """The leaves of nested tuples, lists and dicts, and a function that builds the same nest around other leaves."""
    leaves: list[Any] = []
    return leaves, _take_apart(tree, leaves)


def _take_apart(tree: Any, leaves: list[Any]) -> Callable[[Iterator[Any]], Any]:
    if isinstance(tree, dict):
        keys, parts = list(tree), [_take_apart(v, leaves) for v in tree.values()]
        return lambda new: _like_dict(tree, keys, [part(new) for part in parts])
    if isinstance(tree, (tuple, list)):
        parts = [_take_apart(v, leaves) for v in tree]
        if hasattr(tree, "_fields"):
            return lambda new: type(tree)(*[part(new) for part in parts])
        return lambda new: type(tree)([part(new) for part in parts])
    leaves.append(tree)
    return next


def _like_dict(tree: dict[Any, Any], keys: list[Any], values: list[Any]) -> Any:
    found = dict(zip(keys, values, strict=True))
    return found if type(tree) is dict else type(tree)(found)


def tree_map(fn: Callable[..., Any], tree: Any) -> Any:
    """The same nest with `fn` applied to every leaf."""
    leaves, build = flatten(tree)
    return build(iter([fn(leaf) for leaf in leaves]))


def spread(prefix: Any, tree: Any) -> list[Any]:
    """For each leaf of `tree` the value that `prefix` gives it: one for all, or nested as far as `tree` is.

    >>> spread((0, None), (1, [2, 3]))
    [0, None, None]
    """
    if isinstance(tree, (tuple, list)) and isinstance(prefix, (tuple, list)):
        if len(prefix) != len(tree):
            raise ValueError(f"{len(prefix)} for {len(tree)} values")
        return [found for p, t in zip(prefix, tree, strict=True) for found in spread(p, t)]
    if isinstance(tree, dict) and isinstance(prefix, dict):
        return [found for k, t in tree.items() for found in spread(prefix[k], t)]
    if isinstance(tree, (tuple, list, dict)):
        inner = tree.values() if isinstance(tree, dict) else tree
        return [found for t in inner for found in spread(prefix, t)]
    return [prefix]
