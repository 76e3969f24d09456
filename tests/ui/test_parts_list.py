# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of parts, and what its buttons do: merge, split, rename, delete, solo, next."""

from __future__ import annotations

import time

import bpy
import numpy as np
import pytest

from hitem3d_addon.session.record import PART
from hitem3d_addon.ui import parts_list

pytestmark = pytest.mark.usefixtures("addon")
Object = bpy.types.Object


def collection() -> bpy.types.Collection:
    return bpy.data.collections["Torus parts"]


def parts() -> list[Object]:
    return list(collection().objects)


def select(*chosen: Object) -> None:
    for obj in bpy.context.view_layer.objects:
        obj.select_set(obj in chosen)
    bpy.context.view_layer.objects.active = chosen[0]


def corners(objects: list[Object]) -> np.ndarray:
    """(corners, 9): where each corner of the faces is in the world, its UV, its normal, and the material's colour."""
    bpy.context.view_layer.update()
    rows = []
    for obj in objects:
        mesh, matrix = obj.data, np.array(obj.matrix_world, np.float64)
        colours = [tuple(material.diffuse_color[:1]) for material in mesh.materials]
        for face in mesh.polygons:
            for loop in face.loop_indices:
                place = matrix[:3, :3] @ mesh.vertices[mesh.loops[loop].vertex_index].co + matrix[:3, 3]
                uv = mesh.uv_layers[0].data[loop].uv if mesh.uv_layers else (0, 0)
                rows.append([*place, *uv, *mesh.corner_normals[loop].vector, *colours[face.material_index]])
    found = np.array(rows)
    return found[np.lexsort(found[:, 3:5].T)]  # each corner has a UV of its own


def give_uvs_and_normals(objects: list[Object]) -> None:
    rng = np.random.default_rng(3)
    for obj in objects:
        layer = obj.data.uv_layers.new(name="UVMap")
        layer.data.foreach_set("uv", rng.random(2 * len(layer.data)).astype(np.float32))
        normals = rng.normal(size=(len(obj.data.loops), 3))
        obj.data.normals_split_custom_set((normals / np.linalg.norm(normals, axis=1)[:, None]).tolist())


def test_merge_and_split_again(segmented: Object) -> None:
    names = [part.name for part in parts()]
    assert len(names) > 4
    chosen = [parts()[2], parts()[0], parts()[1]]
    material = chosen[0].data.materials[0]
    give_uvs_and_normals(parts())
    before = corners(parts())[:, :-1]
    select(*chosen)
    assert bpy.ops.hitem3d.merge_parts() == {"FINISHED"}
    assert [part.name for part in parts()] == names[2:]
    merged = bpy.data.objects[names[2]]
    assert list(merged.data.materials) == [material]
    assert bpy.context.active_object == merged and bpy.context.selected_objects == [merged]
    assert corners(parts())[:, :-1] == pytest.approx(before, abs=1e-4)
    assert merged[PART] == parts()[1][PART]

    assert bpy.ops.hitem3d.split_parts() == {"FINISHED"}
    assert sorted(part.name for part in parts()) == sorted(names)
    assert corners(parts())[:, :-1] == pytest.approx(before, abs=1e-4)
    assert len({tuple(part.color) for part in parts()}) == len(names)
    assert len({part.data.materials[0] for part in parts()}) == len(names)
    assert all("hitem3d_piece" not in part.data.attributes and "hitem3d_pieces" not in part for part in parts())


def test_labels_follow_a_merge(segmented: Object) -> None:
    names = [part.name for part in parts()]
    select(parts()[0], parts()[1])
    bpy.ops.hitem3d.merge_parts()
    select(segmented)
    bpy.ops.hitem3d.apply_parts(target="VERTEX_GROUPS")
    assert [group.name for group in segmented.vertex_groups] == [names[0], *names[2:]]


def test_each_is_one_undo_step(segmented: Object) -> None:
    count = len(parts())
    bpy.ops.ed.undo_push(message="before")
    select(parts()[0], parts()[1])
    bpy.ops.hitem3d.merge_parts("EXEC_DEFAULT", True)
    assert len(parts()) == count - 1
    bpy.ops.ed.undo()
    assert len(parts()) == count


def test_exploded_parts_are_merged_in_place(segmented: Object) -> None:
    give_uvs_and_normals(parts())
    before = corners(parts())[:, :3]
    bpy.ops.hitem3d.explode_parts(amount=1.0)
    select(*parts()[:3])
    bpy.ops.hitem3d.merge_parts()
    bpy.ops.hitem3d.explode_parts(amount=0.0)
    assert corners(parts())[:, :3] == pytest.approx(before, abs=1e-6)


def test_loose_pieces_are_cut_off(segmented: Object) -> None:
    """Split for normals or not: faces hang together where they are, not by the numbers of their vertices."""
    part = parts()[0]
    mesh = bpy.data.meshes.new("Three")
    one = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)
    mesh.from_pydata(
        np.concatenate([one[:3] + 5, one + 9, one - 4]).tolist(), [], np.arange(15).reshape(-1, 3).tolist()
    )
    part.data = mesh
    name = part.name
    select(part)
    bpy.ops.hitem3d.split_parts()
    pieces = bpy.context.selected_objects
    assert sorted(piece.name for piece in pieces) == [name, f"{name} 2", f"{name} 3"]
    assert bpy.context.active_object.name == name
    assert sorted(len(piece.data.polygons) for piece in pieces) == [1, 2, 2] and len(part.data.polygons) == 2
    assert all(piece[PART] == part[PART] and piece in parts() for piece in pieces)


@pytest.mark.parametrize("operator", ["merge_parts", "split_parts"])
def test_what_can_t_be_done_changes_nothing(operator: str, segmented: Object) -> None:
    before = corners(parts())
    select(parts()[0])
    with pytest.raises(RuntimeError, match=r"Only one part is selected|is in one piece"):
        getattr(bpy.ops.hitem3d, operator)()
    assert (corners(parts()) == before).all()


def test_a_name_is_everywhere(segmented: Object) -> None:
    select(segmented)
    bpy.ops.hitem3d.apply_parts(target="VERTEX_GROUPS")
    bpy.ops.hitem3d.apply_parts(target="MATERIALS")
    part = parts()[1]
    before = part.name
    part.hitem3d_part_name = "Wheel"
    assert (part.name, part.data.name, part.data.materials[0].name) == ("Wheel", "Wheel", "Wheel")
    names = [group.name for group in segmented.vertex_groups]
    assert "Wheel" in names and before not in names
    assert "Wheel" in [material.name for material in segmented.data.materials]
    select(part)
    bpy.ops.hitem3d.rename_part(name="Hub")
    assert segmented.vertex_groups[1].name == part.data.name == part.hitem3d_part_name == "Hub"
    part.hitem3d_part_name = "  "
    assert part.name == "Hub"
    select(segmented)
    bpy.ops.hitem3d.apply_parts(target="VERTEX_GROUPS")
    assert [group.name for group in segmented.vertex_groups].count("Hub") == 1


def test_delete_brings_the_original_back(segmented: Object) -> None:
    segmented.hide_set(True)
    mine = bpy.data.objects.new("Mine", None)
    collection().objects.link(mine)
    meshes = {part.data.name for part in parts() if part.type == "MESH"}
    select(parts()[0])
    bpy.ops.hitem3d.delete_parts()
    assert "Torus parts" not in bpy.data.collections and not meshes & set(bpy.data.meshes.keys())
    assert not segmented.hide_get() and bpy.context.active_object == segmented and segmented.select_get()
    assert mine.name in bpy.context.scene.objects, "what the user has put there stays"
    assert not bpy.ops.hitem3d.delete_parts.poll()
    bpy.ops.hitem3d.import_result()
    assert len(parts()) > 4, "they come back without another task"


def test_solo_and_next(segmented: Object) -> None:
    def seen() -> list[Object]:
        return [part for part in parts() if not part.hide_get()]

    select(parts()[1])
    bpy.ops.hitem3d.solo_parts()
    assert seen() == [parts()[1]]
    bpy.ops.hitem3d.next_part()
    assert seen() == bpy.context.selected_objects == [parts()[2]] == [bpy.context.active_object]
    bpy.ops.hitem3d.next_part(backwards=True)
    bpy.ops.hitem3d.next_part(backwards=True)
    bpy.ops.hitem3d.next_part(backwards=True)
    assert seen() == [parts()[-1]]
    bpy.ops.hitem3d.next_part()
    assert seen() == [parts()[0]]
    bpy.ops.hitem3d.solo_parts()
    assert seen() == parts()


def test_rows_and_selection_are_one(segmented: Object) -> None:
    own = collection()
    own.hitem3d_part_index = 2
    assert bpy.context.selected_objects == [parts()[2]] == [bpy.context.active_object]
    assert own.hitem3d_part_index == 2
    select(parts()[0])
    assert own.hitem3d_part_index == 0
    parts()[1].hitem3d_part_selected = True
    assert set(bpy.context.selected_objects) == {parts()[0], parts()[1]} and own.hitem3d_part_index == 1
    parts()[1].hitem3d_part_shown = False
    assert parts()[1].hide_get() and parts()[1].hide_render and not parts()[1].hitem3d_part_shown
    select(segmented)
    assert own.hitem3d_part_index == -1


def test_shares_are_those_of_the_surface(segmented: Object) -> None:
    while parts_list._measure() is not None:
        pass
    found = {part.name: parts_list._areas[part.session_uid][1] / parts_list._total for part in parts()}
    right = {part.name: sum(face.area for face in part.data.polygons) for part in parts()}
    assert found == pytest.approx({name: area / sum(right.values()) for name, area in right.items()}, rel=1e-4)
    assert not parts_list._is_news(collection())
    select(parts()[0])
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.mesh.subdivide()
    bpy.ops.object.mode_set(mode="OBJECT")
    assert parts_list._is_news(collection())


def test_shares_are_measured_again_when_a_part_is_edited(segmented: Object) -> None:
    """Also where vertices only move."""
    part = parts()[0]
    while parts_list._measure() is not None:
        pass
    before = parts_list._areas[part.session_uid][1]
    part.data.vertices[0].co.z += 5
    part.data.update()
    bpy.context.view_layer.update()
    assert parts_list._is_news(collection())
    while parts_list._measure() is not None:
        pass
    assert parts_list._areas[part.session_uid][1] > before + 0.1


def test_a_colour_is_that_of_part_and_material(segmented: Object) -> None:
    parts()[1].hitem3d_part_colour = (0.25, 0.5, 0.75, 1.0)
    material = parts()[1].data.materials[0]
    assert parts()[1].color[:] == material.diffuse_color[:] == parts()[1].hitem3d_part_colour[:]
    assert parts()[0].color[:] != parts()[1].color[:] == (0.25, 0.5, 0.75, 1.0)


def test_the_row_follows_when_parts_come_and_go(segmented: Object) -> None:
    select(parts()[3])
    assert collection().hitem3d_part_index == 3
    collection().objects.unlink(parts()[0])
    assert collection().hitem3d_part_index == 2
    collection().objects.unlink(parts()[-1])
    assert collection().hitem3d_part_index == 2
    select(segmented)
    assert collection().hitem3d_part_index == -1


def test_what_is_edited_stays_active(segmented: Object) -> None:
    select(parts()[0])
    bpy.ops.object.mode_set(mode="EDIT")
    parts()[1].hitem3d_part_selected = True
    collection().hitem3d_part_index = 2
    assert bpy.context.view_layer.objects.active == parts()[0] and bpy.context.mode == "EDIT_MESH"
    with pytest.raises(RuntimeError, match="Leave the mode"):
        bpy.ops.hitem3d.delete_parts()


TIMES = 20
"""What is measured is the least of so many: the machine does other things as well."""


def test_two_thousand_other_objects_are_no_burden(segmented: Object) -> None:
    """Selected objects that are neither parts nor segmented are passed over."""
    mesh = bpy.data.meshes.new("Mesh")
    others = [bpy.data.objects.new(f"Other {number}", mesh) for number in range(2000)]
    for obj in others:
        bpy.context.scene.collection.objects.link(obj)
    select(*others)

    def duration() -> float:
        begun = time.thread_time()
        assert not parts_list.HITEM3D_PT_parts.poll(bpy.context)
        assert not bpy.ops.hitem3d.merge_parts.poll()
        assert not bpy.ops.hitem3d.apply_parts_to_selected.poll()
        return time.thread_time() - begun

    assert min(duration() for _ in range(TIMES)) < 3e-3


def test_two_thousand_parts_are_no_burden(segmented: Object) -> None:
    """What is asked at each draw; the rows that are drawn are as many as ever."""

    def duration() -> float:
        begun = time.thread_time()
        for _ in range(20):
            parts_list.HITEM3D_PT_parts.poll(bpy.context)
            parts_list._is_news(collection())
            for _ in range(20):  # Blender asks for each row that it draws
                _ = collection().hitem3d_part_index
        return (time.thread_time() - begun) / 20

    select(parts()[0])
    few = min(duration() for _ in range(TIMES))
    mesh = parts()[0].data
    for number in range(2000):
        part = bpy.data.objects.new(f"Part {number}", mesh)
        part[PART] = parts()[0][PART] if number < 1 else "segmentation_x"
        collection().objects.link(part)
    for active in (parts()[0], parts()[-1], segmented):
        select(active)
        assert min(duration() for _ in range(TIMES)) < few + 1e-3
