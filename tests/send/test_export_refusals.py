# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can't be sent and what the user reads then; and that an export changes nothing of the user's."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import addon_utils
import bmesh
import bpy
import pytest
from exported import Object, assert_same, cubes_on_grid, empty, export_plainly, shown_by, suzanne, textured

from hitem3d_addon.core.errors import Hitem3DError, InputError, MissingError, StoreError, TooLargeError
from hitem3d_addon.send.export import SentGeometry, estimate


def test_edit_mode_sends_unsaved_edits_and_stays(export: Callable[..., tuple[SentGeometry, Path]]) -> None:
    obj, other = suzanne(), suzanne(location=(9, 0, 0))
    obj.modifiers.new("wall", "SOLIDIFY").thickness = 0.1
    obj.select_set(True)
    bpy.context.view_layer.objects.active = other
    bpy.ops.object.mode_set(mode="EDIT")
    for edited in (obj, other):
        mesh = bmesh.from_edit_mesh(edited.data)
        mesh.faces.ensure_lookup_table()
        bmesh.ops.delete(mesh, geom=mesh.faces[:100], context="FACES")
        for vertex in mesh.verts:
            vertex.co.z += 5
    sent, path = export(obj, other)
    assert (obj.mode, other.mode, bpy.context.mode) == ("EDIT", "EDIT", "EDIT_MESH")
    assert bpy.context.view_layer.objects.active == other
    assert len(bmesh.from_edit_mesh(obj.data).faces) == 400
    bpy.ops.object.mode_set(mode="OBJECT")
    assert_same(path, sent, shown_by(obj, other))
    assert sent.bounds[2] + sent.centre[2] > 3


def test_sculpt_mode(tmp_path: Path) -> None:
    """Dynamic topology keeps its mesh apart; Multiresolution is refused, since its evaluated mesh is the coarse one."""
    bpy.ops.mesh.primitive_cube_add()
    obj = bpy.context.active_object
    bpy.ops.object.mode_set(mode="SCULPT")
    bpy.ops.sculpt.dynamic_topology_toggle()
    sent = export_plainly([obj], tmp_path / "mesh.glb")
    assert (sent.triangles, sent.bounds, obj.mode) == (12, (-1, -1, -1, 1, 1, 1), "SCULPT")
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.ops.mesh.primitive_cube_add()
    obj = bpy.context.active_object
    obj.modifiers.new("finer", "MULTIRES")
    bpy.ops.object.multires_subdivide(modifier="finer")
    bpy.ops.object.mode_set(mode="SCULPT")
    assert "Leave Sculpt Mode" in refused(InputError, obj, path=tmp_path / "none.glb")
    bpy.ops.object.mode_set(mode="OBJECT")
    assert export_plainly([obj], tmp_path / "mesh.glb").triangles == 48


def refused(kind: type[Hitem3DError], *objects: Object, path: Path, materials: bool = False) -> str:
    """What the user reads; nothing is left on the disk."""
    before = sorted(path.parent.iterdir()) if path.parent.is_dir() else None
    with pytest.raises(kind) as caught:
        export_plainly(objects, path, materials=materials)
    assert type(caught.value) is kind
    assert before is None or sorted(path.parent.iterdir()) == before
    return str(caught.value)


@pytest.mark.parametrize("materials", [False, True])
def test_what_cannot_be_sent(tmp_path: Path, materials: bool) -> None:
    path = tmp_path / "mesh.glb"
    assert "“nothing” has no faces" in refused(InputError, empty("nothing"), path=path, materials=materials)

    gone = suzanne()
    gone.name = "gone"
    gone.modifiers.new("mask", "MASK").vertex_group = gone.vertex_groups.new(name="no vertices").name
    assert "“gone” has no faces" in refused(InputError, gone, path=path, materials=materials)
    assert "have no faces" in refused(InputError, gone, empty("nothing too"), path=path, materials=materials)

    for value in (math.nan, math.inf):
        broken = suzanne()
        broken.name = "broken"
        broken.data.attributes["position"].data.foreach_set("vector", [value] * 3 * len(broken.data.vertices))
        broken.data.update()
        text = refused(InputError, broken, path=path, materials=materials)
        assert "“broken” has vertices whose coordinates are not numbers" in text
        bpy.data.objects.remove(broken)

    far = suzanne()
    far.name = "far"
    far.data.vertices[7].co.x = -math.inf  # which Blender makes the largest number of
    assert math.isfinite(far.data.vertices[7].co.x)
    assert "“far” has vertices" in refused(InputError, far, path=path, materials=materials)
    bpy.data.objects.remove(far)

    hidden = suzanne()
    hidden.name = "hidden"
    hidden.hide_set(True)
    assert "“hidden” is hidden" in refused(InputError, hidden, path=path, materials=materials)
    assert hidden.hide_get()
    hidden.hide_set(False)
    hidden.hide_viewport = True
    assert "“hidden” is hidden" in refused(InputError, hidden, path=path, materials=materials)
    hidden.hide_viewport = False

    text = refused(StoreError, hidden, path=tmp_path / "no folder" / "mesh.glb", materials=materials)
    assert "No such file" in text


def test_too_large_is_refused_before_it_is_written(tmp_path: Path) -> None:
    """12 million triangles as instances, so that the test itself is small."""
    obj = cubes_on_grid(side=17)
    cube = next(node for node in obj.modifiers[0].node_group.nodes if node.bl_idname == "GeometryNodeMeshCube")
    for axis in "XYZ":
        cube.inputs[f"Vertices {axis}"].default_value = 60
    text = refused(TooLargeError, obj, path=tmp_path / "mesh.glb")
    (found,) = estimate([[obj]], bpy.context.evaluated_depsgraph_get())
    assert found.triangles == 17**2 * 6 * 59**2 * 2
    assert found.size > 200_000_000
    assert f"{found.size / 1e6:.1f} MB, the limit is 200 MB" in text


def state() -> dict[str, object]:
    """All that the user could see has changed."""
    collections = [getattr(bpy.data, name) for name in dir(bpy.data) if not name.startswith("_")]
    blocks = [block for found in collections if isinstance(found, bpy.types.bpy_prop_collection) for block in found]
    layer = bpy.context.view_layer
    return {
        "blocks": sorted((type(block).__name__, block.name_full, block.users) for block in blocks),
        "objects": [(o.name, o.select_get(), o.hide_get(), o.mode, list(o.keys())) for o in layer.objects],
        "context": (bpy.context.scene, layer, layer.objects.active, bpy.context.mode, bpy.context.window.scene),
        "frame": bpy.context.scene.frame_current,
    }


@pytest.mark.parametrize("mode", ["OBJECT", "EDIT", "SCULPT"])
def test_nothing_of_the_users_changes(
    mode: str, export: Callable[..., tuple[SentGeometry, Path]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    sent, active, hidden = textured(tmp_path_factory.mktemp("images")), suzanne(), suzanne()
    hidden.hide_set(True)
    scatter = cubes_on_grid()
    active.select_set(False)
    bpy.context.view_layer.objects.active = active
    bpy.ops.object.mode_set(mode=mode)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path_factory.mktemp("file") / "test.blend"))
    before = state()
    export(sent, active, scatter)
    assert state() == before


def test_without_the_gltf_addon(tmp_path: Path) -> None:
    obj = suzanne()
    addon_utils.disable("io_scene_gltf2")
    try:
        assert "glTF 2.0 format" in refused(MissingError, obj, path=tmp_path / "mesh.glb", materials=True)
        assert export_plainly([obj], tmp_path / "mesh.glb").triangles == 968
    finally:
        addon_utils.enable("io_scene_gltf2")


def test_a_blender_without_numpy_says_so(tmp_path: Path) -> None:
    """Some distributions' builds have none. In a process of its own, since NumPy can't be unloaded."""
    script = """
import sys
sys.modules["numpy"] = None
import bpy
from hitem3d_addon.core.errors import MissingError
from hitem3d_addon.core.values import OutputFormat
from hitem3d_addon.send.export import estimate, export_glb
from pathlib import Path

depsgraph = bpy.context.evaluated_depsgraph_get()
cube = bpy.data.objects["Cube"]
for call in (
    lambda: export_glb([cube], depsgraph, Path(sys.argv[1]), output_format=OutputFormat.GLB),
    lambda: estimate([[cube]], depsgraph),
):
    try:
        call()
    except MissingError as error:
        print(error)
"""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", script, str(tmp_path / "mesh.glb")]
    answer = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=100)
    assert answer.stdout.count("has no NumPy") == 2, answer.stderr
    assert not list(tmp_path.iterdir())
