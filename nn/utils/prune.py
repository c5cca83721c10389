"""Pruning: a parameter times a mask of zeros and ones, computed before each forward from the parameter as it was.

`weight` becomes the parameter `weight_orig` and the buffer `weight_mask`; what was pruned once stays pruned.

>>> import autograd, nn
>>> layer = nn.utils.prune.l1_unstructured(nn.Linear(4, 1), "weight", amount=2)
>>> (layer.weight == 0).sum(), [name for name, _ in layer.named_parameters()]
(tensor(2), ['bias', 'weight_orig'])
"""

from collections.abc import Iterable
from typing import Any

import autograd
from autograd import Tensor
from autograd.errors import ArgumentError, ArgumentTypeError

from ..module import Module


def _number(amount: float, n: int) -> int:
    """How many of n entries an amount is: a share of them, or their number."""
    if isinstance(amount, bool) or not isinstance(amount, (int, float)):
        raise ArgumentTypeError(f"Invalid type for amount: {amount!r}. Must be int or float.")
    if (isinstance(amount, int) and amount < 0) or (isinstance(amount, float) and not 0.0 <= amount <= 1.0):
        raise ArgumentError(f"amount={amount} should either be a float in the range [0.0, 1.0] or a non-negative integer")
    if isinstance(amount, int) and amount > n:
        raise ArgumentError(f"amount={amount} should be smaller than the number of parameters to prune={n}")
    return amount if isinstance(amount, int) else round(amount * n)


class BasePruningMethod:
    """A way to prune, to be subclassed: `PRUNING_TYPE` and `compute_mask`.

    "unstructured" sees the entries that are still there, as a vector; "structured" the slices along `dim` that are; "global"
    everything. Called as a forward pre-hook it computes the pruned parameter.
    """

    PRUNING_TYPE = "global"
    _tensor_name: str

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self._tensor_name, self.apply_mask(module))

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """A mask of t: 0 for what is to be pruned now, else `default_mask`."""
        raise NotImplementedError(f"{type(self).__name__}.compute_mask")

    def apply_mask(self, module: Module) -> Tensor:
        """The parameter as it was, times the mask."""
        original = getattr(module, f"{self._tensor_name}_orig")
        return getattr(module, f"{self._tensor_name}_mask").to(original.dtype) * original

    @classmethod
    def apply(cls, module: Module, name: str, *args: Any, importance_scores: Tensor | None = None, **kwargs: Any) -> Any:
        """Prune `name` of a module by this method, after what was pruned before; `importance_scores` decide, not values."""
        method: Any = cls(*args, **kwargs)
        method._tensor_name = name
        before = _method_of(module, name)
        if before is not None:
            _forget(module, before)
            container = before if isinstance(before, PruningContainer) else PruningContainer(before)
            container.add_pruning_method(method)
            method = container
        original = getattr(module, f"{name}_orig", None) if before is not None else getattr(module, name)
        if not isinstance(original, Tensor):
            raise ArgumentTypeError(f"prune: {name} of {type(module).__name__} is no tensor")
        scores = original if importance_scores is None else importance_scores
        if scores.shape != original.shape:
            raise ArgumentError(
                f"prune: importance_scores have shape {tuple(scores.shape)}, {name} {tuple(original.shape)}; must be equal"
            )
        default = autograd.ones_like(original) if before is None else getattr(module, f"{name}_mask").detach().clone()
        with autograd.no_grad():
            mask = method.compute_mask(scores.detach(), default)
        if before is None:
            parameter = getattr(module, name)
            delattr(module, name)
            module.register_parameter(f"{name}_orig", parameter)
            module.register_buffer(f"{name}_mask", mask)
        else:
            setattr(module, f"{name}_mask", mask)
        setattr(module, name, method.apply_mask(module))
        method._handle = module.register_forward_pre_hook(method)
        _methods(module)[name] = method
        return method

    def prune(self, t: Tensor, default_mask: Tensor | None = None, importance_scores: Tensor | None = None) -> Tensor:
        """A pruned copy of a tensor."""
        mask = autograd.ones_like(t) if default_mask is None else default_mask
        return t * self.compute_mask(t if importance_scores is None else importance_scores, mask)

    def remove(self, module: Module) -> None:
        """Make what is pruned an ordinary parameter again, with its zeros."""
        name = self._tensor_name
        value = self.apply_mask(module).detach()
        original = getattr(module, f"{name}_orig")
        delattr(module, name)
        delattr(module, f"{name}_orig")
        delattr(module, f"{name}_mask")
        original.data = value
        module.register_parameter(name, original)


def _methods(module: Module) -> dict[str, Any]:
    return module.__dict__.setdefault("_pruning", {})


def _method_of(module: Module, name: str) -> Any:
    return module.__dict__.get("_pruning", {}).get(name)


def _forget(module: Module, method: Any) -> None:
    method._handle.remove()
    del _methods(module)[method._tensor_name]


class PruningContainer(BasePruningMethod):
    """Several prunings of one parameter: each sees what those before it left."""

    def __init__(self, *args: Any) -> None:
        self._pruning_methods: tuple[Any, ...] = ()
        for method in args:
            self.add_pruning_method(method)

    def add_pruning_method(self, method: Any) -> None:
        """One more, of the same tensor."""
        if not isinstance(method, BasePruningMethod):
            raise ArgumentTypeError(f"{type(method).__name__} is not a BasePruningMethod subclass")
        if self._pruning_methods and method._tensor_name != self._tensor_name:
            raise ArgumentError(f"Can only add pruning methods acting on the parameter named '{self._tensor_name}'")
        self._pruning_methods += (method,)
        self._tensor_name = method._tensor_name

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def __iter__(self) -> Any:
        return iter(self._pruning_methods)

    def __getitem__(self, idx: int) -> Any:
        return self._pruning_methods[idx]

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask of the newest method on what the others left."""
        method, mask = self._pruning_methods[-1], default_mask.clone()
        if method.PRUNING_TYPE == "unstructured":
            left = mask == 1
            mask[left] = method.compute_mask(t[left], mask[left]).to(mask.dtype)
        elif method.PRUNING_TYPE == "structured":
            rows = mask.movedim(method.dim, 0).flatten(1).sum(1) != 0
            index = (slice(None),) * (method.dim % t.ndim) + (rows,)
            mask[index] = method.compute_mask(t[index], mask[index]).to(mask.dtype)
        else:
            mask = method.compute_mask(t, mask).to(mask.dtype)
        return mask


class Identity(BasePruningMethod):
    """Prunes nothing."""

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask as it is."""
        return default_mask


class RandomUnstructured(BasePruningMethod):
    """Prunes entries at random: `amount` of them, or that share."""

    PRUNING_TYPE = "unstructured"

    def __init__(self, amount: float) -> None:
        _number(amount, 10**18)
        self.amount = amount

    def _score(self, t: Tensor) -> Tensor:
        return autograd.rand(t.shape)

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """0 for the entries with the least scores."""
        n = _number(self.amount, t.numel())
        mask = default_mask.clone()
        if n:
            least = self._score(t).flatten().topk(n, largest=False).indices
            mask = mask.flatten().index_fill(0, least, 0).reshape(mask.shape)
        return mask


class L1Unstructured(RandomUnstructured):
    """Prunes the entries of least absolute value."""

    def _score(self, t: Tensor) -> Tensor:
        return t.abs()


class RandomStructured(BasePruningMethod):
    """Prunes slices along `dim` at random: `amount` of them, or that share."""

    amount: float
    dim: int

    PRUNING_TYPE = "structured"

    def __init__(self, amount: float, dim: int = -1) -> None:
        _number(amount, 10**18)
        self.amount, self.dim = amount, dim

    def _score(self, slices: Tensor) -> Tensor:
        return autograd.rand(len(slices))

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """0 for the slices with the least scores."""
        if t.ndim <= 1:
            raise ArgumentError(
                f"Structured pruning can only be applied to multidimensional tensors. Found tensor of shape {tuple(t.shape)}"
            )
        slices = t.movedim(self.dim, 0).flatten(1)
        n = _number(self.amount, len(slices))
        if not n:
            return default_mask.clone()
        least = self._score(slices).topk(n, largest=False).indices
        return default_mask.index_fill(self.dim, least, 0)


class LnStructured(RandomStructured):
    """Prunes the slices along `dim` of least n-norm."""

    def __init__(self, amount: float, n: Any, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def _score(self, slices: Tensor) -> Tensor:
        return autograd.norm(slices, self.n, 1)


class CustomFromMask(BasePruningMethod):
    """Prunes where a mask of one's own is 0."""

    def __init__(self, mask: Tensor) -> None:
        self.mask = mask

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """Both masks together."""
        return default_mask * self.mask.to(default_mask.dtype)


def identity(module: Module, name: str) -> Module:
    """The parameter in its pruned form, with a mask of ones."""
    Identity.apply(module, name)
    return module


def random_unstructured(module: Module, name: str, amount: float) -> Module:
    """Prune `amount` entries (or that share of them) at random."""
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(module: Module, name: str, amount: float, importance_scores: Tensor | None = None) -> Module:
    """Prune the `amount` entries (or that share of them) of least absolute value."""
    L1Unstructured.apply(module, name, amount, importance_scores=importance_scores)
    return module


def random_structured(module: Module, name: str, amount: float, dim: int) -> Module:
    """Prune `amount` slices along `dim` (or that share of them) at random."""
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(
    module: Module, name: str, amount: float, n: Any, dim: int, importance_scores: Tensor | None = None
) -> Module:
    """Prune the `amount` slices along `dim` (or that share of them) of least n-norm."""
    LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module: Module, name: str, mask: Tensor) -> Module:
    """Prune where the mask is 0."""
    CustomFromMask.apply(module, name, mask)
    return module


def global_unstructured(
    parameters: Iterable[tuple[Module, str]],
    pruning_method: Any,
    importance_scores: dict[Any, Any] | None = None,
    **kwargs: Any,
) -> None:
    """Prune several parameters as if they were one vector: `(module, name)` pairs, a method, and its arguments."""
    pairs = list(parameters)
    scores = importance_scores or {}
    originals = [getattr(module, f"{name}_orig", getattr(module, name)) for module, name in pairs]
    vector = autograd.cat([scores.get(p, t).detach().flatten() for p, t in zip(pairs, originals, strict=True)])
    masks = [getattr(m, f"{name}_mask", autograd.ones_like(t)) for (m, name), t in zip(pairs, originals, strict=True)]
    container = PruningContainer()
    container._tensor_name = "temp"
    method = pruning_method(**kwargs)
    method._tensor_name = "temp"
    container.add_pruning_method(method)
    if method.PRUNING_TYPE != "unstructured":
        raise ArgumentTypeError(
            f'Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. Found method {pruning_method} of type '
            f"{method.PRUNING_TYPE}"
        )
    final = container.compute_mask(vector, autograd.cat([mask.flatten() for mask in masks]))
    for (module, name), part, t in zip(pairs, final.split([t.numel() for t in originals]), originals, strict=True):
        custom_from_mask(module, name, part.view_as(t))


def remove(module: Module, name: str) -> Module:
    """Make a pruned parameter an ordinary one again; its zeros stay. Raises ArgumentError if it is not pruned."""
    method = _method_of(module, name)
    if method is None:
        raise ArgumentError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")
    _forget(module, method)
    method.remove(module)
    return module


def is_pruned(module: Module) -> bool:
    """Whether anything in a module, or below it, is pruned."""
    return any(m.__dict__.get("_pruning") for m in module.modules())
