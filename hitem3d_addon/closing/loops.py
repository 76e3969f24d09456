# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The borders of a surface: directed edges that have no opposite, and the loops that they make."""

from __future__ import annotations

import numpy as np

from ..mesh.arrays import Doubles, Ints


def open_edges(corners: Ints) -> Ints:
    """The directed edges (edges, 2) of triangles (n, 3) that have no opposite.

    Edges are counted: where four triangles meet and their directions cancel, none is open, and one that is used twice
    in one direction comes twice.
    """
    return net_edges(directed_edges(corners))


def directed_edges(corners: Ints) -> Ints:
    """The three edges (3 n, 2) of each triangle, in its direction."""
    return np.stack([corners, np.roll(corners, -1, axis=1)], axis=2).reshape(-1, 2)


def net_edges(edges: Ints) -> Ints:
    """What is left of directed edges (n, 2) when each has cancelled one that runs against it."""
    if not len(edges):
        return edges
    low, high = np.minimum(edges[:, 0], edges[:, 1]).astype(np.int64), np.maximum(edges[:, 0], edges[:, 1])
    keys = low << 32 | high
    signs = np.where(edges[:, 0] < edges[:, 1], 1, -1)
    signs[edges[:, 0] == edges[:, 1]] = 0
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    sums = np.add.reduceat(signs[order], starts)
    left = np.flatnonzero(sums)
    first = order[starts[left]]
    ends = np.stack([low[first], high[first]], axis=1).astype(np.int32)
    backward = sums[left] < 0
    ends[backward] = ends[backward][:, ::-1]
    return np.repeat(ends, np.abs(sums[left]), axis=0)


def trace_loops(edges: Ints) -> list[Ints]:
    """The loops that directed edges (n, 2) make, each as its vertices in order; none visits a vertex twice.

    At each vertex as many edges arrive as leave, as on every border.
    """
    onward: dict[int, list[int]] = {}
    for tail, head in edges.tolist():
        onward.setdefault(tail, []).append(head)
    loops = []
    for start in list(onward):
        while onward.get(start):
            path, places = [start], {start: 0}
            while True:
                here = onward[path[-1]].pop()
                if here not in places:
                    places[here] = len(path)
                    path.append(here)
                    continue
                first = places[here]
                loops.append(np.array(path[first:], np.int32))
                for vertex in path[first + 1 :]:
                    del places[vertex]
                del path[first + 1 :]
                if len(path) == 1 and not onward.get(start):
                    break
                if not onward.get(path[-1]):
                    break
    return loops


def loop_edges(loop: Ints) -> Ints:
    """The directed edges (n, 2) of a loop."""
    return np.stack([loop, np.roll(loop, -1)], axis=1)


def area_vector(points: Doubles) -> Doubles:
    """(3,): the normal of a closed polygon (n, 3), as long as its area."""
    centred = points - points.mean(axis=0)
    return np.asarray(np.cross(centred, np.roll(centred, -1, axis=0)).sum(axis=0) / 2)


def triangle_normals(points: Doubles, corners: Ints) -> Doubles:
    """(n, 3): the normal of each triangle, as long as twice its area."""
    first, second, third = (points[corners[:, k]] for k in range(3))
    return np.asarray(np.cross(second - first, third - first))


def volume(points: Doubles, corners: Ints) -> float:
    """What closed triangles (n, 3) enclose; negative where they look inward."""
    if not len(corners):
        return 0.0
    centred = points - points[corners[0, 0]]
    first, second, third = (centred[corners[:, k]] for k in range(3))
    return float(np.einsum("nk,nk->", first, np.cross(second, third)) / 6)
