"""What parameters are called in PyTorch says what they are: the types of the names that the declarations leave open.

`stubs` writes a parameter whose declaration says `Any` with the type that its name has here. What a name cannot say, because a
function has several forms, is in `OVERLOADS`: the forms as they stand after the tensor itself.
"""

import re

_GROUPS = {
    "Tensor": "tensor mat1 mat2 mat vec vec1 vec2 batch1 batch2 tensor1 tensor2 mask src source input2 A B b a y x1 x2 LU_data "
    "LU_pivots elements test_elements boundaries sorted_sequence new_state condition self target weight hx",
    "Operand": "other exponent end values value min max fill_value weight_ q low high mean std from_ to",
    "Tensor | Sequence[_int]": "index indices",
    "Dims": "dim",
    "Dims ": "dims source_dims",
    "DType | None": "dtype",
    "Device | None": "device",
    "Tensor | None": "out fweights aweights weights prepend append x sorter bias running_mean running_var attn_mask",
    "_bool | None": "unbiased",
    "_int | None": "correction output_size storage_offset",
    "Any": "memory_format layout pickle_module map_location randomness obj data ext_tensor callable s d t older spacing",
    "Sequence[_int]": "sizes stride split_sizes",
    "Sequence[Tensor]": "tensors matrices",
    "_int | Sequence[_int]": "split_size_or_sections indices_or_sections shifts size shape repeats destination",
    "_float | _str | None": "p",
    "_float | None": "dx",
}
TYPES = {name: kind.strip() for kind, names in _GROUPS.items() for name in names.split()}

# Where the name means something else in one function.
EXCEPTIONS = {
    ("load", "f"): "_str | os.PathLike[_str] | IO[bytes]",
    ("save", "f"): "_str | os.PathLike[_str] | IO[bytes]",
    ("where", "input"): "Operand",
    ("__setitem__", "index"): "Any",
    ("lerp", "weight"): "Tensor | _float",
    ("lerp", "end"): "Tensor",
    **{(name, "input"): "Operand" for name in ("pow", "float_power", "xlogy", "bucketize")},
    ("isin", "test_elements"): "Operand",
    ("index_put", "indices"): "Sequence[Tensor | None]",
    ("sparse_coo_tensor", "indices"): "Any",
    **{(name, kind): "DType" for name in ("can_cast", "promote_types") for kind in ("from_", "to", "type1", "type2")},
    ("resize_", "sizes"): "_int | Sequence[_int]",
    ("movedim", "source"): "_int | Sequence[_int]",
    ("moveaxis", "source"): "_int | Sequence[_int]",
    ("narrow", "start"): "_int | Tensor",
    ("narrow_copy", "start"): "_int | Tensor",
    ("slice_scatter", "start"): "_int | None",
    ("slice_scatter", "end"): "_int | None",
    ("quantile", "q"): "Tensor | _float",
    ("nanquantile", "q"): "Tensor | _float",
    ("repeat_interleave", "repeats"): "Tensor | _int",
    ("take", "index"): "Tensor",
    ("gather", "index"): "Tensor",
    ("scatter", "src"): "Operand",
    ("scatter_", "src"): "Operand",
    ("unflatten", "sizes"): "Sequence[_int]",
    ("einsum", "equation"): "_str",
    ("bincount", "weights"): "Tensor | None",
    ("trapezoid", "x"): "Tensor | None",
    ("clamp", "min"): "Operand | None",
    ("clamp", "max"): "Operand | None",
    ("clip", "min"): "Operand | None",
    ("clip", "max"): "Operand | None",
    ("tensordot", "dims"): "_int | Sequence[Sequence[_int]]",
    ("type", "dtype"): "DType | _str | None",
    ("asarray", "data"): "Any",
    ("bernoulli", "p"): "_float | None",
    ("fill_diagonal_", "fill_value"): "Number",
    ("copy_", "src"): "Tensor",
    ("histogram", "bins"): "_int | Tensor",
    ("renorm", "p"): "_float",
    ("diff", "n"): "_int",
    ("roll", "dims"): "Dims",
    ("sum_to_size", "size"): "_int | Sequence[_int]",
}

# What functions return that do not return one tensor.
RETURNS = {
    "_bool": "allclose equal is_complex is_conj is_floating_point is_nonzero is_signed is_tensor is_same_size is_contiguous "
    "is_pinned is_shared is_coalesced can_cast is_grad_enabled is_inference_mode_enabled is_anomaly_enabled "
    "are_deterministic_algorithms_enabled is_autocast_enabled set_flush_denormal is_inference",
    "_int": "nbytes numel nelement ndimension dim element_size storage_offset data_ptr get_device "
    "get_num_threads get_num_interop_threads initial_seed seed count_params",
    "tuple[Tensor, ...]": "split chunk unbind tensor_split hsplit vsplit dsplit split_with_sizes unravel_index meshgrid "
    "broadcast_tensors gradient",
    "tuple[Tensor, Tensor]": "std_mean var_mean",
    "tuple[Tensor, Tensor, Tensor]": "svd_lowrank pca_lowrank",
    "np.dtype[Any]": "promote_types result_type get_default_dtype",
    "tuple[_int, ...]": "stride",
    "Size": "broadcast_shapes",
    "LinalgQrResult": "qr",
    "LinalgSlogdetResult": "slogdet",
    "_str": "typename get_float32_matmul_precision",
    "None": "set_default_dtype set_default_device set_default_tensor_type set_num_threads set_num_interop_threads "
    "set_printoptions set_rng_state use_deterministic_algorithms set_float32_matmul_precision save",
    "Any": "load untyped_storage storage compile",
}
RESULTS = {name: kind for kind, names in RETURNS.items() for name in names.split()}

_SIZE = "*size: _int | Sequence[_int]"
_NEW = "dtype: DType | None = None, device: Device | None = None, requires_grad: _bool = False"
_MADE = f"{_SIZE}, out: Tensor | None = None, dtype: DType | None = None, layout: Any = None, device: Device | None = None, "
_CREATED = f"({_MADE}pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor"
_DRAWN = f"({_MADE}generator: Generator | None = None, pin_memory: _bool = False, requires_grad: _bool = False) -> Tensor"


def _listed(form: str) -> list[str]:
    """A form whose first parameter takes integers one by one, and the form that takes them as a sequence, by name, too."""
    return [
        form,
        re.sub(r"\*(\w+): _int \| Sequence\[_int\](, )?", r"\1: Sequence[_int]\2*\2", form, count=1).replace("]*)", "])"),
    ]


_LIKE = (
    "(input: Tensor, *, dtype: DType | None = None, layout: Any = None, device: Device | None = None, "
    "requires_grad: _bool = False, memory_format: Any = None) -> Tensor"
)
_EXTREME = ["() -> Tensor", "(dim: _int, keepdim: _bool = False) -> {result}", "(other: Tensor) -> Tensor"]
_EXTREME += ["(*, axis: _int, keepdims: _bool = False) -> {result}"]
_MIDDLE = ["() -> Tensor", "(dim: _int, keepdim: _bool = False) -> {result}"]
_SUMMED = "(dim: Dims = None, keepdim: _bool = False, *, dtype: DType | None = None"
_SPREAD = [
    "(dim: Dims = None, unbiased: _bool | None = None, keepdim: _bool = False, *, correction: _float | None = None) -> Tensor",
    "(unbiased: _bool) -> Tensor",
    "(*, axis: Dims, keepdims: _bool = False, correction: _float | None = None) -> Tensor",
]
_JOINED = [
    "(tensors: Sequence[Tensor], dim: _int = 0, *, out: Tensor | None = None) -> Tensor",
    "(tensors: Sequence[Tensor], *, axis: _int, out: Tensor | None = None) -> Tensor",
]
_DISTINCT = [
    "(sorted: _bool = True, return_inverse: Literal[False] = False, return_counts: Literal[False] = False, "
    "dim: _int | None = None) -> Tensor",
    "(sorted: _bool = True, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None) -> Any",
]
_LISTS = {"reshape": "shape", "permute": "dims", "tile": "dims", "flip": "dims"}
# The forms of a method, after `self`; of a function of the same name, after `input: Tensor`.
OVERLOADS: dict[str, list[str]] = {
    **{
        name: ["(dim: Dims = (), keepdim: _bool = False) -> Tensor", "(*, axis: Dims, keepdims: _bool = False) -> Tensor"]
        for name in ("amax", "amin")
    },
    **{name: _listed(f"(*{size}: _int | Sequence[_int]) -> Tensor") for name, size in _LISTS.items()},
    "unique_consecutive": [
        "(return_inverse: Literal[False] = False, return_counts: Literal[False] = False, dim: _int | None = None) -> Tensor",
        "(return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None) -> Any",
    ],
    "sum": [f"{_SUMMED}) -> Tensor", "(*, axis: Dims, keepdims: _bool = False, dtype: DType | None = None) -> Tensor"],
    "mean": [f"{_SUMMED}) -> Tensor", "(*, axis: Dims, keepdims: _bool = False, dtype: DType | None = None) -> Tensor"],
    "max": _EXTREME,
    "min": _EXTREME,
    "median": _MIDDLE,
    "nanmedian": _MIDDLE,
    "std": _SPREAD,
    "var": _SPREAD,
    "unique": _DISTINCT,
    "nonzero": ["(*, as_tuple: Literal[False] = False) -> Tensor", "(*, as_tuple: Literal[True]) -> tuple[Tensor, ...]"],
    "where": ["(condition: Tensor, other: Operand) -> Tensor"],
    "norm": [
        "(p: _float | _str | None = 'fro', dim: Dims = None, keepdim: _bool = False, dtype: DType | None = None) -> Tensor"
    ],
}
METHOD_OVERLOADS: dict[str, list[str]] = {
    "split": [
        "(split_size: _int | Sequence[_int], dim: _int = 0) -> tuple[Tensor, ...]",
        "(*, split_size_or_sections: _int | Sequence[_int], dim: _int = 0) -> tuple[Tensor, ...]",
    ],
    "tensor_split": [
        "(indices_or_sections: _int | Sequence[_int], dim: _int = 0) -> tuple[Tensor, ...]",
        "(*, sections: _int, dim: _int = 0) -> tuple[Tensor, ...]",
        "(*, indices: Sequence[_int], dim: _int = 0) -> tuple[Tensor, ...]",
    ],
    "size": ["() -> Size", "(dim: _int) -> _int"],
    "to": [
        "(dtype: DType, non_blocking: _bool = False, copy: _bool = False, *, memory_format: Any = None) -> Tensor",
        "(device: Device | None = None, dtype: DType | None = None, non_blocking: _bool = False, copy: _bool = False, *, "
        "memory_format: Any = None) -> Tensor",
        "(other: Tensor, non_blocking: _bool = False, copy: _bool = False, *, memory_format: Any = None) -> Tensor",
    ],
    "type": ["() -> _str", "(dtype: DType | _str, non_blocking: _bool = False) -> Tensor"],
    "view": ["(dtype: DType) -> Tensor", *_listed("(*size: _int | Sequence[_int]) -> Tensor")],
    **{name: _listed("(*size: _int | Sequence[_int]) -> Tensor") for name in ("expand", "sum_to_size")},
    "stride": ["() -> tuple[_int, ...]", "(dim: _int) -> _int"],
    "dim": ["() -> _int"],
    "tolist": ["() -> Any"],
    "item": ["() -> Any"],
    "apply_": ["(callable: Callable[[Any], Any]) -> Self"],
    "map_": ["(other: Tensor, callable: Callable[[Any, Any], Any]) -> Self"],
    "new_zeros": _listed(f"({_SIZE}, {_NEW}) -> Tensor"),
    "new_ones": _listed(f"({_SIZE}, {_NEW}) -> Tensor"),
    "new_empty": _listed(f"({_SIZE}, {_NEW}) -> Tensor"),
    "new": ["(*data: Any, device: Device | None = None) -> Tensor"],
    "uniform_": ["(from_: _float = 0, to: _float = 1, *, generator: Generator | None = None) -> Self"],
    "normal_": ["(mean: _float = 0, std: _float = 1, *, generator: Generator | None = None) -> Self"],
    "bernoulli_": ["(p: Tensor | _float = 0.5, *, generator: Generator | None = None) -> Self"],
    "exponential_": ["(lambd: _float = 1, *, generator: Generator | None = None) -> Self"],
    "cauchy_": ["(median: _float = 0, sigma: _float = 1, *, generator: Generator | None = None) -> Self"],
    "log_normal_": ["(mean: _float = 1, std: _float = 2, *, generator: Generator | None = None) -> Self"],
    "geometric_": ["(p: _float, *, generator: Generator | None = None) -> Self"],
    "random_": [
        "(*, generator: Generator | None = None) -> Self",
        "(to: _int, *, generator: Generator | None = None) -> Self",
        "(from_: _int, to: _int | None, *, generator: Generator | None = None) -> Self",
    ],
}
FUNCTION_OVERLOADS: dict[str, list[str]] = {
    **{name: _listed(_CREATED) for name in ("zeros", "ones", "empty")},
    **{name: _listed(_DRAWN) for name in ("rand", "randn")},
    **{name: [_LIKE] for name in ("zeros_like", "ones_like", "empty_like", "rand_like", "randn_like")},
    "where": [
        "(condition: Tensor) -> tuple[Tensor, ...]",
        "(condition: Tensor, input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor",
    ],
    "is_grad_enabled": ["() -> _bool"],
    "is_inference_mode_enabled": ["() -> _bool"],
    "randint": [
        "(high: _int, size: Sequence[_int], *, generator: Generator | None = None, dtype: DType | None = None, "
        "device: Device | None = None, requires_grad: _bool = False) -> Tensor",
        "(low: _int, high: _int, size: Sequence[_int], *, generator: Generator | None = None, dtype: DType | None = None, "
        "device: Device | None = None, requires_grad: _bool = False) -> Tensor",
    ],
    "normal": [
        "(mean: Tensor | _float, std: Tensor | _float = 1.0, size: Sequence[_int] | None = None, *, "
        "generator: Generator | None = None, out: Tensor | None = None) -> Tensor",
    ],
    "arange": [
        f"(start: Number, end: Number | None = None, step: Number = 1, *, out: Tensor | None = None, {_NEW}) -> Tensor",
        f"(*, end: Number, out: Tensor | None = None, {_NEW}) -> Tensor",
    ],
    **dict.fromkeys(("cat", "concat", "concatenate"), _JOINED),
    "einsum": [
        "(equation: _str, *operands: Tensor | Sequence[Tensor]) -> Tensor",
        "(operand: Tensor, *operands: Tensor | Sequence[_int]) -> Tensor",
    ],
    "meshgrid": ["(*tensors: Tensor | Sequence[Tensor], indexing: _str = 'ij') -> tuple[Tensor, ...]"],
    "broadcast_tensors": ["(*tensors: Tensor) -> tuple[Tensor, ...]"],
    "cartesian_prod": ["(*tensors: Tensor) -> Tensor"],
    "block_diag": ["(*tensors: Tensor) -> Tensor"],
    "chain_matmul": ["(*matrices: Tensor) -> Tensor"],
    "broadcast_shapes": ["(*shapes: _int | Sequence[_int]) -> Size"],
    **{
        name: ["(tensors: Tensor, /) -> Tensor", "(*tensors: Any) -> Any"]
        for name in ("atleast_1d", "atleast_2d", "atleast_3d")
    },
    "split": [
        "(tensor: Tensor, split_size_or_sections: _int | Sequence[_int], dim: _int = 0) -> tuple[Tensor, ...]",
        "(tensor: Tensor, *, split_size: _int | Sequence[_int], dim: _int = 0) -> tuple[Tensor, ...]",
    ],
    "tensor_split": [
        "(input: Tensor, indices_or_sections: _int | Sequence[_int], dim: _int = 0) -> tuple[Tensor, ...]",
        "(input: Tensor, *, sections: _int, dim: _int = 0) -> tuple[Tensor, ...]",
        "(input: Tensor, *, indices: Sequence[_int], dim: _int = 0) -> tuple[Tensor, ...]",
    ],
    "result_type": [
        "(tensor: Operand, other: Operand) -> np.dtype[Any]",
        "(*, scalar: Number, tensor: Tensor) -> np.dtype[Any]",
        "(*, scalar1: Number, scalar2: Number) -> np.dtype[Any]",
    ],
    "clone": ["(input: Tensor, *, memory_format: Any = None) -> Tensor"],
    "compile": [
        "(model: _Compiled, *, fullgraph: _bool = False, dynamic: _bool | None = None, backend: Any = 'inductor', "
        "mode: _str | None = None, options: dict[_str, Any] | None = None, disable: _bool = False) -> _Compiled",
        "(*, fullgraph: _bool = False, dynamic: _bool | None = None, backend: Any = 'inductor', mode: _str | None = None, "
        "options: dict[_str, Any] | None = None, disable: _bool = False) -> Callable[[_Compiled], _Compiled]",
    ],
    "vmap": [
        "(func: Callable[..., _Result], in_dims: Any = 0, out_dims: Any = 0, randomness: _str = 'error', *, "
        "chunk_size: _int | None = None) -> Callable[..., _Result]",
    ],
}
