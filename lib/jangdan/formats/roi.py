"""Regions of interest as readers take them: under the file's own contig names."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Roi = Mapping[str, NDArray[np.int64]]
"""Contig of the file -> sorted bounds [start, end) in bp, shape (n, 2), apart from each other."""
