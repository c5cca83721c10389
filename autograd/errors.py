"""The errors that Gradloom raises: each is also the built-in error that PyTorch raises at the same place.

`except RuntimeError` in a program written for PyTorch therefore keeps working, and `except GradloomError` catches
everything that this library reports about its own use. Every message says what was given, what is required and
what to do.
"""

from typing import Any


class GradloomError(Exception):
    """The base of every error that this library raises about how it is used."""


class ShapeError(GradloomError, RuntimeError):
    """Shapes that an operation cannot combine."""


class DtypeError(GradloomError, RuntimeError):
    """A dtype that an operation cannot work on."""


class DimError(GradloomError, IndexError):
    """A dimension or an index outside of what a tensor has."""


class GraphError(GradloomError, RuntimeError):
    """A backward pass that cannot be right: freed, changed in place, without gradient, not a scalar."""


class NotDifferentiable(GraphError, NotImplementedError):
    """An operation that has no derivative here, asked for one."""


class PerExample(GraphError):
    """The values of a tensor were asked for that, inside `vmap`, stands for many examples."""

    def __init__(self, batched: Any) -> None:
        super().__init__(
            "vmap: the value of a batched tensor was asked for (by .item(), bool(), a branch on it, or an operation that "
            "reads values), and it differs from example to example; use where() for branches, or a loop over examples"
        )
        self.batched = batched


class DeviceError(GradloomError, RuntimeError):
    """A device that does not exist here."""


class DivisionError(GradloomError, RuntimeError, ZeroDivisionError):
    """An integer divided by zero."""


class LinAlgError(GradloomError, RuntimeError):
    """A matrix that has no such factorization: singular, or not positive definite."""


class ArgumentError(GradloomError, ValueError):
    """An argument of the right type and a value that is not accepted."""


class ArgumentTypeError(GradloomError, TypeError):
    """An argument of a type that is not accepted."""


class MissingExtra(GradloomError, ImportError):
    """A feature whose optional packages are not installed; the message is the command that installs them."""
