"""The whole table: importing a part of it enters that part's calls."""

from . import (
    table_aliases as table_aliases,
    table_autograd as table_autograd,
    table_creation as table_creation,
    table_elementwise as table_elementwise,
    table_further as table_further,
    table_indexing as table_indexing,
    table_items as table_items,
    table_libraries as table_libraries,
    table_linalg as table_linalg,
    table_operators as table_operators,
    table_reductions as table_reductions,
    table_shape as table_shape,
    table_tensor as table_tensor,
)
from .dsl import TABLE as TABLE
