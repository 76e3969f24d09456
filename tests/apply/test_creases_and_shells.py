# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels at creases and on thin shells, where parts lie nearer to one another than triangles are long."""

from __future__ import annotations

from collections.abc import Callable

import bpy
import numpy as np
import pytest
from by_force import find_nearest_by_force
from cut import as_parts, mesh_object, shown_triangles
from labelled import labels_of

Object = bpy.types.Object
COUNT = 24
"""Points along each side of a sheet."""


def sheet(shape: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    along = np.linspace(-1, 1, COUNT)
    x, y = (some.ravel() for some in np.meshgrid(along, along, indexing="ij"))
    first = (np.arange(COUNT - 1)[:, None] * COUNT + np.arange(COUNT - 1)).ravel()
    return np.stack([x, y, shape(x, y)], 1), np.stack([first, first + COUNT, first + COUNT + 1, first + 1], 1)


def folded(steepness: float) -> Object:
    """Sharp creases, up and down."""
    return mesh_object("Folded", *sheet(lambda x, _: np.abs((x * 4) % 2 - 1) * steepness))


def shell(gap: float) -> Object:
    """Two walls, which face away from each other."""
    points, faces = sheet(lambda x, y: 0.1 * np.sin(3 * x) * np.cos(2 * y))
    inner = points - np.array([0, 0, gap])
    return mesh_object("Shell", np.concatenate([points, inner]), np.concatenate([faces, faces[:, ::-1] + len(points)]))


def layers(gap: float) -> Object:
    """Three sheets that face the same way."""
    points, faces = sheet(lambda x, y: 0.1 * np.sin(3 * x) * np.cos(2 * y))
    places = np.concatenate([points + np.array([0, 0, gap * number]) for number in range(3)])
    return mesh_object("Layers", places, np.concatenate([faces + len(points) * number for number in range(3)]))


MODELS: dict[str, Callable[[], Object]] = {
    "blunt creases": lambda: folded(0.05),
    "sharp creases": lambda: folded(1.5),
    "shell": lambda: shell(1e-2),
    "thin shell": lambda: shell(1e-5),
    "layers": lambda: layers(1e-2),
    "thin layers": lambda: layers(1e-4),  # nearer than 1e-5 of the size is the same place: so an OBJ rounds
}
LABELS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "a label for each triangle's stripe": lambda middles: np.floor((middles[:, 0] + 1) * 7.3),
    "random patches": lambda middles: np.random.default_rng(1).integers(0, 9, len(middles)),
    "walls": lambda middles: np.arange(len(middles)) * 3 // len(middles),
}


def labelled(source: Object, how: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The triangles (n, 3, 3), their polygons, and a label for each, the same for all of a polygon."""
    corners, polygons = shown_triangles(source)
    middles = np.stack([np.bincount(polygons, corners.mean(axis=1)[:, axis]) for axis in range(3)], 1)
    of_polygon = LABELS[how](middles / np.bincount(polygons)[:, None])
    return corners, polygons, np.unique(of_polygon[polygons], return_inverse=True)[1].ravel()


@pytest.mark.parametrize("how", LABELS)
@pytest.mark.parametrize("model", MODELS)
def test_untouched_triangles_have_no_difference(model: str, how: str) -> None:
    source = MODELS[model]()
    corners, polygons, labels = labelled(source, how)
    found = labels_of(source, as_parts(corners, labels))
    assert (found.faces[polygons] == labels).all() and found.exact == 1


@pytest.mark.parametrize("model", MODELS)
def test_each_difference_where_they_were_made_anew_is_explained(model: str) -> None:
    """Parts of other triangles: what is not as the nearest triangle says has another as near, or faces another way."""
    source = MODELS[model]()
    corners, polygons, labels = labelled(source, "a label for each triangle's stripe")
    middle = corners.mean(axis=1, keepdims=True)
    finer = np.concatenate([np.stack([corners[:, k], corners[:, (k + 1) % 3], middle[:, 0]], 1) for k in range(3)])
    of_finer = np.concatenate([labels] * 3)
    found = labels_of(source, as_parts(finer, of_finer)).faces[polygons]
    points = corners.mean(axis=1)
    nearest, distances = find_nearest_by_force(points, finer)
    for number in np.flatnonzero(found != of_finer[nearest]):
        own = finer[of_finer == found[number]]
        _, apart = find_nearest_by_force(points[[number]], own)
        as_near = apart[0] <= distances[number] + 2e-5
        facing = np.cross(*(corners[number, k] - corners[number, 0] for k in (1, 2)))
        theirs = np.cross(*(finer[nearest[number], k] - finer[nearest[number], 0] for k in (1, 2)))
        assert as_near or facing @ theirs < 0, number
    assert (found == labels).mean() > 0.99
