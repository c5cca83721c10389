"""Reading and writing: `files` (save and load, by format), `unpickling` (reading pickles without running them)."""

from .files import load as load, save as save
from .unpickling import (
    UnpicklingError as UnpicklingError,
    add_safe_globals as add_safe_globals,
    clear_safe_globals as clear_safe_globals,
    get_safe_globals as get_safe_globals,
)
