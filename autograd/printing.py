"""How a tensor prints: as PyTorch's does."""

from typing import Any

import numpy as np

from .dtypes import get_default_dtype


def tensor_repr(t: Any) -> str:
    """`tensor([...])` with its dtype if it is not the usual one, and the operation that made it."""
    data = np.asarray(t._data)
    body = np.array2string(data, precision=4, separator=", ", prefix="tensor(") if data.ndim else _number(data)
    parts = [body]
    if data.dtype not in (get_default_dtype(), np.dtype(np.int64), np.dtype(np.bool_)):
        parts.append(f"dtype=torch.{data.dtype}")
    if t.grad_fn is not None:
        parts.append(f"grad_fn=<{t.grad_fn.name()}>")
    elif t.requires_grad:
        parts.append("requires_grad=True")
    return f"tensor({', '.join(parts)})"


def _number(data: np.ndarray) -> str:
    value = data.item()
    if data.dtype.kind != "f":
        return str(value)
    return f"{value:.4f}".rstrip("0") if np.isfinite(value) and value != int(value) else str(value).removesuffix("0")
