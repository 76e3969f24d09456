# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part that becomes several: those that it was joined of, or its loose pieces."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from cut import mesh_object
from imported import Import, faces, import_monkey, same_faces, world_points

from hitem3d_addon.core.errors import InputError
from hitem3d_addon.mesh.colours import colour_part
from hitem3d_addon.parts.deleting import delete_parts
from hitem3d_addon.parts.merging import merge_parts
from hitem3d_addon.parts.splitting import split_part
from hitem3d_addon.session.record import PART, TASK_ID, parts_in


def described(imported: Import) -> dict[str, tuple[object, ...]]:
    """By name of a part: its mesh's name, colour, materials, and how many faces it has."""
    return {
        part.name: (
            part.data.name,
            part.color[:],
            [(material.name, material.diffuse_color[:]) for material in part.data.materials],
            len(part.data.polygons),
        )
        for part in imported.parts
    }


@pytest.mark.parametrize("textured", [True, False])
def test_what_was_joined_comes_apart_as_it_was(textured: bool) -> None:
    imported = import_monkey(5, textured=textured)
    before, look = described(imported), faces(*imported.parts)
    for merged, into in (((0, 2), 0), ((0, 3), 3)):  # what was joined already is joined to another
        parts = imported.parts
        merge_parts(bpy.context, imported.collection, [parts[number] for number in merged], parts[into])
    assert len(imported.parts) == 3
    joined = imported.part(2)
    found = split_part(bpy.context, imported.collection, joined)
    assert found[0] == joined and len(found) == 3
    assert described(imported) == before
    same_faces(faces(*imported.parts), look)
    assert all(part[PART] == imported.collection[TASK_ID] for part in imported.parts)
    kept = {"hitem3d_part"}
    assert all(set(part.keys()) == kept for part in imported.parts)
    assert not any("hitem3d" in name for part in imported.parts for name in part.data.attributes.keys())  # noqa: SIM118


def three_tetrahedra() -> tuple[bpy.types.Collection, bpy.types.Object]:
    """A part of three loose pieces, the middle one with the most faces, and the last one with a seam: two vertices in
    one place."""
    corners = np.array([(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)], float)
    sides = [(0, 2, 1), (0, 1, 3), (1, 2, 3), (0, 3, 2)]
    second, third = (np.add(corners, (along, 0, 0)) for along in (3, 6))
    points = [*corners, *second, *third, (6, 0, 0), (3.2, 0.2, 0.0)]
    shapes = [*sides, *([k + 4 for k in side] for side in sides), *([k + 8 for k in side] for side in sides)]
    shapes[4:5] = [(13, 4, 6), (13, 6, 5), (13, 5, 4)]
    shapes[-1] = (12, 11, 10)
    part = mesh_object("wing", np.array(points), shapes)
    bpy.context.scene.collection.objects.unlink(part)
    collection = bpy.data.collections.new("parts")
    bpy.context.scene.collection.children.link(collection)
    collection.objects.link(part)
    collection[TASK_ID] = part[PART] = "task"
    colour_part(part, 0)
    bpy.context.view_layer.update()
    return collection, part


def test_loose_pieces_are_cut_off() -> None:
    collection, part = three_tetrahedra()
    points = world_points(part)
    bpy.data.objects.new("wing 2", None)  # somebody else's name
    found = split_part(bpy.context, collection, part)
    assert found == parts_in(collection) and found[0] == part
    assert [piece.name for piece in found] == ["wing", "wing 3", "wing 4"]
    assert [piece.data.name for piece in found] == ["wing", "wing 3", "wing 4"]
    assert [len(piece.data.polygons) for piece in found] == [6, 4, 4]
    assert [len(piece.data.vertices) for piece in found] == [5, 4, 5]
    assert (world_points(*found) == points).all()
    assert len({piece.color[:] for piece in found}) == 3
    assert [piece.data.materials[0].diffuse_color[:] for piece in found] == [piece.color[:] for piece in found]
    assert all(piece[PART] == "task" for piece in found)


def test_one_piece_is_not_split() -> None:
    collection, part = three_tetrahedra()
    split_part(bpy.context, collection, part)
    with pytest.raises(InputError, match="one piece"):
        split_part(bpy.context, collection, part)
    assert part.name == "wing"


def test_crumbs_are_no_parts() -> None:
    collection, part = three_tetrahedra()
    corners = np.random.default_rng(1).random((3 * 1200, 3))
    part.data = mesh_object("crumbs", corners, np.arange(len(corners)).reshape(-1, 3).tolist()).data
    with pytest.raises(InputError, match="1200 pieces"):
        split_part(bpy.context, collection, part)


def test_what_a_file_says_of_pieces_is_checked() -> None:
    """A .blend may come from anywhere: what can't be true is not believed."""
    imported = import_monkey()
    parts = imported.parts
    merge_parts(bpy.context, imported.collection, parts[:2], parts[0])
    joined, count = parts[0], len(parts[0].data.polygons)
    joined.data.attributes["hitem3d_piece"].data.foreach_set("value", np.full(count, 7, np.int32))
    with pytest.raises(InputError, match="one piece"):
        split_part(bpy.context, imported.collection, joined)
    assert len(joined.data.polygons) == count


def test_vertices_without_a_face_are_no_part() -> None:
    imported = import_monkey()
    imported.part(0).data.vertices.add(1)
    merge_parts(bpy.context, imported.collection, imported.parts[:2], imported.part(0))
    found = split_part(bpy.context, imported.collection, imported.part(0))
    assert len(found) == 2 and len(imported.parts) == 4
    assert all(part.data.polygons for part in imported.parts)
    assert sum(len(obj.data.vertices) for obj in imported.collection.objects if PART not in obj) == 1


def test_edited_materials_and_names_of_meshes_come_back() -> None:
    imported = import_monkey()
    counts = [len(bpy.data.meshes), len(bpy.data.materials)]
    part = imported.part(1)
    part.data.name = "mine"
    material = part.data.materials[0]
    material.roughness = 0.25
    merge_parts(bpy.context, imported.collection, imported.parts[:2], imported.part(0))
    assert imported.part(0).data.materials[:] == [bpy.data.materials["Model part 01"]]
    first, second = split_part(bpy.context, imported.collection, imported.part(0))
    assert (second.data.name, second.data.materials[:]) == ("mine", [material])
    assert first.data.name == "Model part 01"
    assert [len(bpy.data.meshes), len(bpy.data.materials)] == counts


def test_what_was_kept_for_a_split_is_deleted_with_the_parts() -> None:
    imported = import_monkey()
    merge_parts(bpy.context, imported.collection, imported.parts[:2], imported.part(0))
    assert "Model part 02" in bpy.data.materials
    delete_parts(bpy.context, imported.collection)
    assert not bpy.data.materials and len(bpy.data.meshes) == 1
