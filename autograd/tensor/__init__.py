"""Tensors, and what makes them.

To read in this order: `tensor` (the class: memory, gradients, views), `methods` (how it comes by the methods that compute),
`numpy_protocol` (what NumPy's functions mean on it), `printing`; then what makes tensors: `creation`, `ranges`, `windows`,
`generator`, `random`, and `random_fills` (draws into memory that is there).
"""

from .tensor import Size as Size, Tensor as Tensor, rebuilt as rebuilt

for _public in (Tensor, Size, rebuilt):
    _public.__module__ = __name__  # the name in pickles, which stays where the file moves
