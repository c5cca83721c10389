"""NumPy with derivatives worked out by hand: what an engine on NumPy is measured against."""

from __future__ import annotations

import numpy

from .adapter import Adapter


class Numpy(Adapter):
    """NumPy alone; the builds hold the formulas."""

    family = "numpy"
    np = numpy
    distributions = ("numpy",)
    imports = "import numpy"
