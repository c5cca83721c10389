"""Modules with several results, seen as one vector, so that one comparison covers all of them."""

from typing import Any

import autograd


def tensors_in(result: Any) -> list:
    """Every tensor in nested tuples, in order; None is left out."""
    if result is None:
        return []
    if isinstance(result, (tuple, list)):
        return [t for part in result for t in tensors_in(part)]
    return [result]


def flat(lib: Any, module: Any, **kwargs: Any) -> Any:
    """`module`, of `lib` (nn or torch.nn), with all of its results in one vector; arrays in kwargs become tensors."""
    if lib.__name__ == "torch.nn":
        import torch as library
    else:
        library = autograd
    kwargs = {k: library.tensor(v) if hasattr(v, "dtype") else v for k, v in kwargs.items()}

    class Flat(lib.Module):
        def __init__(self):
            super().__init__()
            self.inner = module

        def forward(self, *inputs):
            results = tensors_in(self.inner(*inputs, **kwargs))
            return library.cat([t.reshape(-1).to(inputs[0].dtype) for t in results])

    return Flat()


def errors_agree(ours: Any, theirs: Any) -> None:
    """Both calls raise, and ours an error that an `except` for torch's also catches."""
    try:
        theirs()
    except Exception as error:
        wanted = next(k for k in type(error).__mro__ if k.__module__ == "builtins" and k is not NotImplementedError)
    else:
        raise AssertionError("torch accepts the call")
    try:
        ours()
    except wanted:
        return
    raise AssertionError(f"accepted; torch raises {wanted.__name__}")
