# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connected components, in NumPy."""

from __future__ import annotations

import numpy as np

from .arrays import Ints


def components(count: int, one: Ints, other: Ints) -> Ints:
    """For each of ``count`` elements, the lowest number of those that any chain of links connects it with.

    ``one`` and ``other`` (links,) are the two ends of each link. By pointer jumping.
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
