"""The shapes of numbers that pass between the modules of this room."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Row ids of passages, shape (n,); scores of passages or sentences, shape (n,); unit vectors, shape (n, dimension).
Ids = NDArray[np.int64]
Scores = NDArray[np.float64]
Vectors = NDArray[np.float32]
