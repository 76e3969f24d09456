# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How large a model would be, known before it is exported."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest
from exported import Object, cubes_on_grid, export_plainly, metaball, picture, suzanne, with_modifiers

from hitem3d_addon.send.export import estimate


def with_loose_vertices() -> Object:
    """A monkey, and a thousand vertices beside it that no face uses."""
    obj = suzanne()
    obj.data.vertices.add(1000)
    obj.data.update()
    return obj


MODELS = {
    "modifiers": with_modifiers,
    "metaball": metaball,
    "instances": cubes_on_grid,
    "loose vertices": with_loose_vertices,
}


@pytest.mark.parametrize("place", MODELS)
def test_the_estimate_is_right(place: str, tmp_path: Path) -> None:
    obj = MODELS[place]()
    (found,) = estimate([[obj]], bpy.context.evaluated_depsgraph_get())
    sent = export_plainly([obj], tmp_path / "mesh.glb")
    assert found.triangles == sent.triangles
    assert sent.size <= found.size <= sent.size + 300
    assert (found.loose >= 1000) == (place == "loose vertices")


LOOKS = {
    "flat": ("shade_flat", {}),
    "smooth": ("shade_smooth", {}),
    "by angle": ("shade_smooth_by_angle", {}),
    "a picture": ("shade_smooth", {"Base Color": "a.png"}),
    "a JPEG": ("shade_flat", {"Base Color": "a.jpg", "Normal": "b.png"}),
    "shared": ("shade_flat", {"Base Color": "a.png", "Alpha": "a.png", "Metallic": "b.png", "Roughness": "b.png"}),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("packed", [False, True])
def test_the_estimate_with_materials_is_right(look: str, packed: bool, tmp_path: Path) -> None:
    """Two meshes with UVs, in three places, one mirrored; the pictures' files go as they are."""
    shade, inputs = LOOKS[look]
    pictures = {name: picture(tmp_path / name) for name in sorted(set(inputs.values()))}
    if packed:
        for image in pictures.values():
            image.pack()
    monkey, ball = suzanne(), bpy.ops.mesh.primitive_uv_sphere_add(segments=90, ring_count=60) and bpy.context.object
    for obj in (monkey, ball):
        obj.select_set(True)
        obj.data.materials.append(material_with({name: pictures[file] for name, file in inputs.items()}))
    getattr(bpy.ops.object, shade)()
    twin = ball.copy()
    twin.location.x, twin.scale.x = 3, -1
    bpy.context.collection.objects.link(twin)
    bpy.context.view_layer.update()
    models = [[monkey, ball, twin]]
    (found,) = estimate(models, bpy.context.evaluated_depsgraph_get(), include_materials=True)
    sent = export_plainly(models[0], tmp_path / "mesh.glb", materials=True)
    assert found.size == pytest.approx(sent.size, rel=0.02)
    assert found.pictures >= sum((tmp_path / name).stat().st_size for name in pictures)
    assert found.converted == 0


@pytest.mark.parametrize("inputs", [{"Roughness": "a.png"}, {"Base Color": "a.tga"}, {"Alpha": "a.jpg"}])
def test_an_estimate_says_what_is_a_guess(inputs: dict[str, str], tmp_path: Path) -> None:
    """A picture that the exporter makes anew: its size is not known before."""
    obj = suzanne()
    obj.data.materials.append(material_with({name: picture(tmp_path / file) for name, file in inputs.items()}))
    (found,) = estimate([[obj]], bpy.context.evaluated_depsgraph_get(), include_materials=True)
    (without,) = estimate([[obj]], bpy.context.evaluated_depsgraph_get())
    assert found.size - found.converted > without.size
    assert 0 < found.converted == found.pictures


def material_with(inputs: dict[str, bpy.types.Image]) -> bpy.types.Material:
    """A material whose inputs come from pictures, by the channel that glTF has for each if they share one."""
    material = bpy.data.materials.new("material")
    if material.node_tree is None:
        material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    for name, image in inputs.items():
        texture = nodes.new("ShaderNodeTexImage")
        texture.image = image
        output = texture.outputs["Alpha" if name == "Alpha" else "Color"]
        if name in ("Metallic", "Roughness") and len(inputs) > 1:
            separate = nodes.new("ShaderNodeSeparateColor")
            links.new(output, separate.inputs[0])
            output = separate.outputs["Blue" if name == "Metallic" else "Green"]
        links.new(output, nodes["Principled BSDF"].inputs[name])
    return material


def test_an_estimate_of_several_models() -> None:
    """Each for itself, and together as one."""
    one, other = suzanne(), cubes_on_grid()
    depsgraph = bpy.context.evaluated_depsgraph_get()
    first, second = estimate([[one], [other]], depsgraph)
    (both,) = estimate([[one, other]], depsgraph)
    assert both.triangles == first.triangles + second.triangles
    assert first.size < both.size < first.size + second.size
