"""The whole table: importing a part of it enters that part's calls."""

from . import table_autograd as table_autograd
from . import table_creation as table_creation
from . import table_elementwise as table_elementwise
from . import table_indexing as table_indexing
from . import table_items as table_items
from . import table_libraries as table_libraries
from . import table_linalg as table_linalg
from . import table_operators as table_operators
from . import table_reductions as table_reductions
from . import table_shape as table_shape
from . import table_tensor as table_tensor
from .dsl import TABLE as TABLE
