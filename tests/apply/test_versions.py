# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels on later versions of an object: as the nearest surface says, found by force; and what is no version of it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import bpy
import numpy as np
import pytest
from by_force import find_nearest_by_force, near_borders
from cut import as_parts, mesh_object, shown_triangles
from demonstration import made_model
from labelled import everything
from mathutils import Matrix
from sandbox.segment import segment

from hitem3d_addon.apply.labels import version_labels
from hitem3d_addon.core.errors import InputError

Object = bpy.types.Object


def robot() -> Object:
    """The demo's robot with bevels of one face."""
    obj = made_model.make()
    obj.modifiers["Bevel"].segments = 1
    return obj


def monkey() -> Object:
    """Open surfaces that run through one another."""
    bpy.ops.mesh.primitive_monkey_add(location=(3, -2, 1), rotation=(0.4, 0.2, 1.1))
    return bpy.context.object


@functools.cache
def segmented(corners: bytes, level: str) -> np.ndarray:
    """The label of each triangle. Most tests begin with the same robot."""
    points, places = np.unique(np.frombuffer(corners).reshape(-1, 3), axis=0, return_inverse=True)
    return segment(points, places.reshape(-1, 3).astype(np.int32), level)


def parts_of(source: Object, level: str = "medium") -> list[Object]:
    corners, _ = shown_triangles(source)
    return as_parts(corners, segmented(corners.tobytes(), level))


def size_of(obj: Object) -> float:
    return float(np.linalg.norm(np.ptp(np.array(obj.bound_box), axis=0)))


def applied(source: Object, kind: str = "", **settings: object) -> Object:
    """A new object with the modifiers of the source and one more applied."""
    obj = source.copy()
    bpy.context.scene.collection.objects.link(obj)
    if kind:
        modifier = obj.modifiers.new("", kind)
        for name, value in settings.items():
            setattr(modifier, name, value)
    bpy.context.view_layer.update()
    graph = bpy.context.evaluated_depsgraph_get()
    mesh = bpy.data.meshes.new_from_object(obj.evaluated_get(graph), depsgraph=graph)
    obj.modifiers.clear()
    obj.data = mesh
    bpy.context.view_layer.update()
    return obj


def sculpted(source: Object) -> Object:
    """Moved in and out by 1 % of its size, smoothly."""
    obj = applied(source)
    size = size_of(obj)
    for vertex, normal in [(vertex, vertex.normal.copy()) for vertex in obj.data.vertices]:
        vertex.co += normal * (0.01 * size * np.sin(20 * np.array(vertex.co) / size).mean())
    obj.data.update()
    return obj


VERSIONS: dict[str, Callable[[Object], Object]] = {
    "sculpted": sculpted,
    "remeshed": lambda obj: applied(obj, "REMESH", mode="VOXEL", voxel_size=size_of(obj) / 40),
    "decimated": lambda obj: applied(obj, "DECIMATE", ratio=0.4),
    "subdivided": lambda obj: applied(obj, "SUBSURF", levels=1),
    "level of detail": lambda obj: applied(obj, "DECIMATE", ratio=0.15),
}


def each(source: Object) -> Iterator[tuple[str, Object]]:
    """Each version, made of the source."""
    for name, make in VERSIONS.items():
        yield name, make(source)


def chain(source: Object) -> Iterator[tuple[str, Object]]:
    """Each version, made of the one before."""
    for name, make in VERSIONS.items():
        source = make(source)
        yield name, source


def share_right(version: Object, parts: list[Object]) -> tuple[float, float]:
    """Of the area that is an edge away from every border: what is labelled as by force. And how much that area is."""
    bpy.context.view_layer.update()
    labels, _ = version_labels(version, parts, bpy.context.evaluated_depsgraph_get())
    corners, polygons = shown_triangles(version)
    targets = [shown_triangles(part)[0] for part in parts]
    of_target = np.repeat(np.arange(len(parts)), list(map(len, targets)))
    centre = corners.mean(axis=(0, 1))
    found, _ = find_nearest_by_force(corners.mean(axis=1) - centre, np.concatenate(targets) - centre)
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    inside = ~near_borders(corners - centre, of_target[found])
    right = labels.faces[polygons] == of_target[found]
    return float(areas[inside & right].sum() / areas[inside].sum()), float(areas[inside].sum() / areas.sum())


@pytest.mark.parametrize("way", [each, chain])
@pytest.mark.parametrize("make", [robot, monkey])
def test_versions_are_labelled_by_the_nearest_surface(
    make: Callable[[], Object], way: Callable[[Object], Iterator[tuple[str, Object]]]
) -> None:
    source = make()
    parts = parts_of(source)
    assert len(parts) > 3
    shares = {name: share_right(version, parts) for name, version in way(source)}
    assert min(share for share, _ in shares.values()) > 0.995, shares
    assert np.mean([looked_at for _, looked_at in shares.values()]) > 0.3, shares


def test_large_meshes_by_the_grid() -> None:
    """Above 20,000 triangles most are labelled by a grid; no other way may come of it."""
    bpy.ops.mesh.primitive_torus_add(major_segments=40, minor_segments=16, rotation=(0.3, 0.5, 0.1))
    source = bpy.context.object
    dense = applied(source, "SUBSURF", levels=3, subdivision_type="SIMPLE")
    assert len(dense.data.polygons) > 20_000
    dense.data.transform(Matrix.Translation((0.0005, 0, 0)))
    share, looked_at = share_right(dense, parts_of(source, "high"))
    assert share > 0.995 and looked_at > 0.9


def test_thin_walls_go_by_the_nearest_whatever_way_it_faces() -> None:
    """A remesh of an open sheet has a back side, which no part has."""
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=20, y_subdivisions=20)
    source = bpy.context.object
    version = applied(source, "SOLIDIFY", thickness=0.02)
    share, _ = share_right(version, parts_of(source, "high"))
    assert share == 1


def refusal(version: Object, parts: list[Object]) -> str:
    bpy.context.view_layer.update()
    before = everything()
    with pytest.raises(InputError) as caught:
        version_labels(version, parts, bpy.context.evaluated_depsgraph_get())
    assert everything() == before
    return str(caught.value)


WRONG: dict[str, Matrix] = {
    "a little aside": Matrix.Translation((0.1, 0, 0)),
    "aside": Matrix.Translation((0, 0.3, 0)),
    "far away": Matrix.Translation((0, 0, 50)),
    "turned to the back": Matrix.Rotation(np.pi, 4, "Z"),
    "lying": Matrix.Rotation(np.pi / 2, 4, "X"),
    "smaller": Matrix.Scale(0.9, 4),
    "much larger": Matrix.Scale(3, 4),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("version", ["sculpted", "decimated"])
def test_what_lies_elsewhere_is_refused(wrong: str, version: str) -> None:
    source = robot()
    parts = parts_of(source)
    moved = VERSIONS[version](source)
    corners, _ = shown_triangles(source)
    there = Matrix.Translation((corners.min(axis=(0, 1)) + corners.max(axis=(0, 1))) / 2)
    moved.matrix_world = there @ WRONG[wrong] @ there.inverted() @ moved.matrix_world
    assert "is not where the parts are" in refusal(moved, parts)


def test_it_may_stand_elsewhere_if_its_mesh_does_not() -> None:
    source = robot()
    parts = parts_of(source)
    version = VERSIONS["decimated"](source)
    version.data.transform(version.matrix_world)
    version.matrix_world = Matrix()
    assert share_right(version, parts)[0] > 0.995


@pytest.mark.parametrize("shape", ["cube", "uv_sphere", "monkey", "cone"])
def test_another_shape_in_the_same_place_is_refused(shape: str) -> None:
    source = robot()
    parts = parts_of(source)
    corners, _ = shown_triangles(source)
    low, high = corners.min(axis=(0, 1)), corners.max(axis=(0, 1))
    getattr(bpy.ops.mesh, f"primitive_{shape}_add")()
    other = bpy.context.object
    box = np.array(other.bound_box)
    fit = Matrix.Diagonal((*((high - low) / np.ptp(box, axis=0)), 1))
    other.matrix_world = Matrix.Translation((low + high) / 2) @ fit @ Matrix.Translation(-box.mean(axis=0))
    assert "another shape" in refusal(other, parts)


def test_a_splinter_is_no_version() -> None:
    source = robot()
    parts = parts_of(source)
    corners, _ = shown_triangles(source)
    splinter = mesh_object("Splinter", corners[0], [[0, 1, 2]])
    assert "another shape" in refusal(splinter, parts)


def test_a_coarse_ball_is_still_a_version_of_a_fine_one() -> None:
    bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=5)
    source = bpy.context.object
    parts = parts_of(source, "high")
    bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=2)
    assert share_right(bpy.context.object, parts)[0] > 0.995
