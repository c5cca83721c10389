"""What is raised for files that cannot be read; PyTorch raises one or the other of the built-in errors."""

import pickle

from ..errors import GradloomError


class UnpicklingError(GradloomError, pickle.UnpicklingError, RuntimeError):
    """A file that holds something other than data, or is damaged."""


class UnfinishedFile(UnpicklingError, EOFError):
    """A file that is empty or was cut off."""
