"""The memory allocator, led to keep what it is given back.

glibc hands the free end of its heap back to the system as soon as 128 kB lie there. A training step on small tensors
crosses that line again and again, and pays for the same pages each time: page faults made a step of a 64-128-128-10
network take 533 us of processor time instead of 416. The line moves by itself, to twice the size of the largest block
that was mapped separately and freed. One such block, never touched, is made and freed here; other allocators take no
notice of it.
"""

from typing import Any

import numpy as np

_BLOCK = 1 << 24  # bytes; glibc learns from blocks of up to 32 MB

_: Any = np.empty(_BLOCK, np.uint8)
del _
