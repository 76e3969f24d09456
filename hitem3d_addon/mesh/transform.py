# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Transforms applied to meshes: computed in float64, and written such that float32 loses as little as it can."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence

import numpy as np
from bpy.types import Mesh

from .arrays import Doubles, Floats
from .attributes import store_numbers, take_numbers
from .cut import custom_normals
from .surface import moved
from .triangles import local_positions, polygon_starts

CUSTOM_NORMALS = "custom_normal"
"""The attribute in which Blender keeps custom normals."""
_NUMBER = "hitem3d_corner"
"""The number that each corner had, on the way."""
_DIGITS = 24
"""Binary digits of a float32."""


def transform_meshes(meshes: Sequence[Mesh], matrices: Sequence[Doubles], flipped: Sequence[bool]) -> list[Doubles]:
    """Take each mesh through its (4, 4) matrix, and give the origin (3,) that its object has to have.

    Coordinates and origins lie on one grid that float32 can hold. So two meshes that shared a border before share it
    afterwards, to the last bit; rounded one by one, relative to its own origin each, they would not. ``flipped``: the
    faces are turned round as well. Custom normals go along: those that Blender stores relative to the faces around a
    corner stay right by themselves where a mesh is only turned and scaled evenly, else they are set anew.
    """
    step, coarse = _grid(
        [_bounds(moved_positions(mesh, matrix)) for mesh, matrix in zip(meshes, matrices, strict=True)]
    )
    origins = []
    for mesh, matrix, turned in zip(meshes, matrices, flipped, strict=True):
        world = moved_positions(mesh, matrix)  # once more: all at a time would fill the memory
        origin = np.rint(_bounds(world).mean(axis=0) / coarse) * coarse
        # The sum of the two is the same for each mesh that has this point.
        world /= step
        np.rint(world, out=world)
        world -= (origin / step)[:, None]
        world *= step
        cofactors = _cofactors(matrix, flipped=turned)
        stored = None if _is_rigid(cofactors) and not turned else custom_normals(mesh)
        write_positions(mesh, world)
        _turn_normals(mesh, cofactors)
        if stored is not None:
            store_numbers(mesh, _NUMBER, "CORNER", np.arange(len(mesh.loops), dtype=np.int32))
        if turned:
            mesh.flip_normals()
        mesh.update()
        if stored is not None:
            mesh.normals_split_custom_set(_unit(stored @ cofactors.T.astype(np.float32))[take_numbers(mesh, _NUMBER)])
        origins.append(origin)
    return origins


def turn_faces(mesh: Mesh) -> None:
    """Turn the faces round. Custom normals that point away from them already stay, and others are turned as well."""
    if not mesh.has_custom_normals:
        mesh.flip_normals()
        mesh.update()
        return
    normals, of_face = np.empty((len(mesh.loops), 3), np.float32), np.empty((len(mesh.polygons), 3), np.float32)
    mesh.corner_normals.foreach_get("vector", normals.ravel())
    mesh.polygons.foreach_get("normal", of_face.ravel())  # from 5.0 on, polygon_normals follow custom normals
    if (normals * np.repeat(of_face, np.diff(polygon_starts(mesh)), axis=0)).sum() > 0:
        normals = -normals
    store_numbers(mesh, _NUMBER, "CORNER", np.arange(len(mesh.loops), dtype=np.int32))
    mesh.flip_normals()
    mesh.update()
    mesh.normals_split_custom_set(normals[take_numbers(mesh, _NUMBER)])


def transform_mesh(mesh: Mesh, matrix: Doubles) -> None:
    """Take the vertices of a mesh through a (4, 4) matrix."""
    write_positions(mesh, moved_positions(mesh, matrix))
    mesh.update()


def moved_positions(mesh: Mesh, matrix: Doubles) -> Doubles:
    """The vertices (3, n) of a mesh, taken through a (4, 4) matrix."""
    return moved(local_positions(mesh), matrix[None, :3])[:, 0]


def write_positions(mesh: Mesh, positions: Doubles) -> None:
    """Give a mesh the vertices (3, n), rounded to float32."""
    mesh.attributes["position"].data.foreach_set("vector", positions.T.astype(np.float32).ravel())


@functools.cache
def right_angle_turns() -> list[Doubles]:
    """The 24 rotations (3, 3) that take the axes to axes."""
    found = []
    for order, signs in itertools.product(itertools.permutations(range(3)), itertools.product((1.0, -1.0), repeat=3)):
        turn = np.zeros((3, 3))
        turn[range(3), order] = signs
        if np.linalg.det(turn) > 0:
            found.append(turn)
    return found


def _bounds(world: Doubles) -> Doubles:
    """(2, 3): the lowest and the highest coordinates."""
    return np.stack([world.min(axis=1), world.max(axis=1)])


def _grid(bounds: Sequence[Doubles]) -> tuple[float, float]:
    """Two steps, powers of two: of coordinates relative to an origin, and of origins, which may lie far away.

    The first is as fine as the largest mesh lets it be: a point moves by 3e-8 of that mesh's size at most. The second
    is a multiple of the first.
    """
    farthest = max(float(np.abs(one.mean(axis=0)).max()) for one in bounds)
    coarse = grid_step(farthest)
    reach = max(float(np.ptp(one, axis=0).max()) / 2 for one in bounds)
    step = grid_step(reach + coarse)
    return step, max(step, coarse)


def grid_step(largest: float) -> float:
    """The finest step, a power of two, of a grid on which float32 holds all numbers up to the largest."""
    return math.ldexp(1.0, max(math.frexp(largest)[1] - _DIGITS, -126))


def _turn_normals(mesh: Mesh, cofactors: Doubles) -> None:
    """Take custom normals that are plain directions along, which Blender does not."""
    stored = mesh.attributes.get(CUSTOM_NORMALS)
    if stored is None or stored.data_type != "FLOAT_VECTOR":
        return
    normals = np.empty((len(stored.data), 3), np.float32)
    stored.data.foreach_get("vector", normals.ravel())
    stored.data.foreach_set("vector", _turned(normals, cofactors).ravel())


def turned_normals(normals: Floats, matrix: Doubles) -> Floats:
    """Normals (n, 3) of a surface that goes through a (4, 4) matrix."""
    return _turned(normals, _cofactors(matrix, flipped=False))


def _turned(normals: Floats, cofactors: Doubles) -> Floats:
    if _is_rigid(cofactors):
        return normals @ (cofactors / (np.linalg.norm(cofactors[0]) or 1)).T.astype(np.float32)
    return _unit(normals @ cofactors.T.astype(np.float32))


def _cofactors(matrix: Doubles, *, flipped: bool) -> Doubles:
    """(3, 3): what normals go through where faces go through a (4, 4) matrix, and are turned round if ``flipped``."""
    (a, b, c), (d, e, f), (g, h, i) = matrix[:3, :3].tolist()
    cofactors = np.array(
        [
            [e * i - f * h, f * g - d * i, d * h - e * g],
            [c * h - b * i, a * i - c * g, b * g - a * h],
            [b * f - c * e, c * d - a * f, a * e - b * d],
        ]
    )
    return -cofactors if flipped else cofactors


def _is_rigid(cofactors: Doubles) -> bool:
    """Whether the matrix only turns, mirrors and scales evenly: angles stay, so normals keep their length."""
    squares = cofactors @ cofactors.T
    return bool((np.abs(squares - np.eye(3) * squares[0, 0]) <= 1e-6 * squares[0, 0]).all())


def _unit(vectors: Floats) -> Floats:
    lengths = np.sqrt(np.einsum("nk,nk->n", vectors, vectors))
    return vectors / np.maximum(lengths, np.finfo(np.float32).tiny)[:, None]
