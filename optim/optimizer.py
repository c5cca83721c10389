"""What all optimizers have: parameter groups, state, hooks, and the dictionary form of these, laid out as PyTorch's."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from copy import deepcopy
from functools import wraps
from math import prod
from typing import Any, ClassVar

from autograd import Tensor
from autograd.core.hooks import Handle
from autograd.errors import ArgumentError, ArgumentTypeError, GradloomError, GraphError

Params = Iterable[Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, Tensor]]


class GroupError(GradloomError, KeyError):
    """A group of parameters that lacks a key."""

    __str__: Any = Exception.__str__  # KeyError would print the message in quotes


class _Required:
    """What older optimizers give as the default of a setting that has none: `lr=required`."""

    def __repr__(self) -> str:
        return "<required parameter>"


required: _Required = _Required()


class _GlobalHooks:
    """The hooks that every optimizer calls."""

    before: dict[int, Callable[..., Any]] | None = None
    after: dict[int, Callable[..., Any]] | None = None


_global = _GlobalHooks()


def register_optimizer_step_pre_hook(hook: Callable[..., Any]) -> Handle:
    """Call `hook(optimizer, args, kwargs)` before each step of every optimizer; it may return new (args, kwargs)."""
    return Handle(_global, "before", hook)


def register_optimizer_step_post_hook(hook: Callable[..., Any]) -> Handle:
    """Call `hook(optimizer, args, kwargs)` after each step of every optimizer."""
    return Handle(_global, "after", hook)


def _with_hooks(step: Callable[..., Any]) -> Callable[..., Any]:
    """`step` with the hooks around it, once, even where a subclass's step calls its parent's."""

    @wraps(step)
    def hooked(self: "Optimizer", *args: Any, **kwargs: Any) -> Any:
        if type(self).step is not hooked:
            return step(self, *args, **kwargs)
        self._opt_called = True
        if not (self._step_pre_hooks or self._step_post_hooks or _global.before or _global.after):
            return step(self, *args, **kwargs)
        for hook in [*(_global.before or {}).values(), *(self._step_pre_hooks or {}).values()]:
            changed = hook(self, args, kwargs)
            if changed is not None:
                if not (isinstance(changed, tuple) and len(changed) == 2):
                    raise GraphError(f"step: a pre-hook returned {changed!r}; return None or (args, kwargs)")
                args, kwargs = changed
        result = step(self, *args, **kwargs)
        for hook in [*(self._step_post_hooks or {}).values(), *(_global.after or {}).values()]:
            hook(self, args, kwargs)
        return result

    return hooked


class Optimizer:
    """The base of all optimizers; subclass it, pass `defaults` on, and define `step`.

    `params` is an iterable of tensors, of (name, tensor) pairs, or of dictionaries, each a group of parameters with
    options of its own: `[{"params": a, "lr": 0.1}, {"params": b}]`. What a group does not set is taken from
    `defaults`. `param_groups` may be changed between steps, `state[p]` holds what the optimizer remembers of `p`.

    Raises ArgumentTypeError if `params` is a tensor or holds something else than tensors, ArgumentError if it is empty,
    if a parameter occurs twice, or if one is computed (not a leaf).

    >>> import autograd
    >>> class Descent(Optimizer):
    ...     def __init__(self, params, lr):
    ...         super().__init__(params, {"lr": lr})
    ...     @autograd.no_grad()
    ...     def step(self, closure=None):
    ...         for group in self.param_groups:
    ...             for p in group["params"]:
    ...                 p -= group["lr"] * p.grad
    >>> x = autograd.tensor([3.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> Descent([x], lr=0.5).step(); x
    tensor([0.], requires_grad=True)
    """

    counters: ClassVar[tuple[str, ...]] = ("step",)  # state of one number, which keeps its dtype when it is loaded
    moments: ClassVar[tuple[str, ...]] = ()  # state that has an element for each of the parameter's
    _step_pre_hooks: dict[int, Callable[..., Any]] | None = None
    _step_post_hooks: dict[int, Callable[..., Any]] | None = None
    _state_dict_pre_hooks: dict[int, Callable[..., Any]] | None = None
    _state_dict_post_hooks: dict[int, Callable[..., Any]] | None = None
    _load_state_dict_pre_hooks: dict[int, Callable[..., Any]] | None = None
    _load_state_dict_post_hooks: dict[int, Callable[..., Any]] | None = None
    _opt_called = False  # whether `step` was ever called: learning rate schedulers ask

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "step" in cls.__dict__:
            cls.step = _with_hooks(cls.__dict__["step"])

    def __init__(self, params: Params, defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise ArgumentTypeError(f"{self._op}: params is a tensor; give a list of tensors, or of groups (dicts)")
        self.defaults = defaults
        self.state: dict[Any, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        if not isinstance(params, Iterable):
            raise ArgumentTypeError(f"{self._op}: params is {params!r}; give a list of tensors, or of groups (dicts)")
        groups: list[Any] = list(params)
        if not groups:
            raise ArgumentError(f"{self._op}: got an empty parameter list; give at least one tensor to optimize")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    @property
    def _op(self) -> str:
        return type(self).__name__

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group: a dictionary of `params` and the options that differ from the defaults."""
        if not isinstance(param_group, dict):
            raise ArgumentTypeError(f"{self._op}: a parameter group must be a dict, got {type(param_group).__name__}")
        if "params" not in param_group:
            raise GroupError(f"{self._op}: a group needs the key 'params', got {sorted(param_group)}")
        params = param_group["params"]
        if isinstance(params, set):
            raise ArgumentTypeError(f"{self._op}: params is a set, whose order changes between runs; give a list")
        items = [params] if isinstance(params, Tensor) else list(params)
        named = [item for item in items if isinstance(item, tuple)]
        if named and len(named) != len(items):
            raise ArgumentError(f"{self._op}: some parameters have names and some have none; name all of them, or none")
        if named:
            param_group["param_names"] = [name for name, _ in named]
            items = [p for _, p in named]
        for p in items:
            self._check_param(p)
        seen = {id(p) for group in self.param_groups for p in group["params"]}
        if not seen.isdisjoint(map(id, items)):
            raise ArgumentError(f"{self._op}: some parameters appear in more than one group; give each to one group")
        if len(set(map(id, items))) < len(items):
            raise ArgumentError(f"{self._op}: a parameter appears twice in one group; give each once")
        if any(("param_names" in group) != bool(named) for group in self.param_groups):
            raise ArgumentError(f"{self._op}: all groups must have names for their parameters, or none may")
        param_group["params"] = items
        for name, default in self.defaults.items():
            if default is required and name not in param_group:
                raise ArgumentError(
                    f"{self._op}: parameter group didn't specify a value of required optimization parameter {name}"
                )
            param_group.setdefault(name, default)
        self.param_groups.append(param_group)

    def _check_param(self, p: Any) -> None:
        if not isinstance(p, Tensor):
            raise ArgumentTypeError(f"{self._op}: can only optimize tensors, got {type(p).__name__} among the params")
        if not (self.defaults.get("differentiable") or p.is_leaf or p.retains_grad):
            raise ArgumentError(f"{self._op}: can't optimize a computed (non-leaf) tensor; give the leaf it comes from")

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update the parameters once by their gradients; `closure`, if given, computes loss and gradients first."""
        raise NotImplementedError(f"{self._op}: define step() to say how a parameter is updated")

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or set them to zero in place if `set_to_none` is false."""
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none:
                    p.grad = None
                elif p.grad is not None:
                    p.grad = p.grad.detach()
                    p.grad.zero_()

    # -- as a dictionary -------------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """State and options as a dictionary without the parameters themselves, which it numbers in order.

        `state` maps a parameter's number to a dictionary of tensors and numbers, `param_groups` lists the options with
        the numbers of the parameters. The tensors are the optimizer's own, not copies.

        >>> import autograd
        >>> from optim import SGD
        >>> SGD([autograd.zeros(2)], lr=0.1, momentum=0.9).state_dict()["param_groups"][0]["params"]
        [0]
        """
        for hook in (self._state_dict_pre_hooks or {}).values():
            hook(self)
        numbers = {id(p): k for k, p in enumerate(self._all_params())}
        result = {
            "state": {numbers[id(k)] if isinstance(k, Tensor) else k: v for k, v in self.state.items()},
            "param_groups": [
                {k: v for k, v in group.items() if k != "params"} | {"params": [numbers[id(p)] for p in group["params"]]}
                for group in self.param_groups
            ],
        }
        for hook in (self._state_dict_post_hooks or {}).values():
            result = hook(self, result) or result
        return result

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over state and options that `state_dict` gave, PyTorch's included; tensors are copied.

        Floating-point state takes the dtype of its parameter, except for what is one number, as step counts are.

        Raises ArgumentError if `state` or `param_groups` is missing, if the number of groups, or of the parameters in
        one, differs, or if state has another shape than its parameter asks for; the optimizer is then what it was.
        """
        state_dict = state_dict.copy()
        for hook in (self._load_state_dict_pre_hooks or {}).values():
            state_dict = hook(self, state_dict) or state_dict
        missing = [key for key in ("state", "param_groups") if key not in state_dict]
        if missing:
            raise ArgumentError(
                f"{self._op}.load_state_dict: the dictionary has no {' and no '.join(missing)}, only {sorted(state_dict)}; "
                "load what an optimizer's state_dict() gave"
            )
        loaded = [{**deepcopy({k: v for k, v in g.items() if k != "params"})} for g in state_dict["param_groups"]]
        given, mine = ([len(g["params"]) for g in s] for s in (state_dict["param_groups"], self.param_groups))
        if given != mine:
            raise ArgumentError(
                f"{self._op}.load_state_dict: the loaded groups have {given} parameters, the optimizer's {mine}; "
                "make the optimizer with the same groups as the one that was saved"
            )
        keys = [k for group in state_dict["param_groups"] for k in group["params"]]
        owner = dict(zip(keys, self._all_params(), strict=True))
        state = defaultdict(dict)
        names = dict(zip(keys, [n for g in self.param_groups for n in g.get("param_names", ())] or keys, strict=True))
        for key, value in state_dict["state"].items():
            if key in owner and isinstance(value, dict):
                self._check_shapes(value, owner[key], names[key])
            state[owner.get(key, key)] = self._adapted(value, owner[key]) if key in owner else value
        for new, group in zip(loaded, self.param_groups, strict=True):
            new["params"] = group["params"]
            if "param_names" in group:
                new.setdefault("param_names", group["param_names"])
        self.__setstate__({"state": state, "param_groups": loaded})
        for hook in (self._load_state_dict_post_hooks or {}).values():
            hook(self)

    def _adapted(self, value: Any, param: Tensor, key: Any = None) -> Any:
        """A copy of loaded state as `param` needs it."""
        if isinstance(value, Tensor):
            shape = self._state_shape(key, param)
            copied = value.detach().clone() if shape is None else value.detach().clone().reshape(shape)
            floating = copied.is_floating_point() and param.is_floating_point()
            return copied.to(param.dtype) if floating and key not in self.counters else copied
        if isinstance(value, dict):
            return {k: self._adapted(v, param, k) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self._adapted(v, param, key) for v in value)
        return value

    def _state_shape(self, key: Any, param: Tensor) -> tuple[int, ...] | None:
        """The shape that state of this name must have for `param`; None if it may be anything."""
        if key in self.moments:
            return tuple(param.shape)
        return () if key in self.counters else None

    def _check_shapes(self, held: dict[Any, Any], param: Tensor, name: Any) -> None:
        """Raise unless loaded state fits `param`; what is one element fits as (), (1,) or (1, 1)."""
        for key, value in held.items():
            shape = self._state_shape(key, param)
            for tensor in value if isinstance(value, list | tuple) else (value,):
                if shape is None or tensor is None or (key in self.counters and isinstance(tensor, int | float)):
                    continue
                given = tuple(tensor.shape) if isinstance(tensor, Tensor) else None
                if given is None or (given != shape and not tensor.numel() == prod(shape) == 1):
                    kind = type(tensor).__name__ if given is None else f"of shape {given}"
                    raise ArgumentError(
                        f"{self._op}.load_state_dict: {key!r} of parameter {name!r} is {kind}, and the parameter, of shape "
                        f"{tuple(param.shape)}, needs a tensor of shape {shape}; nothing was loaded: make the optimizer with "
                        "the parameters of the one that was saved, in the same order"
                    )

    def _all_params(self) -> list[Tensor]:
        return [p for group in self.param_groups for p in group["params"]]

    def __getstate__(self) -> dict[str, Any]:
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        for group in self.param_groups:  # saved by an older version, or by PyTorch: options it did not know
            for name, default in self.defaults.items():
                group.setdefault(name, default)

    def __repr__(self) -> str:
        lines = [f"{self._op} ("]
        for k, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {k}")
            lines += [f"    {name}: {group[name]}" for name in sorted(group) if name != "params"]
        return "\n".join([*lines, ")"])

    # -- hooks -------------------------------------------------------------------------------------------------------------

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(optimizer, args, kwargs)` before each step; it may return new (args, kwargs)."""
        return Handle(self, "_step_pre_hooks", hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(optimizer, args, kwargs)` after each step."""
        return Handle(self, "_step_post_hooks", hook)

    def register_state_dict_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> Handle:
        """Call `hook(optimizer)` before `state_dict` collects the state."""
        return self._register("_state_dict_pre_hooks", hook, prepend)

    def register_state_dict_post_hook(self, hook: Callable[..., Any], prepend: bool = False) -> Handle:
        """Call `hook(optimizer, state_dict)` on the result of `state_dict`; it may return another one."""
        return self._register("_state_dict_post_hooks", hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> Handle:
        """Call `hook(optimizer, state_dict)` before a state is loaded; it may return another one."""
        return self._register("_load_state_dict_pre_hooks", hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any], prepend: bool = False) -> Handle:
        """Call `hook(optimizer)` after a state was loaded."""
        return self._register("_load_state_dict_post_hooks", hook, prepend)

    def _register(self, slot: str, hook: Callable[..., Any], prepend: bool) -> Handle:
        handle = Handle(self, slot, hook)
        if prepend:
            hooks = getattr(self, slot)
            setattr(self, slot, {handle.id: hook, **hooks})
        return handle
