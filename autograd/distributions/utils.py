"""What distributions are written with: one's own, too.

>>> import autograd
>>> from autograd.distributions.utils import broadcast_all
>>> [tuple(t.shape) for t in broadcast_all(autograd.zeros(2), 1.0)]
[(2,), (2,)]
"""

from typing import Any

from ..tensor import Tensor
from .distribution import lazy_property as lazy_property, off_the_ends as clamp_probs, parameters

euler_constant: float = 0.57721566490153286061


def broadcast_all(*values: Any) -> list[Tensor]:
    """Numbers and tensors as tensors of one shape; numbers take the dtype of the tensors."""
    return parameters(*values)


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """Probabilities of logits: by sigmoid, or by softmax over the last dimension."""
    return logits.sigmoid() if is_binary else logits.softmax(-1)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """Logits of probabilities: log(p / (1 - p)), or log p; probabilities of 0 and 1 are moved off the ends."""
    inside = clamp_probs(probs)
    return inside.log() - (-inside).log1p() if is_binary else inside.log()
