"""PyTorch's name for the place of `autograd.data`: `autograd.utils.data`."""

from . import data as data
