# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can't be closed is refused by its name, and nothing has changed then."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest
from closed import Object, by_angle, import_parts, torus

pytestmark = pytest.mark.usefixtures("addon")


def linked_parts(tmp_path: Path) -> list[Object]:
    """The parts of an import in another file, selected in this one."""
    model = torus()
    import_parts(model, by_angle(model, 3))
    library = tmp_path / "library.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(library))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(library), link=True) as (_, here):
        here.collections = ["Model parts"]
    collection = here.collections[0]
    bpy.context.scene.collection.children.link(collection)
    return select(list(collection.objects))


def select(parts: list[Object]) -> list[Object]:
    bpy.context.view_layer.update()
    for part in parts:
        part.select_set(True)
    bpy.context.view_layer.objects.active = parts[0]
    return parts


def check_refused(parts: list[Object], says: str) -> None:
    before = [(part.data.name, len(part.data.vertices), len(part.data.polygons)) for part in parts]
    with pytest.raises(RuntimeError, match=says):
        bpy.ops.hitem3d.close_parts()
    assert [(part.data.name, len(part.data.vertices), len(part.data.polygons)) for part in parts] == before


def test_parts_of_another_file(tmp_path: Path) -> None:
    check_refused(linked_parts(tmp_path), "“part 0” comes from another file and can't be changed here")


def test_parts_of_another_file_that_are_overridden(tmp_path: Path) -> None:
    """The objects are this file's then, and their meshes still the other one's."""
    linked = linked_parts(tmp_path)[0].users_collection[0]
    made = linked.override_hierarchy_create(bpy.context.scene, bpy.context.view_layer)
    parts = list(made.objects)
    assert all(part.override_library and part.data.library for part in parts)
    check_refused(select(parts), "can't be changed here")


def test_a_mesh_of_another_file(tmp_path: Path) -> None:
    """One part shows it, and it may show it in several places, which would make a copy of it."""
    mesh = linked_parts(tmp_path)[0].data
    model = torus()
    parts = import_parts(model, by_angle(model, 3), location=(0.0, 0.0, 0.0))
    parts[1].data = mesh
    for part in bpy.context.selected_objects:
        part.select_set(part in parts)
    check_refused(parts, "“part 1” comes from another file and can't be changed here")


def test_parts_with_shape_keys() -> None:
    model = torus()
    parts = import_parts(model, by_angle(model, 3))
    parts[2].shape_key_add(name="Basis")
    check_refused(parts, "“part 2” has shape keys")


def test_a_part_that_is_flat() -> None:
    model = torus()
    parts = select(import_parts(model, by_angle(model, 3)))
    parts[1].scale.z = 0.0
    bpy.context.view_layer.update()
    check_refused(parts, "“part 1” is flattened to a scale of 0. Clear its scale, and try again.")


@pytest.mark.skipif(bpy.app.version >= (5, 1), reason="BMesh keeps matrices from 5.1 on")
def test_parts_with_an_attribute_of_matrices() -> None:
    model = torus()
    parts = import_parts(model, by_angle(model, 3))
    parts[1].data.attributes.new("turns", "FLOAT4X4", "POINT")
    check_refused(parts, "“part 1” has an attribute of matrices, which this Blender can't keep where faces change")
