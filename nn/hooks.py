"""Hooks on a Module: what is called before and after `forward`, and when gradients pass."""

from collections.abc import Callable
from typing import Any, NamedTuple

from autograd import Tensor, is_grad_enabled
from autograd.core.function import Function
from autograd.core.hooks import Handle
from autograd.core.settings import changes
from autograd.errors import ArgumentTypeError


class Hook(NamedTuple):
    """A callback and when it is called; a module keeps all of its hooks in one dictionary, in calling order."""

    when: str
    call: Callable[..., Any]
    with_kwargs: bool = False
    always: bool = False


class ModuleHooks:
    """The part of Module that keeps hooks and runs a call with them; a module without any never comes here."""

    _hooks: Any = False  # by number; None if there are none; False until the first call or the first hook
    forward: Callable[..., Any]

    def _add_hook(self, hook: Hook, prepend: bool) -> Handle:
        if self._hooks is False:
            self.__dict__["_hooks"] = None
        changes.count += 1
        handle = Handle(self, "_hooks", hook)  # type: ignore[arg-type]
        hooks = self._hooks
        if prepend and hooks:
            rest = {k: h for k, h in hooks.items() if k != handle.id}
            hooks.clear()
            hooks.update({handle.id: hook, **rest})
        return handle

    def _hooks_when(self, when: str) -> list[Hook]:
        return [h for h in (self._hooks or {}).values() if h.when == when]

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> Handle:
        """Call `hook(module, args)` before `forward`; what it returns, if not None, replaces the arguments.

        With `with_kwargs` it is called as `hook(module, args, kwargs)` and returns a pair.
        """
        return self._add_hook(Hook("before", hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> Handle:
        """Call `hook(module, args, output)` after `forward`; what it returns, if not None, replaces the output.

        With `with_kwargs` it is called as `hook(module, args, kwargs, output)`; with `always_call` also if `forward`
        raises, with None as the output.

        >>> import autograd, nn
        >>> layer = nn.Identity()
        >>> handle = layer.register_forward_hook(lambda module, args, output: output * 2)
        >>> layer(autograd.ones(2))
        tensor([2., 2.])
        """
        return self._add_hook(Hook("after", hook, with_kwargs, always_call), prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> Handle:
        """Call `hook(module, grad_input, grad_output)` when the gradients of the inputs are known.

        Both are tuples, with None where no gradient flows; a tuple that it returns replaces `grad_input`.

        >>> import autograd, nn
        >>> layer = nn.ReLU()
        >>> handle = layer.register_full_backward_hook(lambda module, grad_input, grad_output: print(grad_output))
        >>> layer(autograd.ones(1, requires_grad=True)).sum().backward()
        (tensor([1.]),)
        """
        return self._add_hook(Hook("backward", hook), prepend)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> Handle:
        """Call `hook(module, grad_output)` when the gradients of the outputs are known; what it returns replaces them."""
        return self._add_hook(Hook("before backward", hook), prepend)

    def _call_with_hooks(self, args: tuple[Any, ...], kwargs: dict[Any, Any]) -> Any:
        for hook in self._hooks_when("before"):
            args, kwargs = _run_before(hook, self, args, kwargs)
        backward, before = self._hooks_when("backward"), self._hooks_when("before backward")
        if (backward or before) and is_grad_enabled():
            passing = _Passing(self, before, backward, len(args))
            args = passing.enter(args)
            return passing.leave(self._call_forward(args, kwargs))
        return self._call_forward(args, kwargs)

    def _call_forward(self, args: tuple[Any, ...], kwargs: dict[Any, Any]) -> Any:
        after = self._hooks_when("after")
        try:
            result = self.forward(*args, **kwargs)
        except BaseException:
            for hook in after:
                if hook.always:
                    _run_after(hook, self, args, kwargs, None)
            raise
        for hook in after:
            result = _run_after(hook, self, args, kwargs, result)
        return result


class _Watch(Function):
    """Passes tensors on; when the gradients of all of them are known it tells them, and passes on what it is told."""

    @staticmethod
    def forward(ctx: Any, tell: Callable[..., Any], *tensors: Tensor) -> tuple[Any, ...]:
        ctx.tell = tell
        ctx.set_materialize_grads(False)
        return tensors

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> tuple[Any, ...]:
        return (None, *ctx.tell(grads))


class _Passing:
    """One call of a module whose backward hooks wait for gradients."""

    def __init__(self, module: Any, before: list[Hook], after: list[Hook], count: int) -> None:
        self.module, self.before, self.after, self.count = module, before, after, count
        self.places: list[int] = []
        self.grad_output: tuple[Any, ...] = ()

    def enter(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, with those that require a gradient watched."""
        self.places = [k for k, a in enumerate(args) if isinstance(a, Tensor) and a.requires_grad]
        watched = iter(_Watch.apply(self.inputs_known, *(args[k] for k in self.places)) if self.places else ())
        return tuple(next(watched) if k in self.places else a for k, a in enumerate(args))

    def leave(self, result: Any) -> Any:
        """The result, with its tensors watched."""
        parts = result if isinstance(result, (tuple, list)) else (result,)
        live = [p for p in parts if isinstance(p, Tensor) and p.requires_grad]
        if not live:
            return result
        watched = iter(_Watch.apply(self.outputs_known, *live))
        parts = [next(watched) if any(p is q for q in live) else p for p in parts]
        return type(result)(parts) if isinstance(result, (tuple, list)) else parts[0]

    def outputs_known(self, grads: tuple[Any, ...]) -> tuple[Any, ...]:
        for hook in self.before:
            grads = _replaced(hook.call(self.module, grads), grads)
        self.grad_output = grads
        if not self.places:
            self.inputs_known(())
        return grads

    def inputs_known(self, grads: tuple[Any, ...]) -> tuple[Any, ...]:
        grad_input: list[Any] = [None] * self.count
        for k, g in zip(self.places, grads, strict=True):
            grad_input[k] = g
        given = tuple(grad_input)
        for hook in self.after:
            given = _replaced(hook.call(self.module, given, self.grad_output), given)
        return tuple(given[k] for k in self.places)


def _replaced(changed: Any, grads: tuple[Any, ...]) -> tuple[Any, ...]:
    """What a backward hook returned in place of `grads`, if anything."""
    if changed is None:
        return grads
    changed = changed if isinstance(changed, tuple) else (changed,)
    if len(changed) != len(grads):
        raise ArgumentTypeError(
            f"backward hook: returned {len(changed)} gradients, {len(grads)} were given; return None or as many"
        )
    return changed


def _run_before(
    hook: Hook, module: Any, args: tuple[Any, ...], kwargs: dict[Any, Any]
) -> tuple[tuple[Any, ...], dict[Any, Any]]:
    if not hook.with_kwargs:
        changed = hook.call(module, args)
        return (args if changed is None else changed if isinstance(changed, tuple) else (changed,)), kwargs
    changed = hook.call(module, args, kwargs)
    if changed is None:
        return args, kwargs
    if not isinstance(changed, tuple) or len(changed) != 2:
        raise ArgumentTypeError(
            f"register_forward_pre_hook: a hook with_kwargs returned {type(changed).__name__}; "
            "it must return None or a pair (args, kwargs)"
        )
    return changed


def _run_after(hook: Hook, module: Any, args: tuple[Any, ...], kwargs: dict[Any, Any], result: Any) -> Any:
    given = (args, kwargs, result) if hook.with_kwargs else (args, result)
    changed = hook.call(module, *given)
    return result if changed is None else changed
