"""Layers and losses as functions, under PyTorch's names: a list of exports; each formula lives with its family."""

from .linear import bilinear as bilinear, linear as linear
