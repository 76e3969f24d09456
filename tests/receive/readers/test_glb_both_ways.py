# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read by ourselves or by Blender's importer, a GLB comes to the same: geometry, normals, colours, names, materials."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import bpy
import numpy as np
import pytest
from glb_files import GlbWriter, ball

from hitem3d_addon.mesh.new_data import NewData
from hitem3d_addon.receive.build import make_parts
from hitem3d_addon.receive.readers.glb import GlbFile

Z_UP = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], np.float64)
Mesh = bpy.types.Mesh
CASES: dict[str, Callable[[GlbWriter], None]] = {}


def case(make: Callable[[GlbWriter], None]) -> Callable[[GlbWriter], None]:
    CASES[make.__name__] = make
    return make


@case
def positions_alone(glb: GlbWriter) -> None:
    positions, triangles, _ = ball()
    glb.node(name="front", mesh=glb.mesh(glb.primitive(positions, triangles), name="geometry_0"))


@case
def smooth_normals(glb: GlbWriter) -> None:
    glb.node(name="front", mesh=glb.mesh(glb.primitive(*ball())))


@case
def no_indices(glb: GlbWriter) -> None:
    positions, triangles, normals = ball()
    corners = triangles.ravel()
    glb.node(mesh=glb.mesh(glb.primitive(positions[corners], None, normals[corners]), name="whole"))


@case
def flat_normals(glb: GlbWriter) -> None:
    positions, triangles, _ = ball()
    corners = positions[triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]).astype(np.float64)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    glb.node(mesh=glb.mesh(glb.primitive(corners.reshape(-1, 3), None, np.repeat(normals, 3, axis=0))))


@case
def nodes_below_nodes(glb: GlbWriter) -> None:
    positions, triangles, normals = ball()
    mesh = glb.mesh(glb.primitive(positions, triangles, normals))
    turned = [0.1825742, 0.3651484, 0.5477226, 0.7302967]
    inner = glb.node(root=False, name="inner", mesh=mesh, translation=[1, 2, 3], rotation=turned, scale=[2, 2, 2])
    other = glb.node(root=False, name="other", mesh=mesh, matrix=[0, 0, -1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 5, 0, -4, 1])
    glb.node(name="outer", children=[inner, other], translation=[0, -7, 0.5], rotation=[0, 0.6, 0, 0.8])


@case
def the_same_mesh_mirrored(glb: GlbWriter) -> None:
    mesh = glb.mesh(glb.primitive(*ball(centre=(2, 0.5, 0))))
    glb.node(name="left", mesh=mesh)
    glb.node(name="right", mesh=mesh, scale=[-1, 1, 1])


@case
def strips_and_fans(glb: GlbWriter) -> None:
    corners = np.array([(x, y, 0.1 * x * y) for x in range(5) for y in range(2)], np.float32)
    glb.node(name="strip", mesh=glb.mesh(glb.primitive(corners, range(10), mode=5)))
    ring = np.array([(0, 0, 1), *[(np.cos(a), np.sin(a), 0) for a in np.linspace(0, 5, 7)]], np.float32)
    glb.node(name="fan", mesh=glb.mesh(glb.primitive(ring, None, mode=6)), translation=[3, 3, 3])


@case
def triangles_that_are_none(glb: GlbWriter) -> None:
    positions, triangles, _ = ball()
    glb.node(
        mesh=glb.mesh(glb.primitive(positions, np.concatenate([triangles[:5], [[3, 3, 4], [7, 8, 7]], triangles[5:]])))
    )


@case
def vertices_that_nothing_uses(glb: GlbWriter) -> None:
    positions, triangles, normals = ball()
    glb.node(mesh=glb.mesh(glb.primitive(positions, triangles[40:90], normals)))


@case
def short_indices_and_strides(glb: GlbWriter) -> None:
    positions, triangles, normals = ball()
    attributes = {
        "POSITION": glb.accessor(positions, stride=20, bounds=True),
        "NORMAL": glb.accessor(normals, stride=16),
    }
    glb.node(mesh=glb.mesh({"attributes": attributes, "indices": glb.accessor(triangles.reshape(-1, 1), 5121)}))


@case
def whole_numbers_for_positions(glb: GlbWriter) -> None:
    """KHR_mesh_quantization."""
    positions, triangles, normals = ball()
    attributes = {
        "POSITION": glb.accessor(np.rint(positions / 1.4 * 32767), 5122, stride=8, bounds=True, normalized=True),
        "NORMAL": glb.accessor(np.rint(normals * 127), 5120, stride=4, normalized=True),
    }
    primitive = {"attributes": attributes, "indices": glb.accessor(triangles.reshape(-1, 1), 5123)}
    glb.node(mesh=glb.mesh(primitive), scale=[1.4, 1.4, 1.4])
    for kind in ("extensionsUsed", "extensionsRequired"):
        glb.add(kind, "KHR_mesh_quantization")


@case
def sparse_positions(glb: GlbWriter) -> None:
    positions, triangles, _ = ball()
    primitive = glb.primitive(positions, triangles)
    places = glb.view(np.array([1, 5, 40], "<u2").tobytes())
    values = glb.view(np.array([(2, 2, 2), (-1, 0, 3), (0, 0, 0)], "<f4").tobytes())
    glb.document["accessors"][primitive["attributes"]["POSITION"]]["sparse"] = {
        "count": 3,
        "indices": {"bufferView": places, "componentType": 5123},
        "values": {"bufferView": values},
    }
    glb.node(mesh=glb.mesh(primitive))


@case
def sparse_morph_target(glb: GlbWriter) -> None:
    """An accessor without data but for its exceptions."""
    positions, triangles, normals = ball()
    target = glb.add(
        "accessors",
        {
            "componentType": 5126,
            "count": len(positions),
            "type": "VEC3",
            "sparse": {
                "count": 2,
                "indices": {"bufferView": glb.view(bytes([3, 9])), "componentType": 5121},
                "values": {"bufferView": glb.view(np.array([(1, 0, 0), (0, 1, 0.5)], "<f4").tobytes())},
            },
        },
    )
    primitive = glb.primitive(positions, triangles, normals, targets=[{"POSITION": target}])
    glb.node(mesh=glb.mesh(primitive, weights=[0.5]))
    glb.node(name="other", mesh=0, weights=[2.0], translation=[4, 0, 0])
    glb.node(name="none", mesh=0, weights=[0.0], translation=[8, 0, 0])


@case
def skin(glb: GlbWriter) -> None:
    positions, triangles, normals = ball()
    primitive = glb.primitive(positions, triangles, normals)
    weights = np.zeros((len(positions), 4))
    weights[:, 0] = np.clip(positions[:, 1] + 0.5, 0, 1)
    weights[:, 1] = 1 - weights[:, 0]
    primitive["attributes"]["JOINTS_0"] = glb.accessor(np.tile([1, 0, 0, 0], (len(positions), 1)), 5121)
    primitive["attributes"]["WEIGHTS_0"] = glb.accessor(weights)
    low = glb.node(root=False, name="low", translation=[0, -1, 0])
    high = glb.node(root=False, name="high", translation=[0.5, 1, 0], rotation=[0, 0, 0.6, 0.8])
    binds = np.tile(np.eye(4), (2, 1, 1))
    binds[:, 3, :3] = [(0, 1, 0), (0, -1, 0)]
    glb.add("skins", {"joints": [low, high], "inverseBindMatrices": glb.accessor(binds.reshape(2, 16))})
    body = glb.node(root=False, name="body", mesh=glb.mesh(primitive), skin=0, translation=[9, 9, 9])
    glb.node(name="figure", children=[low, high, body], translation=[0, 3, 0])


@case
def materials_of_all_kinds(glb: GlbWriter) -> None:
    primitive = glb.primitive(*ball())
    kinds: list[dict[str, Any]] = [
        {"name": "plain", "pbrMetallicRoughness": {"baseColorFactor": [0.8, 0.2, 0.1, 1]}},
        {"name": "bare"},
        {},
        {"name": "glass", "alphaMode": "BLEND", "pbrMetallicRoughness": {"baseColorFactor": [0.1, 0.2, 0.9, 0.3]}},
        {"name": "leaf", "alphaMode": "MASK", "pbrMetallicRoughness": {"baseColorFactor": [0, 1, 0, 0.4]}},
        {"name": "cut", "alphaMode": "MASK", "alphaCutoff": 0.2,
         "pbrMetallicRoughness": {"baseColorFactor": [1, 1, 0, 0.4]}},
        {"name": "two", "doubleSided": True, "pbrMetallicRoughness": {"metallicFactor": 0.3, "roughnessFactor": 0.1}},
        {"name": "lamp", "emissiveFactor": [1, 0.5, 0],
         "extensions": {"KHR_materials_emissive_strength": {"emissiveStrength": 4}}},
        {"name": "grey lamp", "emissiveFactor": [0.5, 0.5, 0.5], "extensions": {"KHR_materials_ior": {"ior": 1.9}}},
    ]  # fmt: skip
    for number, kind in enumerate(kinds):
        glb.add("materials", kind)
        glb.node(
            name=f"ball {number}", mesh=glb.mesh({**primitive, "material": number}), translation=[3 * number, 0, 0]
        )
    glb.node(name="none", mesh=glb.mesh(primitive), translation=[0, 5, 0])


@case
def colours_of_all_kinds(glb: GlbWriter) -> None:
    positions, triangles, normals = ball()
    shades = np.random.default_rng(3).random((len(positions), 4))
    red = glb.material("red", (0.9, 0.5, 0.4, 0.5), alphaMode="BLEND")
    white = glb.material("white", (1, 1, 1, 1))
    ways = [
        (shades, 5126, False), (shades[:, :3], 5126, False), (np.rint(shades * 255), 5121, True),
        (np.rint(shades * 65535), 5123, True), (np.rint(shades[:, :3] * 65535), 5123, True),
    ]  # fmt: skip
    for number, (values, component, whole) in enumerate(ways):
        primitive = glb.primitive(positions, triangles, normals)
        primitive["attributes"]["COLOR_0"] = glb.accessor(values, component, normalized=whole)
        if number == 2:
            primitive["attributes"]["COLOR_1"] = glb.accessor(shades[::-1])
        if number != 1:
            primitive["material"] = red if number % 2 else white
        glb.node(name=f"ball {number}", mesh=glb.mesh(primitive), translation=[3 * number, 0, 0])


@case
def uvs(glb: GlbWriter) -> None:
    positions, triangles, normals = ball()
    primitive = glb.primitive(positions, triangles, normals)
    primitive["attributes"]["TEXCOORD_0"] = glb.accessor(positions[:, :2])
    primitive["attributes"]["TEXCOORD_1"] = glb.accessor(np.rint(np.abs(positions[:, 1:]) * 100), 5121, normalized=True)
    glb.node(mesh=glb.mesh(primitive))


@case
def several_nodes_of_several_primitives(glb: GlbWriter) -> None:
    """UVs only some have; they share vertices and materials."""
    positions, triangles, normals = ball()
    red, blue = glb.material("red", (1, 0, 0, 1)), glb.material("blue", (0, 0, 1, 1))
    whole = glb.primitive(positions, triangles[:60], normals, material=red)
    rest = {**whole, "indices": glb.accessor(triangles[60:100].reshape(-1, 1), 5123), "material": blue}
    bare = glb.primitive(positions + np.float32(2), triangles[100:], normals, material=red)
    bare["attributes"]["TEXCOORD_0"] = glb.accessor(positions[:, 1:])
    glb.node(name="first", mesh=glb.mesh(whole, rest, bare))
    glb.node(name="second", mesh=glb.mesh(whole, rest), translation=[4, 0, 0])


DEGREES = {
    "skin": 0.82,  # Blender keeps no normal that is nearer than this to that of the faces around it
    "whole_numbers_for_positions": 4.0 if bpy.app.version < (4, 5) else 0.03,  # 4.2 wants them of unit length
}
"""Where Blender's importer is not as exact as we are."""


class Seen(NamedTuple):
    """What a part shows, in the world."""

    name: str
    triangles: np.ndarray
    """(n, 3, 3)"""
    normals: np.ndarray
    """(n, 3, 3), of the corners."""
    flat: np.ndarray
    uvs: list[np.ndarray]
    colours: list[np.ndarray]
    materials: list[dict[str, Any] | None]
    slots: np.ndarray


def seen(name: str, mesh: Mesh, matrix: np.ndarray) -> Seen:
    corners = np.empty(len(mesh.loops), np.int32)
    mesh.attributes[".corner_vert"].data.foreach_get("value", corners)
    positions, normals = np.empty((len(mesh.vertices), 3), np.float32), np.empty((len(corners), 3), np.float32)
    mesh.attributes["position"].data.foreach_get("vector", positions.ravel())
    mesh.corner_normals.foreach_get("vector", normals.ravel())
    turned = normals @ (np.linalg.inv(matrix[:3, :3]))
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)
    slots, flat = np.zeros(len(mesh.polygons), np.int32), np.zeros(len(mesh.polygons), np.bool_)
    mesh.polygons.foreach_get("material_index", slots)
    mesh.polygons.foreach_get("use_smooth", flat)
    layers, colours = [], []
    for layer in mesh.uv_layers:
        layers.append(np.empty((len(corners), 2), np.float32))
        layer.uv.foreach_get("vector", layers[-1].ravel())
    for attribute in mesh.color_attributes:
        values = np.empty((len(attribute.data), 4), np.float32)
        attribute.data.foreach_get("color_srgb", values.ravel())
        colours.append(values[corners] if attribute.domain == "POINT" else values)
    placed = positions.astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
    finishes = [finish(material) for material in mesh.materials]
    return Seen(
        name, placed[corners].reshape(-1, 3, 3), turned.reshape(-1, 3, 3), ~flat, layers, colours, finishes, slots
    )


def finish(material: bpy.types.Material | None) -> dict[str, Any] | None:
    """All that is seen of a material; of its nodes what the surface is, and what goes into its colour and alpha."""
    if material is None:
        return None
    nodes = material.node_tree.nodes
    surface = next(node for node in nodes if node.type == "BSDF_PRINCIPLED")
    values = {
        one.name: tuple(np.ravel(one.default_value).round(6))
        for one in surface.inputs
        if hasattr(one, "default_value") and not one.is_linked and one.name in (
            "Base Color", "Alpha", "Metallic", "Roughness", "IOR", "Emission Color", "Emission Strength"
        )
    }  # fmt: skip
    linked = {one.name: [link.from_node.type for link in one.links] for one in surface.inputs if one.is_linked}
    how = material.use_backface_culling, material.surface_render_method, tuple(np.round(material.diffuse_color, 6))
    return {"name": material.name.partition(".")[0], "how": how, "values": values, "linked": linked}


def read_by_us(file: Path) -> list[Seen]:
    with GlbFile(file) as glb:
        assert not glb.for_blender
        parts = make_parts(glb.parts())
    found = [seen(part.name, part.mesh, part.matrix) for part in parts]
    bpy.data.batch_remove([part.mesh for part in parts])  # the next ones may take their names
    return found


def read_by_blender(file: Path, folder: Path) -> list[Seen]:
    with GlbFile(file) as glb:
        ready = glb.ready_for_blender(folder)
    with NewData() as new:
        bpy.ops.import_scene.gltf(filepath=str(ready))
        things = [thing for thing in new.objects() if thing.type == "MESH" and thing.data.polygons]
    bpy.context.view_layer.update()
    return [seen(thing.name, thing.data, np.array(thing.matrix_world, np.float64)) for thing in things]


def assert_same(ours: Seen, theirs: Seen, *, exact: bool, degrees: float = 0.03) -> None:
    assert ours.triangles.shape == theirs.triangles.shape
    size = np.linalg.norm(np.ptp(theirs.triangles.reshape(-1, 3), axis=0))
    off = np.abs(ours.triangles - theirs.triangles).max()
    assert off == 0 if exact else off < 2e-6 * size + 1e-6 * np.abs(theirs.triangles).max()
    cosines = np.clip((ours.normals * theirs.normals).sum(axis=-1), -1, 1)
    lengths = np.linalg.norm(np.cross(ours.normals, theirs.normals), axis=-1)
    assert np.degrees(np.arctan2(lengths, cosines)).max() < degrees
    assert not (theirs.flat & ~ours.flat).any()
    assert not spread(ours)[ours.flat & ~theirs.flat].max(initial=0) > 1e-3  # no more than rounding
    assert len(ours.uvs) == len(theirs.uvs) and len(ours.colours) == len(theirs.colours)
    for one, other in zip(ours.uvs, theirs.uvs, strict=True):
        np.testing.assert_array_equal(one, other)
    for one, other in zip(ours.colours, theirs.colours, strict=True):
        assert np.abs(one - other).max() < 0.51 / 255 + 1e-5  # Blender's importer keeps 8 bits
    if theirs.materials or not ours.colours:  # 4.2 does not show colours where there is no material
        assert ours.materials == theirs.materials
    np.testing.assert_array_equal(ours.slots, theirs.slots)


def spread(part: Seen) -> np.ndarray:
    """How far the normals of each triangle's corners are apart, in radians."""
    return np.linalg.norm(np.ptp(part.normals, axis=1), axis=1)


@pytest.mark.parametrize("make", CASES.values(), ids=CASES.keys())
def test_both_ways_give_the_same(make: Callable[[GlbWriter], None], tmp_path: Path) -> None:
    glb = GlbWriter()
    make(glb)
    file = glb.save(tmp_path / "result.glb")
    ours, theirs = read_by_us(file), read_by_blender(file, tmp_path)
    plain = all(set(node) <= {"name", "mesh"} for node in glb.document["nodes"])
    assert len(ours) == len(theirs) > 0
    for one, other in zip(ours, theirs, strict=True):
        assert one.name == other.name or other.name.startswith("Mesh_")
        assert_same(one, other, exact=plain, degrees=DEGREES.get(make.__name__, 0.03))


def test_triangles_that_come_twice_come_in_once(tmp_path: Path) -> None:
    positions, triangles, _ = ball()
    glb = GlbWriter()
    glb.node(
        mesh=glb.mesh(glb.primitive(positions, np.concatenate([triangles[:5], triangles, triangles[3:9, [1, 2, 0]]])))
    )
    file = glb.save(tmp_path / "result.glb")
    (ours,), (theirs,) = read_by_us(file), read_by_blender(file, tmp_path)
    assert len(ours.triangles) == len(theirs.triangles) == len(triangles)
    np.testing.assert_array_equal(*(np.sort(one.triangles.sum(axis=1), axis=0) for one in (ours, theirs)))
