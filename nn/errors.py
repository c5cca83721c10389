"""Errors for which PyTorch's layers raise RuntimeError at one place and ValueError at another: these are both."""

from autograd.errors import ArgumentError, ShapeError


class SettingError(ArgumentError, RuntimeError):
    """An argument whose value a layer or loss does not accept."""


class UnsupportedError(SettingError, NotImplementedError):
    """A combination of settings for which PyTorch, too, has nothing."""


class AssertedError(SettingError, AssertionError):
    """What PyTorch checks by an assertion."""


class MismatchError(ShapeError, SettingError):
    """Tensors whose shapes do not go together."""
