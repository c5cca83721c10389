"""Hooks on a Module: what is called before and after `forward`, and when gradients pass."""

from collections.abc import Callable
from typing import Any, NamedTuple

from autograd.errors import ArgumentTypeError
from autograd.hooks import Handle


class Hook(NamedTuple):
    """A callback and when it is called; a module keeps all of its hooks in one dictionary, in calling order."""

    when: str
    call: Callable
    with_kwargs: bool = False
    always: bool = False


class ModuleHooks:
    """The part of Module that keeps hooks and runs a call with them; a module without any never comes here."""

    _hooks: dict[int, Hook] | None = None
    forward: Callable

    def _add_hook(self, hook: Hook, prepend: bool) -> Handle:
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
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False
    ) -> Handle:
        """Call `hook(module, args)` before `forward`; what it returns, if not None, replaces the arguments.

        With `with_kwargs` it is called as `hook(module, args, kwargs)` and returns a pair.
        """
        return self._add_hook(Hook("before", hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
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

    def _call_with_hooks(self, args: tuple, kwargs: dict) -> Any:
        for hook in self._hooks_when("before"):
            args, kwargs = _run_before(hook, self, args, kwargs)
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


def _run_before(hook: Hook, module: Any, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
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


def _run_after(hook: Hook, module: Any, args: tuple, kwargs: dict, result: Any) -> Any:
    given = (args, kwargs, result) if hook.with_kwargs else (args, result)
    changed = hook.call(module, *given)
    return result if changed is None else changed
