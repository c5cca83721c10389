"""PyTorch's names for what stands beside the tensors: `autograd.utils.data`, `autograd.utils.checkpoint`."""

from . import checkpoint as checkpoint, data as data
