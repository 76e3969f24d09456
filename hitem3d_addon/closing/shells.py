# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a body has no seam: holes of the source, surfaces that enclose nothing, parts that are a cavity's wall."""

from __future__ import annotations

import numpy as np

from ..mesh.arrays import Doubles, Flags, Ints
from ..mesh.components import components
from .body import Body, Cap, owners
from .crossings import find_crossings, find_walls, make_tree
from .loops import directed_edges, loop_edges, net_edges, open_edges, trace_loops, triangle_normals
from .pattern import make_pattern
from .peeling import take_samples
from .room import ball_radii, thin_out
from .sheet import lay_film
from .web import divide

_HOLLOW = 0.01
"""Volume, of the area to the power of 1.5, from which on an open surface is the skin of something: a ball has 0.09."""
_SHARE = 0.3
_RAYS = 7
_NONE = np.empty((0, 3), np.int32)


def leave_out_open_sheets(body: Body) -> Flags:
    """Take surfaces with holes that enclose nothing, such as cloth, off the body; says which parts have such (n,).

    Holes of all others are sealed, with triangles that are labelled like the edges around them.
    """
    left_out = np.zeros(len(body.source), np.bool_)
    border = net_edges(np.concatenate([np.empty((0, 2), np.int32), *body.borders]))
    if not len(border):
        return left_out
    whole = np.concatenate(body.source)
    shell = _shells(len(body.points), whole)
    seals: dict[int, list[Ints]] = {}
    for loop in trace_loops(border):
        seals.setdefault(int(shell[loop[0]]), []).append(_seal(body, loop))
    kept = []
    for number, of_shell in seals.items():
        corners = np.concatenate([whole[shell[whole[:, 0]] == number], *of_shell])
        if _is_hollow(body.points, corners):
            kept.append(np.concatenate(of_shell))
        else:
            left_out |= _take_off(body, shell, number)
    for seal in kept:  # not before: the shells are known of the source's points alone
        _put_on(body, seal)
    return left_out


def _is_hollow(points: Doubles, corners: Ints) -> bool:
    """Whether a surface, with its holes sealed, encloses something."""
    normals = triangle_normals(points, corners)
    area = float(np.linalg.norm(normals, axis=1).sum() / 2)
    centred = points[corners[:, 0]] - points[corners[0, 0]]
    return abs(float((centred * normals).sum())) / 6 >= _HOLLOW * area**1.5


def _shells(count: int, corners: Ints) -> Ints:
    """For each point a number of what is connected with it."""
    edges = directed_edges(corners)
    return components(count, edges[:, 0], edges[:, 1])


def _seal(body: Body, loop: Ints) -> Ints:
    """Triangles that run against the loop."""
    loop = loop[::-1]
    pattern = make_pattern([body.points[loop]], detail=0.5)
    if pattern is None:
        apex = body.add_points(body.points[loop].mean(axis=0)[None])
        return np.concatenate([loop_edges(loop), np.full((len(loop), 1), apex[0], np.int32)], axis=1)
    film = lay_film(pattern, [body.points[loop]], np.zeros(len(loop), np.int32))
    numbers = np.concatenate([loop, body.add_points(film.points[len(loop) :])])
    return numbers[film.corners].astype(np.int32)


def _take_off(body: Body, shell: Ints, number: int) -> Flags:
    found = np.zeros(len(body.source), np.bool_)
    for label, pieces in enumerate(body.pieces):
        kept = [piece.corners[shell[piece.corners[:, 0]] != number] for piece in pieces]
        found[label] = sum(map(len, kept)) < sum(len(piece.corners) for piece in pieces)
        if found[label]:
            body.pieces[label] = [body.make_piece(corners) for corners in kept if len(corners)]
            body.borders[label] = open_edges(np.concatenate([_NONE, *kept]))
    return found


def _put_on(body: Body, seal: Ints) -> None:
    """Each triangle goes to the part that has most of the edges around, the hole's border first."""
    edges = open_edges(seal)
    of_edges = owners(edges, list(enumerate(body.borders)))
    used, places = np.unique(seal, return_inverse=True)
    local = places.reshape(-1, 3).astype(np.int32)
    of_triangles = divide(local, np.searchsorted(used, edges).astype(np.int32), of_edges)
    for label in np.unique(of_triangles).tolist():
        mine = seal[of_triangles == label]
        body.seals.append((label, mine))
        body.add_surface(label, mine)


def thicken_cavities(body: Body) -> None:
    """Give parts that are the wall of a cavity in another part a thickness.

    Such a wall has no border, and by itself it would enclose a negative volume. A second wall behind it, which the part
    around has as well, makes it a shell.
    """
    surfaces = [np.concatenate([_NONE, *(piece.corners for piece in pieces)]) for pieces in body.pieces]
    whole = np.concatenate(surfaces)
    labels = np.repeat(np.arange(len(surfaces), dtype=np.int32), [len(surface) for surface in surfaces])
    if not len(whole):
        return
    shell = _shells(len(body.points), whole)[whole[:, 0]]
    names, group = np.unique(shell, return_inverse=True)
    group = group.reshape(-1)
    if len(names) < 2:
        return
    normals = triangle_normals(body.points, whole)
    volumes = np.bincount(group, (body.points[whole[:, 0]] * normals).sum(axis=1), len(names)) / 6
    lowest = np.full(len(names), np.iinfo(np.int32).max)
    highest = np.full(len(names), -1)
    np.minimum.at(lowest, group, labels)
    np.maximum.at(highest, group, labels)
    for number in np.flatnonzero((volumes < 0) & (lowest == highest)).tolist():
        wall = whole[group == number]
        if len(open_edges(wall)):
            continue
        label, rest = int(lowest[number]), np.flatnonzero(group != number)
        around = _label_around(body.points, wall, whole[rest], labels[rest])
        if around not in (-1, label):
            _add_wall(body, label, around, wall, whole)


def _label_around(points: Doubles, wall: Ints, others: Ints, labels: Ints) -> int:
    """The label of what most rays that leave the wall's back hit first; -1 where they hit nothing."""
    tree = make_tree(points, others)
    hits = []
    for corners in wall[:: max(len(wall) // _RAYS, 1)]:
        normal = triangle_normals(points, corners[None])[0]
        number = tree.ray_cast(points[corners].mean(axis=0).tolist(), (-normal).tolist())[2]
        if number is not None:
            hits.append(int(labels[number]))
    return max(set(hits), key=hits.count) if hits else -1


def _add_wall(body: Body, label: int, around: int, wall: Ints, whole: Ints) -> None:
    """Put a second wall behind the first one, as near as it has to be to cross nothing."""
    used, places = np.unique(wall, return_inverse=True)
    places = places.reshape(-1, 3)
    inward = np.zeros((len(used), 3))
    normals = triangle_normals(body.points, wall)
    for k in range(3):
        np.add.at(inward, places[:, k], -normals)
    inward /= np.maximum(np.linalg.norm(inward, axis=1, keepdims=True), 1e-300)
    at = body.points[used]
    size = float(np.ptp(at, axis=0).max())
    samples = thin_out(take_samples(body.points, whole, np.zeros(len(whole), np.bool_), 0.1 * size), at)
    depth = np.minimum(2 * _SHARE * ball_radii(samples, at, inward), 0.1 * size)
    for share in (1.0, 0.5, 0.25, 0.1):
        moved = np.rint((at + inward * (share * depth)[:, None]) / body.step) * body.step
        corners = (places + len(body.points)).astype(np.int32)
        everything = np.concatenate([body.points, moved])
        found = find_crossings(everything, corners, find_walls(everything, corners, whole))
        if not len(found):
            break
    corners = body.add_points(moved)[places]
    body.caps.append(Cap(corners, label, np.full(len(corners), around, np.int32), len(found)))
    body.pieces[label] = [piece for piece in body.pieces[label] if not np.array_equal(piece.corners, wall)]
    body.add_surface(around, corners)
