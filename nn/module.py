"""Module: what every layer and model is, and how its parameters, buffers and submodules are found.

A parameter, a buffer and a submodule are ordinary attributes; the module remembers which names are of which kind, in
the order of their registration. Reading `self.weight` in `forward` therefore costs what reading any attribute costs,
and `_parameters`, `_buffers` and `_modules` are live views of the attributes of one kind.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

from autograd import Tensor
from autograd.core.devices import check_device
from autograd.core.dtypes import as_dtype, dtype as DType, float16, float32, float64
from autograd.core.settings import changes
from autograd.errors import ArgumentError, ArgumentTypeError, GradloomError

from .hooks import ModuleHooks
from .parameter import Buffer, Parameter
from .registry import BUFFER, MODULE, PARAMETER, Kinds, ModuleAttributeError, ModuleNameError, Registered
from .state import ModuleState
from .unregistered import look
from .walk import DEEPER, ENTER, visits

if TYPE_CHECKING:
    from typing import ParamSpec, Protocol, TypeVar

    P = ParamSpec("P")
    R = TypeVar("R", covariant=True)

    class _Forward(Protocol[P, R]):
        def forward(self, *args: P.args, **kwargs: P.kwargs) -> R: ...


class Module(ModuleHooks, ModuleState):
    """The base of all layers and models: assign parameters and modules in `__init__`, compute in `forward`.

    >>> import autograd, nn
    >>> class Scale(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.by = nn.Parameter(autograd.tensor(2.0))
    ...     def forward(self, x):
    ...         return x * self.by
    >>> Scale()(autograd.ones(2)).sum().item()
    4.0
    """

    training: bool
    _kinds: Kinds

    if TYPE_CHECKING:  # what is registered is an attribute

        def __getattr__(self, name: str) -> "Tensor | Module": ...

    def __init__(self) -> None:
        self.__dict__.update(training=True, _kinds=Kinds(), _non_persistent_buffers_set=set())

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; every subclass defines it."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    if TYPE_CHECKING:  # calling a module is calling its `forward`, a user's own included

        def __call__(self: "_Forward[P, R]", *args: P.args, **kwargs: P.kwargs) -> R: ...

    else:

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            try:
                if self._hooks is None:
                    return self.forward(*args, **kwargs)
                if "_looked_at" not in self.__dict__:
                    look(self)
                    if self._hooks is None:
                        return self.forward(*args, **kwargs)
                return self._call_with_hooks(args, kwargs)
            except GradloomError as error:
                _locate(error, self)
                raise

    # -- registration ----------------------------------------------------------------------------------------------------

    @property
    def _parameters(self) -> Registered:
        return Registered(self.__dict__, PARAMETER)

    @property
    def _buffers(self) -> Registered:
        return Registered(self.__dict__, BUFFER)

    @property
    def _modules(self) -> Registered:
        return Registered(self.__dict__, MODULE)

    def __setattr__(self, name: str, value: Any) -> None:
        changes.count += 1
        kinds = self.__dict__.get("_kinds")
        kind = (
            PARAMETER if isinstance(value, Parameter)
            else MODULE if isinstance(value, Module)
            else BUFFER if isinstance(value, Buffer)
            else None
        )  # fmt: skip
        if kind is None:
            if kinds is not None and name in kinds:
                self._check_replacement(name, kinds[name], value)
            object.__setattr__(self, name, value)
        elif kinds is None:
            raise ModuleAttributeError(
                f"cannot assign {kind} {name!r} before Module.__init__() call: begin "
                f"{type(self).__name__}.__init__ with super().__init__()"
            )
        elif isinstance(getattr(type(self), name, None), property):
            raise ModuleNameError(f"attribute {name!r} already exists: it is a property of {type(self).__name__}")
        else:
            if isinstance(value, Buffer):
                self._mark_persistent(name, value.persistent)
            Registered(self.__dict__, kind)[name] = value

    def _check_replacement(self, name: str, kind: str, value: Any) -> None:
        if value is None or (kind == BUFFER and isinstance(value, Tensor)):
            return
        wanted = {PARAMETER: "nn.Parameter", BUFFER: "Tensor", MODULE: "nn.Module"}[kind]
        raise ArgumentTypeError(
            f"cannot assign {type(value).__name__!r} object to {kind} {name!r} ({wanted} or None required); "
            f"to make it an ordinary attribute, first del module.{name}"
        )

    def __delattr__(self, name: str) -> None:
        object.__delattr__(self, name)
        if name in self._kinds:
            del self._kinds[name]
        self._non_persistent_buffers_set.discard(name)

    def _check_name(self, name: Any, kind: str) -> None:
        if "_kinds" not in self.__dict__:
            raise ModuleAttributeError(f"cannot assign {kind} before Module.__init__() call")
        if not isinstance(name, str):
            raise ArgumentTypeError(f"{kind} name should be a string, got {type(name).__name__}")
        if "." in name or not name:
            raise ModuleNameError(f"{kind} name can't contain \".\" and can't be empty, got {name!r}")
        if hasattr(self, name) and self._kinds.get(name) != kind:
            raise ModuleNameError(f"attribute {name!r} already exists; choose another name for the {kind}")

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Register a parameter (or None: a parameter that this instance does without) under a name."""
        self._check_name(name, PARAMETER)
        if param is not None and not isinstance(param, Parameter):
            raise ArgumentTypeError(
                f"cannot assign {type(param).__name__!r} object to parameter {name!r}: nn.Parameter or None required"
            )
        if param is not None and param.grad_fn is not None:
            raise ArgumentError(
                f"cannot assign non-leaf Tensor to parameter {name!r}: a parameter is a leaf; compute from it in forward()"
            )
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Register a tensor that belongs to the state but is not trained; `persistent` ones are in `state_dict`."""
        self._check_name(name, BUFFER)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise ArgumentTypeError(
                f"cannot assign {type(tensor).__name__!r} object to buffer {name!r}: Tensor or None required"
            )
        self._mark_persistent(name, persistent)
        self._buffers[name] = tensor

    def _mark_persistent(self, name: str, persistent: bool) -> None:
        mark = self._non_persistent_buffers_set.discard if persistent else self._non_persistent_buffers_set.add
        mark(name)

    def add_module(self, name: str, module: "Module | None") -> None:
        """Register a submodule under a name."""
        if module is not None and not isinstance(module, Module):
            raise ArgumentTypeError(f"{type(module).__name__} is not a Module subclass; register_module takes modules")
        self._check_name(name, MODULE)
        self._modules[name] = module

    def register_module(self, name: str, module: "Module | None") -> None:
        """Register a submodule under a name."""
        self.add_module(name, module)

    # -- what there is -----------------------------------------------------------------------------------------------------

    def named_modules(
        self, memo: set[Any] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, "Module"]]:
        """This module and all below it, with their paths; a shared one once."""
        memo = set() if memo is None else memo
        waiting: list[tuple[str, Module]] = [(prefix, self)]
        while waiting:
            path, module = waiting.pop()
            if module not in memo:
                if remove_duplicate:
                    memo.add(module)
                yield path, module
                below = [(f"{path}.{name}" if path else name, m) for name, m in module._modules.items() if m is not None]
                waiting += reversed(below)

    def modules(self) -> Iterator["Module"]:
        """This module and all below it."""
        return iter(self._below())

    def _below(self) -> list["Module"]:
        """`modules`, in the same order, without the paths."""
        seen: dict[Module, None] = {}
        waiting: list[Module] = [self]
        while waiting:
            module = waiting.pop()
            if module not in seen:
                seen[module] = None
                attributes = module.__dict__
                children = [attributes[name] for name, kind in module._kinds.items() if kind == MODULE]
                waiting += [child for child in reversed(children) if child is not None]
        return list(seen)

    def named_children(self) -> Iterator[tuple[str, "Module"]]:
        """The modules directly below this one, with their names."""
        seen: set[Module] = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self) -> Iterator["Module"]:
        """The modules directly below this one."""
        for _, module in self.named_children():
            yield module

    def _named_tensors(self, kind: str, prefix: str, recurse: bool, remove_duplicate: bool) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        for path, module in self.named_modules(None, prefix, remove_duplicate) if recurse else [(prefix, self)]:
            for name, tensor in Registered(module.__dict__, kind).items():
                if tensor is not None and id(tensor) not in seen:
                    if remove_duplicate:
                        seen.add(id(tensor))
                    yield f"{path}.{name}" if path else name, tensor

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """All parameters with their paths; one that is shared is counted once.

        >>> import nn
        >>> [name for name, _ in nn.Linear(2, 3).named_parameters()]
        ['weight', 'bias']
        """
        look(self)
        return self._named_tensors(PARAMETER, prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, what an optimizer is given.

        Warns if a plain list, tuple or dict holds modules or tensors that are left out.
        """
        look(self)
        return iter(self._all_parameters(recurse))

    def _all_parameters(self, recurse: bool = True) -> list[Parameter]:
        """`parameters`, without the look at what is left out: every zero_grad() walks here."""
        found: dict[int, Parameter] = {}
        for module in self._below() if recurse else [self]:
            attributes = module.__dict__
            for name, kind in module._kinds.items():
                if kind == PARAMETER and (parameter := attributes[name]) is not None:
                    found[id(parameter)] = parameter
        return list(found.values())

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """All buffers with their paths."""
        return self._named_tensors(BUFFER, prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """All buffers."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def get_submodule(self, target: str) -> "Module":
        """The module at a path such as `"encoder.0"`; `""` is this module."""
        module = self
        for name in target.split(".") if target else ():
            if not hasattr(module, name):
                raise ModuleAttributeError(f"{type(module).__name__} has no attribute `{name}` (in path {target!r})")
            module = getattr(module, name)
            if not isinstance(module, Module):
                raise ModuleAttributeError(f"`{name}` is not an nn.Module (in path {target!r})")
        return module

    def set_submodule(self, target: str, module: "Module") -> None:
        """Put a module at a path."""
        parent, _, name = target.rpartition(".")
        if not name:
            raise ArgumentError("set_submodule: cannot set the submodule without a target name")
        self.get_submodule(parent).add_module(name, module)

    def _get_tensor(self, target: str, kind: str) -> Any:
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if module._kinds.get(name) != kind:
            raise ModuleAttributeError(f"{type(module).__name__}: `{name}` is not a {kind} (in path {target!r})")
        return getattr(module, name)

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a path such as `"encoder.0.weight"`."""
        return self._get_tensor(target, PARAMETER)

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a path."""
        return self._get_tensor(target, BUFFER)

    # -- changes to everything below -----------------------------------------------------------------------------------------

    def apply(self, fn: Callable[["Module"], Any]) -> Self:
        """Call `fn` on every module below and on this one, children first: initialisation, most often."""
        for when, module, _ in visits(self, "apply", Module.apply, Module.named_children):
            if when is DEEPER:
                module.apply(fn)
            elif when is not ENTER:
                fn(module)
        return self

    def _apply(self, fn: Callable[[Tensor], Tensor]) -> Self:
        """Replace the data of every parameter, gradient and buffer by `fn` of it; the parameters stay the same objects."""
        for when, module, _ in visits(self, "to", Module._apply, Module.named_children):
            if when is DEEPER:
                module._apply(fn)
            elif when is not ENTER:
                module._apply_here(fn)
        return self

    def _apply_here(self, fn: Callable[[Tensor], Tensor]) -> None:
        for parameter in self._parameters.values():
            if parameter is not None:
                grad, parameter.grad = parameter.grad, None
                parameter.data = fn(parameter.data)
                parameter.grad = None if grad is None else fn(grad)
        for name, buffer in self._buffers.items():
            if buffer is not None:
                self.__dict__[name] = fn(buffer)

    def to(
        self, *args: Any, dtype: Any = None, device: Any = None, non_blocking: bool = False, memory_format: Any = None
    ) -> Self:
        """Floating parameters and buffers in another dtype; the only device is the CPU.

        >>> import autograd, nn
        >>> nn.Linear(2, 3).to(autograd.float64).weight.dtype
        dtype('float64')
        """
        for a in args:
            if isinstance(a, Tensor):
                dtype = a.dtype
            elif isinstance(a, (DType, type)):
                dtype = as_dtype(a)
            elif not isinstance(a, bool):
                device = a
        if dtype is not None and as_dtype(dtype).kind != "f":
            raise ArgumentTypeError(f"Module.to: only accepts floating point dtypes, got {dtype}; use .type() for others")
        if device is not None:
            check_device(device, "Module.to")
        return self if dtype is None else self._apply(lambda t: t.to(dtype) if t.dtype.kind == "f" else t)

    def type(self, dst_type: Any) -> Self:
        """All parameters and buffers in another dtype."""
        return self._apply(lambda t: t.to(dtype=dst_type))

    def float(self) -> Self:
        """Floating parameters and buffers as float32."""
        return self.to(dtype=float32)

    def double(self) -> Self:
        """Floating parameters and buffers as float64."""
        return self.to(dtype=float64)

    def half(self) -> Self:
        """Floating parameters and buffers as float16."""
        return self.to(dtype=float16)

    def cuda(self, device: Any = None) -> Self:
        """Raises DeviceError: there is no CUDA device here."""
        check_device("cuda" if device is None else device, "Module.cuda")
        return self

    def cpu(self) -> Self:
        """This module: it is on the CPU already."""
        return self

    def train(self, mode: bool = True) -> Self:
        """Set training mode (dropout drops, batch norm uses the batch) here and below."""
        if not isinstance(mode, bool):
            raise ArgumentError(f"train: training mode is expected to be boolean, got {mode!r}")
        for when, module, _ in visits(self, "train", Module.train, Module.named_children):
            if when is DEEPER:
                module.train(mode)
            elif when is ENTER:
                module.training = mode
        return self

    def eval(self) -> Self:
        """Set evaluation mode here and below."""
        return self.train(False)

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the module runs eagerly, and computes the same."""

    def to_empty(self, *, device: Any, recurse: bool = True) -> Self:
        """The module itself: the only device is the CPU, where its parameters are."""
        check_device(device, "to_empty")
        return self

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Set whether the parameters require gradients: `False` freezes a part of a model."""
        for parameter in self._all_parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the parameters' gradients (or fill them with zeros)."""
        for parameter in self._all_parameters():
            if set_to_none or parameter.grad is None:
                parameter.grad = None
            else:
                parameter.grad.detach_().zero_()

    # -- printing --------------------------------------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What `repr` shows in the parentheses; a subclass says its settings here."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        lines: list[str] = []
        indent = ""
        for when, module, path in visits(self, "repr", Module.__repr__, lambda m: m._modules.items()):
            head = f"{indent}({path[path.rfind('.', 0, -1) + 1 : -1]}): " if path else ""
            if when is DEEPER:
                lines.append(head + repr(module).replace("\n", f"\n{indent}"))
                continue
            extra = module.extra_repr()
            about = extra.split("\n") if extra else []
            if when is not ENTER:
                indent = indent[2:]
                if module._modules or len(about) > 1:
                    lines.append(f"{indent})")
                continue
            indent += "  "
            if module._modules or len(about) > 1:
                lines += [f"{head}{module._get_name()}(", *(indent + line for line in about)]
            else:
                lines.append(f"{head}{module._get_name()}({extra})")
        return "\n".join(lines)

    def __dir__(self) -> list[str]:
        return sorted(name for name in object.__dir__(self) if not name[0].isdigit())


def _locate(error: GradloomError, module: Module) -> None:
    """Write into an error where it arose: the innermost module, and its path from the outermost one that was called."""
    trail = error.__dict__.setdefault("modules", [])
    if not trail:
        error.__dict__["message"] = str(error)
    trail.append(module)
    inner = trail[0]
    steps = [
        next((name for name, m in outer.named_modules() if m is below), type(below).__name__)
        for below, outer in pairwise(trail)
    ]
    path = ".".join([type(module).__name__, *reversed(steps)])
    about = f": {inner!r}" if not inner._modules and steps else f"({inner.extra_repr()})"
    error.args = (f"{error.__dict__['message']}\n  in {path}{about}",)
