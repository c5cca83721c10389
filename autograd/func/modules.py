"""A module as a function of its parameters: called with others in their place, and many modules as one stack."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import ArgumentError
from ..ops.shape import stack


def functional_call(
    module: Any,
    parameter_and_buffer_dicts: Any,
    args: Any = None,
    kwargs: dict[Any, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """`module(*args, **kwargs)` with tensors from a dict (or several) in place of its parameters and buffers.

    The module is as before afterwards. Names that are not in the dict keep the module's own tensors, unless `strict`.

    >>> import autograd, nn
    >>> layer = nn.Linear(2, 1)
    >>> ones = {"weight": autograd.ones(1, 2), "bias": autograd.ones(1)}
    >>> autograd.func.functional_call(layer, ones, autograd.ones(2))
    tensor([3.])
    """
    dicts = parameter_and_buffer_dicts
    given: dict[Any, Any] = {}
    for d in [dicts] if isinstance(dicts, Mapping) else dicts:
        repeated = given.keys() & d.keys()
        if repeated:
            raise ArgumentError(f"functional_call: {sorted(repeated)} appear in more than one dict; give each name once")
        given.update(d)
    places, groups = _places(module)
    unknown = given.keys() - places.keys()
    if unknown:
        raise ArgumentError(f"functional_call: unexpected names {sorted(unknown)}; the module has {sorted(places)}")
    if strict and places.keys() - given.keys():
        raise ArgumentError(f"functional_call: strict=True and no tensor for {sorted(places.keys() - given.keys())}")
    chosen = dict(given)
    if tie_weights:
        for name, value in given.items():
            for other in groups[id(_read(places[name]))]:
                chosen.setdefault(other, value)
    before = {name: _read(places[name]) for name in chosen}
    positional = args if isinstance(args, tuple) else () if args is None else (args,)
    try:
        return _called_with(module, chosen, places, before, positional, kwargs or {})
    finally:  # once more, should an interrupt (Ctrl-C) have come while they were put back
        _restore(places, before)


def _called_with(
    module: Any, chosen: dict[Any, Any], places: dict[Any, Any], before: dict[Any, Any], args: Any, kwargs: dict[Any, Any]
) -> Any:
    try:
        for name, value in chosen.items():
            _write(places[name], value)
        return module(*args, **kwargs)
    finally:
        _restore(places, before)


def _places(module: Any) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Where each parameter and buffer lives (its table and key), and the names that share one tensor."""
    places: dict[Any, Any] = {}
    groups: dict[int, list[Any]] = {}
    for prefix, part in module.named_modules(remove_duplicate=False):
        for table in (part._parameters, part._buffers):
            for key, tensor in table.items():
                if tensor is not None:
                    name = f"{prefix}.{key}" if prefix else key
                    places[name] = (table, key)
                    groups.setdefault(id(tensor), []).append(name)
    return places, groups


def _read(place: tuple[Any, ...]) -> Any:
    table, key = place
    return table[key]


def _restore(places: dict[Any, Any], before: dict[Any, Any]) -> None:
    for name, value in before.items():
        _write(places[name], value)


def _write(place: tuple[Any, ...], value: Any) -> None:
    table, key = place
    table[key] = value


def stack_module_state(models: Sequence[Any]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """The parameters and the buffers of like modules, stacked along a new first dimension: what `vmap` runs them on.

    >>> import autograd, nn
    >>> params, buffers = autograd.func.stack_module_state([nn.Linear(2, 1) for _ in range(3)])
    >>> params["weight"].shape
    torch.Size([3, 1, 2])
    """
    models = list(models)
    if not models:
        raise ArgumentError("stack_module_state: expected at least one model, got none")
    if len({type(m) for m in models}) > 1 or len({m.training for m in models}) > 1:
        raise ArgumentError("stack_module_state: the models must be of one class and all in training or all in eval mode")
    params = {name: _stacked([dict(m.named_parameters())[name] for m in models]) for name, _ in models[0].named_parameters()}
    buffers = {name: _stacked([dict(m.named_buffers())[name] for m in models]) for name, _ in models[0].named_buffers()}
    return params, buffers


def _stacked(tensors: list[Any]) -> Any:
    first = tensors[0]
    if any(t.requires_grad != first.requires_grad for t in tensors):
        raise ArgumentError("stack_module_state: a tensor requires grad in some models and not in others; make them agree")
    joined = stack(*[t.detach() for t in tensors], axis=0)
    return joined.requires_grad_(first.requires_grad)
