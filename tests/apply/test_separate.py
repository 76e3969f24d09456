# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The original cut into objects, with all its data."""

from __future__ import annotations

import json

import bpy
import numpy as np
import pytest
from cut import mesh_object
from four_parts import COLOURS, NAMES, Object, apply, monkey

from hitem3d_addon.apply.targets import apply_labels
from hitem3d_addon.core.errors import InputError

FLAGS = ("use_seam", "use_edge_sharp", "use_smooth", "hide", "use_freestyle_mark", "material_index")


def by_position(obj: Object) -> tuple[dict[bytes, int], np.ndarray]:
    points = np.array([vertex.co for vertex in obj.data.vertices], np.float32)
    return {point.tobytes(): index for index, point in enumerate(points)}, points


class Match:
    """Which element of the original each element of a piece is."""

    def __init__(self, places: dict[bytes, int], original: bpy.types.Mesh, piece: bpy.types.Mesh) -> None:
        self.points = [places[np.array(vertex.co, np.float32).tobytes()] for vertex in piece.vertices]
        edges = {frozenset(edge.vertices): edge.index for edge in original.edges}
        self.edges = [edges[frozenset(self.points[vertex] for vertex in edge.vertices)] for edge in piece.edges]
        faces = {frozenset(polygon.vertices): polygon.index for polygon in original.polygons}
        self.faces = [faces[frozenset(self.points[v] for v in polygon.vertices)] for polygon in piece.polygons]
        corners = {(p.index, original.loops[c].vertex_index): c for p in original.polygons for c in p.loop_indices}
        self.corners = [
            corners[self.faces[polygon.index], self.points[piece.loops[corner].vertex_index]]
            for polygon in piece.polygons
            for corner in polygon.loop_indices
        ]

    def of(self, domain: str) -> list[int]:
        return {"POINT": self.points, "EDGE": self.edges, "FACE": self.faces, "CORNER": self.corners}[domain]


def furnished() -> tuple[Object, np.ndarray]:
    """A model with everything that a mesh object can carry."""
    source, labels = monkey()
    mesh = source.data
    random = np.random.default_rng(5)
    source.name, mesh.name = "Suzanne", "Suzanne mesh"
    # As if imported from a glTF: no symmetry, so that each element is known by its position.
    for vertex in mesh.vertices:
        vertex.co += vertex.co * 0.01 * random.random()
        vertex.select = vertex.index % 3 == 0
    add_layers(mesh, random)
    mark_elements(source)
    mesh["of the mesh"] = {"a": 1}
    furnish_object(source)
    return source, labels


def add_layers(mesh: bpy.types.Mesh, random: np.random.Generator) -> None:
    """UV maps, colours, and an attribute of each kind on each domain."""
    for name in ("first", "second", "third"):
        layer = mesh.uv_layers.new(name=name)
        layer.data.foreach_set("uv", random.random(len(mesh.loops) * 2).astype(np.float32))
    mesh.uv_layers.active = mesh.uv_layers["second"]
    mesh.uv_layers["third"].active_render = True
    kinds = {"FLOAT": 1, "INT": 1, "FLOAT_VECTOR": 3, "FLOAT_COLOR": 4, "BYTE_COLOR": 4, "FLOAT2": 2, "INT8": 1}
    for domain, size in (("POINT", len(mesh.vertices)), ("EDGE", len(mesh.edges)), ("FACE", len(mesh.polygons))):
        for kind, width in kinds.items():
            values = random.random(size * width).astype(np.float32)
            field = {1: "value", 3: "vector", 4: "color", 2: "vector"}[width]
            data = mesh.attributes.new(f"{domain} {kind}", kind, domain).data
            data.foreach_set(field, (values * 100).astype(np.int32) if kind in ("INT", "INT8") else values)
        texts = mesh.attributes.new(f"{domain} STRING", "STRING", domain).data
        for index, text in enumerate(texts):
            text.value = str(index).encode()
    mesh.color_attributes.new("colours", "BYTE_COLOR", "CORNER")
    mesh.attributes.active_color_name = "colours"
    mesh.attributes.default_color_name = "POINT FLOAT_COLOR"


def mark_elements(source: Object) -> None:
    """Seams, sharp edges, hidden faces, materials and weights."""
    mesh = source.data
    for edge in mesh.edges:
        edge.use_seam = edge.index % 5 == 0
        edge.use_edge_sharp = edge.index % 7 == 0
        if hasattr(edge, "use_freestyle_mark"):
            edge.use_freestyle_mark = edge.index % 11 == 0
    for polygon in mesh.polygons:
        polygon.material_index = polygon.index % 3
        polygon.use_smooth = polygon.index % 4 > 0
        polygon.hide = polygon.index % 50 == 0
    for material in (bpy.data.materials.new("skin"), None, bpy.data.materials.new("fur")):
        mesh.materials.append(material)
    source.material_slots[2].link = "OBJECT"
    source.material_slots[2].material = bpy.data.materials.new("own")
    for name, share in (("head", 0.25), ("jaw", 0.75)):
        group = source.vertex_groups.new(name=name)
        for vertex in mesh.vertices:
            if vertex.index % 2 == 0 or name == "jaw":
                group.add([vertex.index], share * (1 + vertex.index % 7) / 8, "REPLACE")
    source.vertex_groups["jaw"].lock_weight = True
    source.vertex_groups.active_index = 1


def furnish_object(source: Object) -> None:
    """A collection, a parent, modifiers, a constraint, a driver and a property of its own."""
    collection = bpy.data.collections.new("Zoo")
    bpy.context.scene.collection.children.link(collection)
    collection.objects.link(source)
    parent = bpy.data.objects.new("Parent", None)
    collection.objects.link(parent)
    source.parent = parent
    parent.matrix_world[0][1] = 0.4
    source.location, source.scale = (1, 2, 3), (1, -2, 0.5)
    source["hitem3d_task_id"] = "task"
    source.modifiers.new("Subdivision", "SUBSURF").levels = 0
    mask = source.modifiers.new("Mask", "MASK")
    mask.vertex_group, mask.threshold = "jaw", 0.0
    source.constraints.new("LIMIT_LOCATION").max_x = 7
    driver = source.driver_add("location", 1).driver
    driver.expression = "2 * 3"


def add_shape_keys(source: Object) -> None:
    random = np.random.default_rng(6)
    for name in ("Basis", "smile", "frown", "wink"):
        key = source.shape_key_add(name=name)
        if name != "Basis":
            for point in key.data:
                point.co += type(point.co)(random.normal(0, 0.02, 3))
    keys = source.data.shape_keys
    smile, frown, wink = (keys.key_blocks[name] for name in ("smile", "frown", "wink"))
    smile.slider_min, smile.slider_max, smile.value = -2, 3, 2.5
    frown.slider_max, frown.slider_min, frown.value = 5, 2, 2.5
    frown.relative_key, frown.vertex_group, frown.interpolation = smile, "jaw", "KEY_LINEAR"
    wink.mute = wink.lock_shape = True
    keys.name, keys["of the keys"] = "Faces", 4
    driver = wink.driver_add("value").driver
    driver.type = "SUM"
    variable = driver.variables.new()
    variable.targets[0].id_type, variable.targets[0].id = "KEY", keys
    variable.targets[0].data_path = 'key_blocks["smile"].value'
    smile.keyframe_insert("value", frame=1)
    source.active_shape_key_index = 2


def separated(source: Object, labels: np.ndarray) -> tuple[list[Object], bpy.types.Mesh, dict[bytes, int]]:
    """The pieces, a copy of the mesh before the cut, and its vertices by position."""
    places, points = by_position(source)
    assert len(places) == len(points)
    original = source.data.copy()
    return list(apply(source, labels, "SEPARATE").objects), original, places


def values_of(mesh: bpy.types.Mesh, name: str) -> list[object]:
    data = mesh.attributes[name].data
    if not len(data):
        return []
    field = next(some for some in ("value", "vector", "color") if hasattr(data[0], some))
    return [getattr(one, field) if field == "value" else tuple(getattr(one, field)) for one in data]


def test_separate_keeps_every_element_and_what_it_carries() -> None:
    source, labels = furnished()
    pieces, original, places = separated(source, labels)
    assert [piece.name for piece in pieces] == NAMES == [piece.data.name for piece in pieces]
    seen = []
    for label, piece in enumerate(pieces):
        mesh, match = piece.data, Match(places, original, piece.data)
        seen += match.faces
        assert sorted(match.faces) == np.flatnonzero(labels == label).tolist()
        assert set(mesh.attributes.keys()) == set(original.attributes.keys())
        for attribute in original.attributes:
            if attribute.name.startswith(".edge_verts") or attribute.name.startswith(".corner_"):
                continue
            values, before = values_of(mesh, attribute.name), values_of(original, attribute.name)
            if attribute.name != "custom_normal":
                assert values == [before[index] for index in match.of(attribute.domain)], attribute.name
        for element, numbers in (("edges", match.edges), ("polygons", match.faces)):
            for one, number in zip(getattr(mesh, element), numbers, strict=True):
                other = getattr(original, element)[number]
                for flag in FLAGS:
                    assert getattr(one, flag, None) == getattr(other, flag, None), flag
        for vertex, number in zip(mesh.vertices, match.points, strict=True):
            weights = {group.group: group.weight for group in vertex.groups}
            assert weights == {group.group: group.weight for group in original.vertices[number].groups}
        assert (mesh.uv_layers.active.name, mesh.uv_layers["third"].active_render) == ("second", True)
        assert mesh.attributes.active_color_name == "colours"
        assert mesh.attributes.default_color_name == "POINT FLOAT_COLOR"
        assert mesh.validate() is False
    assert sorted(seen) == list(range(len(labels)))


def test_separate_keeps_what_the_object_carries() -> None:
    source, labels = furnished()
    world, parent, collections = source.matrix_world.copy(), source.parent, set(source.users_collection)
    bpy.context.view_layer.update()
    world = source.matrix_world.copy()
    pieces, _, _ = separated(source, labels)
    assert pieces[0] == source
    for piece in pieces:
        assert piece.matrix_world == world and piece.parent == parent
        assert set(piece.users_collection) == collections
        assert piece["hitem3d_task_id"] == "task"
        assert dict(piece.data["of the mesh"]) == {"a": 1}
        assert [(modifier.name, modifier.type) for modifier in piece.modifiers] == [
            ("Subdivision", "SUBSURF"),
            ("Mask", "MASK"),
        ]
        assert piece.modifiers["Mask"].vertex_group == "jaw"
        assert piece.constraints[0].max_x == 7
        assert piece.animation_data.drivers[0].driver.expression == "2 * 3"
        assert piece.vertex_groups.keys() == ["head", "jaw"]
        assert piece.vertex_groups["jaw"].lock_weight and piece.vertex_groups.active_index == 1
        assert [slot.material and slot.material.name for slot in piece.material_slots] == ["skin", None, "own"]
        assert [slot.link for slot in piece.material_slots] == ["DATA", "DATA", "OBJECT"]


def test_separate_keeps_shape_keys_and_what_moves_them() -> None:
    source, labels = furnished()
    add_shape_keys(source)
    action = source.data.shape_keys.animation_data.action
    pieces, original, places = separated(source, labels)
    before = original.shape_keys
    assert "Suzanne mesh" in original.name
    for piece in pieces:
        match, keys = Match(places, original, piece.data), piece.data.shape_keys
        assert keys.key_blocks.keys() == before.key_blocks.keys()
        for key, old in zip(keys.key_blocks, before.key_blocks, strict=True):
            assert [tuple(point.co) for point in key.data] == [tuple(old.data[number].co) for number in match.points]
            for field in ("slider_min", "slider_max", "mute", "lock_shape", "interpolation", "vertex_group"):
                assert getattr(key, field) == getattr(old, field), (key.name, field)
            assert key.name == "wink" or key.value == old.value  # a driver sets it
            assert key.relative_key.name == old.relative_key.name
        assert keys["of the keys"] == 4 and keys.use_relative
        assert piece.active_shape_key_index == 2
        (curve,) = keys.animation_data.drivers
        assert curve.data_path == 'key_blocks["wink"].value' and curve.driver.type == "SUM"
        (target,) = curve.driver.variables[0].targets
        assert target.id == keys and target.data_path == 'key_blocks["smile"].value'
        assert keys.animation_data.action == action
        if hasattr(keys.animation_data, "action_slot"):
            assert keys.animation_data.action_slot == action.slots[0]


def test_a_shape_key_still_moves_the_piece_it_is_on() -> None:
    source, labels = furnished()
    add_shape_keys(source)
    source.modifiers.clear()
    bpy.context.scene.frame_set(1)
    before = shown_points(source)
    pieces, _, _ = separated(source, labels)
    after = {point for piece in pieces for point in shown_points(piece)}
    assert after == before


def shown_points(obj: Object) -> set[tuple[float, ...]]:
    bpy.context.view_layer.update()
    mesh = obj.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    return {tuple(np.round(vertex.co, 5)) for vertex in mesh.vertices}


def test_separate_keeps_nla_tracks_and_absolute_keys() -> None:
    source, labels = monkey()
    for index in range(3):
        source.shape_key_add(name=f"key {index}").data[0].co.x += index
    keys = source.data.shape_keys
    keys.use_relative = False
    keys.eval_time = 7
    frames = [key.frame for key in keys.key_blocks]
    keys.keyframe_insert("eval_time", frame=3)
    animation = keys.animation_data
    track = animation.nla_tracks.new()
    strip = track.strips.new("strip", 10, animation.action)
    strip.scale, strip.repeat, track.name, track.mute = 2, 3, "track", True
    animation.action = None
    end = strip.frame_end
    for piece in apply(source, labels, "SEPARATE").objects:
        keys = piece.data.shape_keys
        assert not keys.use_relative and keys.eval_time == 7
        assert [key.frame for key in keys.key_blocks] == frames
        (track,) = keys.animation_data.nla_tracks
        (strip,) = track.strips
        assert (track.name, track.mute, strip.name) == ("track", True, "strip")
        assert (strip.frame_start, strip.frame_end, strip.scale, strip.repeat) == (10, end, 2, 3)
        assert keys.animation_data.action is None


@pytest.mark.parametrize("free", [False, True], ids=["relative", "plain"])
def test_separate_keeps_custom_normals(free: bool) -> None:
    if free and bpy.app.version < (4, 5):
        pytest.skip("custom normals as plain directions came with Blender 4.5")
    source, labels = furnished()
    mesh = source.data
    random = np.random.default_rng(7)
    normals = corner_normals(mesh) + random.normal(0, 0.2, (1, 3))
    normals /= np.linalg.norm(normals, axis=1)[:, None]
    if free:
        mesh.attributes.new("custom_normal", "FLOAT_VECTOR", "CORNER").data.foreach_set(
            "vector", normals.astype(np.float32).ravel()
        )
    else:
        mesh.normals_split_custom_set(normals)
    before = corner_normals(mesh)
    sharp = [edge.use_edge_sharp for edge in mesh.edges]
    pieces, original, places = separated(source, labels)
    for piece in pieces:
        match = Match(places, original, piece.data)
        assert piece.data.has_custom_normals
        # Blender stores two angles of 16 bits.
        assert np.abs(corner_normals(piece.data) - before[match.corners]).max() < 1e-2
        assert [edge.use_edge_sharp for edge in piece.data.edges] == [sharp[number] for number in match.edges]


def corner_normals(mesh: bpy.types.Mesh) -> np.ndarray:
    normals = np.empty((len(mesh.loops), 3), np.float32)
    mesh.corner_normals.foreach_get("vector", normals.ravel())
    return normals


def test_separate_keeps_loose_edges_and_vertices() -> None:
    points = np.random.default_rng(8).random((10, 3))
    source = mesh_object("Source", points, [(0, 1, 2), (2, 3, 4)])
    mesh = source.data
    mesh.edges.add(2)
    mesh.edges[-2].vertices, mesh.edges[-1].vertices = (0, 5), (6, 7)
    mesh.update()
    source.vertex_groups.new(name="group").add([8], 0.5, "REPLACE")
    source.shape_key_add(name="Basis")
    source.shape_key_add(name="key").data[9].co.x = 4
    result = apply_labels(source, np.array([0, 1], np.int32), ["one", "two"], COLOURS[:2], "SEPARATE")
    one, two, loose = result.objects
    assert (one.name, two.name, loose.name) == ("one", "two", "Source loose")
    assert [len(obj.data.vertices) for obj in result.objects] == [3, 3, 6]
    assert [len(obj.data.edges) for obj in result.objects] == [3, 3, 2]
    assert [len(obj.data.polygons) for obj in result.objects] == [1, 1, 0]
    kept = {tuple(np.float32(points[index])) for index in (0, 5, 6, 7, 8, 9)}
    assert {tuple(vertex.co) for vertex in loose.data.vertices} == kept
    assert sum(len(vertex.groups) for vertex in loose.data.vertices) == 1
    assert max(point.co.x for point in loose.data.shape_keys.key_blocks["key"].data) == 4


def test_a_hair_on_a_face_does_not_bring_the_face_along() -> None:
    source = mesh_object("Source", np.random.default_rng(9).random((6, 3)), [(0, 1, 2)])
    source.data.edges.add(3)
    for edge, ends in zip(list(source.data.edges)[-3:], [(0, 3), (1, 4), (2, 5)], strict=True):
        edge.vertices = ends
    source.data.update()
    body, loose = apply_labels(source, np.zeros(1, np.int32), ["body"], COLOURS[:1], "SEPARATE").objects
    assert (len(body.data.edges), len(loose.data.edges), len(loose.data.polygons)) == (3, 3, 0)


def test_sculpted_multires_detail_is_not_cut() -> None:
    source, labels = monkey()
    source.modifiers.new("Multires", "MULTIRES")
    bpy.ops.object.multires_subdivide(modifier="Multires")
    with pytest.raises(InputError, match="Multiresolution"):
        apply(source, labels, "SEPARATE")
    assert len(source.data.polygons) == len(labels)


def test_separate_leaves_nothing_behind() -> None:
    source, labels = furnished()
    add_shape_keys(source)
    bpy.ops.object.select_all(action="DESELECT")
    kinds = ("scenes", "node_groups", "materials", "actions", "collections")
    counts = {name: len(getattr(bpy.data, name)) for name in kinds}
    result = apply(source, labels, "SEPARATE")
    assert {name: len(getattr(bpy.data, name)) for name in counts} == counts
    assert len(bpy.data.meshes) == len(result.objects) == len(bpy.data.shape_keys)
    assert bpy.context.view_layer.objects.active == source
    assert not bpy.context.selected_objects
    assert not any("hitem3d" in name for mesh in bpy.data.meshes for name in mesh.attributes.keys())  # noqa: SIM118


def test_pieces_survive_saving(tmp_path: object) -> None:
    source, labels = furnished()
    add_shape_keys(source)
    path = f"{tmp_path}/pieces.blend"
    before = [describe(piece) for piece in apply(source, labels, "SEPARATE").objects]
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    assert [describe(bpy.data.objects[name]) for name in NAMES] == before


def describe(obj: Object) -> str:
    mesh = obj.data
    return json.dumps(
        {
            "elements": [len(mesh.vertices), len(mesh.edges), len(mesh.polygons)],
            "keys": {key.name: [list(point.co) for point in key.data] for key in mesh.shape_keys.key_blocks},
            "attributes": sorted(mesh.attributes.keys()),
            "groups": obj.vertex_groups.keys(),
        }
    )
