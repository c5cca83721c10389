"""The compiler: a function is recorded once, and run from then on as a row of NumPy's calls.

Read `recorded` (the stand-ins) and `recording` (one run, watched), then `program` (what was recorded, simplified), `replay`
(the program as text), `guards` and `specialised` (when a program fits, and how it is called), `compiled` (the function that
has programs), and `compile` in `api`.
"""

from .api import compile as compile, disable as disable, is_compiling as is_compiling, reset as reset
from .compiled import CompileError as CompileError
