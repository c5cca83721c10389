"""Reading and writing: `files` (save and load, by format), `arrays` (files of named arrays), `archives` (zip), and
`unpickling` and `storages` (reading pickles, ours and PyTorch's, without running them)."""

from .errors import UnpicklingError as UnpicklingError
from .files import load as load, save as save
from .unpickling import (
    add_safe_globals as add_safe_globals,
    clear_safe_globals as clear_safe_globals,
    get_safe_globals as get_safe_globals,
    safe_globals as safe_globals,
)
