# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a mesh is cut into parts, what the pieces keep, and what they are called."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import pytest
from returned import add_mesh, add_monkey

from hitem3d_addon.mesh.colours import part_colour
from hitem3d_addon.mesh.cut import cut
from hitem3d_addon.receive.names import collection_name, part_names
from hitem3d_addon.receive.scene_import import import_result
from hitem3d_addon.receive.splitting.split import Part, PartsChoice, split

Mesh = bpy.types.Mesh
Object = bpy.types.Object

QUADS = [(0, 1, 4, 3), (1, 2, 5, 4), (3, 4, 7, 6), (4, 5, 8, 7)]
GRID = [(x, y, 0) for y in range(3) for x in range(3)]


def grid() -> Mesh:
    """Four quads that share their vertices."""
    return add_mesh("Grid", GRID, QUADS).data


def sizes(mesh: Mesh, choice: PartsChoice) -> list[int]:
    return [len(part.mesh.polygons) for part in split([Part(mesh, "mesh", np.eye(4))], choice, 1)[0]]


def with_materials(mesh: Mesh, slots: list[int], names: str = "abc") -> Mesh:
    for name in names:
        mesh.materials.append(bpy.data.materials.new(name))
    mesh.polygons.foreach_set("material_index", slots)
    return mesh


def with_colours(mesh: Mesh, colours: list[tuple[float, float, float, float]], domain: str, kind: str) -> Mesh:
    attribute = mesh.color_attributes.new("Col", kind, domain)
    attribute.data.foreach_set("color", np.array(colours, np.float32).ravel())
    return mesh


RED, GREEN = (1.0, 0.0, 0.0, 1.0), (0.0, 1.0, 0.0, 1.0)


def test_by_material() -> None:
    mesh = with_materials(grid(), [2, 0, 2, 2])
    found, (told,) = split([Part(mesh, "mesh", np.eye(4))], "AUTO", 1)
    assert told.way == "MATERIALS"
    assert [(len(part.mesh.polygons), part.name) for part in found] == [(1, "a"), (3, "c")]
    assert [[material.name for material in part.mesh.materials] for part in found] == [["a"], ["c"]]
    assert all(polygon.material_index == 0 for part in found for polygon in part.mesh.polygons)


@pytest.mark.parametrize("kind", ["FLOAT_COLOR", "BYTE_COLOR"])
def test_by_colour_of_corners(kind: str) -> None:
    assert sizes(with_colours(grid(), [RED] * 4 + [GREEN] * 4 + [RED] * 8, "CORNER", kind), "AUTO") == [3, 1]


def test_by_colour_of_vertices_that_two_parts_share() -> None:
    colours = [RED] * 6 + [GREEN] * 3
    mesh = add_mesh("Tall", [(x, y, 0) for y in range(40) for x in range(3)], []).data
    mesh.clear_geometry()
    quads = [(a + 3 * y, a + 1 + 3 * y, a + 4 + 3 * y, a + 3 + 3 * y) for y in range(39) for a in (0, 1)]
    mesh.from_pydata([(x, y, 0) for y in range(40) for x in range(3)], [], quads)
    colours = [RED] * 60 + [GREEN] * 60
    assert sorted(sizes(with_colours(mesh, colours, "POINT", "FLOAT_COLOR"), "AUTO")) == [38, 40]


def test_colours_of_a_picture_are_no_parts() -> None:
    shades = np.random.default_rng(0).random((16, 4))
    assert sizes(with_colours(grid(), shades.tolist(), "CORNER", "FLOAT_COLOR"), "AUTO") == [4]


def pieces(*groups: list[tuple[int, int, int, int]]) -> Mesh:
    """Quads of the grid as shells that share no vertices with each other."""
    vertices, faces = [], []
    for group in groups:
        faces += [tuple(corner + len(vertices) for corner in quad) for quad in group]
        vertices += GRID
    thing = add_mesh("Shells", vertices, faces)
    return thing.data


def test_shells_that_touch_are_parts_where_the_file_keeps_them_apart() -> None:
    assert sizes(pieces(QUADS[:1], QUADS[1:]), "AUTO") == [1, 3]
    assert sizes(pieces(QUADS[:1], QUADS[1:]), "AS_DELIVERED") == [4]


def bend(mesh: Mesh) -> None:
    for vertex in mesh.vertices:
        vertex.co.z = 0.3 * vertex.co.x**2 + 0.2 * vertex.co.y**2


def test_a_flat_shaded_file_shares_no_vertices_and_is_welded_first() -> None:
    """As glTF has it: every face has vertices of its own, because each has another normal there."""
    for uvs in (False, True):
        mesh = pieces(*([quad] for quad in QUADS))
        far = pieces(*([quad] for quad in QUADS))
        bend(mesh)
        bend(far)
        for vertex in far.vertices:
            vertex.co.x += 10
        both = [Part(one, "x", np.eye(4)) for one in (mesh, far)]
        joined = add_mesh(
            "Joined",
            [vertex.co[:] for part in both for vertex in part.mesh.vertices],
            [
                [corner + offset for corner in polygon.vertices]
                for part, offset in zip(both, (0, len(mesh.vertices)), strict=True)
                for polygon in part.mesh.polygons
            ],
        ).data
        if uvs:
            joined.uv_layers.new()
        assert sizes(joined, "AUTO") == [4, 4]


def test_too_many_shells_are_no_parts_unless_they_are_asked_for() -> None:
    many = [(x * 2 + dx, dy, 0.0) for x in range(600) for dx, dy in ((0, 0), (1, 0), (0, 1))]
    faces = [(3 * x, 3 * x + 1, 3 * x + 2) for x in range(600)]
    assert sizes(add_mesh("Dust", many, faces).data, "AUTO") == [600]
    assert sizes(add_mesh("Dust", many, faces).data, "LOOSE") == [1] * 600


def test_a_choice_takes_what_it_says() -> None:
    def everything() -> Mesh:
        mesh = with_materials(pieces(QUADS[:1], QUADS[1:]), [0, 0, 1, 1])
        return with_colours(mesh, [RED] * 12 + [GREEN] * 4, "CORNER", "FLOAT_COLOR")

    assert sizes(everything(), "AUTO") == [2, 2]
    assert sizes(everything(), "BY_MATERIAL") == [2, 2]
    assert sizes(everything(), "BY_COLOUR") == [3, 1]
    assert sizes(everything(), "LOOSE") == [1, 3]
    assert sizes(everything(), "AS_DELIVERED") == [4]
    assert sizes(grid(), "BY_COLOUR") == [4]


def test_several_objects_are_parts_as_they_are_unless_told() -> None:
    both = [Part(with_materials(grid(), [0, 0, 1, 1]), str(i), np.eye(4)) for i in range(2)]
    assert len(split(both, "AUTO", 2)[0]) == 2
    assert len(split(both, "BY_MATERIAL", 2)[0]) == 4


def rich_mesh() -> Object:
    """UVs, seams, sharp edges, custom normals, weights, colours, an attribute of each kind and n-gons."""
    thing = add_monkey()
    mesh = thing.data
    random = np.random.default_rng(0)
    mesh.uv_layers.active.uv.foreach_set("vector", random.random(2 * len(mesh.loops), np.float32))
    mesh.edges.foreach_set("use_seam", random.random(len(mesh.edges)) < 0.3)
    mesh.edges.foreach_set("use_edge_sharp", random.random(len(mesh.edges)) < 0.3)
    with_colours(mesh, random.random((len(mesh.loops), 4)).tolist(), "CORNER", "FLOAT_COLOR")
    for domain, count in (("POINT", len(mesh.vertices)), ("EDGE", len(mesh.edges)), ("FACE", len(mesh.polygons))):
        mesh.attributes.new(f"on {domain}", "FLOAT", domain).data.foreach_set("value", random.random(count, np.float32))
    group = thing.vertex_groups.new(name="Weights")
    for vertex in mesh.vertices:
        group.add([vertex.index], vertex.index / len(mesh.vertices), "REPLACE")
    normals = random.standard_normal((len(mesh.loops), 3)) * 0.2 + np.array([n.vector for n in mesh.corner_normals])
    mesh.normals_split_custom_set((normals / np.linalg.norm(normals, axis=1, keepdims=True)).tolist())
    return thing


def face_facts(mesh: Mesh) -> dict[tuple[float, ...], np.ndarray]:
    """For each face, known by its centre, what it and its corners, edges and vertices carry."""
    layer, colours, on_point = mesh.uv_layers[0], mesh.color_attributes[0], mesh.attributes["on POINT"].data
    on_edge, on_face = mesh.attributes["on EDGE"].data, mesh.attributes["on FACE"].data
    facts = {}
    for polygon in mesh.polygons:
        values: list[float] = [on_face[polygon.index].value]
        places = {loop: tuple(mesh.vertices[mesh.loops[loop].vertex_index].co) for loop in polygon.loop_indices}
        for loop in sorted(places, key=lambda loop: places[loop]):
            vertex, edge = mesh.vertices[mesh.loops[loop].vertex_index], mesh.edges[mesh.loops[loop].edge_index]
            values += [*layer.uv[loop].vector, *colours.data[loop].color, *mesh.corner_normals[loop].vector]
            values += [on_point[vertex.index].value, vertex.groups[0].weight]
            values += [edge.use_seam, edge.use_edge_sharp, on_edge[edge.index].value]
        facts[tuple(float(value) for value in np.round(polygon.center, 5))] = np.array(values)
    return facts


@pytest.mark.parametrize("count", [2, 7, 40])
def test_the_pieces_keep_all_that_the_mesh_carries(count: int) -> None:
    mesh = rich_mesh().data
    before = face_facts(mesh)
    labels = np.random.default_rng(1).permutation(np.arange(len(mesh.polygons)) % count).astype(np.int32)
    pieces = [piece.mesh for piece in cut(mesh.copy(), labels).values()]
    assert len(pieces) == count
    after: dict[tuple[float, ...], np.ndarray] = {}
    for label, piece in enumerate(pieces):
        assert len(piece.polygons) == np.count_nonzero(labels == label)
        assert not piece.validate(verbose=True)
        assert not [name for name in piece.attributes.keys() if name.startswith("hitem3d")]  # noqa: SIM118
        after |= face_facts(piece)
    assert after.keys() == before.keys()
    # Blender keeps custom normals in 16 bits, which is 0.01 where they lean far.
    assert max(np.abs(facts - after[face]).max() for face, facts in before.items()) < 0.01


def test_nothing_is_left_behind() -> None:
    things = len(bpy.data.scenes), len(bpy.data.objects), len(bpy.data.node_groups)
    cut(grid().copy(), np.array([0, 1, 1, 0], np.int32))
    assert things == (len(bpy.data.scenes), len(bpy.data.objects) - 1, len(bpy.data.node_groups))


@pytest.mark.parametrize(
    ("delivered", "names"),
    [
        (["part_00", "part_01"], ["Cow part 01", "Cow part 02"]),
        (["Mesh_0", "node", "geometry.003"], ["Cow part 01", "Cow part 02", "Cow part 03"]),
        (["wheel", "Left_Door.001"], ["wheel", "Left_Door"]),
        (["wheel", "part_3"], ["wheel", "Cow part 02"]),
        (["wheel", "wheel.001"], ["wheel 1", "wheel 2"]),
        (["wheel", "wheel.001", "wheel 1"], ["wheel 2", "wheel 3", "wheel 1"]),
        (["0", "", "3f2a9c1e-77", "8f92ab3e1cde"], [f"Cow part 0{i}" for i in range(1, 5)]),
        (["车轮", "face"], ["车轮", "face"]),
        (["x"] * 100, [f"Cow part {i:03}" for i in range(1, 101)]),
        (["mtl1", "grp2", "defaultMaterial", "lambert3SG"], [f"Cow part 0{i}" for i in range(1, 5)]),
        (["AssimpScene", "Mesh_0", "Geometry", "Scene_-_Root"], [f"Cow part 0{i}" for i in range(1, 5)]),
        (
            ["handle_mesh", "Solid", "materialised", "Meshed gears"],
            ["handle_mesh", "Cow part 02", "materialised", "Meshed gears"],
        ),
    ],
)
def test_names(delivered: list[str], names: list[str]) -> None:
    assert part_names(delivered, "Cow") == names


@pytest.mark.parametrize("name", ["x" * 63, "ä" * 31, "牛" * 20])
def test_long_names_keep_their_number(name: str) -> None:
    for made in (*part_names(["", ""], name), collection_name(name)):
        thing = bpy.data.objects.new(made, None)
        again = bpy.data.objects.new(made, None)
        assert thing.name == made
        assert again.name == f"{made}.001"


def test_colours_differ() -> None:
    colours = [np.array(part_colour(number)) for number in range(12)]
    assert min(np.abs(one - other).max() for i, one in enumerate(colours) for other in colours[:i]) > 0.07


@pytest.mark.parametrize("choice", ["AUTO", "LOOSE", "BY_COLOUR"])
def test_the_choice_reaches_the_import(tmp_path: Path, choice: PartsChoice) -> None:
    vertices = "".join(f"v {x} {y} {z}\n" for x, y, z in GRID * 3)
    text = vertices + "o one\nf 1 2 5 4\no two\nf 11 12 15 14\nf 23 24 27 26\n"
    file = tmp_path / "result.obj"
    file.write_text(text)
    imported = import_result(bpy.context, file, None, None, name="Thing", parts=choice)
    assert len(imported.objects) == {"AUTO": 2, "LOOSE": 3, "BY_COLOUR": 2}[choice]
    if choice == "AUTO":
        assert [(part.name, part.data.name) for part in imported.objects] == [("one", "one"), ("two", "two")]
