"""State dictionaries: what a Module saves, and how it reports what does not fit when it loads.

The keys are PyTorch's, so that weights move between the two libraries in both directions.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from autograd import Tensor, as_tensor, no_grad
from autograd.core.hooks import Handle
from autograd.errors import ArgumentTypeError, GradloomError

from .parameter import Parameter
from .walk import DEEPER, ENTER, registered, visits

EXTRA = "_extra_state"


class StateDictError(GradloomError, RuntimeError):
    """A state dictionary whose keys or shapes are not the module's."""


class IncompatibleKeys(NamedTuple):
    """What `load_state_dict` found: keys that the module has and the dictionary lacks, and the reverse."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


class StateDict(OrderedDict[Any, Any]):
    """An ordered dictionary from key to tensor that also knows the version of each module."""

    _metadata: dict[str, dict[Any, Any]]


class ModuleState:
    """The part of Module that saves and loads; `_save_to_state_dict` and `_load_from_state_dict` may be overridden."""

    _version = 1
    _state_hooks: dict[int, tuple[str, Callable[..., Any]]] | None = None
    _parameters: Any
    _buffers: Any
    _modules: Any
    _non_persistent_buffers_set: set[str]

    # -- saving --------------------------------------------------------------------------------------------------------

    def state_dict(self, *, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> Any:
        """All parameters and persistent buffers by their path; the tensors share memory with the module's.

        >>> import nn
        >>> list(nn.Sequential(nn.Linear(2, 3)).state_dict())
        ['0.weight', '0.bias']
        """
        if destination is None:
            destination = StateDict()
            destination._metadata = {}
        abouts: list[dict[str, Any]] = []
        for when, module, path in visits(self, "state_dict", ModuleState.state_dict, registered, prefix):
            if when is DEEPER:
                module.state_dict(destination=destination, prefix=path, keep_vars=keep_vars)
            elif when is ENTER:
                abouts.append({"version": module._version})
                if hasattr(destination, "_metadata"):
                    destination._metadata[path[:-1]] = abouts[-1]
                for hook in module._hooks_at("save"):
                    hook(module, path, keep_vars)
                module._save_to_state_dict(destination, path, keep_vars)
            else:
                about, collected = abouts.pop(), destination
                for hook in module._hooks_at("saved"):
                    changed = hook(module, collected, path, about)
                    collected = collected if changed is None else changed
                destination = collected if module is self else destination
        return destination

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        for name, tensor in self._own_state():
            destination[prefix + name] = tensor if keep_vars else tensor.detach()
        if self._has_extra_state("get_extra_state"):
            destination[prefix + EXTRA] = self.get_extra_state()

    def _own_state(self) -> Iterator[tuple[str, Tensor]]:
        for name, tensor in (*self._parameters.items(), *self._buffers.items()):
            if tensor is not None and name not in self._non_persistent_buffers_set:
                yield name, tensor

    def get_extra_state(self) -> Any:
        """What else to save, under the key `_extra_state`; override it together with `set_extra_state`."""
        raise NotImplementedError(f"{type(self).__name__}: get_extra_state is not implemented")

    def set_extra_state(self, state: Any) -> None:
        """Receive what `get_extra_state` saved."""
        raise NotImplementedError(f"{type(self).__name__}: set_extra_state is not implemented")

    def _has_extra_state(self, method: str) -> bool:
        return getattr(type(self), method) is not getattr(ModuleState, method)

    # -- loading -------------------------------------------------------------------------------------------------------

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False) -> Any:
        """Copy the tensors (or arrays) of `state_dict` into this module, or with `assign` make them its own.

        Raises StateDictError, which lists every key and shape that does not fit; with `strict=False` keys may differ.

        >>> import nn
        >>> nn.Linear(2, 3).load_state_dict(nn.Linear(2, 3).state_dict())
        <All keys matched successfully>
        """
        if not isinstance(state_dict, Mapping):
            raise ArgumentTypeError(
                f"load_state_dict: expected state_dict to be dict-like, got {type(state_dict).__name__}; "
                "pass module.state_dict() or what autograd.load() returned"
            )
        missing: list[str] = []
        unexpected: list[str] = []
        errors: list[str] = []
        metadata = getattr(state_dict, "_metadata", {})

        states: list[dict[str, dict[Any, Any]]] = [{"": dict(state_dict)}]  # what is left to be loaded, by the child's prefix
        for when, module, path in visits(self, "load_state_dict", None, registered):
            if when is ENTER:
                state = states[-1].pop(path, {})
                about = {**metadata.get(path[:-1], {}), "assign_to_params_buffers": assign}
                module._load_from_state_dict(state, path, about, True, missing, unexpected, errors)
                states.append(_by_child(state, len(path)) if module._modules else {})
            else:
                states.pop()
                for hook in module._hooks_at("loaded"):
                    hook(module, IncompatibleKeys(missing, unexpected))
        if strict:
            errors[:0] = _key_report(missing, unexpected)
        if errors:
            raise StateDictError("\n\t".join([f"Error(s) in loading state_dict for {type(self).__name__}:", *errors]))
        return IncompatibleKeys(missing, unexpected)

    def _load_from_state_dict(
        self,
        state_dict: dict[Any, Any],
        prefix: str,
        local_metadata: dict[Any, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        for hook in self._hooks_at("load"):
            hook(self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
        own = dict(self._own_state())
        for name, tensor in own.items():
            key = prefix + name
            if key in state_dict:
                self._load_tensor(name, tensor, key, state_dict[key], local_metadata, error_msgs)
            elif strict:
                missing_keys.append(key)
        known = set(own)
        if self._has_extra_state("set_extra_state"):
            known.add(EXTRA)
            if prefix + EXTRA in state_dict:
                self.set_extra_state(state_dict[prefix + EXTRA])
            elif strict:
                missing_keys.append(prefix + EXTRA)
        if strict:
            children = set(self._modules)
            for key in state_dict:
                if key.startswith(prefix):
                    head, dot, _ = key[len(prefix) :].partition(".")
                    if head not in (children if dot else known):
                        unexpected_keys.append(key)

    def _load_tensor(self, name: str, mine: Any, key: str, given: Any, about: dict[Any, Any], errors: list[str]) -> None:
        try:
            given = as_tensor(given)
        except (TypeError, ValueError, RuntimeError) as error:
            errors.append(f'While copying "{key}": expected a tensor or an array, got {type(given).__name__}: {error}')
            return
        if not mine.ndim and tuple(given.shape) == (1,):  # as programs of before 0-d tensors saved a number
            given = given[0]
        if tuple(given.shape) != tuple(mine.shape):
            errors.append(
                f"size mismatch for {key}: copying a param with shape {given.shape} from checkpoint, "
                f"the shape in current model is {mine.shape}."
            )
        elif not about.get("assign_to_params_buffers"):
            with no_grad():
                mine.copy_(given)
        elif isinstance(mine, Parameter) and not isinstance(given, Parameter):
            setattr(self, name, Parameter(given, requires_grad=mine.requires_grad))
        else:
            setattr(self, name, given)

    # -- hooks ---------------------------------------------------------------------------------------------------------

    def _hooks_at(self, when: str) -> list[Callable[..., Any]]:
        return [hook for kind, hook in self._state_hooks.values() if kind == when] if self._state_hooks else []

    def _add_state_hook(self, when: str, hook: Callable[..., Any]) -> Handle:
        return Handle(self, "_state_hooks", (when, hook))  # type: ignore[arg-type]

    def register_state_dict_pre_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(module, prefix, keep_vars)` before `state_dict` collects."""
        return self._add_state_hook("save", hook)

    def register_state_dict_post_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(module, state_dict, prefix, local_metadata)` after `state_dict` collected; it may change it."""
        return self._add_state_hook("saved", hook)

    _register_state_dict_hook = register_state_dict_post_hook

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)`
        before a module loads its own part."""
        return self._add_state_hook("load", hook)

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(module, incompatible_keys)` after a module and its children loaded."""
        return self._add_state_hook("loaded", hook)


def _by_child(state: dict[Any, Any], start: int) -> dict[str, dict[Any, Any]]:
    """The entries of a module's state by the prefix of the child that they belong to; its own prefix ends at `start`."""
    found: dict[str, dict[Any, Any]] = {}
    for key, value in state.items():
        end = key.find(".", start) + 1
        if end:
            found.setdefault(key[:end], {})[key] = value
    return found


def _key_report(missing: list[str], unexpected: list[str]) -> list[str]:
    report = [
        f"{what} key(s) in state_dict: {', '.join(f'{chr(34)}{k}{chr(34)}' for k in keys)}. "
        for what, keys in (("Unexpected", unexpected), ("Missing", missing))
        if keys
    ]
    if missing and unexpected and unexpected[0].endswith(f".{missing[0]}"):
        extra = unexpected[0].removesuffix(missing[0])
        if sorted(unexpected) == sorted(extra + k for k in missing):
            report.append(f'Every key starts with "{extra}": load {{k.removeprefix("{extra}"): v for k, v in ...}}.')
    return report
