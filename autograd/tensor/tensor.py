"""Tensor: a raw array, the node that made it, and PyTorch's names for everything that can be done with the two.

The class holds state and what needs it: gradients, views, changes in place, NumPy's protocols. Methods that compute
are attached from the declarations in `functions`, so a function and its method cannot differ.
"""

import warnings
import weakref
from collections.abc import Callable, Iterator
from importlib import import_module
from sys import getrefcount
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ..core import engine
from ..core.calls import reflected
from ..core.dtypes import check_differentiable, get_default_dtype
from ..core.graph import Leaf, Node, Traced, frames_of_ours, is_grad_enabled, mutated, version
from ..core.hooks import Handle
from ..core.inplace import Changing
from ..core.shapes import as_shape, each_once, normalize_axis
from ..core.standin import ARRAY, ARRAYS, StandIn
from ..errors import ArgumentError, ArgumentTypeError, DimError, DtypeError, GraphError, ShapeError
from ..functions import indexing
from ..functions.arithmetic import rdiv
from ..ops import elementwise as ew, index as ix, logic as lg
from ..ops.linalg import matmul as _matmul
from .numpy_protocol import array_function, array_ufunc
from .printing import tensor_repr


class Size(tuple[Any, ...]):
    """A shape: a tuple of ints that prints as PyTorch's."""

    __slots__ = ()

    def numel(self) -> int:
        """The number of elements of a tensor of this shape."""
        n = 1
        for k in self:
            n *= k
        return n

    def __getitem__(self, key: Any) -> Any:
        got = tuple.__getitem__(self, key)
        return Size(got) if isinstance(key, slice) else got

    def __add__(self, other: Any) -> "Size":
        return Size(tuple.__add__(self, tuple(other)))

    def __radd__(self, other: tuple[Any, ...]) -> "Size":
        return Size(tuple.__add__(other, self))

    def __mul__(self, times: Any) -> "Size":
        return Size(tuple.__mul__(self, times))

    __rmul__ = __mul__

    def __repr__(self) -> str:
        return f"torch.Size([{', '.join(map(str, self))}])"


def _comparison(call: Callable[..., Any]) -> Callable[..., Any]:
    """A comparison operator: Python decides about an operand that is not a number (`t == None` is False)."""

    def operator(self: Any, other: Any) -> Any:
        try:
            return call(self, other)
        except ArgumentTypeError:
            return NotImplemented

    return operator


class Tensor(Traced):
    """A multi-dimensional array (or scalar) that records what is computed from it.

    `Tensor(2.0)` is a scalar and `Tensor([[1, 2]])` a float tensor; `Tensor(2, 3)` has that shape. `autograd.tensor`
    keeps the dtype of its data.

    >>> from autograd import Tensor
    >>> a = Tensor(2.0, requires_grad=True)
    >>> (a * a + a).backward()
    >>> a.grad
    tensor(5.)
    """

    __slots__ = ()
    _base: "Tensor | None" = None  # what this tensor is a view of
    _chain: tuple[Any, ...] = ()  # the view operations that lead from the base to this tensor
    _views: "list[weakref.ref[Tensor]] | None" = None
    _grad: "Tensor | None" = None
    _grad_is_copied = True  # by `copy.deepcopy`
    __array_priority__ = 1000
    is_cuda = is_sparse = is_quantized = is_meta = is_mps = False

    def __init__(self, *data: Any, requires_grad: bool = False, device: Any = None) -> None:
        if (len(data) == 1 and not isinstance(data[0], (int, np.integer, Size))) or (data and isinstance(data[0], bool)):
            value = data[0]._data if isinstance(data[0], Tensor) else data[0]
            if isinstance(value, (float, np.floating, bool)):
                self._data = get_default_dtype().type(value)
            else:
                self._data = np.array(_plain_data(value), dtype=get_default_dtype())
        else:
            self._data = np.zeros(as_shape(data or (0,), "Tensor"), get_default_dtype())
        self._node = None
        if requires_grad:
            self.requires_grad = True

    if TYPE_CHECKING:  # the methods that `methods` adds from the declarations in `functions`

        def __getattr__(self, name: str) -> Any: ...

    def __new__(cls, *data: Any, **kwargs: Any) -> Self:
        return object.__new__(cls)

    # -- memory --------------------------------------------------------------------------------------------------------

    def _array(self) -> np.ndarray:
        """The ndarray whose memory is this tensor's; a scalar gets memory the first time that it is asked for."""
        data = self._data
        if type(data) not in ARRAYS:
            data = self._data = data[...]  # an array that has no dimensions
        return data

    @property
    def data(self) -> "Tensor":
        """A tensor on the same memory that knows nothing of the graph, nor the graph of what is written through it."""
        shown = self.detach()
        data = shown._data
        # Changes are noted by the array that owns the memory: seen through a buffer, it is another one.
        if shown.interpret is None and data.flags.writeable and data.dtype.isnative:
            shown._data = data.unfollowed() if isinstance(data, StandIn) else np.asarray(memoryview(data))
        return shown

    @data.setter
    def data(self, value: "Tensor") -> None:
        if not isinstance(value, Tensor):
            raise ArgumentTypeError(f"data: must be set to a Tensor, got {type(value).__name__}")
        data = value._array()
        if type(data.base) is memoryview and data.base.obj is self._data:
            data = self._data  # `p.data -= step`: the memory that it has already
        if not data.ndim and getrefcount(data) <= 4 and getrefcount(value) <= 3:
            data = data[()]  # after `p.data -= step` nobody else knows of this memory: it is a number again
        self._data = data
        if type(self._node) is Leaf:
            self._node.shape, self._node.dtype = data.shape, data.dtype

    def detach(self) -> "Tensor":
        """The same memory as a tensor outside of the graph.

        >>> import autograd
        >>> autograd.ones(2, requires_grad=True).detach().requires_grad
        False
        """
        return self._class._wrap(self._array(), None)

    def detach_(self) -> "Tensor":
        """Cut this tensor out of its graph."""
        if self._base is not None:
            raise GraphError("detach_: this tensor is a view; use detach(), which does not change it in place")
        self._node = None
        return self

    @property
    def _version(self) -> int:
        return version(self._data)

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """The memory of this tensor as a NumPy array (shared). Raises if the tensor requires grad, unless `force`."""
        if self._node is not None and not force:
            raise GraphError(
                "numpy: can't call numpy() on a Tensor that requires grad, its changes could not be followed; "
                "use tensor.detach().numpy()"
            )
        array = self._array()
        return array.__array__() if isinstance(array, StandIn) else array

    def all_examples(self) -> "Tensor":
        """Itself; inside `vmap`, all the examples that it stands for: what a check of values is to look at."""
        return self

    def item(self) -> Any:
        """The only element, as a Python number."""
        if self._data.size != 1:
            raise GraphError(f"item: a Tensor with {self._data.size} elements cannot be converted to a scalar")
        return self._data.item()

    def tolist(self) -> Any:
        """Nested lists of Python numbers."""
        return self._data.tolist()

    # -- what it is ------------------------------------------------------------------------------------------------------

    @property
    def shape(self) -> Size:
        """The size of each dimension."""
        return Size(self._data.shape)

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the size of one dimension."""
        if dim is None:
            return self.shape
        return self._data.shape[normalize_axis(dim, self._data.ndim, "size")] if self._data.ndim else self._no_dims("size")

    def _no_dims(self, op: str) -> Any:
        raise DimError(f"{op}: the tensor is 0-d and has no dimension to name")

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self._data.ndim

    @property
    def dtype(self) -> np.dtype:
        """The type of the elements."""
        return self._data.dtype

    @property
    def requires_grad(self) -> bool:
        """Whether a gradient is computed for this tensor."""
        return self._node is not None

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        node = self._node
        if type(node) is Node:
            if not wanted:
                raise GraphError(
                    "requires_grad: you can only change requires_grad flags of leaf variables; "
                    "use detach() for a computed tensor"
                )
        elif wanted and node is None:
            check_differentiable(self._data.dtype, "requires_grad")
            self._node = Leaf(self._data, self._class._wrap, self)
            self._node.grad, self._grad = self._grad, None
        elif not wanted and node is not None:
            self._grad, self._node = node.grad, None

    def requires_grad_(self, requires_grad: bool = True) -> "Tensor":
        """Set `requires_grad` and return this tensor."""
        self.requires_grad = requires_grad
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether this tensor was made by the user and not by a recorded operation."""
        return type(self._node) is not Node

    @property
    def grad_fn(self) -> Node | None:
        """The recorded operation that made this tensor."""
        return self._node if type(self._node) is Node else None

    @property
    def layout(self) -> Any:
        """How the elements lie in memory: `autograd.strided`."""
        return import_module("autograd").strided

    # -- gradients -------------------------------------------------------------------------------------------------------

    @property
    def grad(self) -> "Tensor | None":
        """The accumulated gradient; None until a backward pass reaches this leaf."""
        node = self._node
        return node.grad if type(node) is Leaf else self._grad

    @grad.setter
    def grad(self, value: "Tensor | None") -> None:
        if value is not None:
            if not isinstance(value, Tensor):
                raise ArgumentTypeError(f"grad: must be a Tensor or None, got {type(value).__name__}")
            if value._data.shape != self._data.shape:
                raise ShapeError(
                    f"grad: assigned grad has shape {tuple(value.shape)}, its tensor {tuple(self.shape)}; must be equal"
                )
            if value._data.dtype != self._data.dtype:
                raise DtypeError(f"grad: assigned grad has dtype {value.dtype}, its tensor {self.dtype}; must be equal")
        if type(self._node) is Leaf:
            self._node.grad = value
        else:
            self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self.grad = None

    def _accumulate(self, g: Any) -> None:
        """Add a raw array into this gradient, in place."""
        if self._node is not None:
            self._node = None
            self._data = self._data + g
        elif type(self._data) in ARRAYS:
            self._data += g
            mutated(self._data, "accumulation into .grad", "backward")
        else:
            self._data = self._data + g

    def backward(
        self,
        gradient: "Tensor | None" = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
    ) -> None:
        """Accumulate into the `.grad` of every leaf the gradient of this tensor (times `gradient`, if not a scalar).

        Raises GraphError if the tensor does not require grad, is not a scalar and no `gradient` is given, if the graph
        was freed by an earlier backward, or if a saved tensor was changed in place.

        >>> import autograd
        >>> x = autograd.tensor([1.0, 2.0], requires_grad=True)
        >>> (x * x).sum().backward(); x.grad
        tensor([2., 4.])
        """
        keep = create_graph if retain_graph is None else retain_graph
        engine.backward([self], [gradient], keep=keep, create_graph=create_graph, inputs=inputs, make=self._class._wrap)

    def retain_grad(self) -> None:
        """Keep the gradient of this computed tensor in `.grad`, too."""
        if self._node is None:
            raise GraphError("retain_grad: can't retain_grad on Tensor that has requires_grad=False")
        if type(self._node) is Node and not self.__dict__.get("_retains"):
            owner, make = weakref.ref(self), self._class._wrap

            def keep(g: Any) -> None:
                tensor = owner()
                if tensor is not None:
                    g = g if isinstance(g, Tensor) else make(g.copy(), None)
                    tensor._grad = g if tensor._grad is None else tensor._grad + g

            self._retains = Handle(self._node, "hooks", keep)

    @property
    def retains_grad(self) -> bool:
        """Whether `retain_grad` was called on this computed tensor."""
        return bool(self.__dict__.get("_retains"))

    def register_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(grad)` when the gradient of this tensor is known; what it returns, if not None, replaces it."""
        if self._node is None:
            raise GraphError("register_hook: cannot register a hook on a tensor that doesn't require gradient")
        make, op_shape = self._class._wrap, self._data.shape

        def on_raw(g: Any) -> Any:
            given = isinstance(g, Tensor)
            changed = hook(g if given else make(g, None))
            if changed is None:
                return None
            if not isinstance(changed, Tensor) or changed._data.shape != op_shape:
                raise ShapeError(
                    f"register_hook: the hook returned {type(changed).__name__} of shape "
                    f"{tuple(getattr(changed, 'shape', ()))}; return None or a Tensor of shape {tuple(op_shape)}"
                )
            return changed if given else changed._data

        return Handle(self._node, "hooks", on_raw)

    def register_post_accumulate_grad_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(tensor)` after the `.grad` of this leaf was written."""
        if type(self._node) is not Leaf:
            raise GraphError("register_post_accumulate_grad_hook: needs a leaf tensor that requires grad")
        return Handle(self._node, "post_hooks", hook)

    # -- views and changes in place ----------------------------------------------------------------------------------------

    def _link(self, source: "Tensor", prim: Any, options: dict[Any, Any]) -> None:
        """Remember that this tensor shows part of `source`'s memory, so that a write through either reaches both."""
        base = source._base
        if base is None:
            base, chain = source, ((prim, options),)
        else:
            chain = (*source._chain, (prim, options))
        self._base, self._chain = base, chain
        views = base._views
        if views is None:
            base._views = [weakref.ref(self)]
            return
        views.append(weakref.ref(self))
        n = len(views)
        if n >= 16 and not n & (n - 1):  # forget dead views now and then; at powers of two the cost stays amortised
            views[:] = [v for v in views if v() is not None]

    def _change(self, op: str, compute: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[Any, Any]) -> "Tensor":
        """Replace the values of this tensor by `compute(old, *args, **kwargs)`, in memory and in the graph."""
        check_vmapped(self, op, (*args, *kwargs.values()))
        recorded = self._is_recorded(op, (*args, *kwargs.values()))
        if recorded:
            # What an operation saves must survive the write: it computes on a copy of the old values.
            old = self._class._wrap(self._data.copy() if isinstance(self._data, ARRAY) else self._data, self._node)
            args = tuple(old if a is self else a for a in args)
        else:
            old = self._class._wrap(self._data, None)
        new = compute(old, *args, **kwargs)
        if recorded:
            new = self._class._wrap(new._data, new._node)  # not one of the views that are to change
            with Changing(self if self._base is None else self._base) as was:
                self._store(op, new)
                self._rebase(new, was)
        else:
            self._store(op, new)
        return self

    def _is_recorded(self, op: str, operands: tuple[Any, ...]) -> bool:
        """Whether a change of this tensor is to be recorded; raises if it may not be changed."""
        if not is_grad_enabled():
            return False
        base = self._base
        if base is not None and self._node is None and base._node is not None:
            raise GraphError(
                f"{op}: a view that was created in no_grad mode is being modified inplace with grad mode enabled, which its "
                "base's graph would not show; make the view again, or write to it under no_grad()"
            )
        recorded = self._node is not None or any(isinstance(a, Traced) and a._node is not None for a in operands)
        if recorded:
            self._check_changeable(op)
        return recorded

    def _check_changeable(self, op: str) -> None:
        if type(self._node) is Leaf:
            raise GraphError(
                f"{op}: a leaf Variable that requires grad is being used in an in-place operation; "
                "do it under no_grad(), or on a copy"
            )
        if self._base is not None and type(self._base._node) is Leaf:
            raise GraphError(
                f"{op}: a view of a leaf Variable that requires grad is being used in an in-place operation; "
                "do it under no_grad(), or on a copy"
            )

    def _store(self, op: str, new: Any) -> None:
        """Write the values of `new` into memory."""
        value = new._data if isinstance(new, Traced) else new
        mine = self._data
        if value.shape != mine.shape:
            raise ShapeError(
                f"{op}: output with shape {tuple(mine.shape)} doesn't match the broadcast shape {tuple(value.shape)}; "
                "an in-place operation cannot change its tensor's shape"
            )
        if "bif".index("i" if value.dtype.kind == "u" else value.dtype.kind) > "bif".index(
            "i" if mine.dtype.kind == "u" else mine.dtype.kind
        ):
            raise DtypeError(f"{op}: result type {value.dtype} can't be cast to the desired output type {mine.dtype}")
        if not isinstance(mine, ARRAY):
            self._data = value.astype(mine.dtype)[()]
            return
        _check_writeable(op, mine)
        mine[...] = value
        mutated(mine, op)

    def _made_by(self, node: Any) -> None:
        """Have another node; a gradient that is retained follows the tensor, other hooks stay with the old value."""
        retained = self.__dict__.get("_retains")
        if retained and node is not None:
            retained.move(node)
        self._node = node

    def _rebase(self, new: Any, was: Any) -> None:
        """Make the graph say what memory says: this tensor, its base and all their views come from `new` now.

        `was` is the node that the base had.
        """
        if new._data.dtype != self._data.dtype:
            new = new.to(self._data.dtype)
        base = self._base
        if base is None:
            self._made_by(new._node)
            base = self
        else:
            base._overwritten(new, self._chain, was)
        base._refresh_views()

    def _overwritten(self, value: "Tensor", chain: tuple[Any, ...], was: Any) -> None:
        """Record that the part of this tensor, whose node was `was`, that `chain` shows holds `value` since now."""
        p, parents, data = ix.overwrite.primitive, (was, value._node), self._data
        if parents == (None, None):
            self._node = None
            return
        self._made_by(Node(p, parents, p.save(data, value._data, data, *parents, chain), data, (data, value._data)))

    def _refresh_views(self) -> None:
        """Derive the nodes of all views of this tensor anew, after its own has changed."""
        for ref in self._views or ():
            view = ref()
            if view is not None:
                shown = self._class._wrap(self._data, self._node)
                for prim, options in view._chain:
                    shown = prim.call((shown,), options)
                view._made_by(shown._node)

    def _assign(self, op: str, index: Any, value: Any) -> None:
        """`self[index] = value`, in memory and in the graph."""
        check_vmapped(self, op, (value, *(index if isinstance(index, (tuple, list)) else (index,))))
        data = self._array()
        value = indexing.value_for(self, value, op)
        recorded = self._is_recorded(op, (value,))
        chain, target, value = indexing.place_for(self, index, value, op)
        _check_writeable(op, target)
        if not recorded:
            self._put(op, data, target, value, chain)
            return
        base = self if self._base is None else self._base
        value = self._class._wrap(value._data, value._node)  # not one of the views that are to change
        with Changing(base) as was:
            self._put(op, data, target, value, chain)
            base._overwritten(value, (*self._chain, *chain), was)
            base._refresh_views()

    def _put(self, op: str, data: Any, target: Any, value: "Tensor", chain: tuple[Any, ...]) -> None:
        """Write `value` where `chain` leads in this tensor's memory, of which `target` is the part if it is a view."""
        if target is data:
            try:
                ix.write(data, value._data, chain)
            except IndexError as error:
                raise indexing.explained(error, self, op) from None
        else:
            target[...] = value._data
        mutated(data, op)

    def _become(self, op: str, compute: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[Any, Any]) -> "Tensor":
        """Show the same memory in the shape that `compute`, an operation that gives a view, makes of it."""
        if is_grad_enabled():
            self._check_changeable(op)
        node = self._node
        if type(node) is Leaf:
            self._data = compute(self.detach(), *args, **kwargs)._data
            node.shape = self._data.shape
            return self
        if self._base is None:  # whoever is a view of this tensor stays one of what it was until now
            was = self._class._wrap(self._array(), node)
            was._views, self._views = self._views, None
            for ref in was._views or ():
                view = ref()
                if view is not None:
                    view._base = was
            shown = compute(was, *args, **kwargs)
        else:
            shown = compute(self, *args, **kwargs)
        self._data, self._node, self._base, self._chain = shown._data, shown._node, shown._base, shown._chain
        if self._base is not None and self._base._views is not None:
            self._base._views.append(weakref.ref(self))
        mutated(self._data, op)
        return self

    def _write_out(self, result: Any) -> "Tensor":
        """Receive a result as PyTorch's `out=` does."""
        if isinstance(result, tuple):
            raise ArgumentTypeError("out=: an operation with several results takes a tuple of tensors")
        if is_grad_enabled() and (result._node is not None or self._node is not None):
            raise GraphError("out=: functions with out=... arguments don't support automatic differentiation; use no_grad()")
        if result._data.shape != self._data.shape:
            self._check_resizable(result)
            self._data = np.empty(result._data.shape, self._data.dtype)
        self._store("out=", result)
        return self

    def _check_resizable(self, result: Any) -> None:
        """Whether `out=` may give this tensor another shape: warns where values are lost, and raises for a view."""
        if self._base is not None:
            raise GraphError(
                f"out=: a view of shape {tuple(self.shape)} cannot be given the shape {tuple(result.shape)} of the result; "
                "give a tensor of that shape"
            )
        if self._data.size:
            warnings.warn(
                f"An output with one or more elements was resized since it had shape {list(self.shape)}, which does not match "
                f"the required output shape {list(result.shape)}. Give an empty tensor, or resize_(0) this one.",
                UserWarning,
                stacklevel=frames_of_ours() + 1,
            )

    def __setitem__(self, index: Any, value: Any) -> None:
        self._assign("__setitem__", index, value)

    __getitem__ = indexing.read

    # -- Python and NumPy protocols ------------------------------------------------------------------------------------------

    __array_ufunc__ = array_ufunc
    __array_function__ = array_function

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        array = self.numpy()
        if dtype is not None and array.dtype != dtype:
            return array.astype(dtype)
        return array.copy() if copy else array

    def __dlpack__(self, **kwargs: Any) -> Any:
        return self.numpy().__dlpack__(**kwargs)

    def __dlpack_device__(self) -> tuple[Any, ...]:
        return self._array().__dlpack_device__()

    def __len__(self) -> int:
        if not self._data.ndim:
            raise ArgumentTypeError("len: len() of a 0-d tensor")
        return self._data.shape[0]

    def __iter__(self) -> Iterator["Tensor"]:
        if not self._data.ndim:
            raise ArgumentTypeError("iteration over a 0-d tensor: a tensor without dimensions has no elements to walk")
        return iter([self[k] for k in range(self._data.shape[0])])

    def __bool__(self) -> bool:
        if self._data.size != 1:
            raise GraphError(
                f"bool: the truth of a Tensor with {self._data.size} elements is ambiguous; use .any() or .all()"
                if self._data.size
                else "bool: the truth of an empty Tensor is ambiguous; test numel() instead"
            )
        return bool(self._data.item())

    def __float__(self) -> float:
        return float(self._only("float"))

    def __int__(self) -> int:
        return int(self._only("int"))

    def __complex__(self) -> complex:
        return complex(self._only("complex"))

    def _only(self, op: str) -> Any:
        if self._data.size != 1:
            raise ArgumentError(f"{op}: only one element tensors can be converted to Python scalars, got {self.shape}")
        return self._data.item()

    def __index__(self) -> int:
        if self._data.size != 1 or self._data.dtype.kind not in "iub":
            raise ArgumentTypeError(
                f"index: only integer tensors of a single element can be converted to an index, got shape "
                f"{tuple(self.shape)} and dtype {self.dtype}"
            )
        return int(self.item())

    def __format__(self, spec: str) -> str:
        return format(self.item() if self._data.ndim == 0 else str(self), spec)

    def __contains__(self, value: Any) -> bool:
        if not isinstance(value, (Tensor, np.ndarray, np.generic, int, float)):
            raise GraphError(f"in: a Tensor contains numbers; asked for {type(value).__name__}: {value!r:.60}")
        found: Any = self == value
        return bool(found.any().item())

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return tensor_repr(self)

    def __deepcopy__(self, memo: dict[Any, Any]) -> "Tensor":
        if not self.is_leaf:
            raise GraphError(
                "deepcopy: only Tensors created explicitly by the user support the deepcopy protocol; use detach() first"
            )
        from copy import deepcopy  # whoever calls this has imported it; `import autograd` need not

        made = type(self)._wrap(np.array(self._data, order="K"), None)
        memo[id(self)] = made
        made.__dict__.update(deepcopy(self._own_attributes(), memo))
        made.requires_grad = self.requires_grad
        if self._grad_is_copied:
            made.grad = deepcopy(self.grad, memo)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        # A file holds values, not graphs: a computed tensor comes back as a leaf, as PyTorch's does.
        return rebuilt, (type(self), np.asarray(self._data), self.requires_grad), self._own_attributes() or None

    def _own_attributes(self) -> dict[Any, Any]:
        """What a subclass or the user has set on this tensor."""
        return {k: v for k, v in self.__dict__.items() if k not in ("_base", "_chain", "_views", "_grad", "_retains")}

    # -- operators -------------------------------------------------------------------------------------------------------------

    __add__ = __radd__ = ew.add
    __sub__, __rsub__ = ew.subtract, reflected(ew.subtract)
    __mul__ = __rmul__ = ew.multiply
    __truediv__, __rtruediv__ = ew.divide, rdiv
    __floordiv__, __rfloordiv__ = ew.floor_divide, reflected(ew.floor_divide)
    __mod__, __rmod__ = ew.remainder, reflected(ew.remainder)
    __pow__, __rpow__ = ew.power, reflected(ew.power)
    __matmul__, __rmatmul__ = _matmul, reflected(_matmul)
    __neg__ = ew.negative
    __abs__ = ew.absolute
    __and__ = __rand__ = lg.bitwise_and
    __or__ = __ror__ = lg.bitwise_or
    __xor__ = __rxor__ = lg.bitwise_xor
    __lshift__, __rlshift__ = lg.left_shift, reflected(lg.left_shift)
    __rshift__, __rrshift__ = lg.right_shift, reflected(lg.right_shift)

    def __invert__(self) -> "Tensor":
        if self._data.dtype.kind == "f":
            raise ArgumentTypeError(f"~: is defined for integer and bool tensors, got {self.dtype}; compare first (x > 0)")
        return lg.bitwise_not(self)

    __eq__ = _comparison(lg.equal)  # type: ignore[assignment]
    __ne__ = _comparison(lg.not_equal)  # type: ignore[assignment]
    __lt__, __le__ = _comparison(lg.less), _comparison(lg.less_equal)
    __gt__, __ge__ = _comparison(lg.greater), _comparison(lg.greater_equal)

    def __pos__(self) -> "Tensor":
        return self


_NUMBERS = {float, int, bool}


def _plain_data(value: Any) -> Any:
    """Nested data with tensors in it as something that NumPy reads."""
    if isinstance(value, Tensor):
        return value._data
    if isinstance(value, (list, tuple)) and not set(map(type, value)) <= _NUMBERS:
        return [_plain_data(v) for v in value]
    return value


def rebuilt(cls: type[Any], data: np.ndarray, requires_grad: bool) -> Tensor:
    """A tensor as it was pickled."""
    if not (data.flags.writeable and data.dtype.isnative):
        data = data.astype(data.dtype.newbyteorder("="))
    made = cls._wrap(data, None)
    made.requires_grad = requires_grad
    return made


def check_vmapped(target: Any, op: str, given: tuple[Any, ...]) -> None:
    """Raise if what is to be written into a tensor differs from example to example of a `vmap` in which the tensor does not."""
    for value in given:
        if isinstance(value, (tuple, list)):
            check_vmapped(target, op, tuple(value))
        elif isinstance(value, Tensor) and value.interpret is not None:
            own, level = getattr(target, "_level", None), getattr(value, "_level", None)
            if level is not None and (own is None or own.depth < level.depth):
                raise GraphError(
                    f"{op}: inside vmap a tensor that is the same for all examples, of shape {tuple(target.shape)}, would be "
                    "changed by one that is vmapped over; use the function that is not in-place, or change a tensor that is "
                    "vmapped over, as one made by zeros_like is not and x * 0 is"
                )


def _check_writeable(op: str, array: np.ndarray) -> None:
    """Raise if writing to `array` has no one meaning; NumPy's flag says that of every part of an expanded array."""
    if array.flags.writeable:
        return
    if not each_once([abs(step) for step in array.strides], array.shape):
        raise GraphError(
            f"{op}: unsupported operation: more than one element of the written-to tensor refers to a single memory "
            "location (it was expanded, or unfolded into windows that overlap); clone() the tensor before writing to it"
        )
    try:
        array.flags.writeable = True
    except ValueError:
        raise GraphError(f"{op}: the memory of this tensor is read-only; clone() the tensor before writing to it") from None


Tensor._class = Tensor
