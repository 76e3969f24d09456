# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hangs together: connected components, in NumPy."""

from __future__ import annotations

import numpy as np

from .arrays import Ints


def components(count: int, one: Ints, other: Ints) -> Ints:
    """For each of ``count`` things the lowest of those it is linked with, over any number of links; by pointer jumping.

    ``one`` and ``other`` (links,) are the two ends of each link.
    """
    root = np.arange(count, dtype=np.int32)
    while True:
        one, other = root[one], root[other]
        apart = one != other
        if not apart.any():
            return root
        one, other = one[apart], other[apart]
        root[np.maximum(one, other)] = np.minimum(one, other)
        while not np.array_equal(higher := root[root], root):
            root = higher
